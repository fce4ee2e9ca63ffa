/** A run as the view shows it, made of what its cell and the recorded results of its steps tell. */
import type { Cell } from '../../actor/index.ts';
import type { StepRecord } from '../../journal/index.ts';
import { childAddress, nameInWork, runIdOf, segmentsOf } from '../../protocol/index.ts';
import { costOf, factsOf, openBelow, planFacts, runStatus, stateOf } from '../../runs/index.ts';
import type { Committed } from './committed.ts';
import type { CompletedStep, RunView } from './view.ts';

/** How steps stand: what has completed, and in a word all others. */
type Steps = Pick<RunView, 'steps' | 'stepStatus'>;

/** The run of a cell. Its cost may change without it: that of runs below it counts, too. */
export function runViewOf(cell: Cell, committed: Committed): RunView {
  const { spec, ...facts } = factsOf(cell);
  return {
    id: segmentsOf(cell.address).at(-1) ?? '',
    runId: runIdOf(cell.address),
    status: runStatus(cell, cell.committed),
    input: spec.input,
    result: facts.result,
    error: facts.error,
    assignedTo: facts.assignedTo,
    attempts: facts.attempts ?? 1,
    cost: costNow(cell, committed),
    ...stepsOf(cell, committed),
    state: stateOf(cell),
    createdAt: spec.createdAt,
    completedAt: facts.completedAt,
  };
}

/** What a run and all below it have cost so far. */
export const costNow = (cell: Cell, committed: Committed): number =>
  costOf(cell, (address) => committed.find(address)) ?? 0;

function stepsOf(cell: Cell, committed: Committed): Steps {
  const { kind } = cell.identity;
  if (kind === 'workflow') return ofPlan(cell, committed.journal.steps(cell.actor));
  return kind === 'task' ? ofWork(cell, committed) : noSteps;
}

const noSteps: Steps = { steps: {}, stepStatus: {} };

/** What was undone stands no more; an undo that failed has undone nothing. */
function ofPlan(cell: Cell, records: readonly StepRecord[]): Steps {
  const { context } = cell.committed;
  const plan = { context, isDone: cell.isDone, records, startOf: () => undefined };
  const steps: Record<string, CompletedStep> = {};
  const stepStatus: Record<string, string> = {};
  for (const { name, status, end, endedAt = 0, undo } of planFacts(plan)) {
    const stands = status === 'COMPLETED' && undo !== 'UNDONE';
    if (stands) steps[name] = { result: end?.result, at: endedAt };
    if (!stands || undo !== undefined) stepStatus[name] = undo ?? status;
  }
  return { steps, stepStatus };
}

/** Steps in the work of a bot: recorded values, and runs below it that have settled or are open. */
function ofWork(cell: Cell, committed: Committed): Steps {
  const steps: Record<string, CompletedStep> = {};
  const stepStatus: Record<string, string> = {};
  const find = committed.find.bind(committed);
  for (const { address } of openBelow(cell, find)) {
    const name = nameInWork(segmentsOf(address).at(-1) ?? '');
    if (!isOwn(name)) stepStatus[name] = 'STARTED';
  }
  for (const { step, at, body } of committed.journal.steps(cell.actor)) {
    if (isOwn(step)) continue;
    const name = nameInWork(step);
    const value = body === '' ? undefined : JSON.parse(body);
    const isRun = find(childAddress(cell.address, step)) !== undefined;
    if (!isRun) steps[name] = { result: value, at };
    else if (value.status === 'COMPLETED') steps[name] = { result: value.result, at };
    else stepStatus[name] = value.status;
  }
  return { steps, stepStatus };
}

/** Names that start so are the runtime's own: asks and parts, which are no steps. */
const isOwn = (step: string): boolean => step.startsWith('~');
