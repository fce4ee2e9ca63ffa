/**
 * Many living actors: whether the rate falls when there are 100 times as many, whether a hundred
 * busy ones are disturbed by those who rest, and what a start costs among them.
 *
 * The actors live in districts of a hundred, each a run of its own, because a live actor of XState
 * pays for each child that its parent has. All contestants live in one process, and take turns.
 */
import type { AnyActorRef } from 'xstate';
import { forgetfulJournal } from '../actors.ts';
import {
  type Bench,
  type Bound,
  type Contest,
  type Contestant,
  contest,
  type Figure,
  faster,
  rate,
} from '../harness.ts';
import { district } from './district.ts';
import { oneRound, rawSide, rounds, type Side, troupeSide } from './sides.ts';

const parameters = {
  few: 1_000,
  many: 100_000,
  members: 100,
  hops: 100_000,
  starts: 20,
  rounds: 7,
  warmUps: 2,
};

/** The benchmark. */
export const crowd: Bench<typeof parameters> = {
  name: 'crowd',
  about:
    'Hops of tokens while few or many actors live: in all districts at once, then in one while ' +
    'the others rest; then the start and first round of a district of ten. Without texts.',
  parameters,
  quick: { few: 8, many: 24, members: 4, hops: 240, starts: 2, rounds: 1, warmUps: 0 },
  async measure({ few, many, starts, ...sizes }) {
    const towns: Record<string, Town> = {};
    for (const count of [few, many]) {
      towns[`raw, ${count}`] = await town(rawSide(), count, sizes.members);
      const side = await troupeSide([district], forgetfulJournal());
      towns[`troupe, ${count}`] = await town(side, count, sizes.members);
    }
    const go = { type: 'go', hops: sizes.hops };
    const tests: readonly Trial[] = [
      {
        name: 'all busy',
        operations: sizes.hops,
        of: ({ districts }) => {
          const share = { ...go, hops: Math.floor(sizes.hops / districts.length) };
          return rounds(districts, share);
        },
      },
      {
        name: 'one district busy',
        operations: sizes.hops,
        of: ({ districts }) => rounds(districts.slice(0, 1), go),
      },
      { name: 'start', operations: starts, of: ({ side }) => startsOf(side, starts) },
    ];
    const figures: Figure[] = [];
    for (const trial of tests) {
      const contested = await contest(contestantsOf(towns, trial), sizes);
      figures.push(...figuresOf(trial, contested, { few, many }));
    }
    for (const { side } of Object.values(towns)) await side.end();
    return figures;
  },
};

/** Many districts on one side. */
interface Town {
  readonly side: Side;
  readonly districts: readonly AnyActorRef[];
}

async function town(side: Side, count: number, members: number): Promise<Town> {
  const districts: AnyActorRef[] = [];
  for (let built = 0; built < count; built += members) {
    districts.push(await side.start(district, { members, ring: members }));
  }
  return { side, districts };
}

interface Trial {
  readonly name: string;
  readonly operations: number;
  of(town: Town): Contestant;
}

const contestantsOf = (towns: Readonly<Record<string, Town>>, trial: Trial) =>
  Object.fromEntries(Object.entries(towns).map(([name, one]) => [name, trial.of(one)]));

/** Starts small districts one after the other and lets a token go round in each. */
const startsOf =
  (side: Side, starts: number): Contestant =>
  () => ({
    run: async () => {
      for (let started = 0; started < starts; started += 1) {
        const actor = await side.start(district, { members: 10, ring: 10 });
        await oneRound([actor], { type: 'go', hops: 10 });
      }
    },
    result: () => true,
  });

/** Each side with many living actors against itself with few. */
function figuresOf(
  { name, operations }: Trial,
  contested: Contest,
  { few, many }: { readonly few: number; readonly many: number },
): Figure[] {
  const fallOf = (side: string) => faster(contested, `${side}, ${many}`, `${side}, ${few}`);
  const floor: Readonly<Record<string, Bound>> = {
    'all busy': { of: 'ratio', min: fallOf('raw').ratio, isDue: false },
    'one district busy': { of: 'ratio', min: 0.8, isDue: true },
    start: { of: 'ratio', min: 0.5, isDue: true },
  };
  const bound = floor[name];
  return ['raw', 'troupe'].flatMap((side) => {
    const line = (count: number) => ({
      name: `${name}, ${side}, ${count.toLocaleString('en')} live`,
      of: `${side}, ${count}`,
    });
    return [
      rate(contested, operations, line(few)),
      {
        ...rate(contested, operations, line(many)),
        against: { ...fallOf(side), name: `${few.toLocaleString('en')} live` },
        bounds: side === 'troupe' && bound !== undefined ? [bound] : [],
      },
    ];
  });
}
