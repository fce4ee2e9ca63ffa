/**
 * Plays a script: the real runtime on a simulated clock and disk, through all crashes, until
 * faults have ended and nothing goes on any more; then everything is judged.
 */
import { hash } from 'node:crypto';
import { isTroupeError } from '../../protocol/index.ts';
import type { Troupe } from '../../troupe/index.ts';
import { stockOracles } from '../oracles/index.ts';
import { drive } from './driver.ts';
import { Client } from './outside/client.ts';
import { unwatched } from './outside/watcher.ts';
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
  refuses: 'a process whose journal failed refuses everything',
} as const;

/** Plays a script to its end, or to the first law that breaks. */
export async function play(given: Play, script: Script): Promise<Played> {
  const session = new Session({
    team: given,
    script,
    oracles: [...stockOracles, ...(given.oracles ?? [])],
    always: given.always ?? {},
    watcherOf: () => unwatched,
    draw: () => null,
  });
  const { world } = session;
  const count = { steps: 0 };
  while (world.breach === undefined) {
    const end = await oneLife(session, given, count);
    world.end();
    if (end === 'done') break;
  }
  return {
    script,
    breach: world.breach,
    happenings: world.happenings,
    calls: world.calls,
    requests: world.requests,
    struck: world.struck,
    unrepeatable: [],
    trace: traceOf(world),
    commits: world.commits,
    lives: world.life,
    questions: session.people.questions,
    steps: count.steps,
    journal: world.journal,
  };
}

/** How the scenario stands in one life. */
interface Standing {
  client: Client | undefined;
  state: 'open' | 'settled';
}

/** One life of the process: until it crashes, a law breaks, or all is judged. */
async function oneLife(
  session: Session,
  given: Play,
  count: { steps: number },
): Promise<'crashed' | 'done'> {
  const { world } = session;
  const { life } = world;
  const isOver = (): boolean => !world.isAlive || world.breach !== undefined;
  const standing: Standing = { client: undefined, state: 'open' };
  let troupe: Troupe | undefined;
  const living = session.begin().then((begun) => {
    troupe = begun;
    return lived(session, given, begun, standing);
  });
  living.catch((error: unknown) => failed(world, life + 1, error));
  for (;;) {
    const end = await drive(world, isOver, count);
    if (world.breach !== undefined) return 'done';
    if (!world.isAlive || world.isDiskFull) return 'crashed';
    if (end === 'endless') {
      if (!world.isHealed) heal(world);
      else world.broke(playLaws.rests, 'timers fire for ever, and nothing comes of it');
      continue;
    }
    if (!world.isHealed) {
      heal(world);
      continue;
    }
    if (standing.state === 'open') world.broke(playLaws.settles, 'the scenario waits for ever');
    else session.rested(given.eventually ?? {});
    if (world.breach === undefined) await stopped(world, troupe, count);
    return 'done';
  }
}

/** The scenario in one life. */
async function lived(
  { world }: Session,
  { scenario }: Play,
  troupe: Troupe,
  standing: Standing,
): Promise<void> {
  const client = new Client(world);
  standing.client = client;
  try {
    await scenario(client.wrap(troupe), world.script.given as never);
    standing.state = 'settled';
  } catch (error) {
    standing.state = 'settled';
    // Under faults it may be refused, and its runs may fail; anything else is its own mistake.
    const isOurs = isTroupeError(error) || (error instanceof Error && 'outcome' in error);
    const isCalm = world.script.faults.length === 0 && world.script.people.length === 0;
    if (!isOurs || isCalm) world.broke(playLaws.scenario, String(error));
  }
}

/** A process that did not come up, other than by a crash. */
function failed(world: World, life: number, error: unknown): void {
  if (world.life !== life || !world.isAlive || world.isDiskFull) return;
  world.broke('the team starts', String(error));
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
async function stopped(
  world: World,
  troupe: Troupe | undefined,
  count: { steps: number },
): Promise<void> {
  let isStopped = false;
  const stopping = troupe?.stop({ deadline: 0 }).then(() => {
    isStopped = true;
  });
  stopping?.catch((error: unknown) => world.broke('the team stops', String(error)));
  await drive(world, () => isStopped || world.breach !== undefined, count);
  if (!isStopped && world.breach === undefined) {
    world.broke('the team stops', '`troupe.stop` never resolves');
  }
}

/** One hash for all that happened. */
function traceOf({ disk, calls }: World): string {
  const told = calls.map(({ of, nth, key, attempt, life, end }) => [
    of,
    nth,
    key,
    attempt,
    life,
    end,
  ]);
  return hash('sha256', disk.trace + JSON.stringify(told), 'base64url');
}
