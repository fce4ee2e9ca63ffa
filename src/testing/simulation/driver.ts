/**
 * The driver: lets everything that can go on go on, one scheduled call or timer at a time, with all
 * promises in between; nothing depends on real time.
 */
import { turnOfLoop } from '../../clock/index.ts';
import type { Session } from './session.ts';
import type { World } from './world.ts';

/**
 * Bounds of one phase of a run: firings of timers, a year of simulated milliseconds, and scheduled
 * calls while no time passes.
 */
export const driveLimits = { timers: 3_000, ms: 366 * 86_400_000, calls: 5_000 } as const;

/** Why driving ended; `busy`: it goes on and on, and no time passes. */
export type DriveEnd = 'rest' | 'over' | 'endless' | 'busy';

/** Turns of the event loop without anything to do after which nothing goes on. */
const idleTurns = 3;

/** Turns for which real work, such as the reading of a file, is waited for. */
const realTurnsMax = 20_000;

/**
 * Drives until nothing goes on any more, or `isOver` says so. Timers fire when nothing else goes
 * on, up to the time `until`, when there is one as many as it takes; in a drawn order one that is
 * due may come before calls that wait.
 */
export async function drive(
  session: Session,
  isOver: () => boolean,
  until = Number.POSITIVE_INFINITY,
): Promise<DriveEnd> {
  const { world } = session;
  const isWhole = until === Number.POSITIVE_INFINITY;
  const end = world.now() + driveLimits.ms;
  let calls = 0;
  let timers = 0;
  let realTurns = 0;
  for (let idle = 0; idle < idleTurns; ) {
    await session.repeatable.computing();
    await turnOfLoop();
    if (isOver()) return 'over';
    const isBound = isWhole && (timers >= driveLimits.timers || world.now() >= end);
    const went = session.called(() => goesOn(world, until, isBound, idle));
    if (went === 'timer') timers += 1;
    calls = went === 'timer' ? 0 : calls + 1;
    if (calls > driveLimits.calls && went === 'call') return 'busy';
    if (went === 'bound') return 'endless';
    if (went !== undefined) session.steps += 1;
    const isHeld = idle + 1 >= idleTurns && realTurns < realTurnsMax && isWorking(session);
    if (isHeld) realTurns += 1;
    else idle = went === undefined ? idle + 1 : 0;
  }
  return 'rest';
}

/** Whether code waits for the real world, which no clock moves. */
const isWorking = ({ repeatable }: Session): boolean => repeatable.realWork().length > 0;

/** One call or timer; time moves only when nothing else has gone on for a while. */
function goesOn(
  world: World,
  until: number,
  isBound: boolean,
  idle: number,
): 'call' | 'timer' | 'bound' | undefined {
  const { clock } = world;
  const due = clock.nextDue();
  const isDue = due !== undefined && due <= clock.now();
  if (world.isShuffled && isDue && clock.random() < 0.5) return clock.jump() ? 'timer' : undefined;
  if (clock.step()) return 'call';
  if (due === undefined || due > until || isOnlyReminding(world)) return undefined;
  if (isBound) return 'bound';
  if (idle + 1 < idleTurns && !isDue) return undefined;
  return clock.jump() ? 'timer' : undefined;
}

/** Whether all that time can bring is that people are reminded again. */
function isOnlyReminding(world: World): boolean {
  if (world.pending > 0) return false;
  const timers = world.journal.timers();
  return timers.length > 0 && timers.every(({ body }) => body.includes('"approval.remind"'));
}

/** What goes on without end, in words. */
export function endlessText({ world }: Session, end: 'endless' | 'busy'): string {
  const names = new Set(world.calls.slice(-20).map(({ of }) => of));
  const last = names.size === 0 ? 'nothing is called' : `called last: ${[...names].join(', ')}`;
  return end === 'busy'
    ? `it goes on and on while no time passes; ${last}`
    : `timers fire, and nothing comes of it; ${last}`;
}
