/**
 * Rounds: what a run of a step begins with, and whether its result is good. A run that is begun
 * anew has the input of the one before; a loop that goes round makes it of the last result.
 */
import type { WorkflowContext } from '../../machines/index.ts';
import type { Cell } from '../actor/index.ts';
import type { Host } from '../engine/index.ts';
import type { JournalReader } from '../journal/index.ts';
import {
  checkJson,
  childAddress,
  type Settlement,
  type StepDefinition,
  type StepView,
  stepRunName,
  troupeError,
} from '../protocol/index.ts';

/** Whether a step runs at all. @throws what its condition throws. */
export const isWanted = ({ when }: StepDefinition, view: () => StepView): boolean =>
  when === undefined || Boolean(when(view()));

/** A run of a step that is to begin. */
export interface Beginning {
  readonly step: StepDefinition;
  readonly name: string;
  readonly view: () => StepView;
}

/** The input of a run of a step. @throws what the function that makes it throws. */
export function inputOfRun(host: Host, cell: Cell, { step, view }: Beginning): unknown {
  const runs = runsOf(cell, step);
  if (runs === undefined) return firstInput(step, view);
  const before = host.find(childAddress(cell.address, stepRunName(step.name, runs.run - 1)));
  const beforeInput = before === undefined ? firstInput(step, view) : inputIn(before);
  const { again } = step.loop ?? {};
  const goesRound = runs.iterations > 1 && runs.tries === 1 && runs.fallback === 0;
  if (again === undefined || !goesRound) return beforeInput;
  return again(endOf(host.journal, cell, step.name).result, beforeInput);
}

/**
 * Whether the result of a run is good enough for the loop of its step.
 * @throws what `until` throws; TroupeError `REPEAT_EXHAUSTED` when it is not and no round is left.
 */
export function judged(host: Host, cell: Cell, step: StepDefinition, name: string): boolean {
  const { loop } = step;
  if (loop === undefined) return true;
  const found = host.find(childAddress(cell.address, name));
  const input = found === undefined ? undefined : inputIn(found);
  if (loop.until(endOf(host.journal, cell, step.name).result, input)) return true;
  const { iterations = 1 } = runsOf(cell, step) ?? {};
  if (iterations < loop.max) return false;
  const { max } = loop;
  throw troupeError('REPEAT_EXHAUSTED', { run: cell.address, step: step.name, max });
}

/** How the last run of a step ended, as it was recorded; a copy. */
export function endOf(journal: Pick<JournalReader, 'step'>, cell: Cell, step: string): Settlement {
  const record = journal.step(cell.actor, step);
  return record === undefined ? { status: 'CANCELLED' } : JSON.parse(record.body);
}

const firstInput = ({ input }: StepDefinition, view: () => StepView): unknown =>
  typeof input === 'function' ? input(view()) : input?.json;

const inputIn = (cell: Cell): unknown => checkJson(cell.spec.input, 'input');

function runsOf(cell: Cell, { name }: StepDefinition) {
  const { runs, spec }: WorkflowContext = cell.committed.context;
  if (runs === undefined) return undefined;
  return runs[spec.plan.steps.findIndex((one) => one.name === name)];
}
