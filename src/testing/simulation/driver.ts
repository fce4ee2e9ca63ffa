/**
 * The driver: lets everything that can go on go on, one scheduled call or timer at a time, with all
 * promises in between; nothing depends on real time.
 */
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import type { World } from './world.ts';

/** How long a run may go on. */
export interface DriveLimits {
  /** Firings of timers. */
  readonly timers: number;
  /** Simulated milliseconds. */
  readonly ms: number;
}

/** Bounds of one phase of a run: a year of simulated time. */
export const driveLimits: DriveLimits = { timers: 3_000, ms: 366 * 86_400_000 };

/** Why driving ended. */
export type DriveEnd = 'rest' | 'over' | 'endless';

/** Turns of the event loop without anything to do after which nothing goes on. */
const idleTurns = 3;

/**
 * Drives until nothing goes on any more, or `isOver` says so. Timers fire when nothing else goes
 * on; in a drawn order one that is due may come before calls that wait.
 */
export async function drive(
  world: World,
  isOver: () => boolean,
  count: { steps: number },
): Promise<DriveEnd> {
  const until = world.now() + driveLimits.ms;
  let timers = 0;
  for (let idle = 0; idle < idleTurns; ) {
    await turnOfLoop();
    if (isOver()) return 'over';
    const went = goesOn(world, timers >= driveLimits.timers || world.now() >= until);
    if (went === 'timer') timers += 1;
    if (went === 'bound') return 'endless';
    if (went !== undefined) count.steps += 1;
    idle = went === undefined ? idle + 1 : 0;
  }
  return 'rest';
}

/** One call or timer. */
function goesOn(world: World, isBound: boolean): 'call' | 'timer' | 'bound' | undefined {
  const { clock } = world;
  const due = clock.nextDue();
  const isDue = due !== undefined && due <= clock.now();
  if (world.isShuffled && isDue && clock.random() < 0.5) return clock.jump() ? 'timer' : undefined;
  if (clock.step()) return 'call';
  if (due === undefined || isOnlyReminding(world)) return undefined;
  if (isBound) return 'bound';
  return clock.jump() ? 'timer' : undefined;
}

/** Whether all that time can bring is that people are reminded again. */
function isOnlyReminding(world: World): boolean {
  if (world.pending > 0) return false;
  const timers = world.journal.timers();
  return timers.length > 0 && timers.every(({ body }) => body.includes('"approval.remind"'));
}
