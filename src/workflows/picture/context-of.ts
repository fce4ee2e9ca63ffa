/** The plan of a workflow as pictures remember it: by names, in JSON. */
import type { Condition, Plan, PlanStep, StepEnd, Workflow } from '../../protocol/index.ts';
import {
  type NamedCondition,
  type PictureContext,
  type PictureRules,
  type PictureStep,
  unbegun,
} from './context.ts';

/** What a picture remembers before anything has happened. */
export function contextOf(workflow: Workflow, plan: Plan): PictureContext {
  const named = plan.steps.map((step, index): [string, PictureStep] => [
    step.name,
    pictureStep(plan, step, workflow.steps[index]?.loop?.max),
  ]);
  return {
    plan: Object.fromEntries(named),
    rules: rulesOf(workflow),
    phase: 'open',
    isPaused: false,
    steps: Object.fromEntries(named.map(([name]) => [name, unbegun])),
    spent: 0,
    undoable: [],
    ending: 'FAILED',
  };
}

const rulesOf = ({ concurrency, onFailure = 'fail-fast', budget }: Workflow): PictureRules => ({
  concurrency,
  onFailure,
  ...(budget === undefined ? {} : { budget }),
});

function pictureStep(plan: Plan, step: PlanStep, rounds: number | undefined): PictureStep {
  const { runsWhen, cost, tries, fallbacks } = step;
  const handled = handledEnds(plan, step.name);
  return {
    after: step.after.map((before) => nameOf(plan, before)),
    ...(runsWhen === undefined ? {} : { runsWhen: named(plan, runsWhen) }),
    ...(step.optional === true ? { optional: true } : {}),
    ...(step.isFree === true ? { isFree: true } : {}),
    ...(step.unpriced === true ? { unpriced: true } : {}),
    ...(step.undo === true ? { undo: true } : {}),
    ...(cost === undefined ? {} : { cost }),
    ...(tries === undefined ? {} : { tries }),
    ...(fallbacks === undefined ? {} : { fallbacks }),
    ...(rounds === undefined ? {} : { rounds }),
    ...(handled.length === 0 ? {} : { handled }),
  };
}

function named(plan: Plan, condition: Condition): NamedCondition {
  if (condition === 'always') return condition;
  if (typeof condition === 'number') return { fine: nameOf(plan, condition) };
  if ('all' in condition) return { all: condition.all.map((part) => named(plan, part)) };
  if ('any' in condition) return { any: condition.any.map((part) => named(plan, part)) };
  return { step: nameOf(plan, condition.step), is: condition.is };
}

const nameOf = (plan: Plan, step: number): string => plan.steps[step]?.name ?? '';

/** The ends of a step, bad ones, that another step asks for. */
function handledEnds(plan: Plan, step: string): readonly StepEnd[] {
  const asked = (condition: Condition | undefined): readonly StepEnd[] => {
    if (typeof condition !== 'object') return [];
    if ('all' in condition) return condition.all.flatMap(asked);
    if ('any' in condition) return condition.any.flatMap(asked);
    return nameOf(plan, condition.step) === step ? condition.is : [];
  };
  const all = new Set(plan.steps.flatMap(({ runsWhen }) => asked(runsWhen)));
  return [...all].filter((end) => end === 'FAILED' || end === 'CANCELLED');
}
