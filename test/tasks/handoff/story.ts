/**
 * Stories of handoffs: what callers do to a few runs and when, as plain data, lived through crashes
 * at any commit on the simulated disk.
 */

import { z } from 'zod';
import {
  createTroupe,
  defineBot,
  isTroupeError,
  type Run,
  type Troupe,
} from '../../../src/index.ts';
import { type Crash, type Life, type Lived, lives } from '../../simulation/lives.ts';
import type { World } from '../../simulation/world.ts';

/** Something that a caller does. */
export interface Beat {
  readonly kind:
    | 'request'
    | 'accept'
    | 'decline'
    | 'cancel'
    | 'pause'
    | 'resume'
    | 'begin'
    | 'complete'
    | 'fail';
  /** Milliseconds after the start of the process. */
  readonly at: number;
  readonly run: number;
  readonly pick: number;
}

/** A story. */
export interface Story {
  readonly beats: readonly Beat[];
  /** To whom the novice hands its run on; undefined: to nobody. */
  readonly to: number | undefined;
  readonly crashes: readonly Crash[];
  readonly seed: number;
  readonly shuffle: boolean;
  readonly groupTurns: number;
}

/** What a caller was told, over all lives. */
export interface Ack {
  readonly call: 'request' | 'accept' | 'decline';
  readonly id: string;
  readonly status: string;
}

/** A deed of a bot's work. */
export interface Doing {
  readonly bot: string;
  readonly key: string;
}

/** What is kept beside the journal, over all lives. */
export interface Book {
  readonly acks: Ack[];
  readonly doings: Doing[];
  /** Calls that were refused with something that no caller expects. */
  readonly strange: unknown[];
}

/** Ids of the bots that may be asked. */
export const bots = ['novice', 'specialist', 'shy', 'never', 'ann', 'bob', 'lead'] as const;

/** The bots that decide by themselves take it, or never do. */
export const answers: Readonly<Record<string, string>> = { never: 'DECLINED' };

const N = z.object({ n: z.number() });

function teamOn(world: World, book: Book, story: Story) {
  const does = (id: string, ms: number, handsOn: string | undefined) =>
    defineBot({
      id,
      input: N,
      concurrency: 2,
      retry: { attempts: 2, backoff: 20 },
      ...(id === 'shy' ? { handoffs: 'ask' as const } : {}),
      ...(id === 'never' ? { handoffs: () => false } : {}),
      work: async ({ input, step, sleep, report, handoff, runId, signal }) => {
        const rest = world.works(runId, signal);
        const find = async (name: string) =>
          step(name, ({ key }) => {
            book.doings.push({ bot: id, key });
            return world.step({ key, value: input.n, ms });
          });
        const found = await find('find');
        await report({ cost: 1, learnings: [id] });
        if (handsOn !== undefined) {
          const wanted = { to: handsOn, reason: 'blocked', state: found, timeout: 200 } as const;
          await handoff(wanted).catch((error: unknown) => {
            if (!isTroupeError(error) || !expected.has(error.code)) throw error;
          });
        }
        await sleep('nap', 100);
        await find('more');
        rest();
        return found;
      },
    });
  const named = story.to === undefined ? undefined : bots[story.to % bots.length];
  const novice = does('novice', 30, named);
  const lead = defineBot({
    id: 'lead',
    input: N,
    work: async ({ input, step, runId, signal }) => {
      const rest = world.works(runId, signal);
      const both = await Promise.all([
        step('below', specialist, { n: input.n }),
        step('own', ({ key }) => {
          book.doings.push({ bot: 'lead', key });
          return world.step({ key, value: 1, ms: 40 });
        }),
      ]);
      rest();
      return both;
    },
  });
  const specialist = does('specialist', 20, undefined);
  const external = ['ann', 'bob'].map((id) => defineBot({ id, input: N, concurrency: 1 }));
  const [ann = external[0], ...others] = external;
  const rest = [does('shy', 10, undefined), does('never', 10, undefined), ...others];
  const runnable = [novice, ann, lead].flatMap((bot) => bot ?? []);
  return { runnable, definitions: [...runnable, specialist, ...rest] };
}

/** Refusals that callers who act at random expect. */
const expected = new Set([
  'ILLEGAL_MOVE',
  'STALE_ATTEMPT',
  'HANDOFF_OPEN',
  'HANDOFF_DECIDED',
  'HANDOFF_DECLINED',
  'HANDOFF_EXPIRED',
]);

const quiet = (): void => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

/** Lives a story to its end. */
export async function lived(story: Story): Promise<Lived<undefined> & { readonly book: Book }> {
  const book: Book = { acks: [], doings: [], strange: [] };
  const { seed, shuffle, crashes } = story;
  const program = (life: Life) => live(life, story, book);
  return { ...(await lives(program, { seed, shuffle, crashes })), book };
}

async function live({ world, journal, atRest }: Life, story: Story, book: Book) {
  const { clock } = world;
  const { runnable, definitions } = teamOn(world, book, story);
  const limits = { groupTurns: story.groupTurns };
  const troupe = await createTroupe({ definitions, journal, clock, log, limits });
  const runs: Run<unknown>[] = [];
  for (const bot of runnable) {
    runs.push(await troupe.start(bot, { n: runs.length }, { id: 'x' }));
  }
  const life = world.life;
  await Promise.all(
    story.beats.map(async (beat) => {
      await new Promise<void>((resolve) => clock.after(beat.at, resolve));
      try {
        await act(beat, runs, troupe, book);
      } catch (error) {
        const isLost = !world.isAlive || world.life !== life;
        if (!isLost && !(isTroupeError(error) && expected.has(error.code))) {
          book.strange.push(error);
        }
      }
    }),
  );
  // Every handoff is answered or has expired by then.
  await new Promise<void>((resolve) => clock.after(2_000, resolve));
  for (const run of runs) await run.cancel('the end').catch(quiet);
  await Promise.all(runs.map((run) => run.outcome()));
  await atRest;
  await troupe.stop();
  return undefined;
}

async function act(
  { kind, run: number, pick }: Beat,
  runs: readonly Run<unknown>[],
  troupe: Troupe,
  { acks }: Book,
): Promise<void> {
  const run = runs[number % runs.length];
  if (run === undefined) return;
  if (kind === 'request') {
    const to = bots[pick % bots.length] ?? 'bob';
    const { id, status } = await troupe.handoffs.request(run, {
      to,
      reason: { own: 'so it goes' },
      context: pick,
      timeout: 300,
    });
    acks.push({ call: kind, id, status });
  } else if (kind === 'accept' || kind === 'decline') {
    const known = await troupe.handoffs.list(pick % 3 === 0 ? {} : { status: 'OPEN' });
    const one = known[pick % Math.max(1, known.length)];
    if (one === undefined) return;
    const { id, status } =
      kind === 'accept'
        ? await troupe.handoffs.accept(one.id)
        : await troupe.handoffs.decline(one.id, { reason: 'no time' });
    acks.push({ call: kind, id, status });
  } else if (kind === 'cancel') await run.cancel('enough');
  else if (kind === 'complete') await run.complete({ result: pick });
  else if (kind === 'fail') await run.fail({ error: 'it broke' });
  else await run[kind]();
}
