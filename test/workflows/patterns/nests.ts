/**
 * Nests of patterns, drawn, from one number to another: built of real patterns, and worked out by a
 * plain model in memory.
 */
import fc from 'fast-check';
import { z } from 'zod';
import {
  type Definition,
  defineBot,
  forkJoin,
  hierarchy,
  parallel,
  pipeline,
  repeat,
  scatterGather,
  sequence,
  TerminalError,
} from '../../../src/index.ts';
import type { Life } from '../../simulation/lives.ts';

/** A nest; all of them take a number and give one. */
export type Nest =
  | { readonly is: 'leaf'; readonly by: number; readonly isBad: boolean; readonly ms: number }
  | { readonly is: Composite; readonly of: readonly Nest[]; readonly isEffort: boolean };

type Composite =
  | 'sequence'
  | 'parallel'
  | 'pipeline'
  | 'scatter'
  | 'fork'
  | 'hierarchy'
  | 'repeat'
  | 'bot';

const composites: readonly Composite[] = [
  'sequence',
  'parallel',
  'pipeline',
  'scatter',
  'fork',
  'hierarchy',
  'repeat',
  'bot',
];

const leaf: fc.Arbitrary<Nest> = fc.record({
  is: fc.constant('leaf' as const),
  by: fc.integer({ min: 0, max: 20 }),
  isBad: fc.boolean(),
  ms: fc.integer({ min: 0, max: 9 }),
});

/** Nests up to three patterns deep. */
export const nests: fc.Arbitrary<Nest> = fc.letrec<{ nest: Nest }>((tie) => ({
  nest: fc.oneof(
    { maxDepth: 3, depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.record({
      is: fc.constantFrom(...composites),
      of: fc.array(tie('nest'), { minLength: 1, maxLength: 3 }),
      isEffort: fc.boolean(),
    }),
  ),
})).nest;

const ITEMS = 3;
const ROUNDS = 3;
const kept = (value: number): number => value % 1_000;
const sum = (values: readonly unknown[]): number =>
  kept(values.reduce<number>((all, value) => all + (typeof value === 'number' ? value : 0), 0));
const listFrom = (value: number, length: number): number[] =>
  Array.from({ length }, (_, index) => value + index);

/** A leaf, on paper; undefined: it fails. */
const leafOf = (nest: Nest & { is: 'leaf' }, value: number): number | undefined =>
  nest.isBad && value % 5 === nest.by % 5 ? undefined : kept(value * 3 + nest.by);

/** What a nest gives; undefined: it fails. */
export function expectedOf(nest: Nest, value: number): number | undefined {
  if (nest.is === 'leaf') return leafOf(nest, value);
  const { of, is, isEffort } = nest;
  const first = of[0];
  if (first === undefined) return undefined;
  const inRow = (from: number) =>
    of.reduce<number | undefined>(
      (at, one) => (at === undefined ? undefined : expectedOf(one, at)),
      from,
    );
  const summed = (values: readonly (number | undefined)[]): number | undefined =>
    !isEffort && values.includes(undefined) ? undefined : sum(values);
  switch (is) {
    case 'bot':
    case 'sequence':
      return inRow(value);
    case 'parallel':
    case 'scatter':
      return summed(of.map((one) => expectedOf(one, value)));
    case 'pipeline':
      return summed(listFrom(value, ITEMS).map(inRow));
    case 'fork':
      return summed(listFrom(value, (value % 3) + 1).map((part) => expectedOf(first, part)));
    case 'hierarchy':
      return reviewed(of, value);
    default:
      return repeated(first, value);
  }
}

function reviewed(of: readonly Nest[], value: number): number | undefined {
  const done = of.map((one, index) => expectedOf(one, value + index));
  if (done.includes(undefined)) return undefined;
  const all = sum(done);
  const [first] = of;
  if (all % 2 === 0 || first === undefined) return all;
  const again = expectedOf(first, all);
  return again === undefined ? undefined : sum([...done, again]);
}

function repeated(first: Nest, value: number): number | undefined {
  let input = value;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const result = expectedOf(first, input);
    if (result === undefined || result % 3 === 0) return result;
    input = result + 1;
  }
  return undefined;
}

