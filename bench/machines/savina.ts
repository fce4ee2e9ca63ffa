/**
 * The programs of Savina's micro and concurrency groups, the machines of the tests: from the start
 * of the first actor to the end of the last one, under live actors of XState and under Troupe.
 */
import assert from 'node:assert/strict';
import { createActor } from 'xstate';
import { createTroupe, type Troupe } from '../../src/troupe/index.ts';
import type { Parameters, Program } from '../../test/savina/program.ts';
import { programs } from '../../test/savina/programs.ts';
import { newJournal } from '../actors.ts';
import { type Bench, type Contestant, contest, type Figure, faster, rate } from '../harness.ts';

const parameters = { percent: 100, rounds: 5, warmUps: 2 };

/** The benchmark. */
export const savina: Bench<typeof parameters> = {
  name: 'savina',
  about:
    'The programs of the Savina benchmark (Imam and Sarkar 2014) with a share of the parameters ' +
    'that the bench names; the rate is that of what it is about: messages, actors, ' +
    'hops, meetings, answers, items, meals, customers, rounds, terms, transfers. Under ' +
    'Troupe customers of the barber also come in vain, since others get a turn meanwhile.',
  parameters,
  quick: { percent: 1, rounds: 1, warmUps: 0 },
  async measure({ percent, ...sizes }) {
    const figures: Figure[] = [];
    for (const program of programs) {
      figures.push(...(await figuresOf(program, shareOf(program, percent), sizes)));
    }
    return figures;
  },
};

/** Larger than the tests', so that a round takes some hundredths of a second. */
const larger: Readonly<Record<string, Parameters>> = {
  'ping-pong': { N: 5_000 },
  counting: { N: 10_000 },
  'fork-join throughput': { N: 500, A: 20 },
  'fork-join creation': { N: 1_000 },
  'thread ring': { N: 100, R: 10_007 },
  chameneos: { creatures: 10, meetings: 3_000 },
  big: { W: 20, N: 250 },
  'concurrent dictionary': { workers: 10, messages: 500 },
  'concurrent sorted list': { workers: 10, messages: 500 },
  'bounded buffer': { producers: 8, consumers: 8, items: 250 },
  'dining philosophers': { N: 10, M: 200 },
  'sleeping barber': { customers: 200, room: 40 },
  'cigarette smokers': { rounds: 5_000, smokers: 20 },
  'logistic map': { series: 5, terms: 1_000 },
  'bank transaction': { accounts: 50, transfers: 2_500 },
};

/** A share of a program's parameters; percentages and seeds are no sizes. */
export const shareOf = ({ name, scaled }: Program, percent: number): Parameters =>
  Object.fromEntries(
    Object.entries({ ...scaled, ...larger[name] }).map(([key, value]) => {
      const isSize = key !== 'seed' && !key.endsWith('Percent');
      return [key, isSize ? Math.max(2, Math.floor((value * percent) / 100)) : value];
    }),
  );

async function figuresOf(
  program: Program,
  input: Parameters,
  sizes: { readonly rounds: number; readonly warmUps: number },
): Promise<Figure[]> {
  const { machine: definition } = program;
  const file = await newJournal('file');
  const memory = await createTroupe({ definitions: [definition] });
  const durable = await createTroupe({ definitions: [definition], journal: file.journal });
  const contested = await contest(
    {
      raw: judged(program, input, () => {
        return createActor(definition, { input }).start().getSnapshot().output;
      }),
      'in memory': judged(program, input, () => memory.run(definition, input)),
      'SQLite, FULL': judged(program, input, () => durable.run(definition, input)),
    },
    sizes,
  );
  await Promise.all([memory, durable].map((troupe: Troupe) => troupe.stop({ deadline: 0 })));
  file.end();
  return ['raw', 'in memory', 'SQLite, FULL'].map((of) => ({
    ...rate(contested, program.deeds(input), { name: `${program.name}, ${of}`, of }),
    against: of === 'raw' ? undefined : faster(contested, of, 'raw'),
  }));
}

/** A contestant whose output is looked at when its round is over. */
const judged =
  (program: Program, input: Parameters, run: () => unknown): Contestant =>
  () => {
    let output: unknown;
    return {
      run: async () => {
        output = await run();
      },
      result: () => {
        assert.deepEqual(program.broken(input, output), []);
        return program.valueOf(output);
      },
    };
  };
