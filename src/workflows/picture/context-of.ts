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
  return {
    after: step.after.map((before) => nameOf(plan, before)),
    ...(runsWhen === undefined ? {} : { runsWhen: named(plan, runsWhen) }),
    ...(step.optional === true ? { optional: true } : {}),
    ...(step.isFree === true ? { isFree: true } : {}),
    ...(step.undo === true ? { undo: true } : {}),
    ...(cost === undefined ? {} : { cost }),
    ...(tries === undefined ? {} : { tries }),
    ...(fallbacks === undefined ? {} : { fallbacks }),
    ...(rounds === undefined ? {} : { rounds }),
    ...(isHandled(plan, step.name) ? { isHandled: true } : {}),
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

/** Whether a step begins because another one failed. */
function isHandled(plan: Plan, step: string): boolean {
  const asks = (condition: Condition | undefined): boolean => {
    if (typeof condition !== 'object') return false;
    if ('all' in condition) return condition.all.some(asks);
    if ('any' in condition) return condition.any.some(asks);
    const failed: StepEnd = 'FAILED';
    return condition.is.includes(failed) && nameOf(plan, condition.step) === step;
  };
  return plan.steps.some(({ runsWhen }) => asks(runsWhen));
}
