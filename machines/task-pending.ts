/**
 * PENDING: a task that has not begun. It finds out what it needs (`checking`), waits for its time
 * (`resting`), finds its bot (`unrouted`), waits for a slot (`queued`), or pauses before it tries
 * again (`backingOff`).
 */
import { abandonment, botOf, releaseSlot, setAside, slotOf, withdrawal } from './task-context.ts';
import { dropChildren, handedOff } from './task-handoff.ts';
import { itsEvent, taskSetup } from './task-setup.ts';

/** The state PENDING of the task machine. */
export const pending = taskSetup.createStateConfig({
  initial: 'checking',
  states: {
    checking: {
      always: [
        { guard: 'isPlanned', target: 'planning' },
        { guard: 'mustWait', target: '#task.BLOCKED.byDependency' },
        { guard: 'needsNoBot', target: '#task.ASSIGNED' },
        { guard: 'needsRoute', target: 'unrouted' },
        { target: 'queued' },
      ],
    },
    /** A time is given, to be done by or not to begin before. */
    planning: {
      always: [
        {
          guard: 'mustRemind',
          target: 'planning',
          reenter: true,
          actions: ['forgetReminder', 'remind', 'noteReminder'],
        },
        { guard: 'mustWait', target: '#task.BLOCKED.byDependency' },
        { guard: 'isEarly', target: 'resting' },
        { target: 'checking' },
      ],
    },
    resting: { after: { restMs: { target: 'checking', actions: 'noteRested' } } },
    unrouted: {
      tags: 'active',
      entry: 'route',
      on: {
        'task.routed': { target: 'queued', actions: { type: 'noteRoute', params: itsEvent } },
        'task.unroutable': {
          target: '#task.FAILED',
          actions: { type: 'noteError', params: itsEvent },
        },
      },
    },
    queued: {
      entry: [
        'numberSlot',
        {
          type: 'send',
          params: ({ context }) => ({
            to: botOf(context),
            event: { type: 'slot.request', slot: slotOf(context) },
            gate: { priority: context.spec.priority, key: slotOf(context) },
          }),
        },
      ],
      on: {
        'task.assigned': {
          guard: { type: 'isAsked', params: itsEvent },
          target: '#task.ASSIGNED',
        },
        'task.unparked': {
          target: 'queued',
          reenter: true,
          actions: [
            { type: 'withdraw', params: ({ context }) => withdrawal(context) },
            releaseSlot,
          ],
        },
        'handoff.accepted': [
          {
            guard: { type: 'isHandedOnResuming', params: itsEvent },
            target: '#task.PENDING',
            actions: [
              { type: 'withdraw', params: ({ context }) => withdrawal(context) },
              releaseSlot,
              { type: 'abort', params: ({ context }) => handedOff([], context) },
              { type: 'send', params: ({ context }) => dropChildren(context) },
              { type: 'noteMove', params: itsEvent },
            ],
          },
          {
            guard: { type: 'isOpenHandoff', params: itsEvent },
            target: '#task.PENDING',
            actions: [
              { type: 'withdraw', params: ({ context }) => withdrawal(context) },
              releaseSlot,
              { type: 'send', params: ({ context }) => dropChildren(context) },
              { type: 'noteMove', params: itsEvent },
            ],
          },
        ],
        'run.pause': [
          {
            guard: 'isResuming',
            target: '#task.BLOCKED.paused',
            actions: [
              { type: 'notePause', params: itsEvent },
              { type: 'withdraw', params: ({ context }) => withdrawal(context) },
              releaseSlot,
              { type: 'abort', params: setAside },
            ],
          },
          {
            target: '#task.BLOCKED.paused',
            actions: [
              { type: 'notePause', params: itsEvent },
              { type: 'withdraw', params: ({ context }) => withdrawal(context) },
              releaseSlot,
            ],
          },
        ],
        'run.cancel': [
          {
            guard: 'isResuming',
            target: '#task.CANCELLED',
            actions: [
              { type: 'noteCancel', params: itsEvent },
              { type: 'withdraw', params: ({ context }) => withdrawal(context) },
              releaseSlot,
              { type: 'abort', params: abandonment },
            ],
          },
          {
            target: '#task.CANCELLED',
            actions: [
              { type: 'noteCancel', params: itsEvent },
              { type: 'withdraw', params: ({ context }) => withdrawal(context) },
              releaseSlot,
            ],
          },
        ],
      },
    },
    /** On the way from ASSIGNED to BLOCKED. */
    pausing: { always: '#task.BLOCKED.paused' },
    backingOff: {
      on: {
        'handoff.accepted': {
          guard: { type: 'isOpenHandoff', params: itsEvent },
          target: 'checking',
          actions: [
            { type: 'send', params: ({ context }) => dropChildren(context) },
            { type: 'noteMove', params: itsEvent },
          ],
        },
      },
      after: { pauseMs: 'checking' },
    },
  },
});
