/**
 * Lives: a program on a simulated clock and disk, from its first start to its rest, through all
 * crashes on the way. After each crash everything in memory is thrown away and the same program
 * runs again on the same disk.
 *
 * The driver lets promises run between the calls of the scheduler: all that can go on goes on
 * before the event loop's next turn, so nothing depends on real time.
 */
import { ok } from 'node:assert/strict';
import { type SimulatedClock, simulatedClock } from '../../src/index.ts';
import { type Journal, simulatedDisk } from '../../src/journal/index.ts';
import { World } from './world.ts';

/** A crash at a commit: before it is durable, or after, when only its answer is lost. */
export interface Crash {
  /** The number of the commit, over all lives. */
  readonly at: number;
  readonly moment: 'before' | 'after';
}

/** What lives may set. */
export interface LivesOptions {
  readonly seed?: number;
  readonly shuffle?: boolean;
  /** In order; each is of a life of its own. */
  readonly crashes?: readonly Crash[];
}

/** What a life of the program gets. */
export interface Life {
  readonly world: World;
  readonly journal: Journal;
  /** Resolves when nothing goes on any more, not even with time. */
  readonly atRest: Promise<void>;
}

/** What came of it. */
export interface Lived<Value> {
  readonly value: Value;
  readonly world: World;
  /** Opened after the end. */
  readonly journal: Journal;
  readonly commits: number;
  /** Crashes that were wanted and did not come. */
  readonly missed: number;
  readonly trace: string;
}

/** Times, and the order of ends at one time, depend on the crashes before; so do stacks. */
export const isOfItsLife = (key: string): boolean =>
  ['stack', 'startedAt', 'endedAt', 'elapsedMs', 'order', 'path'].includes(key);

/** Lives a program to its end, however often it crashes on the way. */
export async function lives<Value>(
  program: (life: Life) => Promise<Value>,
  { seed = 1, shuffle = false, crashes = [] }: LivesOptions = {},
): Promise<Lived<Value>> {
  const clock = simulatedClock(seed, { shuffle });
  const world = new World(clock);
  let left = [...crashes];
  const disk = simulatedDisk({
    onCommit: (commit, moment) => {
      const [crash] = left;
      if (crash === undefined || commit < crash.at || moment !== crash.moment) return;
      left = left.slice(1);
      world.crash();
      throw new RangeError(`crash ${moment} commit ${commit}`);
    },
  });
  for (;;) {
    const journal = disk.open();
    world.begin(journal);
    const end = await oneLife(program, world, { journal, shuffle });
    clock.clear();
    if (end !== undefined) {
      const { commits, trace } = disk;
      return {
        value: end.value,
        world,
        journal: disk.open(),
        commits,
        trace,
        missed: left.length,
      };
    }
  }
}

/** One life of the process; undefined when it crashed. */
async function oneLife<Value>(
  program: (life: Life) => Promise<Value>,
  world: World,
  { journal, shuffle }: { readonly journal: Journal; readonly shuffle: boolean },
): Promise<{ readonly value: Value } | undefined> {
  const { clock } = world;
  const atRest = Promise.withResolvers<void>();
  let end: { readonly value: Value } | { readonly error: unknown } | undefined;
  program({ world, journal, atRest: atRest.promise }).then(
    (value) => {
      end = { value };
    },
    (error: unknown) => {
      end = { error };
    },
  );
  for (let idle = 0; end === undefined && world.isAlive; ) {
    await turnOfLoop();
    idle = goesOn(clock, shuffle) ? 0 : idle + 1;
    if (idle > 0) atRest.resolve();
    ok(idle < 3, 'the program waits for nothing');
  }
  await turnOfLoop();
  if (!world.isAlive || end === undefined) return undefined;
  if ('error' in end) throw end.error;
  return end;
}

/** One call or timer; shuffled, a timer that is due may fire before calls that wait. */
function goesOn(clock: SimulatedClock, shuffle: boolean): boolean {
  const isDue = (clock.nextDue() ?? Number.POSITIVE_INFINITY) <= clock.now();
  if (shuffle && isDue && clock.random() < 0.5) return clock.jump();
  return clock.step() || clock.jump();
}

/** Every promise that can go on goes on before the event loop's next turn. */
const turnOfLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
