/**
 * Whole workflows: ten function steps in a row, and a hundred branches at once between a fork and
 * a join, against the same plans with raw XState actors (`raw-plans.ts`), in memory; then the row
 * in a file, one at a time and many in flight. The overhead of coordination is what a step takes
 * longer than a bare call of its function.
 */
import { z } from 'zod';
import { createTroupe, graph } from '../../src/index.ts';
import { newJournal } from '../actors.ts';
import {
  addedUs,
  type Bench,
  type Bound,
  type Contest,
  contest,
  type Figure,
  type Round,
  rate,
} from '../harness.ts';
import { addOne, rawChain, rawFan, runRaw, stepName, sumOf } from './raw-plans.ts';

const parameters = {
  length: 10,
  width: 100,
  inFlight: 10,
  chains: 200,
  fans: 10,
  singles: 100,
  durable: 200,
  inFlightDurable: 100,
  rounds: 15,
  warmUps: 10,
};

/** The benchmark. */
export const workflows: Bench<typeof parameters> = {
  name: 'workflows',
  about:
    'Whole workflows of function steps, in a row and side by side, against XState alone with a ' +
    'promise, or a machine of three states, for each step.',
  parameters,
  quick: {
    length: 3,
    width: 4,
    inFlight: 2,
    chains: 4,
    fans: 2,
    singles: 2,
    durable: 4,
    inFlightDurable: 2,
    rounds: 1,
    warmUps: 0,
  },
  async measure(given) {
    return [
      ...(await chains(given, 1)),
      ...(await chains(given, given.inFlight)),
      ...(await fans(given)),
      ...(await durable(given, 1)),
      ...(await durable(given, given.inFlightDurable)),
    ];
  },
};

type Given = typeof parameters;

/** How many workflows, and how many of them at once. */
export interface Load {
  readonly count: number;
  readonly inFlight: number;
}

/** Words for how many of them. */
export const waiting = ({ inFlight }: Load): string =>
  inFlight === 1 ? 'one at a time' : `${inFlight} in flight`;

async function chains(given: Given, inFlight: number): Promise<Figure[]> {
  const load = { count: inFlight === 1 ? given.singles : given.chains, inFlight };
  const promises = rawChain(given.length, 'promise');
  const machines = rawChain(given.length, 'machine');
  const contested = await contest(
    {
      troupe: () => troupeRound(chainOf(given.length), 'memory', load),
      raw: () => roundOf(load, (input) => runRaw(promises, input)),
      'raw machines': () => roundOf(load, (input) => runRaw(machines, input)),
      bare: () => roundOf(load, async (input) => bareChain(given.length, input)),
    },
    given,
  );
  const title = `${given.length} steps in a row, ${waiting(load)}`;
  return [
    ...lines(contested, load, title, [{ of: 'ratio', min: 0.7, isDue: true }]),
    overhead(contested, title, load, given.length),
  ];
}

async function fans(given: Given): Promise<Figure[]> {
  const load = { count: given.fans, inFlight: 1 };
  const promises = rawFan(given.width, 'promise');
  const machines = rawFan(given.width, 'machine');
  const contested = await contest(
    {
      troupe: () => troupeRound(fanOf(given.width), 'memory', load),
      raw: () => roundOf(load, (input) => runRaw(promises, input)),
      'raw machines': () => roundOf(load, (input) => runRaw(machines, input)),
      bare: () => roundOf(load, async (input) => bareFan(given.width, input)),
    },
    given,
  );
  const title = `fork, ${given.width} at once, join`;
  return [
    ...lines(contested, load, title, [{ of: 'ratio', min: 1.5, isDue: true }]),
    overhead(contested, title, load, given.width + 2),
  ];
}

const lines = (contested: Contest, load: Load, title: string, bounds: readonly Bound[]): Figure[] =>
  [
    { name: title, of: 'troupe', against: 'raw', bounds },
    { name: `${title}, troupe`, of: 'troupe', against: 'raw machines', bounds: [] },
    { name: `${title}, raw`, of: 'raw', bounds: [] },
    { name: `${title}, raw machines`, of: 'raw machines', bounds: [] },
  ].map(({ bounds: own, ...figure }) => rate(contested, load.count, figure, own));

/** The worst that a whole workflow may cost is 50 ms; of a step it is to be less than 1 ms. */
const overhead = (contested: Contest, title: string, { count }: Load, steps: number): Figure => ({
  name: `overhead of a step: ${title}`,
  value: addedUs(contested, 'troupe', 'bare') / count / steps / 1_000,
  unit: 'ms',
  bounds: [
    { of: 'value', max: 50 / steps, isDue: true },
    { of: 'value', max: 1, isDue: false },
  ],
  digest: contested.digest,
});

async function durable(given: Given, inFlight: number): Promise<Figure[]> {
  const load = { count: inFlight === 1 ? given.singles : given.durable, inFlight };
  const contested = await contest(
    {
      troupe: () => troupeRound(chainOf(given.length), 'file', load),
      bare: () => roundOf(load, async (input) => bareChain(given.length, input)),
    },
    given,
  );
  const title = `${given.length} durable steps in a row, ${waiting(load)}`;
  return [
    rate(contested, load.count, { name: title, of: 'troupe' }),
    overhead(contested, title, load, given.length),
  ];
}

/** Runs workflows, so many at once, and adds up their results. */
export function roundOf(
  { count, inFlight }: Load,
  run: (input: number) => Promise<unknown>,
): Round {
  let sum = 0;
  const send = async (sender: number): Promise<void> => {
    for (let index = sender; index < count; index += inFlight) {
      const result = await run(index);
      sum += Number(result);
    }
  };
  return {
    run: () => Promise.all(Array.from({ length: inFlight }, (_, sender) => send(sender))),
    result: () => sum,
  };
}

async function troupeRound(
  plan: ReturnType<typeof chainOf>,
  kind: 'memory' | 'file',
  load: Load,
): Promise<Round> {
  const { journal, end } = await newJournal(kind);
  const troupe = await createTroupe({ definitions: [plan], journal });
  return {
    ...roundOf(load, (input) => troupe.run(plan, input)),
    end: async () => {
      await troupe.stop();
      end();
    },
  };
}

type View = Readonly<Record<string, unknown>>;

/** Steps in a row, each adding one to the result of the one above. */
export const chainOf = (length: number) =>
  graph(
    'bench',
    Object.fromEntries(
      Array.from({ length }, (_, index) => [
        stepName(index),
        index === 0
          ? { work: (view: View) => addOne(view.input) }
          : {
              work: (view: View) => addOne(view[stepName(index - 1)]),
              after: [stepName(index - 1)],
            },
      ]),
    ),
    { input: z.number() },
  );

/** A step, many at once that add one to its result, and one that adds up what they gave. */
export function fanOf(width: number): ReturnType<typeof chainOf> {
  const names = Array.from({ length: width }, (_, index) => stepName(index));
  const branch = { work: (view: View) => addOne(view.fork), after: ['fork'] };
  return graph(
    'bench',
    {
      fork: { work: (view: View) => addOne(view.input) },
      ...Object.fromEntries(names.map((name) => [name, branch])),
      join: { work: (view: View) => sumOf(names.map((name) => view[name])), after: names },
    },
    { input: z.number(), concurrency: width },
  );
}

function bareChain(length: number, input: number): number {
  let result = input;
  for (let step = 0; step < length; step += 1) result = addOne(result);
  return result;
}

function bareFan(width: number, input: number): number {
  const forked = addOne(input);
  return sumOf(Array.from({ length: width }, () => addOne(forked)));
}
