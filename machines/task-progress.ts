/**
 * ASSIGNED and IN_PROGRESS: a task that holds a slot of its bot. One that is driven by hand rests
 * in ASSIGNED until it is begun; work begins at once.
 */
import * as run from './run.ts';
import { abortion, botOf, overrun, overrunReason, releaseSlot } from './task-context.ts';
import { declinedHandoff, dropChildren, handedOff } from './task-handoff.ts';
import { itsEvent, taskSetup } from './task-setup.ts';

/** The state ASSIGNED of the task machine. */
export const assigned = taskSetup.createStateConfig({
  always: [
    { guard: 'isWorkLimited', target: 'IN_PROGRESS.timed' },
    { guard: 'isWork', target: 'IN_PROGRESS' },
  ],
  on: {
    'task.begin': [{ guard: 'hasLimit', target: 'IN_PROGRESS.timed' }, { target: 'IN_PROGRESS' }],
    'task.decline': {
      target: 'PENDING.backingOff',
      actions: [
        releaseSlot,
        { type: 'send', params: ({ context }) => declinedHandoff(context) },
        { type: 'noteDecline', params: itsEvent },
      ],
    },
    'handoff.accepted': {
      guard: { type: 'isOpenHandoff', params: itsEvent },
      target: 'PENDING',
      actions: [
        releaseSlot,
        { type: 'send', params: ({ context }) => dropChildren(context) },
        { type: 'noteMove', params: itsEvent },
      ],
    },
    'task.refuse': {
      target: 'FAILED',
      actions: [{ type: 'noteError', params: itsEvent }, releaseSlot],
    },
    'task.unparked': {
      target: 'PENDING',
      actions: releaseSlot,
    },
    'run.pause': {
      target: '#task.PENDING.pausing',
      actions: [{ type: 'notePause', params: itsEvent }, releaseSlot],
    },
    'run.cancel': {
      target: 'CANCELLED',
      actions: [{ type: 'noteCancel', params: itsEvent }, releaseSlot],
    },
  },
});

/** The state IN_PROGRESS of the task machine. */
export const inProgress = taskSetup.createStateConfig({
  tags: 'active',
  initial: 'untimed',
  states: {
    untimed: {},
    timed: {
      tags: 'timed',
      on: {
        'host.recovered': {
          target: 'timed',
          reenter: true,
          actions: { type: 'noteRecovered', params: itsEvent },
        },
        'task.heartbeat': {
          guard: { type: 'isAwaitedSign', params: itsEvent },
          target: 'timed',
          reenter: true,
          actions: { type: 'noteSign', params: itsEvent },
        },
        'task.report': {
          guard: { type: 'isAwaitedSign', params: itsEvent },
          target: 'timed',
          reenter: true,
          actions: [
            { type: 'noteReport', params: itsEvent },
            { type: 'noteSign', params: itsEvent },
          ],
        },
      },
      after: {
        timeLeftMs: [
          {
            guard: 'canTryAgain',
            target: '#task.PENDING.backingOff',
            actions: [
              'noteOverrun',
              { type: 'abort', params: ({ context }) => abortion(context, overrunReason(context)) },
            ],
          },
          {
            target: '#task.FAILED',
            actions: [
              { type: 'noteError', params: overrun },
              { type: 'abort', params: ({ context }) => abortion(context, overrunReason(context)) },
            ],
          },
        ],
      },
    },
  },
  entry: [
    {
      type: 'begin',
      params: ({ context, event }) => ({ at: run.timeOf(event, context.spec.createdAt) }),
    },
    { type: 'run', params: ({ context }) => ({ attempt: context.attempts }) },
  ],
  on: {
    'step.completed': {
      guard: { type: 'isCurrent', params: itsEvent },
      actions: [
        'noteStep',
        { type: 'record', params: ({ event }) => ({ step: event.step, value: event.result }) },
      ],
    },
    'task.report': {
      guard: { type: 'isCurrent', params: itsEvent },
      actions: { type: 'noteReport', params: itsEvent },
    },
    'task.complete': {
      guard: { type: 'isCurrent', params: itsEvent },
      target: 'COMPLETED',
      actions: [{ type: 'noteResult', params: itsEvent }, releaseSlot],
    },
    'task.fail': [
      {
        guard: { type: 'canRetry', params: itsEvent },
        target: 'PENDING.backingOff',
        actions: [{ type: 'noteFailure', params: itsEvent }, releaseSlot],
      },
      {
        guard: { type: 'isCurrent', params: itsEvent },
        target: 'FAILED',
        actions: [{ type: 'noteError', params: itsEvent }, releaseSlot],
      },
    ],
    'task.unparked': {
      target: 'PENDING',
      actions: ['noteUnparked', releaseSlot],
    },
    'handoff.accepted': {
      guard: { type: 'isOpenHandoff', params: itsEvent },
      target: 'PENDING',
      actions: [
        { type: 'abort', params: ({ context }) => handedOff(botOf(context), context) },
        { type: 'send', params: ({ context }) => dropChildren(context) },
        { type: 'noteMove', params: itsEvent },
      ],
    },
    'task.block': {
      guard: { type: 'waitsForChildren', params: itsEvent },
      target: 'BLOCKED.byChildren',
      actions: [{ type: 'noteBlocked', params: itsEvent }, releaseSlot],
    },
    'run.pause': {
      target: '#task.BLOCKED.paused',
      actions: [
        { type: 'notePause', params: itsEvent },
        { type: 'noteSetAside', params: itsEvent },
        { type: 'abort', params: ({ context }) => abortion(context, 'paused') },
      ],
    },
    'run.cancel': {
      target: 'CANCELLED',
      actions: [
        { type: 'noteCancel', params: itsEvent },
        { type: 'abort', params: ({ context, event }) => abortion(context, event.reason) },
      ],
    },
  },
});
