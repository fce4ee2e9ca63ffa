/** The plan of a workflow: its graph as plain data, with steps numbered by their place. */
import {
  type Condition,
  type Definition,
  isApproval,
  isDefinition,
  isWorkflow,
  type Plan,
  type PlanStep,
  type StepCondition,
  type StepDefinition,
  stepOfRun,
  troupeError,
  type Workflow,
} from '../../protocol/index.ts';

/** What the plan of a run needs beside its workflow. */
export interface PlanPorts {
  /** The definition of a step's work that is given by its id. */
  readonly workOf?: ((id: string) => Definition | undefined) | undefined;
  /** What steps took in earlier runs, in milliseconds, by name. */
  readonly estimates?: ReadonlyMap<string, number> | undefined;
}

/**
 * The plan that a run of the workflow carries: names, and dependencies as numbers.
 * Invariant: what a step waits for is in the order in which it was written.
 */
export function planOf(workflow: Workflow, ports: PlanPorts = {}): Plan {
  const found = known.get(workflow);
  if (found !== undefined && found.estimates === ports.estimates) return { steps: found.steps };
  const places = indexesOf(workflow);
  const steps = workflow.steps.map((step) => planStep(workflow, step, places, ports));
  const isWhole = workflow.steps.every(({ work }) => typeof work !== 'string');
  if (isWhole) known.set(workflow, { steps, estimates: ports.estimates });
  return { steps };
}

/** Runs with the same estimates share their steps: what is worked out of those is shared too. */
const known = new WeakMap<Workflow, Pick<Plan, 'steps'> & Pick<PlanPorts, 'estimates'>>();

function planStep(
  workflow: Workflow,
  step: StepDefinition,
  places: Places,
  { workOf, estimates }: PlanPorts,
): PlanStep {
  const { name, after, fallback, loop, undo, cost, runsWhen } = step;
  const work = typeof step.work === 'string' ? workOf?.(step.work) : step.work;
  const facts = step.each === undefined ? workFacts(work, step, workflow) : fanFacts(work, step);
  const estimateMs = step.estimateMs ?? estimates?.get(name);
  return {
    name,
    after: after.map((before) => placeOf(before, places)),
    ...(runsWhen === undefined ? {} : { runsWhen: conditionOf(runsWhen, places) }),
    ...(step.optional === true ? { optional: true } : {}),
    ...(undo === undefined ? {} : { undo: true }),
    ...(loop === undefined ? {} : { loop: true }),
    ...(estimateMs === undefined ? {} : { estimateMs }),
    ...(cost === undefined ? unpriced(work, workflow) : { cost }),
    ...facts,
    ...(fallback === undefined || fallback.length === 0 ? {} : { fallbacks: fallback.length }),
  };
}

/** A fan-out of questions to people takes no place, as one question takes none. */
const fanFacts = (work: unknown, { each }: StepDefinition): Pick<PlanStep, 'isFree'> => {
  const works = each?.works === undefined ? [work] : Object.values(each.works);
  return works.every((one) => isDefinition(one) && isApproval(one)) ? { isFree: true } : {};
};

/** A function reports no cost, and a person has none. */
export const unpriced = (
  work: unknown,
  { budget }: Pick<Workflow, 'budget'>,
): Pick<PlanStep, 'unpriced'> =>
  budget === undefined || !isDefinition(work) || isApproval(work) ? {} : { unpriced: true };

/**
 * What a plan says of work by its kind: an approval takes no place, and a workflow, which has no
 * attempts of its own, is begun anew as a whole.
 */
export function workFacts(
  work: unknown,
  step: Pick<StepDefinition, 'retry'>,
  { onFailure, retry }: Pick<Workflow, 'onFailure' | 'retry'>,
): Pick<PlanStep, 'isFree' | 'tries'> {
  if (!isDefinition(work)) return {};
  if (isApproval(work)) return { isFree: true };
  if (!isWorkflow(work)) return {};
  const policy = step.retry ?? (onFailure === 'retry' ? retry : undefined);
  return policy === undefined || policy.attempts < 2 ? {} : { tries: policy.attempts };
}

function conditionOf(given: StepCondition, places: Places): Condition {
  if (typeof given === 'string') return placeOf(given, places);
  if ('all' in given) return { all: given.all.map((one) => conditionOf(one, places)) };
  if ('any' in given) return { any: given.any.map((one) => conditionOf(one, places)) };
  return { step: placeOf(given.step, places), is: [...given.is] };
}

type Places = ReadonlyMap<string, number>;

/** The number of each step by name. */
export const indexesOf = (workflow: Workflow): ReadonlyMap<string, number> =>
  new Map(workflow.steps.map((step, index) => [step.name, index]));

function placeOf(name: string, places: Places): number {
  const place = places.get(name);
  if (place !== undefined) return place;
  const invariant = 'a step waits for steps of its own workflow';
  throw troupeError('BROKEN_INVARIANT', { invariant, found: name });
}

const named = new WeakMap<Workflow, ReadonlyMap<string, StepDefinition>>();

/** The step of a run by the run's name; plans have thousands of steps. */
export function stepNamed(workflow: Workflow, name: string): StepDefinition | undefined {
  const found = named.get(workflow) ?? new Map(workflow.steps.map((step) => [step.name, step]));
  named.set(workflow, found);
  return found.get(name) ?? found.get(stepOfRun(name).step);
}
