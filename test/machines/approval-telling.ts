/** How stories of approvals are told: their specs, and events aimed at an approval as it is. */
import fc from 'fast-check';
import { type ActorEvent, ApprovalEvent, ApprovalSpec } from '../../src/protocol/index.ts';
import { arbitraryOf } from '../../src/testing/arbitrary/index.ts';
import { approvalSpec } from './fixtures.ts';
import { type Beat, oneOf, type Telling } from './stories.ts';
import type { Walk } from './walk.ts';

const RUNS = ['run/look/1', 'run/look/2'];

/** The stories of approvals. */
export const approvalTelling: Telling<ApprovalSpec> = {
  specs: fc
    .record({
      drawn: arbitraryOf(ApprovalSpec),
      dependsOn: fc.oneof(
        { weight: 3, arbitrary: fc.constant<string[]>([]) },
        { weight: 1, arbitrary: fc.array(fc.constantFrom(...RUNS), { maxLength: 3 }) },
      ),
      parent: fc.option(fc.constant('run/plan/p-1')),
      dueAt: fc.option(fc.nat(4_000), { freq: 2 }),
      times: fc.record(
        {
          notBefore: fc.constantFrom(0, 1_000, 3_000),
          remindEveryMs: fc.constantFrom(100, 1_000),
          expiresInMs: fc.constantFrom(500, 3_000),
          takesAnswer: fc.constant(true as const),
        },
        { requiredKeys: [] },
      ),
    })
    .map(({ drawn, times, ...own }) => {
      const {
        notBefore: _,
        remindEveryMs: __,
        expiresInMs: ___,
        takesAnswer: ____,
        ...base
      } = drawn;
      const step = own.parent === null ? null : 'release';
      return { ...base, ...own, ...times, step, run: approvalSpec().run };
    }),
  events: ApprovalEvent,
  rare: ['run.cancel', 'run.overdue', 'approval.decide', 'approval.expire'],
  often: ['run.resume', 'run.pause', 'approval.remind'],
  aimed: (event, beat, walk) => ({ ...event, ...aim(event, beat, walk) }),
};

function aim({ type }: ActorEvent, beat: Beat, { snapshot }: Walk): object {
  const { spec, waitingFor = spec.dependsOn } = snapshot.context;
  const runs = beat.aim === 'now' ? waitingFor : RUNS;
  const outcome =
    beat.place % 4 === 0 ? {} : { outcome: { status: 'COMPLETED', result: beat.place } };
  switch (type) {
    case 'run.pause':
    case 'run.resume':
      return { above: beat.place % 3 === 0 };
    case 'dependency.settled':
      return { run: oneOf(runs, beat.place) ?? 'run/look/none', ...outcome };
    default:
      return {};
  }
}
