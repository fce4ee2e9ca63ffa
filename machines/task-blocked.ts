/**
 * BLOCKED: a task that waits without a slot: for other runs, for its child runs, or until it is
 * resumed (`paused`). Paused, it has no work in memory, and its child runs are paused with it.
 */
import { asAddress, childAddress } from '../src/protocol/index.ts';
import * as run from './run.ts';
import { abandonment, childrenOf, setAside } from './task-context.ts';
import { answered, dropChildren, handedOff } from './task-handoff.ts';
import { itsEvent, taskSetup } from './task-setup.ts';

/** The state BLOCKED of the task machine. */
export const blocked = taskSetup.createStateConfig({
  initial: 'byDependency',
  states: {
    byDependency: {
      entry: {
        type: 'watch',
        params: ({ context }) => ({ runs: run.waitsFor(context).map(asAddress) }),
      },
      on: {
        'dependency.settled': {
          guard: { type: 'isLastWait', params: itsEvent },
          target: '#task.PENDING',
          actions: { type: 'noteWaitMet', params: itsEvent },
        },
      },
    },
    byChildren: {
      on: {
        'handoff.accepted': {
          guard: { type: 'isOpenHandoff', params: itsEvent },
          target: '#task.PENDING',
          actions: [
            { type: 'abort', params: ({ context }) => handedOff([], context) },
            { type: 'send', params: ({ context }) => dropChildren(context) },
            { type: 'noteMove', params: itsEvent },
          ],
        },
        'handoff.closed': {
          guard: { type: 'isAwaitedAnswer', params: itsEvent },
          target: '#task.PENDING',
          actions: [
            { type: 'noteKept', params: itsEvent },
            { type: 'record', params: answered },
          ],
        },
        'child.settled': {
          guard: { type: 'isOfThisBot', params: itsEvent },
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
        'run.pause': {
          target: 'paused',
          actions: [
            { type: 'notePause', params: itsEvent },
            { type: 'abort', params: setAside },
          ],
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
    paused: {
      entry: { type: 'send', params: ({ context }) => run.pauseRuns(childrenOf(context)) },
      on: {
        'run.pause': { actions: { type: 'notePause', params: itsEvent } },
        'run.resume': [
          {
            guard: { type: 'staysPaused', params: itsEvent },
            actions: { type: 'noteResume', params: itsEvent },
          },
          {
            target: '#task.PENDING',
            actions: [
              { type: 'noteResume', params: itsEvent },
              { type: 'send', params: ({ context }) => run.resumeRuns(childrenOf(context)) },
            ],
          },
        ],
        'child.started': {
          guard: { type: 'isOfThisBot', params: itsEvent },
          actions: [
            { type: 'noteChild', params: itsEvent },
            {
              type: 'send',
              params: ({ context, event }) =>
                run.pauseRuns([childAddress(asAddress(context.spec.run), event.step)]),
            },
          ],
        },
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
      },
    },
  },
  on: {
    'dependency.settled': [
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
});
