/**
 * `toMachine()`: a workflow's plan drawn as a machine of XState, for people, who open it in
 * Stately, and for checkers. It accepts exactly the orders of beginnings and ends that a run can
 * take. A plan of more steps than a person can look at is drawn wave by wave instead.
 *
 * It is a picture: runs are not carried out by it, and it holds none of the workflow's code.
 */
import type { AnyStateMachine } from 'xstate';
import { limits, type Workflow } from '../../protocol/index.ts';
import { planOf } from '../plans/plan.ts';
import { inProgress, runStates } from './chart.ts';
import { collapsed } from './collapsed.ts';
import type { PictureContext } from './context.ts';
import { contextOf } from './context-of.ts';
import type { ChartState } from './parts.ts';
import { regionOf } from './region.ts';
import { pictureSetup } from './setup.ts';
import { describeStep, metaOf, present, underWayText } from './texts.ts';

/** A workflow with its picture, frozen. */
export function drawable(parts: Omit<Workflow, 'toMachine'>): Workflow {
  const workflow: Workflow = Object.freeze({ ...parts, toMachine: () => machineOf(workflow) });
  return workflow;
}

/** The picture of a workflow. */
export function machineOf(workflow: Workflow): AnyStateMachine {
  const plan = planOf(workflow);
  if (plan.steps.length > limits.pictureSteps) {
    return machineWith(workflow, contextOf(workflow, { steps: [] }), collapsed(plan));
  }
  const context = contextOf(workflow, plan);
  return machineWith(
    workflow,
    context,
    inProgress(regionsOf(workflow, context), workflow.timeoutMs),
  );
}

function machineWith(
  { id, version, title, description, concurrency, onFailure, budget, timeoutMs }: Workflow,
  context: PictureContext,
  below: ChartState,
): AnyStateMachine {
  return pictureSetup().createMachine({
    id,
    version,
    description: [title, description, `At most ${concurrency} steps at once.`]
      .filter((line) => line !== undefined)
      .join('\n'),
    meta: present({ workflow: id, concurrency, onFailure, budget, timeoutMs }),
    context,
    initial: 'PENDING',
    states: runStates(below),
  });
}

function regionsOf(
  { steps }: Workflow,
  context: PictureContext,
): Readonly<Record<string, ChartState>> {
  const keys = keysOf(steps.map(({ name }) => name));
  const regions = steps.map((step, index): [string, ChartState] => {
    const key = keys[index] ?? step.name;
    const facts = {
      name: step.name,
      key,
      description: describeStep(step),
      meta: metaOf(step),
      underWay: underWayText(step),
      hasCondition: step.when !== undefined,
    };
    return [key, regionOf(facts, context.plan[step.name] ?? { after: [] })];
  });
  return Object.fromEntries(regions);
}

/** Names as states and events have them: without what XState reads as a path or a pattern. */
export function keysOf(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const plain = name.replaceAll(/[.*#]/g, '_');
    let key = plain;
    for (let number = 2; taken.has(key); number += 1) key = `${plain} (${number})`;
    taken.add(key);
    return key;
  });
}
