/** A team in a folder, with a snapshot of its first run; its journal has a second one. */
import { copyFileSync, existsSync, readdirSync } from 'node:fs';
import { createTroupe, type Troupe } from '../../../src/index.ts';
import { membersOf } from '../world.ts';

/** The files of a folder. */
export const folderOf = (dir: string) => ({
  journal: `${dir}/team.db`,
  snapshot: `${dir}/monday.db`,
  saved: `${dir}/tuesday.db`,
});

/** The team of a folder. */
export async function teamIn(dir: string) {
  const { worker, clerk } = membersOf({ steps: [], notes: [] });
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const { journal } = folderOf(dir);
  const troupe = await createTroupe({ definitions: [worker, clerk], journal, log });
  return { troupe, worker, clerk };
}

/** Makes the folder: the snapshot has run `a`, the journal has `a` and `b`, and a letter. */
export async function prepare(dir: string): Promise<void> {
  const { troupe, worker, clerk } = await teamIn(dir);
  await troupe.start(worker, 1, { id: 'a' });
  await troupe.snapshot(folderOf(dir).snapshot);
  await troupe.start(worker, 2, { id: 'b' });
  await troupe.send(clerk, { type: 'letter', payload: 1 });
  await troupe.stop({ deadline: 0 });
}

/** A copy of a folder that was made, so that each kill finds the same. */
export function copied(from: string, to: string): void {
  for (const name of readdirSync(from)) copyFileSync(`${from}/${name}`, `${to}/${name}`);
}

/** Which of both contents a team has: the runs of `worker` by id, and its letters. */
export async function contentOf({ troupe, clerk }: { troupe: Troupe; clerk: Clerk }) {
  const runs = (await troupe.runs.list()).map(({ runId }) => runId);
  const letters = await troupe.inbox(clerk).count();
  return `${runs
    .filter((id) => !id.endsWith('/rest'))
    .sort()
    .join(' ')}, ${letters} letters`;
}

type Clerk = ReturnType<typeof membersOf>['clerk'];

/** What is left of a snapshot that may have been cut short. */
export const isThere = (dir: string): boolean => existsSync(folderOf(dir).saved);
