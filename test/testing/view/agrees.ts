/** The view of a run against what the run itself says. */
import { expect } from 'vitest';
import { defineBot, isTroupeError, type RunSnapshot, type Troupe } from '../../../src/index.ts';
import { runIdOf } from '../../../src/protocol/index.ts';
import type { RunView, Sight } from '../../../src/testing/index.ts';
import { viewOf } from '../../../src/testing/view/index.ts';
import type { Watched } from './watched.ts';

const bare = new Map<string, ReturnType<typeof defineBot>>();

/** Something with this id: a view looks for nothing else. */
export function named(id: string) {
  const known = bare.get(id) ?? defineBot({ id });
  bare.set(id, known);
  return known;
}

/** Runs of all definitions, by their ids. */
export function allRuns(sight: Sight): Map<string, RunView> {
  const records = sight.journal.actors({}).filter(({ address }) => address.startsWith('run/'));
  const ids = new Set(records.map(({ definition }) => definition));
  const runs = [...ids].flatMap((id) => viewOf(sight).runs(named(id)) as readonly RunView[]);
  return new Map(runs.map((run) => [run.runId, run]));
}

/** Looks at all runs after a commit: the view says what they say, and nothing more. */
export async function agrees(troupe: Troupe, sight: Watched): Promise<void> {
  const { commits, life } = sight;
  const views = allRuns(sight);
  for (const { address, input } of sight.journal.actors({})) {
    const runId = address.startsWith('run/') ? runIdOf(address) : undefined;
    const run = runId === undefined ? undefined : await told(() => troupe.runs.get(runId));
    const snapshot = await told(async () => run?.snapshot());
    // A crash or the end of the troupe: nobody tells any more.
    if (sight.commits !== commits || sight.life !== life) return;
    if (runId === undefined || run === undefined || snapshot === undefined) continue;
    const { type, fan } = JSON.parse(input);
    const view = views.get(runId);
    if (type === 'function' || fan !== undefined) {
      expect(view).toBeUndefined();
      continue;
    }
    if (view === undefined) throw new RangeError(`${runId} is not seen`);
    expect(seenIn(view)).toEqual(seenIn(snapshot));
    agreesOnSteps(view, snapshot);
    if (snapshot.completedAt === undefined) continue;
    const outcome = await told(() => run.outcome());
    if (outcome !== undefined) agreesOnEnd(view, outcome);
  }
}

/** As JSON tells it: the journal knows nothing of what is undefined. */
const seenIn = (snapshot: RunSnapshot | RunView): object => plain(facts(snapshot));

const facts = (snapshot: RunSnapshot | RunView): object => ({
  id: snapshot.id,
  runId: snapshot.runId,
  status: snapshot.status,
  input: snapshot.input,
  result: snapshot.result,
  error: snapshot.error,
  assignedTo: snapshot.assignedTo,
  attempts: snapshot.attempts,
  cost: snapshot.cost ?? 0,
  state: snapshot.state,
  createdAt: snapshot.createdAt,
  completedAt: snapshot.completedAt,
});

function agreesOnSteps(view: RunView, { stages, type }: RunSnapshot): void {
  if (type !== 'workflow') return;
  for (const { name, status } of stages) {
    const seen = view.stepStatus[name] ?? 'COMPLETED';
    if (seen !== 'UNDONE' && seen !== 'UNDO_FAILED') expect(seen).toBe(status);
    expect(view.steps[name] !== undefined).toBe(status === 'COMPLETED' && seen !== 'UNDONE');
  }
}

const plain = <Value>(value: Value): Value =>
  value === undefined ? value : JSON.parse(JSON.stringify(value));

type Outcome = Awaited<ReturnType<Awaited<ReturnType<Troupe['start']>>['outcome']>>;

function agreesOnEnd(view: RunView, outcome: Outcome): void {
  expect(view.status).toBe(outcome.status);
  expect(view.result).toEqual('result' in outcome ? outcome.result : undefined);
  expect(plain(view.error)).toEqual(plain('error' in outcome ? outcome.error : undefined));
  for (const [name, step] of Object.entries(outcome.steps ?? {})) {
    const seen = view.steps[name];
    if (seen !== undefined) expect(seen).toEqual(plain({ result: step.result, at: step.endedAt }));
    const { undo } = step;
    if (undo !== undefined) expect(view.stepStatus[name]).toBe(undo);
  }
}

/** What a troupe tells while it runs. */
async function told<Value>(ask: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await ask();
  } catch (error) {
    const isOver = isTroupeError(error, 'STOPPED') || isTroupeError(error, 'JOURNAL_FAILED');
    if (isOver || isTroupeError(error, 'UNKNOWN_RUN')) return undefined;
    throw error;
  }
}
