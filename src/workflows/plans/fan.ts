/**
 * Fan-out: a step that runs its work for each item of a list. It is one run of kind workflow whose
 * plan is made of the items, so that limits, failures, pauses and crashes are those of any plan.
 */
import {
  checkId,
  type Definition,
  type Json,
  limits,
  type Plan,
  type RunSpec,
  type StepDefinition,
  type StepFunction,
  troupeError,
  type Workflow,
  type WorkflowSpec,
} from '../../protocol/index.ts';
import { drawable } from '../picture/machine-of.ts';
import { unpriced, workFacts } from './plan.ts';

/**
 * The items of a step that fans out, checked.
 * @throws TroupeError `BAD_OPTION` when they are no list, too many, or name no work.
 */
export function itemsOf(step: StepDefinition, given: unknown, where: string): readonly Json[] {
  const refuse = (problem: string) =>
    troupeError('BAD_OPTION', { where: `step ${step.name} of ${where}`, field: 'items', problem });
  if (!Array.isArray(given)) throw refuse('must be a list');
  if (given.length > limits.planSteps) throw refuse(`are more than ${limits.planSteps}`);
  const items: readonly Json[] = given;
  for (const item of items) pickedWork(step, item);
  return items;
}

/** The spec of the run of a step that fans out, over its items. */
export function fanSpec(
  workflow: Workflow,
  step: StepDefinition,
  base: RunSpec,
  { items, budget }: { readonly items: readonly Json[]; readonly budget?: number | undefined },
): WorkflowSpec {
  const {
    concurrency = workflow.concurrency,
    need,
    onFailure = workflow.onFailure,
  } = step.each ?? {};
  return {
    ...base,
    input: items,
    retry: workflow.retry,
    timeoutMs: null,
    plan: fanPlan(step, items, { onFailure, retry: workflow.retry, budget }),
    concurrency,
    inline: null,
    fan: step.name,
    ...(onFailure === undefined ? {} : { onFailure }),
    ...(need === undefined ? {} : { need }),
    ...(budget === undefined ? {} : { budget }),
  };
}

/** Each run's spec stays one object while the run is in memory. */
const known = new WeakMap<WorkflowSpec, Workflow>();

/** The workflow that a fan-out is: a step for each item, the list of results as its result. */
export function fanWorkflow(workflow: Workflow, spec: WorkflowSpec): Workflow | undefined {
  const found = known.get(spec);
  if (found !== undefined) return found;
  const step = workflow.steps.find(({ name }) => name === spec.fan);
  if (step === undefined || !Array.isArray(spec.input)) return undefined;
  const items: readonly Json[] = spec.input;
  const made = drawable({
    kind: 'workflow',
    id: workflow.id,
    version: workflow.version,
    retry: spec.retry,
    concurrency: spec.concurrency,
    onFailure: spec.onFailure,
    steps: items.map((item, index) => itemStep(step, item, index)),
    result: (view) => items.map((_, index) => view[nameOf(index)] ?? null),
  });
  known.set(spec, made);
  bases.set(made, workflow);
  return made;
}

const bases = new WeakMap<Workflow, Workflow>();

/** The workflow that a fan-out is a part of; any other workflow itself. */
export const wholeOf = (workflow: Workflow): Workflow => bases.get(workflow) ?? workflow;

/** Items are named by their number, from 1. */
const nameOf = (index: number): string => String(index + 1);

function fanPlan(
  step: StepDefinition,
  items: readonly Json[],
  rules: Pick<Workflow, 'onFailure' | 'retry' | 'budget'>,
): Plan {
  return {
    steps: items.map((item, index) => {
      const estimateMs = step.each?.estimate?.(item);
      const work = pickedWork(step, item);
      const facts = { ...workFacts(work, step, rules), ...unpriced(work, rules) };
      const itemStep = { name: nameOf(index), after: [], ...facts };
      return estimateMs === undefined ? itemStep : { ...itemStep, estimateMs };
    }),
  };
}

function itemStep(step: StepDefinition, item: Json, index: number): StepDefinition {
  const { work } = step;
  const { retry, timeoutMs } = step;
  const own = { name: nameOf(index), after: [], retry, timeoutMs };
  if (step.each?.works !== undefined) {
    const { input } = Object(item);
    return { ...own, work: pickedWork(step, item), input: { json: input } };
  }
  if (typeof work !== 'function') return { ...own, work, input: { json: item } };
  const run: StepFunction = (view) => work({ ...view, input: item });
  return { ...own, work: run };
}

/** The work of an item. @throws TroupeError `BAD_OPTION` when it names none. */
function pickedWork(step: StepDefinition, item: Json): Definition | string | StepFunction {
  const { works } = step.each ?? {};
  if (works === undefined) return step.work;
  const { work: name } = Object(item);
  const checked = checkId(name, `work of an item of step ${step.name}`);
  const found = Object.hasOwn(works, checked) ? works[checked] : undefined;
  if (found !== undefined) return found;
  const problem = `names ${checked}, which is none of ${Object.keys(works).join(', ')}`;
  throw troupeError('BAD_OPTION', { where: `step ${step.name}`, field: 'item', problem });
}
