/** Drawn stories of users' machines, with crashes and groups of any size. */
import fc from 'fast-check';
import type { Op } from './cruise.ts';

/** Boats of a fleet. */
export const BOATS = 3;
const boat = fc.nat(BOATS - 1);
const to = fc.nat(1);
const ms = fc.integer({ min: 0, max: 90 });

const said = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constantFrom('NOTE', 'ASK', 'ASK', 'HUSH') }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('ARM'), ms }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('DISARM'), m: fc.nat(40) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('SPAWN'), to }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constantFrom('TELL', 'LATER'), to, ms }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('DROP', 'SINK'), to }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constantFrom('POISON', 'FAIL') }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('END', 'NOTE') }) },
);

const op: fc.Arbitrary<Op> = fc.oneof(
  {
    weight: 14,
    arbitrary: fc.record({ op: fc.constant('send' as const), boat, event: said }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('start' as const), boat }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('cancel' as const), boat }) },
  {
    weight: 5,
    arbitrary: fc.record({
      op: fc.constant('settle' as const),
      call: fc.nat(2),
      isOk: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('advance' as const), ms }) },
  { weight: 4, arbitrary: fc.constant({ op: 'rest' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constant('crash' as const),
      commits: fc.integer({ min: 1, max: 4 }),
      moment: fc.constantFrom('before' as const, 'after' as const),
    }),
  },
);

/** Stories of a fleet: starts, events, failures, ends, time and crashes. */
export const story = fc.record({
  groupTurns: fc.constantFrom(1, 2, 512),
  ops: fc.array(op, { minLength: 5, maxLength: 60 }),
});
