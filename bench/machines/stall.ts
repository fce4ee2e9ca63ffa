/**
 * Stalls of the event loop under a flood: tokens go round in many districts while an outsider
 * sends burst after burst. A callback that is due in each turn of the loop tells how long the turn
 * took; a timer would come as late. Beside the time stands the CPU time of the turn, which a busy
 * neighbour does not lengthen.
 */
import type { AnyActorRef } from 'xstate';
import { newJournal } from '../actors.ts';
import { type Bench, digestOf, type Figure, quantile } from '../harness.ts';
import { district } from './district.ts';
import { oneRound, rawSide, roundsOf, type Side, troupeSide } from './sides.ts';

const parameters = {
  districts: 10,
  members: 100,
  ring: 2,
  hops: 10_000,
  noise: 10_000,
  burst: 100,
  rounds: 5,
  warmUps: 2,
};
type Sizes = typeof parameters;

/** The benchmark. */
export const stall: Bench<Sizes> = {
  name: 'stall',
  about:
    'How long turns of the event loop are while districts are busy and an outsider sends a burst ' +
    'in each: the 99th percentile, and the longest. A live actor of XState holds the loop until ' +
    'all is done.',
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

/** One turn of the loop. */
interface Turn {
  readonly wallMs: number;
  readonly cpuUs: number;
}

async function figuresOf(name: string, side: Side, sizes: Sizes): Promise<Figure[]> {
  const { districts, members, ring } = sizes;
  const actors = await Promise.all(
    Array.from({ length: districts }, () => side.start(district, { members, ring })),
  );
  const turns: Turn[] = [];
  for (let round = -sizes.warmUps; round < sizes.rounds; round += 1) {
    const seen = await flood(actors, sizes);
    if (round >= 0) turns.push(...seen);
  }
  const digest = digestOf(actors.map(roundsOf));
  const line = (share: number) => ({
    unit: 'ms',
    value: quantile(
      turns.map(({ wallMs }) => wallMs),
      share,
    ),
    cpuUs: quantile(
      turns.map(({ cpuUs }) => cpuUs),
      share,
    ),
    digest,
  });
  const bounds = name === 'raw' ? [] : [{ of: 'value', max: 20, isDue: true } as const];
  return [
    { ...line(0.99), name: `${name}, 99 of 100`, bounds },
    { ...line(1), name: `${name}, longest`, bounds: [] },
  ];
}

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

async function flood(actors: readonly AnyActorRef[], sizes: Sizes): Promise<readonly Turn[]> {
  await nextTurn();
  const watch = watchTurns();
  const busy = oneRound(actors, { type: 'go', hops: sizes.hops });
  for (let sent = 0; sent < sizes.noise; sent += 1) {
    actors[sent % actors.length]?.send({ type: 'noise', sent });
    if (sent % sizes.burst === 0) await nextTurn();
  }
  await busy;
  await nextTurn();
  return watch.end();
}

/** Notes how long each turn of the loop takes. */
function watchTurns(): { end(): readonly Turn[] } {
  const turns: Turn[] = [];
  let start = performance.now();
  let cpu = process.cpuUsage();
  let isOver = false;
  const note = (): void => {
    const { user, system } = process.cpuUsage(cpu);
    turns.push({ wallMs: performance.now() - start, cpuUs: user + system });
    start = performance.now();
    cpu = process.cpuUsage();
    if (!isOver) setImmediate(note);
  };
  setImmediate(note);
  return {
    end: () => {
      isOver = true;
      return turns;
    },
  };
}
