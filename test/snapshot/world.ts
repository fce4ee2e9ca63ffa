/** A small team that can be looked at: runs, steps, timers, messages with and without code. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { defineBot, handler, type Troupe, type TroupeOptions } from '../../src/index.ts';
import { type Team, type TestClock, teamOf, testClock } from '../troupe/team.ts';

/** What the world outside saw done. */
export interface Deeds {
  /** Keys of steps that ran, as often as they ran. */
  readonly steps: string[];
  /** Notes that were handled. */
  readonly notes: number[];
}

/** A team and what it did in the world. */
export interface World extends Team {
  readonly deeds: Deeds;
  readonly worker: ReturnType<typeof membersOf>['worker'];
  readonly clerk: ReturnType<typeof membersOf>['clerk'];
}

/** The bots: a worker with two steps and an hour between them, a clerk with messages. */
export function membersOf(deeds: Deeds) {
  const worker = defineBot({
    id: 'worker',
    input: z.number(),
    output: z.number(),
    work: async ({ input, step, sleep }) => {
      const first = await step('first', () => {
        deeds.steps.push(`${input}/first`);
        return input + 1;
      });
      await sleep('rest', '1 h');
      return step('second', () => {
        deeds.steps.push(`${input}/second`);
        return first * 10;
      });
    },
  });
  const clerk = defineBot({
    id: 'clerk',
    on: {
      note: handler(z.number(), ({ payload }) => void deeds.notes.push(payload)),
      letter: handler(z.number()),
    },
  });
  return { worker, clerk };
}

/** A folder that goes with the test. */
export function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'troupe-snapshot-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

type Given = Omit<TroupeOptions, 'definitions' | 'clock'> & { readonly clock?: TestClock };

/** A new world. */
export async function worldOf(options: Given = {}): Promise<World> {
  const deeds: Deeds = { steps: [], notes: [] };
  const { worker, clerk } = membersOf(deeds);
  const { clock = testClock(), ...rest } = options;
  const team = await teamOf([worker, clerk], { ...rest, clock });
  return { ...team, deeds, worker, clerk };
}

/** Waits for what takes turns of the loop and of the clock, without moving the time. */
export async function settled<Value>(clock: TestClock, promise: Promise<Value>): Promise<Value> {
  let isOver = false;
  const over = (): void => {
    isOver = true;
  };
  promise.then(over, over);
  while (!isOver) await clock.advance(0);
  return promise;
}

/** What an app can see of a team, times left out. */
export async function sightOf({ troupe, clock, clerk }: World) {
  await clock.quiet();
  const runs = await troupe.runs.list({ limit: 1_000 });
  const letters = await troupe.inbox(clerk).peek(1_000);
  return {
    runs: runs.map(({ runId, status, attempts }) => ({ runId, status, attempts })),
    letters: letters.map(({ type, payload }) => ({ type, payload })),
    dead: (await troupe.deadLetters.list()).length,
    parked: (await troupe.parked.list()).map(({ runId }) => runId),
  };
}

/** How all runs of a team end, by id. */
export async function endsOf({ troupe, clock, worker }: World, ids: readonly string[]) {
  for (let hour = 0; hour < 3; hour += 1) await clock.advance(3_600_000);
  const ends: Record<string, unknown> = {};
  for (const id of ids) ends[id] = await endOf(troupe, worker, id);
  return ends;
}

async function endOf(troupe: Troupe, worker: World['worker'], id: string): Promise<unknown> {
  const run = await troupe.get(worker, id);
  if (run === undefined) return 'none';
  const outcome = await run.outcome();
  return outcome.status === 'COMPLETED' ? outcome.result : outcome.status;
}
