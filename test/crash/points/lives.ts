/**
 * The lives of a scripted team, from its first start to its rest, through all crashes on the way.
 * Time is simulated, so the same crashes give the same commits, deeds and end, on any disk.
 */
import {
  createTroupe,
  LimitOptions,
  type SimulatedClock,
  simulatedClock,
} from '../../../src/index.ts';
import type { Journal } from '../../../src/journal/index.ts';
import { troupeError } from '../../../src/protocol/index.ts';
import type { Disk } from './disks.ts';
import { type Crash, Outside } from './outside.ts';
import { type Outcomes, program } from './program.ts';
import { teamOn } from './team.ts';
import { type Told, toldOf } from './told.ts';

/** How a team lives. */
export interface LivesOptions {
  /** One for each life in order; undefined: that life ends by itself. */
  readonly crashes?: readonly Crash[];
  readonly groupTurns?: number;
  /** Whether hardly any actor may stay in memory. */
  readonly isCramped?: boolean;
}

/** What came of it. */
export interface Lived extends Told {
  readonly wrongs: readonly string[];
  /** Of the last life: its commits, those of its recovery, its deeds. */
  readonly commits: number;
  readonly recovery: number;
  readonly deeds: number;
  readonly lives: number;
}

/** Lives to the end. */
export async function lived(disk: Disk, options: LivesOptions = {}): Promise<Lived> {
  const clock = simulatedClock(1);
  const outside = new Outside(
    (ms) => new Promise((resolve) => void clock.after(ms, resolve)),
    () => disk.crash(),
  );
  for (;;) {
    const journal = await disk.open();
    const crash = options.crashes?.[outside.life];
    const outcomes = await oneLife({ clock, outside, journal, crash }, options);
    clock.clear();
    if (outcomes === undefined) continue;
    const told = toldOf(outcomes, outside, journal);
    disk.end(journal);
    const { wrongs, commits, recovery, life } = outside;
    const deeds = outside.deeds.filter((deed) => deed.life === life).length;
    return { ...told, wrongs, commits, recovery, deeds, lives: life };
  }
}

/** What one life is lived with. */
export interface Life {
  readonly clock: SimulatedClock;
  readonly outside: Outside;
  readonly journal: Journal;
  readonly crash: Crash | undefined;
}

const quiet = (): void => undefined;
/** Says nothing. */
export const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

/** One life of the process; undefined when it crashed. */
export function oneLife(life: Life, options: LivesOptions): Promise<Outcomes | undefined> {
  const { clock, outside } = life;
  return driven(life, async (journal, atRest) => {
    const team = teamOn(outside);
    const { definitions } = team;
    const limits = limitsOf(options);
    const troupe = await createTroupe({ definitions, journal, clock, log, limits });
    outside.recovery = outside.commits;
    const outcomes = await program(troupe, team, { clock, outside, atRest });
    await troupe.stop();
    return outcomes;
  });
}

/**
 * Drives a process on a simulated clock to its end; undefined when it crashed.
 * @param live gets its journal, and a promise that resolves when nothing goes on any more.
 */
export async function driven<Value>(
  { clock, outside, journal, crash }: Life,
  live: (journal: Journal, atRest: Promise<void>) => Promise<Value>,
): Promise<Value | undefined> {
  const atRest = Promise.withResolvers<void>();
  let end: { readonly value: Value } | { readonly error: unknown } | undefined;
  live(outside.begin(journal, crash), atRest.promise).then(
    (value) => {
      end = { value };
    },
    (error: unknown) => {
      end = { error };
    },
  );
  for (let idle = 0; end === undefined && outside.isAlive; ) {
    await turnOfLoop();
    idle = clock.step() || clock.jump() ? 0 : idle + 1;
    if (idle > 0) atRest.resolve();
    if (idle > 3) throw troupeError('BROKEN_INVARIANT', { invariant: 'it goes on', found: 'rest' });
  }
  await turnOfLoop();
  if (!outside.isAlive || end === undefined) return undefined;
  if ('error' in end) throw end.error;
  return end.value;
}

/** Every promise that can go on goes on before the event loop's next turn. */
const turnOfLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Its limits. */
export const limitsOf = ({ groupTurns = 512, isCramped = false }: LivesOptions): LimitOptions =>
  LimitOptions.parse({ groupTurns, ...(isCramped && knowsActive ? { activeActors: 2 } : {}) });

/** Whether a troupe can be told how many actors may stay in memory. */
const knowsActive = 'activeActors' in LimitOptions.shape;

/** Ways to live; with each the process comes to the same end. */
export const variants: readonly { readonly name: string; readonly options: LivesOptions }[] = [
  { name: 'large groups', options: {} },
  { name: 'a commit for each turn', options: { groupTurns: 1 } },
  ...(knowsActive ? [{ name: 'hardly any actor in memory', options: { isCramped: true } }] : []),
];
