/**
 * Rounds: what a run of a step begins with, and whether its result is good. A run that is begun
 * anew has the input of the one before; a loop that goes round makes it of the last result.
 */
import { stepRunsOf } from '../../machines/index.ts';
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
export const isWanted = ({ name, when }: StepDefinition, view: () => StepView): boolean =>
  when === undefined || isTrue(when(view()), `step ${name}`, 'when');

/** A promise is no answer: it would count as true. */
function isTrue(answer: unknown, where: string, field: string): boolean {
  const isPromise =
    typeof answer === 'object' &&
    answer !== null &&
    typeof Reflect.get(answer, 'then') === 'function';
  if (!isPromise) return Boolean(answer);
  const problem = 'gave a promise: it must be synchronous';
  throw troupeError('BAD_OPTION', { where, field, problem });
}

/** A run of a step that is to begin. */
export interface Beginning {
  readonly step: StepDefinition;
  readonly name: string;
  readonly view: () => StepView;
}

/** The input of a run of a step. @throws what the function that makes it throws. */
export function inputOfRun(host: Host, cell: Cell, { step, view }: Beginning): unknown {
  const runs = stepRunsOf(cell.committed.context, step.name);
  if (runs === undefined || runs.run === runs.since) return firstInput(step, view);
  const inputAt = (run: number): unknown => {
    const found = host.find(childAddress(cell.address, stepRunName(step.name, run)));
    return found === undefined ? firstInput(step, view) : inputIn(found);
  };
  const { again } = step.loop ?? {};
  const goesRound = runs.iterations > 1 && runs.tries === 1 && runs.fallback === 0;
  if (again === undefined || !goesRound) return inputAt(runs.run - 1);
  return again(endOf(host.journal, cell, step.name).result, inputAt(runs.run - 1));
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
  const answer = loop.until(endOf(host.journal, cell, step.name).result, input);
  if (isTrue(answer, `step ${step.name}`, 'until')) return true;
  const { iterations = 1 } = stepRunsOf(cell.committed.context, step.name) ?? {};
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
