/**
 * IN_PROGRESS.stopping: a run that ended badly, on its way out. What was done is undone: runs of
 * steps under way are cancelled and waited for, then one step after the other is undone, the one
 * that completed last first. One that can't be undone opens an incident; the rest is undone.
 */
import { stopOpenSteps, undoing } from './workflow-context.ts';
import {
  alarm,
  itsEvent,
  noteEndNow,
  recordEnd,
  tellSteps,
  tellUndoing,
  workflowSetup,
} from './workflow-setup.ts';

/** The state IN_PROGRESS.stopping of the workflow machine. */
export const stopping = workflowSetup.createStateConfig({
  initial: 'deciding',
  states: {
    deciding: {
      always: [
        { guard: 'mustUndo', target: 'waiting' },
        { guard: 'wasCancelled', target: '#workflow.CANCELLED', actions: noteEndNow },
        { target: '#workflow.FAILED', actions: noteEndNow },
      ],
    },
    waiting: {
      entry: [{ type: 'send', params: ({ context }) => stopOpenSteps(context) }, 'settleMissing'],
      always: { guard: 'isQuiet', target: 'next' },
    },
    next: {
      always: [
        { guard: 'isLeftToUndo', target: 'undoing' },
        { guard: 'wasCancelled', target: '#workflow.CANCELLED', actions: noteEndNow },
        { target: '#workflow.FAILED', actions: noteEndNow },
      ],
    },
    undoing: {
      entry: [
        tellUndoing,
        { type: 'undo', params: ({ context }) => ({ step: undoing(context) ?? '' }) },
      ],
      on: {
        'child.settled': {
          guard: { type: 'isUndo', params: itsEvent },
          target: 'next',
          actions: [alarm, { type: 'noteUndone', params: itsEvent }, recordEnd],
        },
      },
    },
  },
  on: {
    'child.settled': [
      {
        guard: { type: 'isUnjudged', params: itsEvent },
        actions: [{ type: 'noteUnjudged', params: itsEvent }, tellSteps],
      },
      {
        guard: { type: 'isStarted', params: itsEvent },
        actions: [{ type: 'noteStepEnd', params: itsEvent }, recordEnd, tellSteps],
      },
    ],
    /** What was being decided about a step when it came to this is noted, and starts nothing. */
    'step.skipped': {
      guard: { type: 'isStarted', params: itsEvent },
      actions: [{ type: 'noteSkippedEnd', params: itsEvent }, tellSteps],
    },
    'step.judged': {
      guard: { type: 'isJudged', params: itsEvent },
      actions: [{ type: 'noteJudgedEnd', params: itsEvent }, tellSteps],
    },
    'run.cancel': { actions: { type: 'noteOrphan', params: itsEvent } },
  },
});
