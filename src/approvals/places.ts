/**
 * Places: which approval is meant by an id, or by a path of steps below a run.
 *
 * A step may run more than once; its name means the last of its runs.
 */
import type { WorkflowContext } from '../../machines/index.ts';
import type { Cell } from '../actor/index.ts';
import { type Stage, statusOf } from '../engine/index.ts';
import {
  type Address,
  asAddress,
  childAddress,
  runIdOf,
  stepRunName,
  troupeError,
} from '../protocol/index.ts';
import { addressOfRun } from '../runs/index.ts';

/** Finds actors. */
type Finder = Pick<Stage, 'find'>;

/**
 * The approval of an id, such as `answer/a-1/release`, or of its handle.
 * @throws TroupeError `BAD_OPTION` when it is neither; `UNKNOWN_APPROVAL`; `APPROVAL_NOT_OPEN` and
 *   `APPROVAL_CLOSED` for a step that its workflow has not reached.
 */
export function approvalOfId(stage: Finder, id: unknown): Address {
  const address = addressOfRun(id, stage);
  if (stage.find(address) !== undefined) return address;
  const cut = address.lastIndexOf('/');
  const above = stage.find(asAddress(address.slice(0, cut)));
  const approval = runIdOf(address);
  if (above === undefined) throw troupeError('UNKNOWN_APPROVAL', { approval });
  throw notReached(above, decoded(address.slice(cut + 1)), approval);
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
  const whole = lastRunOf(stage, run, path);
  if (whole !== undefined) return whole.address;
  const names = path.split('/').map(decoded);
  let above = found(stage, run);
  for (const name of isStep(above, path) ? [path] : names) {
    const next = lastRunOf(stage, above.address, name);
    if (next === undefined) throw notReached(above, name, `${runIdOf(run)}/${path}`);
    above = next;
  }
  return above.address;
}

function found(stage: Finder, address: Address): Cell {
  const cell = stage.find(address);
  if (cell === undefined) throw troupeError('UNKNOWN_RUN', { run: runIdOf(address) });
  return cell;
}

/** The last run of a step; the name of a run is that run's. */
function lastRunOf(stage: Finder, run: Address, step: string): Cell | undefined {
  let last: Cell | undefined;
  for (let count = 1; ; count += 1) {
    const next = stage.find(childAddress(run, stepRunName(step, count)));
    if (next === undefined) return last;
    last = next;
  }
}

/** Whether a run is of a plan with this step. */
function isStep({ identity, snapshot }: Cell, name: string): boolean {
  if (identity.kind !== 'workflow') return false;
  const { spec }: WorkflowContext = snapshot.context;
  return spec.plan.steps.some((step) => step.name === name);
}

/** Why there is no run of a step: nobody was asked yet, never will be, or nobody knows it. */
function notReached(above: Cell, step: string, approval: string) {
  const isKnown = isStep(above, step) || (above.identity.kind === 'task' && !above.isDone);
  if (!isKnown) return troupeError('UNKNOWN_APPROVAL', { approval });
  if (!above.isDone) {
    const state = 'has not been reached';
    return troupeError('APPROVAL_NOT_OPEN', { approval, state });
  }
  const { completedAt: at = 0 }: WorkflowContext = above.snapshot.context;
  const state = statusOf(above.snapshot);
  const reason = 'its step was never reached';
  return troupeError('APPROVAL_CLOSED', { approval, state, reason, at });
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
