/** Kills an audit's process at chosen commits, starts it again, and looks what was done twice. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { simulatedClock } from '../../src/index.ts';
import { openReader } from '../../src/journal/index.ts';
import { jobs } from '../../src/specialists/analysers/index.ts';
import { planOf } from '../../src/specialists/audit/plan.ts';
import { folderWith } from './analysers/folder.ts';
import { cheapPool } from './cheap-pool.ts';
import { sample } from './sample.ts';

const script = fileURLToPath(new URL('audit-process.ts', import.meta.url));

/** Where to kill: before or after a commit, counted from the start of the process. */
interface Kill {
  readonly commit: number;
  readonly moment: 'before' | 'after';
}

/** What a process told before it ended. */
interface Told {
  readonly isKilled: boolean;
  /** Analyses that began, as `name file`. */
  readonly jobs: readonly string[];
  readonly commits: number;
  readonly result: unknown;
}

/** Runs an audit of a folder on a journal; kills it when it halts. */
async function auditProcess(folder: string, journal: string, kill?: Kill): Promise<Told> {
  const halt = kill === undefined ? [] : [String(kill.commit), kill.moment];
  const child = spawn(process.execPath, [script, folder, journal, ...halt], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  const told = { isKilled: false, jobs: [] as string[], commits: 0, result: undefined as unknown };
  for await (const line of createInterface({ input: child.stdout })) {
    const [word = '', rest = ''] = line.split(/ (.*)/s);
    if (word === 'job') told.jobs.push(rest);
    else if (word === 'commits') told.commits = Number(rest);
    else if (word === 'result') told.result = JSON.parse(rest);
    else if (child.pid !== undefined) told.isKilled = process.kill(child.pid, 'SIGKILL');
  }
  const [code, signal] = await closed;
  expect([code, signal]).toEqual(told.isKilled ? [null, 'SIGKILL'] : [0, null]);
  return told;
}

/** An audit that nobody disturbs, for comparison. */
async function undisturbed(): Promise<{ folder: string; told: Told }> {
  const folder = folderWith(sample);
  const told = await auditProcess(folder, join(folderWith({}), 'calm.db'));
  expect(told.result).toMatchObject({ report: { files: 25 } });
  expect(new Set(told.jobs).size).toBe(told.jobs.length);
  return { folder, told };
}

/**
 * Audits that are killed, two at a time, until there were so many kills; the seeds start at `seed`.
 * Every second audit is killed once, the others up to four times on their way.
 */
export async function killings(killsMin: number, seed: number): Promise<number> {
  const { folder, told } = await undisturbed();
  let kills = 0;
  for (let next = seed; kills < killsMin; next += 2) {
    const some = [journey(folder, told, next, 4), journey(folder, told, next + 1, 1)];
    for (const count of await Promise.all(some)) kills += count;
  }
  return kills;
}

/**
 * One audit from its start to its end, killed up to `killsMax` times on the way, at commits that
 * the seed chooses. Its result must be that of `calm`; what was recorded when it was killed must
 * not be done again. Gives the number of kills.
 */
async function journey(
  folder: string,
  calm: Told,
  seed: number,
  killsMax: number,
): Promise<number> {
  const random = simulatedClock(seed).random;
  const journal = join(folderWith({}), 'killed.db');
  const names = await jobNames(folder);
  let recorded = new Set<string>();
  for (let kills = 0; ; kills += 1) {
    const commit = 1 + Math.floor((random() * 1.3 * calm.commits) / killsMax);
    const moment = random() < 0.5 ? 'before' : 'after';
    const kill: Kill | undefined = kills < killsMax ? { commit, moment } : undefined;
    const told = await auditProcess(folder, journal, kill);
    const what = `seed ${seed}, kill ${kills + 1}: ${moment} commit ${commit}`;
    const again = told.jobs.filter((job) => recorded.has(names.get(job) ?? job));
    expect(again, `${what}: done again`).toEqual([]);
    if (!told.isKilled) {
      expect(told.result, what).toEqual(calm.result);
      return kills;
    }
    recorded = await recordedIn(journal, folder);
  }
}

/** Names of the pieces of work whose runs are recorded as completed. */
async function recordedIn(journal: string, folder: string): Promise<Set<string>> {
  const { forks } = planOf(await cheapPool().run(jobs.survey, { path: folder }));
  const reader = await openReader(journal);
  const done = reader.actors({ kind: 'task', done: true });
  reader.close();
  return new Set(
    done.map(({ address }) => {
      const [fork, kind, place = ''] = address.split('/').slice(-3);
      const chunk = forks.find(({ name }) => name === fork)?.chunks[Number(place) - 1];
      return chunk === undefined ? place : `${kind}-${String(chunk.index + 1).padStart(3, '0')}`;
    }),
  );
}

/** The lead's steps by their analyses. */
async function jobNames(folder: string): Promise<ReadonlyMap<string, string>> {
  const plan = planOf(await cheapPool().run(jobs.survey, { path: folder }));
  const first = plan.chunks.map(([group]) => `${group?.folder}/${group?.files[0]?.[0]}`);
  const names = plan.units.flatMap(({ name, kind }): [string, string][] => {
    if (kind === 'survey') return [[`survey ${folder}`, name]];
    if (kind === 'duplication') return [[`duplication ${first[0]}`, name]];
    const chunk = /-(\d+)$/.exec(name)?.[1];
    return chunk === undefined ? [] : [[`${kind} ${first[Number(chunk) - 1]}`, name]];
  });
  return new Map(names);
}
