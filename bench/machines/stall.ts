/**
 * Stalls of the event loop under a flood: tokens go round in many districts while an outsider
 * sends more and more. A timer that is due each millisecond tells how late the loop is.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type { AnyActorRef } from 'xstate';
import { newJournal } from '../actors.ts';
import { type Bench, digestOf, type Figure, median } from '../harness.ts';
import { district } from './district.ts';
import { oneRound, rawSide, roundsOf, type Side, troupeSide } from './sides.ts';

const parameters = {
  districts: 10,
  members: 100,
  ring: 2,
  hops: 5_000,
  noise: 10_000,
  burst: 100,
  rounds: 5,
  warmUps: 1,
};
type Sizes = typeof parameters;

/** The benchmark. */
export const stall: Bench<Sizes> = {
  name: 'stall',
  about:
    'How late the event loop is while districts are busy and an outsider sends a burst in each ' +
    'of its turns: the 99th percentile, and the worst. A live actor of XState holds the loop ' +
    'until all is done.',
  parameters,
  quick: {
    districts: 2,
    members: 4,
    ring: 2,
    hops: 40,
    noise: 10,
    burst: 5,
    rounds: 1,
    warmUps: 0,
  },
  async measure(sizes) {
    const file = await newJournal('file');
    const sides: readonly (readonly [string, Side])[] = [
      ['raw', rawSide()],
      ['in memory', await troupeSide([district])],
      ['SQLite, FULL', await troupeSide([district], file.journal)],
    ];
    const figures: Figure[] = [];
    for (const [name, side] of sides) figures.push(...(await figuresOf(name, side, sizes)));
    for (const [, side] of sides) await side.end();
    file.end();
    return figures;
  },
};

async function figuresOf(name: string, side: Side, sizes: Sizes): Promise<Figure[]> {
  const { districts, members, ring } = sizes;
  const actors = await Promise.all(
    Array.from({ length: districts }, () => side.start(district, { members, ring })),
  );
  const late: Lateness[] = [];
  for (let round = -sizes.warmUps; round < sizes.rounds; round += 1) {
    const one = await flood(actors, sizes);
    if (round >= 0) late.push(one);
  }
  const line = { unit: 'ms', digest: digestOf(actors.map(roundsOf)) };
  const p99 = median(late.map((one) => one.p99));
  const bounds = name === 'raw' ? [] : [{ of: 'value', max: 20, isDue: false } as const];
  return [
    { ...line, name: `${name}, 99 of 100`, value: p99, bounds },
    { ...line, name: `${name}, worst`, value: median(late.map((one) => one.worst)), bounds: [] },
  ];
}

interface Lateness {
  readonly p99: number;
  readonly worst: number;
}

const NANOSECONDS = 1_000_000;

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

async function flood(actors: readonly AnyActorRef[], sizes: Sizes): Promise<Lateness> {
  globalThis.gc?.();
  // What came before must not be seen as late.
  await pause(5);
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  await pause(5);
  const busy = oneRound(actors, { type: 'go', hops: sizes.hops });
  for (let sent = 0; sent < sizes.noise; sent += 1) {
    actors[sent % actors.length]?.send({ type: 'noise', sent });
    if (sent % sizes.burst === 0) await nextTurn();
  }
  await busy;
  await pause(5);
  delays.disable();
  return { p99: delays.percentile(99) / NANOSECONDS, worst: delays.max / NANOSECONDS };
}
