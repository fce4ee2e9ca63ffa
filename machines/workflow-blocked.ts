/**
 * BLOCKED: a workflow's run that waits for other runs, or until it is resumed (`paused`). Paused,
 * it starts nothing, and its steps under way are paused with it; what ends meanwhile is noted, and
 * what follows from that comes when it goes on.
 */
import { asAddress } from '../src/protocol/index.ts';
import * as run from './run.ts';
import { addressesOf, openRuns, type WorkflowContext } from './workflow-context.ts';
import { alarm, itsEvent, recordEnd, tellSteps, workflowSetup } from './workflow-setup.ts';

const openOnes = (context: WorkflowContext) => addressesOf(context, openRuns(context));

/** The state BLOCKED of the workflow machine. */
export const blocked = workflowSetup.createStateConfig({
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
          target: '#workflow.PENDING',
          actions: { type: 'noteWaitMet', params: itsEvent },
        },
      },
    },
    paused: {
      entry: { type: 'send', params: ({ context }) => run.pauseRuns(openOnes(context)) },
      on: {
        'run.pause': { actions: { type: 'notePause', params: itsEvent } },
        'run.resume': [
          {
            guard: { type: 'staysPaused', params: itsEvent },
            actions: { type: 'noteResume', params: itsEvent },
          },
          {
            target: '#workflow.PENDING',
            actions: [
              { type: 'noteResume', params: itsEvent },
              { type: 'send', params: ({ context }) => run.resumeRuns(openOnes(context)) },
              'startMissing',
            ],
          },
        ],
        'run.cancel': [
          {
            guard: 'isStopping',
            target: '#workflow.PENDING',
            actions: [
              { type: 'noteOrphan', params: itsEvent },
              'forgetPause',
              { type: 'send', params: ({ context }) => run.resumeRuns(openOnes(context)) },
            ],
          },
          {
            guard: 'mustUndo',
            target: '#workflow.PENDING',
            actions: { type: 'noteStopping', params: itsEvent },
          },
        ],
        'child.settled': [
          {
            guard: { type: 'isUndo', params: itsEvent },
            actions: [alarm, { type: 'noteUndone', params: itsEvent }, recordEnd],
          },
          {
            guard: { type: 'isUnjudged', params: itsEvent },
            actions: [{ type: 'noteUnjudged', params: itsEvent }, tellSteps],
          },
          {
            guard: { type: 'isLooped', params: itsEvent },
            actions: [{ type: 'noteToJudge', params: itsEvent }, recordEnd],
          },
          {
            guard: { type: 'isStarted', params: itsEvent },
            actions: [{ type: 'noteStepEnd', params: itsEvent }, recordEnd, tellSteps],
          },
        ],
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
        target: '#workflow.FAILED',
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
        target: '#workflow.CANCELLED',
        actions: { type: 'noteCancel', params: ({ event }) => run.skipped(event) },
      },
    ],
  },
});
