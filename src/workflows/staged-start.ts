/**
 * Staged start: a step that needs nothing but the plan begins in the very commit that decides it,
 * so that a step of a chain costs one commit. That is a function's first run without a condition;
 * all others begin after the commit, when their inputs and conditions can be worked out.
 */
import type { Cell } from '../actor/index.ts';
import { type Stage, statusOf } from '../engine/index.ts';
import {
  childAddress,
  type Effect,
  limits,
  type StepDefinition,
  stepOfRun,
  type Workflow,
} from '../protocol/index.ts';
import type { ConductorPorts } from './conductor.ts';

/** Stages the runs of steps as far as it can; gives what is to be started after the commit. */
export function stagedStart(
  ports: Pick<ConductorPorts, 'workflowOf' | 'stepRun'>,
  stage: Stage,
  cell: Cell,
  effect: Effect,
): Effect | undefined {
  const { steps } = effect.params as { readonly steps: readonly string[] };
  if (steps.length === 0) return undefined;
  const { snapshot } = cell;
  const workflow = ports.workflowOf(snapshot.context.spec);
  const takesSteps =
    statusOf(snapshot) === 'IN_PROGRESS' && !statesIn(snapshot.value).includes('stopping');
  if (workflow === undefined || !takesSteps) return effect;
  const left = steps.filter((name, index) => {
    const step = index < limits.stagedStarts ? stepNamed(workflow, name) : undefined;
    if (step === undefined || !isPlain(step, name)) return true;
    if (stage.find(childAddress(cell.address, name)) !== undefined) return true;
    const run = { step, name, work: step.work, input: undefined, tried: 0 };
    ports.stepRun(workflow, cell, run)(stage);
    return false;
  });
  return left.length === 0 ? undefined : { type: 'start', params: { steps: left } };
}

/** A run that is not the first has another name. */
const isPlain = ({ name, work, when, each }: StepDefinition, run: string): boolean =>
  run === name && typeof work === 'function' && when === undefined && each === undefined;

const places = new WeakMap<Workflow, ReadonlyMap<string, StepDefinition>>();

/** The step of a run by its name; plans have thousands of steps. */
export function stepNamed(workflow: Workflow, name: string): StepDefinition | undefined {
  const found = places.get(workflow) ?? new Map(workflow.steps.map((step) => [step.name, step]));
  places.set(workflow, found);
  return found.get(name) ?? found.get(stepOfRun(name).step);
}

/** The names of the active states, inner ones too. */
export function statesIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return Object.entries(Object(value)).flatMap(([name, inner]) => [name, ...statesIn(inner)]);
}
