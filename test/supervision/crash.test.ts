/** A crash after any commit: the supervisor goes on where it was, and what is to be is. */
import { expect, test } from 'vitest';
import { simulatedClock } from '../../src/clock/index.ts';
import { simulatedDisk } from '../../src/journal/index.ts';
import type { ChildSpec, SupervisionSpec } from '../../src/protocol/index.ts';
import { asAddress } from '../../src/protocol/index.ts';
import { workerAddress } from './scripted.ts';
import { SupervisionStage } from './stage.ts';

const child = (id: string, own: Partial<ChildSpec> = {}): ChildSpec => ({
  id,
  type: 'worker',
  restart: 'permanent',
  shutdown: 100,
  significant: false,
  resumeFrom: 'input',
  backoff: null,
  start: {},
  ...own,
});

const spec = (children: ChildSpec[], own: Partial<SupervisionSpec> = {}): SupervisionSpec => ({
  strategy: 'one-for-all',
  intensity: 5,
  periodSeconds: 3_600,
  autoShutdown: 'never',
  template: null,
  children,
  ...own,
});

const tree = spec([
  child('a'),
  child('s', {
    type: 'supervisor',
    shutdown: 'infinity',
    start: spec([child('x'), child('y', { start: { stopDelayMs: 50 } })]),
  }),
  child('late', { start: { stopDelayMs: 400 } }),
  child('b', { backoff: { backoffMs: 10, backoffMsMax: 1_000 } }),
]);

const root = asAddress('supervisor/root');

/** Each deed is done once it can be: on a worker that is alive and was started so often. */
const deeds = [
  { worker: 'a', reason: 'crash' },
  { worker: 'b', reason: 'crash' },
  { worker: 'x', reason: 'crash' },
] as const;

interface Ran {
  readonly known: unknown;
  readonly alive: readonly string[];
  readonly commits: number;
}

/** Runs all of it; the process ends after that commit, and another goes on. */
async function ran(crashAfter?: number): Promise<Ran> {
  const disk = simulatedDisk();
  const clock = simulatedClock(1);
  let stage = await new SupervisionStage({ disk, clock, ...(crashAfter && { crashAfter }) }).up();
  let commits = 0;
  const goOn = async (): Promise<void> => {
    await stage.quiet();
    if (crashAfter === undefined || stage.commits < crashAfter || commits > 0) return;
    commits = stage.commits;
    clock.clear();
    stage = await new SupervisionStage({ disk, clock }).up();
    await stage.quiet();
  };
  await stage.supervise('root', tree);
  await goOn();
  if (!isThere(stage)) await stage.supervise('root', tree);
  await goOn();
  for (const { worker, reason } of deeds) {
    const to = workerAddress(worker);
    const before = generationOf(stage, worker);
    await stage.send(to, { type: 'worker.exit', reason });
    await goOn();
    // It was lost with the crash: whoever did it does it again.
    if (generationOf(stage, worker) === before) {
      await stage.send(to, { type: 'worker.exit', reason });
      await goOn();
    }
  }
  const { children, restarts } = stage.host.find(root)?.committed.context.supervision ?? {};
  const known = [
    children?.map(({ id, is }: { id: string; is: string }) => [id, is]),
    restarts?.length,
  ];
  const alive = stage.workersAlive(['a', 'x', 'y', 'late', 'b']);
  return { known, alive, commits: commits + stage.commits };
}

const isThere = ({ host }: SupervisionStage): boolean => host.find(root) !== undefined;

const generationOf = ({ host }: SupervisionStage, worker: string): number =>
  host.find(workerAddress(worker))?.identity.generation ?? 0;

test('given a crash after any commit, then the same children are up as without it', async () => {
  const undisturbed = await ran();
  expect(undisturbed.alive).toEqual(['a', 'x', 'y', 'late', 'b']);
  for (let commit = 1; commit <= undisturbed.commits; commit += 1) {
    const { known, alive } = await ran(commit);
    expect({ commit, known, alive }).toEqual({
      commit,
      known: undisturbed.known,
      alive: undisturbed.alive,
    });
  }
});
