/**
 * Plays a script: the real runtime on a simulated clock and disk, through all crashes, until
 * faults have ended and nothing goes on any more; then everything is judged.
 */
import { hash } from 'node:crypto';
import { isTroupeError } from '../../protocol/index.ts';
import type { Troupe } from '../../troupe/index.ts';
import { stockOracles } from '../oracles/index.ts';
import { whyStuck } from '../repeatable/index.ts';
import { checkScript } from './checked.ts';
import { drive, endlessText } from './driver.ts';
import { Client } from './outside/client.ts';
import type { Played } from './played.ts';
import type { Script } from './script.ts';
import { Session } from './session.ts';
import type { Play } from './team.ts';
import type { World } from './world.ts';

/** Laws that are watched by playing itself. */
export const playLaws = {
  settles: 'what is awaited settles',
  rests: 'in the end the team comes to rest',
  scenario: 'the scenario gets what it asks for',
  starts: 'the team starts',
  stops: 'the team stops',
} as const;

/** How to play. */
export interface PlayOptions {
  /**
   * Whether the stock laws are watched (default true). Of a script that was watched before only the
   * trace is asked: where that is the same, so is what they say.
   */
  readonly isWatched?: boolean | undefined;
}

/**
 * Plays a script to its end, or to the first law that breaks.
 * @throws TroupeError `BAD_OPTION` for what is no script; `DUPLICATE_DEFINITION`.
 */
export async function play(
  given: Play,
  script: Script,
  { isWatched = true }: PlayOptions = {},
): Promise<Played> {
  checkScript(script);
  const session = new Session({
    team: given,
    script,
    oracles: [...(isWatched ? stockOracles : []), ...(given.oracles ?? [])],
    always: given.always ?? {},
  });
  const { world, repeatable } = session;
  repeatable.install();
  try {
    while (world.breach === undefined) {
      const end = await oneLife(session, given);
      session.end();
      if (end === 'done') break;
    }
  } finally {
    repeatable.uninstall();
  }
  return playedBy(session);
}

/** What came of a session. */
export function playedBy({ world, repeatable, people, steps }: Session): Played {
  return {
    script: world.script,
    breach: world.breach,
    happenings: world.happenings,
    calls: world.calls,
    requests: world.requests,
    struck: world.struck,
    unrepeatable: repeatable.found,
    trace: traceOf(world),
    commits: world.commits,
    lives: world.life,
    questions: people.questions,
    steps,
    journal: world.journal,
  };
}

/** How the scenario stands in one life. */
interface Standing {
  isSettled: boolean;
  troupe: Troupe | undefined;
  client: Client | undefined;
}

/** One life of the process: until it crashes, a law breaks, or all is judged. */
export async function oneLife(session: Session, given: Play): Promise<'crashed' | 'done'> {
  const { world } = session;
  const isOver = (): boolean => !world.isAlive || world.breach !== undefined;
  const standing: Standing = { isSettled: false, troupe: undefined, client: undefined };
  const life = world.life + 1;
  lived(session, given, standing).catch((error: unknown) => {
    if (world.life !== life || !world.isAlive || world.isDiskFull) return;
    world.broke(playLaws.starts, String(error));
  });
  while (world.breach === undefined) {
    const end = await drive(session, isOver);
    if (world.breach !== undefined) break;
    if (!world.isAlive || world.isDiskFull) return 'crashed';
    if (end === 'busy' || end === 'endless') world.broke(playLaws.rests, endlessText(session, end));
    else if (!world.isHealed) heal(world);
    else return judged(session, given, standing);
  }
  return 'done';
}

/** The team rests, and no fault is left. */
async function judged(session: Session, given: Play, standing: Standing): Promise<'done'> {
  const { world } = session;
  if (standing.isSettled)
    session.rested(session.oracles.length > 0 ? (given.eventually ?? {}) : {});
  else world.broke(playLaws.settles, stuckText(session, standing.client));
  if (world.breach === undefined) await stopped(session, standing.troupe);
  return 'done';
}

function stuckText({ world, repeatable }: Session, client: Client | undefined): string {
  const waits = client?.waits.join(', ') ?? '';
  const what = waits === '' ? 'the scenario waits for ever' : `the scenario waits for ${waits}`;
  return [what, ...repeatable.realWork(), ...whyStuck(world, repeatable.open)].join('; ');
}

/** A process, and the scenario in it. */
async function lived(session: Session, { scenario }: Play, standing: Standing): Promise<void> {
  const { world, repeatable } = session;
  const troupe = await session.begin();
  standing.troupe = troupe;
  const client = new Client(world);
  standing.client = client;
  const seen = client.wrap(troupe);
  try {
    await repeatable.inside('the scenario', () =>
      scenario(seen, copyOf(world.script.given) as never),
    );
  } catch (error) {
    // Under faults it may be refused, and its runs may fail; anything else is its own mistake.
    const isCalm = world.script.faults.length === 0 && world.script.people.length === 0;
    if (!isTroupeError(error) || isCalm) world.broke(playLaws.scenario, String(error));
  }
  standing.isSettled = true;
}

/** Each life gets an input of its own: what the scenario does to it reaches no other. */
function copyOf(given: unknown): unknown {
  try {
    return structuredClone(given);
  } catch {
    return given;
  }
}

/** Faults end: what was paused is let go on. */
function heal(world: World): void {
  world.isHealed = true;
  world.note('rest', 'faults have ended', false);
  const { troupe } = world;
  const open = world.journal.actors({ done: false, parent: '' });
  for (const { address, snapshot } of open) {
    if (!address.startsWith('run/') || !snapshot.includes('"isPaused":true')) continue;
    world.clock.soon(() => void resumed(troupe, address.slice('run/'.length)));
  }
}

async function resumed(troupe: Troupe | undefined, runId: string): Promise<void> {
  const run = await troupe?.runs.get(runId).catch(() => undefined);
  await run?.resume().catch(() => undefined);
}

/** The process stops as it should. */
async function stopped(session: Session, troupe: Troupe | undefined): Promise<void> {
  const { world } = session;
  let isStopped = false;
  const stopping = troupe?.stop({ deadline: 0 }).then(() => {
    isStopped = true;
  });
  stopping?.catch((error: unknown) => world.broke(playLaws.stops, String(error)));
  await drive(session, () => isStopped || world.breach !== undefined);
  if (!isStopped) world.broke(playLaws.stops, '`troupe.stop` never resolves');
}

/** One hash for all that happened. */
function traceOf({ disk, calls }: World): string {
  const told = calls.map(({ of, nth, key, attempt, life, end }) => [
    ...[of, nth, key, attempt, life, end],
  ]);
  return hash('sha256', disk.trace + JSON.stringify(told), 'base64url');
}
