/**
 * Approval: a question that waits for a person.
 * Path: PENDING -> BLOCKED (the person is asked) -> COMPLETED (yes), FAILED (no, or silence).
 * BLOCKED also while it waits for other runs, or is paused: then its times stand still, and a
 * decision is taken all the same once the person was asked.
 * Invariants: one decision, one expiry or one cancel ends it, whichever comes first; silence is
 * never a yes; what the person is asked about never changes.
 */
import { blocked } from './approval-blocked.ts';
import { approvalSetup, askedBelow, askedHere, itsEvent } from './approval-setup.ts';
import * as run from './run.ts';

/** The approval machine. */
export const approvalMachine = approvalSetup.createMachine({
  id: 'approval',
  version: '1',
  initial: 'PENDING',
  context: ({ input }) => ({ spec: input }),
  output: ({ context }) => run.outcomeOf(context, { attempts: 1 }),
  on: {
    'run.cancel': { target: '.CANCELLED', actions: { type: 'noteCancel', params: itsEvent } },
    'run.pause': {
      target: '.BLOCKED.paused',
      actions: { type: 'notePause', params: itsEvent },
    },
    'run.overdue': {
      actions: [
        'noteOverdue',
        { type: 'overdue', params: ({ context }) => ({ dueAt: context.spec.dueAt }) },
      ],
    },
  },
  states: {
    PENDING: {
      initial: 'checking',
      states: {
        checking: {
          always: [
            {
              guard: 'mustRemind',
              target: 'checking',
              reenter: true,
              actions: ['remindOfDue', 'noteReminder'],
            },
            { guard: 'mustWait', target: '#approval.BLOCKED.byDependency' },
            { guard: 'isEarly', target: 'resting' },
            { guard: 'wasAsked', target: '#approval.BLOCKED.asking' },
            {
              target: '#approval.BLOCKED.asking',
              actions: [
                { type: 'send', params: ({ context }) => askedHere(context) },
                { type: 'send', params: ({ context }) => askedBelow(context) },
              ],
            },
          ],
        },
        resting: { after: { restMs: { target: 'checking', actions: 'noteRested' } } },
      },
    },
    BLOCKED: blocked,
    COMPLETED: {
      type: 'final',
      entry: { type: 'send', params: ({ context }) => run.tellParent(context) },
    },
    FAILED: {
      type: 'final',
      entry: { type: 'send', params: ({ context }) => run.tellParent(context) },
    },
    CANCELLED: {
      type: 'final',
      entry: { type: 'send', params: ({ context }) => run.tellParent(context) },
    },
  },
});