/** Watches the functions of leaves over all lives. */
export class Calls {
  readonly byKey = new Map<string, number>();
  readonly answered = new Set<string>();
  readonly faults: string[] = [];
  /** What bots run as steps of their own: they are to be registered. */
  readonly inner: Definition[] = [];

  note(key: string): void {
    if (this.answered.has(key)) this.faults.push(`${key} is called after it has answered`);
    this.byKey.set(key, (this.byKey.get(key) ?? 0) + 1);
  }
}

type NumberWork = Definition<number, number>;

const Values = z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())]);
const summing = defineBot({
  id: 'summing',
  input: Values,
  work: ({ input }) => sum(Object.values(input)),
});
const listing = defineBot({
  id: 'listing',
  input: z.number(),
  work: ({ input }) => listFrom(input, ITEMS),
});

/** The nest as work. */
export function workOf(nest: Nest, id: string, calls: Calls, life: Life): NumberWork {
  if (nest.is === 'leaf') return leafBot(nest, id, calls, life);
  const works = nest.of.map((one, index) => workOf(one, `${id}-${index}`, calls, life));
  const [first, ...others] = works;
  if (first === undefined) throw new RangeError('a nest holds something');
  const mode = nest.isEffort ? 'best-effort' : 'fail-fast';
  switch (nest.is) {
    case 'sequence':
      return sequence(id, first, ...others);
    case 'bot':
      calls.inner.push(...works);
      return nestingBot(id, works);
    case 'parallel': {
      const named = Object.fromEntries(works.map((work, index) => [`w${index}`, work]));
      return sequence(id, parallel(`${id}-all`, named, { onFailure: mode }), summing);
    }
    case 'pipeline': {
      const pipe = pipeline(`${id}-all`, [first, ...others], { onFailure: mode, concurrency: 2 });
      return sequence(id, listing, pipe, summing);
    }
    case 'scatter':
      return scatterGather(id, [first, ...others], { onFailure: mode, gather: sum });
    case 'fork':
      return forkJoin(
        id,
        { split: (n: number) => listFrom(n, (n % 3) + 1), branch: first, join: sum },
        { onFailure: mode },
      );
    case 'hierarchy':
      return hierarchyOf(id, works);
    default:
      return repeat(id, first, { until: (n) => n % 3 === 0, again: (n) => n + 1, max: ROUNDS });
  }
}

function leafBot(nest: Nest & { is: 'leaf' }, id: string, calls: Calls, life: Life): NumberWork {
  const { world } = life;
  return defineBot({
    id,
    input: z.number(),
    retry: false,
    work: async ({ input, step }) => {
      const value = await step('do', async ({ key }) => {
        if (world.isAlive) calls.note(key);
        await new Promise<void>((resolve) => void world.clock.after(nest.ms, resolve));
        return [key, leafOf(nest, input) ?? null] as const;
      });
      if (world.isAlive) calls.answered.add(value[0]);
      if (value[1] === null) throw new TerminalError('a bad leaf');
      return value[1];
    },
  });
}

/** A bot that runs the works one after the other, as steps of its own. */
const nestingBot = (id: string, works: readonly NumberWork[]): NumberWork =>
  defineBot({
    id,
    input: z.number(),
    retry: false,
    work: async ({ input, step }) => {
      let value = input;
      for (const [index, work] of works.entries()) value = await step(`s${index}`, work, value);
      return value;
    },
  });

function hierarchyOf(id: string, works: readonly NumberWork[]): NumberWork {
  const workers = Object.fromEntries(works.map((work, index) => [`w${index}`, work]));
  return hierarchy(
    id,
    {
      lead: (n: number) => works.map((_, index) => ({ to: `w${index}`, input: n + index })),
      workers,
      review: ({ reports, round }) => {
        const all = sum(reports.map(({ result }) => result));
        return round === 1 && all % 2 === 1
          ? { again: [{ to: 'w0', input: all }] }
          : { result: all };
      },
    },
    { max: 2 },
  );
}
