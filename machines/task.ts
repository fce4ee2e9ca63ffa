/**
 * Task: one unit of work, from wish to result.
 * Path: PENDING -> ASSIGNED -> IN_PROGRESS -> COMPLETED; BLOCKED while it waits for other runs, or
 * is paused.
 * The states stand in `task-pending.ts`, `task-progress.ts` and `task-blocked.ts`.
 * Invariants: only the moves of this chart; a final status never changes; it holds a slot of its
 * bot exactly from ASSIGNED until it leaves IN_PROGRESS (after an abort: until its work settled);
 * an attempt begins only on a slot, and going on after BLOCKED is no new attempt.
 */
import * as run from './run.ts';
import { blocked } from './task-blocked.ts';
import { cancelChildren, outcomeOf, tell } from './task-context.ts';
import { answered, dropChildren, dropLate, withdrawHandoff } from './task-handoff.ts';
import { pending } from './task-pending.ts';
import { assigned, inProgress } from './task-progress.ts';
import { itsEvent, taskSetup } from './task-setup.ts';

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
    'child.started': [
      {
        guard: { type: 'isOfEarlierBot', params: itsEvent },
        actions: [
          { type: 'noteChild', params: itsEvent },
          {
            type: 'send',
            params: ({ context, event }) => dropLate(context, event.step),
          },
        ],
      },
      { actions: { type: 'noteChild', params: itsEvent } },
    ],
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
    'run.pause': {
      target: '.BLOCKED.paused',
      actions: { type: 'notePause', params: itsEvent },
    },
    'approval.requested': {
      actions: { type: 'send', params: ({ context, event }) => run.passOnApproval(context, event) },
    },
    'stage.move': {
      guard: { type: 'isStageMove', params: itsEvent },
      actions: { type: 'noteStage', params: itsEvent },
    },
    /** Told while it was leaving its bot: what was acknowledged counts. */
    'task.report': {
      guard: { type: 'isCurrent', params: itsEvent },
      actions: { type: 'noteReport', params: itsEvent },
    },
    'handoff.requested': {
      guard: { type: 'mayBeHandedOn', params: itsEvent },
      actions: { type: 'noteHandoff', params: itsEvent },
    },
    'handoff.accepted': {
      guard: { type: 'isOpenHandoff', params: itsEvent },
      actions: [
        { type: 'send', params: ({ context }) => dropChildren(context) },
        { type: 'noteMove', params: itsEvent },
      ],
    },
    'handoff.closed': [
      {
        guard: { type: 'isAwaitedAnswer', params: itsEvent },
        actions: [
          { type: 'noteKept', params: itsEvent },
          { type: 'record', params: answered },
        ],
      },
      {
        guard: { type: 'isOpenHandoff', params: itsEvent },
        actions: { type: 'noteKept', params: itsEvent },
      },
    ],
    'run.overdue': {
      actions: [
        'noteOverdue',
        { type: 'overdue', params: ({ context }) => ({ dueAt: context.spec.dueAt }) },
      ],
    },
  },
  states: {
    PENDING: pending,
    BLOCKED: blocked,
    ASSIGNED: assigned,
    IN_PROGRESS: inProgress,
    COMPLETED: { type: 'final', entry: { type: 'send', params: ({ context }) => tell(context) } },
    FAILED: { type: 'final', entry: { type: 'send', params: ({ context }) => tell(context) } },
    CANCELLED: { type: 'final', entry: { type: 'send', params: ({ context }) => tell(context) } },
  },
  exit: [
    { type: 'send', params: ({ context }) => cancelChildren(context) },
    {
      type: 'send',
      params: ({ context }) => withdrawHandoff(context, `${context.spec.run} ended`),
    },
  ],
});
