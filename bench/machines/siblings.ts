/**
 * Spawning: what a new child and its first message cost when its parent has few or many children.
 * A live parent of XState pays for each child that it has, so that it is measured with fewer.
 */
import type { AnyActorRef } from 'xstate';
import { forgetfulJournal } from '../actors.ts';
import { type Bench, type Contestant, contest, type Figure, longer, rate } from '../harness.ts';
import { nursery } from './district.ts';
import { oneRound, rawSide, rounds, type Side, troupeSide } from './sides.ts';

const parameters = {
  few: 100,
  many: 100_000,
  manyRaw: 3_000,
  lot: 100,
  rounds: 9,
  warmUps: 2,
};

/** The benchmark. */
export const siblings: Bench<typeof parameters> = {
  name: 'siblings',
  about:
    'A machine spawns a lot of children and sends each its first message, when it has few or ' +
    'many of them. Without texts.',
  parameters,
  quick: { few: 2, many: 10, manyRaw: 6, lot: 2, rounds: 1, warmUps: 0 },
  async measure({ few, many, manyRaw, lot, ...sizes }) {
    const raw = rawSide();
    const troupe = await troupeSide([nursery], forgetfulJournal());
    const contested = await contest(
      {
        [`raw, ${few}`]: fresh(raw, few, lot),
        [`raw, ${manyRaw}`]: rounds([await grown(raw, manyRaw)], grow(lot)),
        [`troupe, ${few}`]: fresh(troupe, few, lot),
        [`troupe, ${many}`]: rounds([await grown(troupe, many)], grow(lot)),
      },
      sizes,
    );
    const figures = [
      [`raw, ${few}`, undefined],
      [`raw, ${manyRaw}`, `raw, ${few}`],
      [`troupe, ${few}`, `raw, ${few}`],
      [`troupe, ${many}`, `troupe, ${few}`],
    ] as const;
    await raw.end();
    await troupe.end();
    return figures.map(([of, against]): Figure => {
      const isFloor = of === `troupe, ${many}`;
      return {
        ...rate(contested, lot, { name: `${of} siblings`, of }),
        against: against === undefined ? undefined : longer(contested, of, against),
        bounds: isFloor ? [{ of: 'ratio', max: 2, isDue: true }] : [],
      };
    });
  },
};

const grow = (count: number) => ({ type: 'grow', count });

/** The largest lot that one turn spawns while a nursery is filled. */
const LOT_MAX = 500;

async function grown(side: Side, children: number): Promise<AnyActorRef> {
  const actor = await side.start(nursery, undefined);
  for (let left = children; left > 0; left -= LOT_MAX) {
    await oneRound([actor], grow(Math.min(left, LOT_MAX)));
  }
  return actor;
}

/** A new nursery for each round, filled before it is measured. */
const fresh =
  (side: Side, children: number, lot: number): Contestant =>
  async () =>
    rounds([await grown(side, children)], grow(lot))();
