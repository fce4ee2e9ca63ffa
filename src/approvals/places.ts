/**
 * Places: which approval is meant by an id, or by a path of steps below a run.
 *
 * A step may run more than once: its name means the last of its runs, the last question among them
 * at the end of a path. Invariant: a path that could mean two things is refused.
 */
import type { TaskContext, WorkflowContext } from '../../machines/index.ts';
import type { Cell } from '../actor/index.ts';
import { type Stage, statusOf } from '../engine/index.ts';
import {
  type Address,
  asAddress,
  childAddress,
  limits,
  nameAfter,
  type PlanStep,
  runIdOf,
  stepRunName,
  troupeError,
} from '../protocol/index.ts';
import { addressOfRun, openBelow } from '../runs/index.ts';

/** Finds actors. */
type Finder = Pick<Stage, 'find'>;

/**
 * The run of an approval's id, such as `answer/a-1/release`, or of its handle.
 * @throws TroupeError `BAD_OPTION` when it is neither.
 */
export const addressOfApproval = (stage: Finder, id: unknown): Address =>
  addressOfRun(id, stage, 'an approval');

/**
 * The approval of an id, such as `answer/a-1/release`, or of its handle.
 * @throws TroupeError `BAD_OPTION` when it is neither; `UNKNOWN_APPROVAL`; `NO_APPROVAL`,
 *   `APPROVAL_NOT_OPEN` and `APPROVAL_CLOSED` for a step that its workflow has not reached.
 */
export function approvalOfId(stage: Finder, id: unknown): Address {
  const address = addressOfApproval(stage, id);
  if (stage.find(address) !== undefined) return address;
  const cut = address.lastIndexOf('/');
  const above = stage.find(asAddress(address.slice(0, cut)));
  const approval = runIdOf(address);
  if (above === undefined) throw troupeError('UNKNOWN_APPROVAL', { approval });
  throw notReached({ above, name: decoded(address.slice(cut + 1)), isEnd: true }, approval);
}

/**
 * The approval at the end of a path of steps below a run, such as `release` or `polish/release`;
 * the run itself for no path.
 * @throws TroupeError as `approvalOfId`.
 */
export function approvalBelow(stage: Finder, run: Address, path: unknown): Address {
  if (path === undefined) return run;
  if (typeof path !== 'string' || path === '') {
    const problem = 'must be the name of a step, or a path such as polish/release';
    throw troupeError('BAD_OPTION', { where: 'decide', field: 'step', problem });
  }
  const top = found(stage, run);
  const asName = walk(stage, top, [path]);
  const names = path.split('/').map(decoded);
  if (names.length === 1 && names[0] === path) return endOf(asName, path, run);
  const asPath = walk(stage, top, names);
  if (isPossible(asName, top) && isPossible(asPath, top)) {
    const problem =
      `could be the step ${path} or the path ${names.join(' > ')}: ` +
      'decide with troupe.approvals.decide, by the id';
    throw troupeError('BAD_OPTION', { where: 'decide', field: 'step', problem });
  }
  return endOf(isPossible(asName, top) ? asName : asPath, path, run);
}

/** Questions that are open below a run, by their ids; the first few of them. */
export function openApprovals(stage: Finder, above: Cell): string[] {
  const questions: string[] = [];
  const rest = [above];
  for (let cell = rest.pop(); cell !== undefined; cell = rest.pop()) {
    if (questions.length === limits.namedQuestions) break;
    if (isAsking(cell)) questions.push(runIdOf(cell.address));
    else rest.push(...openBelow(cell, (address) => stage.find(address)).toReversed());
  }
  return questions;
}

const isAsking = ({ identity, isDone, snapshot }: Cell): boolean =>
  identity.kind === 'approval' && !isDone && snapshot.context.startedAt !== undefined;

/** Where a path leads: to a run, or to a name that no run below has. */
type End = Cell | { readonly above: Cell; readonly name: string; readonly isEnd: boolean };

function walk(stage: Finder, top: Cell, names: readonly string[]): End {
  let above = top;
  for (const [index, name] of names.entries()) {
    const isEnd = index === names.length - 1;
    const runs = runsOf(stage, above, name);
    const asked = isEnd ? runs.find(({ identity: { kind } }) => kind === 'approval') : undefined;
    const next = asked ?? runs[0];
    if (next === undefined) return { above, name, isEnd };
    above = next;
  }
  return above;
}

const endOf = (end: End, path: string, run: Address): Address => {
  if ('address' in end) return end.address;
  throw notReached(end, `${runIdOf(run)}/${path}`);
};

/** Whether a question is there, or may be asked there still. */
const isPossible = (end: End, top: Cell): boolean =>
  'address' in end ||
  stepIn(end.above, end.name) !== undefined ||
  (end.above !== top && end.above.identity.kind === 'task' && !end.above.isDone);

function found(stage: Finder, address: Address): Cell {
  const cell = stage.find(address);
  if (cell === undefined) throw troupeError('UNKNOWN_RUN', { run: runIdOf(address) });
  return cell;
}

/** The runs of a step below a run, the last one first; the name of a run is that run's. */
function runsOf(stage: Finder, { address, identity, snapshot }: Cell, step: string): Cell[] {
  const run = (name: string) => stage.find(childAddress(address, name));
  if (identity.kind === 'task') {
    const { handoffs = 0 }: TaskContext = snapshot.context;
    const names = Array.from({ length: handoffs + 1 }, (_, count) => nameAfter(count, step));
    return names.toReversed().flatMap((name) => run(name) ?? []);
  }
  const runs: Cell[] = [];
  for (let count = 1; ; count += 1) {
    const next = run(stepRunName(step, count));
    if (next === undefined) return runs.toReversed();
    runs.push(next);
  }
}

/** The step of this name in the plan of a run. */
function stepIn({ identity, snapshot }: Cell, name: string): PlanStep | undefined {
  if (identity.kind !== 'workflow') return undefined;
  const { spec }: WorkflowContext = snapshot.context;
  return spec.plan.steps.find((step) => step.name === name);
}

/** Why there is no run of a step: nobody was asked yet, never will be, or nobody knows it. */
function notReached({ above, name, isEnd }: Exclude<End, Cell>, approval: string) {
  const step = stepIn(above, name);
  const isKnown = step !== undefined || (above.identity.kind === 'task' && !above.isDone);
  if (!isKnown) return troupeError('UNKNOWN_APPROVAL', { approval });
  if (isEnd && step !== undefined && !mayAsk(step)) {
    return troupeError('NO_APPROVAL', { approval, open: [] });
  }
  if (!above.isDone) {
    const state = 'has not been reached';
    return troupeError('APPROVAL_NOT_OPEN', { approval, state });
  }
  const { completedAt: at = 0 }: WorkflowContext = above.snapshot.context;
  const state = statusOf(above.snapshot);
  const reason = 'its step was never reached';
  return troupeError('APPROVAL_CLOSED', { approval, state, reason, at });
}

/** Whether a step is an approval, or one may take over. */
const mayAsk = ({ isFree, fallbacks }: PlanStep): boolean =>
  isFree === true || fallbacks !== undefined;

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
