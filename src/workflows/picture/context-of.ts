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
    ...(Object.keys(handled).length === 0 ? {} : { handled }),
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

/** Who asks for the bad ends of a step. */
function handledEnds(plan: Plan, step: string): NonNullable<PictureStep['handled']> {
  const asks = (condition: Condition | undefined, end: StepEnd): boolean => {
    if (typeof condition !== 'object') return false;
    if ('all' in condition) return condition.all.some((part) => asks(part, end));
    if ('any' in condition) return condition.any.some((part) => asks(part, end));
    return nameOf(plan, condition.step) === step && condition.is.includes(end);
  };
  const askingFor = (end: StepEnd): readonly string[] =>
    plan.steps.filter(({ runsWhen }) => asks(runsWhen, end)).map(({ name }) => name);
  const [failed, cancelled] = [askingFor('FAILED'), askingFor('CANCELLED')];
  return {
    ...(failed.length === 0 ? {} : { FAILED: failed }),
    ...(cancelled.length === 0 ? {} : { CANCELLED: cancelled }),
  };
}
