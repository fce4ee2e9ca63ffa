/** BLOCKED: a task that waits without a slot: for other runs, or for its child runs. */
import { asAddress } from '../src/protocol/index.ts';
import * as run from './run.ts';
import { abandonment } from './task-context.ts';
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
});
