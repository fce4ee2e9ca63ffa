/**
 * A voyage: the life of a team on a simulated clock and disk, from its first start to its rest,
 * through all crashes on the way. After each crash everything in memory is thrown away and the
 * same program runs again on the same disk.
 *
 * The driver lets promises run between the calls of the scheduler: all that can go on goes on
 * before the event loop's next turn, so nothing depends on real time.
 */
import { ok } from 'node:assert/strict';
import { createTroupe, type SimulatedClock, simulatedClock } from '../../src/index.ts';
import { type Journal, simulatedDisk } from '../../src/journal/index.ts';
import { program } from './program.ts';
import { teamOn } from './team.ts';
import { World } from './world.ts';

/** A crash at a commit: before it is durable, or after, when only its answer is lost. */
export interface Crash {
  /** The number of the commit, over the whole voyage. */
  readonly at: number;
  readonly moment: 'before' | 'after';
}

/** What a voyage may set. */
export interface VoyageOptions {
  readonly seed?: number;
  readonly shuffle?: boolean;
  /** In order; each is of a life of its own. */
  readonly crashes?: readonly Crash[];
  readonly groupTurns?: number;
}

/** What came of it. */
export interface Voyage {
  readonly outcomes: Readonly<Record<string, unknown>>;
  readonly world: World;
  /** Opened after the end. */
  readonly journal: Journal;
  readonly commits: number;
  /** Crashes that were wanted and did not come. */
  readonly missed: number;
  readonly trace: string;
}

const quiet = (): void => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

/** Runs a team to its rest. */
export async function voyage(options: VoyageOptions = {}): Promise<Voyage> {
  const { seed = 1, shuffle = false, crashes = [], groupTurns = 512 } = options;
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
    const outcomes = await life(world, journal, { groupTurns, shuffle });
    clock.clear();
    if (outcomes !== undefined) {
      const { commits, trace } = disk;
      return { outcomes, world, journal: disk.open(), commits, trace, missed: left.length };
    }
  }
}

/** One life of the process: what its program gave, undefined when it crashed. */
async function life(
  world: World,
  journal: Journal,
  { groupTurns, shuffle }: { readonly groupTurns: number; readonly shuffle: boolean },
): Promise<Voyage['outcomes'] | undefined> {
  const team = teamOn(world);
  const { definitions } = team;
  const { clock } = world;
  const atRest = Promise.withResolvers<void>();
  const living = async (): Promise<Voyage['outcomes']> => {
    const troupe = await createTroupe({ definitions, journal, clock, log, limits: { groupTurns } });
    const outcomes = await program(troupe, world, team);
    await atRest.promise;
    await troupe.stop();
    return outcomes;
  };
  let end: { readonly outcomes?: Voyage['outcomes']; readonly error?: unknown } | undefined;
  living().then(
    (outcomes) => {
      end = { outcomes };
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
  if (!world.isAlive) return undefined;
  if (end?.error !== undefined) throw end.error;
  return end?.outcomes;
}

/** One call or timer; shuffled, a timer that is due may fire before calls that wait. */
function goesOn(clock: SimulatedClock, shuffle: boolean): boolean {
  const isDue = (clock.nextDue() ?? Number.POSITIVE_INFINITY) <= clock.now();
  if (shuffle && isDue && clock.random() < 0.5) return clock.jump();
  return clock.step() || clock.jump();
}

/** Every promise that can go on goes on before the event loop's next turn. */
const turnOfLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
