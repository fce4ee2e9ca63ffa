/**
 * BLOCKED: an approval that waits: for other runs (`byDependency`), for the person (`asking`), or
 * until it is resumed (`paused`). It costs nothing but its record and its timers.
 */
import { asAddress } from '../src/protocol/index.ts';
import { approvalSetup, expiry, itsEvent } from './approval-setup.ts';
import * as run from './run.ts';

/** The person decides; before they were asked nothing is decided. */
const decide = {
  'approval.decide': [
    {
      guard: { type: 'isYes', params: itsEvent },
      target: '#approval.COMPLETED',
      actions: { type: 'noteYes', params: itsEvent },
    },
    {
      guard: { type: 'isNo', params: itsEvent },
      target: '#approval.FAILED',
      actions: { type: 'noteNo', params: itsEvent },
    },
  ],
} as const;

/** The state BLOCKED of the approval machine. */
export const blocked = approvalSetup.createStateConfig({
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
          target: '#approval.PENDING',
          actions: { type: 'noteWaitMet', params: itsEvent },
        },
      },
    },
    asking: {
      entry: [
        {
          type: 'noteAsked',
          params: ({ context, event }) => ({ at: run.timeOf(event, context.spec.createdAt) }),
        },
      ],
      exit: ['forgetReminder', 'forgetExpiry'],
      initial: 'expiring',
      states: {
        expiring: {
          always: [
            { guard: 'canExpire', target: 'reminding', actions: 'armExpiry' },
            { target: 'reminding' },
          ],
        },
        reminding: {
          always: [
            { guard: 'isReminded', target: 'open', actions: 'armReminder' },
            { target: 'open' },
          ],
        },
        open: {},
      },
      on: {
        ...decide,
        'approval.remind': {
          guard: 'isReminded',
          actions: [
            'forgetReminder',
            { type: 'noteReminded', params: itsEvent },
            'armReminder',
            { type: 'remind', params: ({ context }) => ({ reminders: context.reminders ?? 0 }) },
          ],
        },
        'approval.expire': {
          guard: 'canExpire',
          target: '#approval.FAILED',
          actions: { type: 'noteError', params: expiry },
        },
        'run.pause': {
          target: 'paused',
          actions: [
            { type: 'notePause', params: itsEvent },
            { type: 'noteSetAside', params: itsEvent },
          ],
        },
      },
    },
    paused: {
      on: {
        ...decide,
        'run.pause': { actions: { type: 'notePause', params: itsEvent } },
        'run.resume': [
          {
            guard: { type: 'staysPaused', params: itsEvent },
            actions: { type: 'noteResume', params: itsEvent },
          },
          {
            target: '#approval.PENDING',
            actions: { type: 'noteResume', params: itsEvent },
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
        target: '#approval.FAILED',
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
        target: '#approval.CANCELLED',
        actions: { type: 'noteCancel', params: ({ event }) => run.skipped(event) },
      },
    ],
  },
});
