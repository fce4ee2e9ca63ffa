/**
 * Messages between machines: pairs that play ping-pong, and rings in which tokens go round, with
 * 2, 100 and 1,000 actors, against live actors of XState. All members are children of one machine,
 * and stand ready; measured is from the first hop to the last one.
 */
import { forgetfulJournal, newJournal } from '../actors.ts';
import { type Bench, contest, type Figure, faster, rate } from '../harness.ts';
import { type DistrictInput, district } from './district.ts';
import { rawSide, rounds, type Side, troupeSide } from './sides.ts';

const parameters = { hops: 10_000, few: 2, some: 100, many: 1_000, rounds: 9, warmUps: 6 };

/** The benchmark. */
export const rings: Bench<typeof parameters> = {
  name: 'rings',
  about:
    'Hops of tokens between machines: in pairs (ping-pong), and in one ring with one token. The ' +
    'bus alone is without the texts of rows and snapshots.',
  parameters,
  quick: { hops: 40, few: 2, some: 4, many: 10, rounds: 1, warmUps: 0 },
  async measure({ hops, few, some, many, rounds: count, warmUps }) {
    const figures: Figure[] = [];
    const sizes = [few, some, many];
    const games = [
      ...sizes.map((members) => ({ name: 'ping-pong', members, ring: 2 })),
      ...[some, many].map((members) => ({ name: 'ring', members, ring: members })),
    ];
    for (const { name, ...input } of games) {
      const title = `${name} of ${input.members.toLocaleString('en')}`;
      figures.push(...(await figuresOf(title, input, { hops, rounds: count, warmUps })));
    }
    return figures;
  },
};

interface Sizes {
  readonly hops: number;
  readonly rounds: number;
  readonly warmUps: number;
}

const floors = [{ of: 'ratio', min: 0.85, isDue: true }] as const;

async function figuresOf(title: string, input: DistrictInput, sizes: Sizes): Promise<Figure[]> {
  const memory = await newJournal('memory');
  const file = await newJournal('file');
  const sides: Readonly<Record<string, Side>> = {
    raw: rawSide(),
    'bus alone': await troupeSide([district], forgetfulJournal()),
    'memory journal': await troupeSide([district], memory.journal),
    'SQLite, FULL': await troupeSide([district], file.journal),
  };
  const go = { type: 'go', hops: sizes.hops };
  const contestants = await Promise.all(
    Object.entries(sides).map(async ([name, side]) => {
      const actor = await side.start(district, input);
      return [name, rounds([actor], go)] as const;
    }),
  );
  const contested = await contest(Object.fromEntries(contestants), sizes);
  for (const side of Object.values(sides)) await side.end();
  file.end();
  return Object.keys(sides).map((of) => ({
    ...rate(contested, sizes.hops, { name: `${title}, ${of}`, of }),
    against: of === 'raw' ? undefined : faster(contested, of, 'raw'),
    bounds: of === 'bus alone' ? floors : [],
  }));
}
