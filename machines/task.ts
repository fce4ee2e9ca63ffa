/**
 * Task: one unit of work, from wish to result.
 * Path: PENDING -> ASSIGNED -> IN_PROGRESS -> COMPLETED; BLOCKED while it waits for other runs.
 * Invariants: only the moves of this chart; a final status never changes; it holds a slot of its
 * bot exactly from ASSIGNED until it leaves IN_PROGRESS (after an abort: until its work settled);
 * an attempt begins only on a slot, and going on after BLOCKED is no new attempt.
 */
import { asAddress } from '../src/protocol/index.ts';
import * as run from './run.ts';
import {
  abandonment,
  abortion,
  botOf,
  cancelChildren,
  outcomeOf,
  release,
  slotOf,
  taskSetup,
  tell,
  timedOut,
  withdrawal,
} from './task-setup.ts';

/** The event as an action's data. */
const itsEvent = <E>({ event }: { event: E }): E => event;

/** The task machine; its chart is the table of allowed moves. */
export const taskMachine = taskSetup.createMachine({
  id: 'task',
  version: '1',
  initial: 'PENDING',
  context: ({ input }) => ({
    spec: input,
    attempts: 0,
    slots: 0,
    assignedTo: input.bot ?? undefined,
  }),
  output: ({ context }) => outcomeOf(context),
  on: {
    'child.started': { actions: { type: 'noteChild', params: itsEvent } },
    'child.settled': {
      actions: [
        { type: 'forgetChild', params: itsEvent },
        { type: 'record', params: ({ event }) => ({ step: event.step, value: event.outcome }) },
      ],
    },
    'run.cancel': {
      target: '.CANCELLED',
      actions: { type: 'noteCancel', params: itsEvent },
    },
  },
  states: {
    PENDING: {
      initial: 'checking',
      states: {
        checking: {
          always: [
            { guard: 'mustWait', target: '#task.BLOCKED.byDependency' },
            { guard: 'needsNoBot', target: '#task.ASSIGNED' },
            { guard: 'needsRoute', target: 'unrouted' },
            { target: 'queued' },
          ],
        },
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
                { type: 'send', params: ({ context }) => release(context) },
              ],
            },
            'run.cancel': [
              {
                guard: 'isResuming',
                target: '#task.CANCELLED',
                actions: [
                  { type: 'noteCancel', params: itsEvent },
                  { type: 'withdraw', params: ({ context }) => withdrawal(context) },
                  { type: 'send', params: ({ context }) => release(context) },
                  { type: 'abort', params: abandonment },
                ],
              },
              {
                target: '#task.CANCELLED',
                actions: [
                  { type: 'noteCancel', params: itsEvent },
                  { type: 'withdraw', params: ({ context }) => withdrawal(context) },
                  { type: 'send', params: ({ context }) => release(context) },
                ],
              },
            ],
          },
        },
        backingOff: { after: { pauseMs: 'checking' } },
      },
    },
    BLOCKED: {
      initial: 'byDependency',
      states: {
        byDependency: {
          entry: {
            type: 'watch',
            params: ({ context }) => ({ runs: run.waitsFor(context).map(asAddress) }),
          },
          on: {
            'dependency.settled': [
              {
                guard: { type: 'isLastWait', params: itsEvent },
                target: '#task.PENDING',
                actions: { type: 'noteWaitMet', params: itsEvent },
              },
              {
                guard: { type: 'isWaitMet', params: itsEvent },
                actions: { type: 'noteWaitMet', params: itsEvent },
              },
              {
                guard: { type: 'failsWithIt', params: itsEvent },
                target: '#task.FAILED',
                actions: {
                  type: 'noteError',
                  params: ({ event }) => ({
                    error: run.dependencyFailure(event.run, event.outcome),
                    at: event.at,
                  }),
                },
              },
              {
                guard: { type: 'isSkippedWithIt', params: itsEvent },
                target: '#task.CANCELLED',
                actions: { type: 'noteCancel', params: ({ event }) => run.skipped(event) },
              },
            ],
          },
        },
        byChildren: {
          on: {
            'child.settled': {
              target: '#task.PENDING',
              actions: [
                { type: 'forgetChild', params: itsEvent },
                {
                  type: 'record',
                  params: ({ event }) => ({ step: event.step, value: event.outcome }),
                },
              ],
            },
            'task.resume': {
              guard: { type: 'isCurrent', params: itsEvent },
              target: '#task.PENDING',
            },
            'run.cancel': {
              target: '#task.CANCELLED',
              actions: [
                { type: 'noteCancel', params: itsEvent },
                { type: 'abort', params: abandonment },
              ],
            },
          },
        },
      },
    },
    ASSIGNED: {
      always: [{ guard: 'hasTimeout', target: 'IN_PROGRESS.timed' }, { target: 'IN_PROGRESS' }],
    },
    IN_PROGRESS: {
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
          },
          after: {
            timeLeftMs: [
              {
                guard: 'canTryAgain',
                target: '#task.PENDING.backingOff',
                actions: [
                  'noteTimeout',
                  { type: 'abort', params: ({ context }) => abortion(context, 'time-out') },
                ],
              },
              {
                target: '#task.FAILED',
                actions: [
                  { type: 'noteError', params: timedOut },
                  { type: 'abort', params: ({ context }) => abortion(context, 'time-out') },
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
          actions: [
            { type: 'noteResult', params: itsEvent },
            { type: 'send', params: ({ context }) => release(context) },
          ],
        },
        'task.fail': [
          {
            guard: { type: 'canRetry', params: itsEvent },
            target: 'PENDING.backingOff',
            actions: [
              { type: 'noteFailure', params: itsEvent },
              { type: 'send', params: ({ context }) => release(context) },
            ],
          },
          {
            guard: { type: 'isCurrent', params: itsEvent },
            target: 'FAILED',
            actions: [
              { type: 'noteError', params: itsEvent },
              { type: 'send', params: ({ context }) => release(context) },
            ],
          },
        ],
        'task.unparked': {
          target: 'PENDING',
          actions: ['noteUnparked', { type: 'send', params: ({ context }) => release(context) }],
        },
        'task.block': {
          guard: { type: 'waitsForChildren', params: itsEvent },
          target: 'BLOCKED.byChildren',
          actions: [
            { type: 'noteBlocked', params: itsEvent },
            { type: 'send', params: ({ context }) => release(context) },
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
    },
    COMPLETED: { type: 'final', entry: { type: 'send', params: ({ context }) => tell(context) } },
    FAILED: { type: 'final', entry: { type: 'send', params: ({ context }) => tell(context) } },
    CANCELLED: { type: 'final', entry: { type: 'send', params: ({ context }) => tell(context) } },
  },
  exit: { type: 'send', params: ({ context }) => cancelChildren(context) },
});
