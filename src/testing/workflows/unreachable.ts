/** Steps that no run can come to, each with the reason and with what only waits for it. */
import { isFine } from '../../policies/index.ts';
import type { StepCondition, StepDefinition, Workflow } from '../../protocol/index.ts';
import type { Finding } from '../findings/index.ts';
import type { Explored, Terrain } from './explore.ts';
import { canBegin, type EndedLetter, isAffordable } from './possible.ts';

/** What is known of a plan. */
export interface Known {
  readonly workflow: Workflow;
  readonly terrain: Terrain;
  readonly explored: Explored;
  readonly possible: readonly ReadonlySet<EndedLetter>[];
}

/** The steps of a workflow that no run can come to. */
export function unreachableSteps(known: Known): readonly Finding[] {
  const lost = new Set([...known.workflow.steps.keys()].filter((step) => isLost(known, step)));
  return known.workflow.steps.flatMap((step, number) => {
    const reason = reasonOf(known, number, lost);
    if (reason === undefined) return [];
    const behind = namesBehind(known, number, lost);
    const more =
      behind.length === 0 ? '' : ` What waits for it is not reached either: ${behind.join(', ')}.`;
    return {
      code: 'step-unreachable' as const,
      definition: known.workflow.id,
      place: `step ${step.name}`,
      message: `no run comes to it: ${reason}.${more}`,
      witness: [],
    };
  });
}

/** Whether no run can come to a step; where not all could be looked at, as far as that is sure. */
export function isLost({ terrain, explored, possible }: Known, step: number): boolean {
  if (explored.started(step) !== undefined) return false;
  return explored.isExhausted || !canBegin(terrain, step, possible);
}

function reasonOf(known: Known, number: number, lost: ReadonlySet<number>): string | undefined {
  const { workflow, terrain, possible } = known;
  const step = workflow.steps[number];
  if (step === undefined) return undefined;
  if (!lost.has(number)) {
    const runs = terrain.ends[number]?.some((letter) => letter === 'C' || letter === 'F');
    return runs === true ? undefined : 'its `when` is never true';
  }
  if (!isAffordable(terrain, number))
    return `it costs ${step.cost}, and the budget of the whole is ${workflow.budget}`;
  const after = terrain.plan.steps[number]?.after ?? [];
  const hopeful = possible.map((ends, one) =>
    lost.has(one) ? new Set<EndedLetter>([...(terrain.ends[one] ?? []), 'O']) : ends,
  );
  const isBehind = after.some((one) => lost.has(one)) && canBegin(terrain, number, hopeful);
  return isBehind ? undefined : conditionReason(known, step, after);
}

function conditionReason(
  { workflow, terrain, possible }: Known,
  step: StepDefinition,
  after: readonly number[],
): string {
  const bad = after.filter(
    (one) =>
      ![...(possible[one] ?? [])].some((letter) =>
        isFine(terrain.plan, terrain.rules, one, letter),
      ),
  );
  const name = (one: number): string => workflow.steps[one]?.name ?? '';
  if (step.runsWhen === undefined && bad.length > 0)
    return `it waits for ${bad.map(name).join(' and ')} to complete, and that never happens`;
  const ends = after.map((one) => `${name(one)} ${endsText(possible[one])}`).join('; ');
  const wanted =
    step.runsWhen === undefined ? 'all that it waits for is fine' : textOf(step.runsWhen);
  return `it begins when ${wanted}, and that never comes together (possible: ${ends})`;
}

/** The steps that are lost too and wait for this one, not only directly. */
function namesBehind({ workflow, terrain }: Known, from: number, lost: ReadonlySet<number>) {
  const reached = new Set([from]);
  for (const [step, { after }] of terrain.plan.steps.entries())
    if (lost.has(step) && after.some((one) => reached.has(one))) reached.add(step);
  reached.delete(from);
  return lost.has(from) ? [...reached].map((step) => workflow.steps[step]?.name ?? '') : [];
}

const words: Readonly<Record<EndedLetter, string>> = {
  C: 'COMPLETED',
  F: 'FAILED',
  X: 'CANCELLED',
  K: 'SKIPPED',
  O: 'OMITTED',
};

const endsText = (letters: ReadonlySet<EndedLetter> = new Set()): string =>
  [...letters].map((letter) => words[letter]).join(', ') || 'never ends';

function textOf(condition: StepCondition): string {
  if (typeof condition === 'string') return `${condition} is fine`;
  if ('step' in condition) return `${condition.step} is ${condition.is.join(' or ')}`;
  const [parts, word] = 'all' in condition ? [condition.all, ' and '] : [condition.any, ' or '];
  return parts.length === 0 ? 'nothing' : `(${parts.map(textOf).join(word)})`;
}
