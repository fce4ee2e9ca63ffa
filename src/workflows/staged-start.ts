/**
 * Staged start: a step that needs nothing but the plan begins in the very commit that decides it,
 * so that a step of a chain costs one commit. That is a function's first run without a condition;
 * all others begin after the commit, when their inputs and conditions can be worked out.
 */
import type { Cell } from '../actor/index.ts';
import type { Stage } from '../engine/index.ts';
import {
  type Address,
  childAddress,
  limits,
  type StepDefinition,
  type Workflow,
  type WorkflowSpec,
} from '../protocol/index.ts';
import { stepNamed } from './plans/plan.ts';

/** What it needs of the floors around it. */
export interface StartPorts {
  /** The workflow of a run; undefined when its definition is not there. */
  readonly workflowOf: (spec: WorkflowSpec) => Workflow | undefined;
  /** Stages the first run of a function step at an address below the workflow's actor. */
  readonly functionRun: (
    stage: Stage,
    workflow: Workflow,
    step: StepDefinition,
    at: { readonly cell: Cell; readonly address: Address },
  ) => void;
}

/** Stages runs of steps as far as it can; gives the names of those to be started later. */
export function stagedStart(
  ports: StartPorts,
  stage: Stage,
  cell: Cell,
  names: readonly string[],
): readonly string[] {
  const { snapshot } = cell;
  const workflow = ports.workflowOf(snapshot.context.spec);
  if (workflow === undefined || !takesSteps(snapshot.value)) return names;
  return names.filter((name, index) => {
    const step = index < limits.stagedStarts ? stepNamed(workflow, name) : undefined;
    if (step === undefined || !isPlain(step, name)) return true;
    const address = childAddress(cell.address, name);
    if (stage.find(address) !== undefined) return true;
    ports.functionRun(stage, workflow, step, { cell, address });
    return false;
  });
}

/** A run that is not the first has another name. */
const isPlain = ({ name, work, when, each }: StepDefinition, run: string): boolean =>
  run === name && typeof work === 'function' && when === undefined && each === undefined;

const takesSteps = (value: unknown): boolean => {
  const states = statesIn(value);
  return states[0] === 'IN_PROGRESS' && !states.includes('stopping');
};

const known = new WeakMap<object, readonly string[]>();

/** The names of the active states, inner ones too. Equal values are mostly one object. */
export function statesIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  const whole = Object(value);
  const states =
    known.get(whole) ??
    Object.entries(whole).flatMap(([name, inner]) => [name, ...statesIn(inner)]);
  known.set(whole, states);
  return states;
}
