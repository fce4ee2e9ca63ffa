/**
 * The terrain of a workflow: its plan, its rules, and how each step can end by what it runs.
 * Steps are code: each may complete, fail or be cancelled, and a `when` may say yes or no, unless
 * it can be seen that one of these never comes.
 */
import { isMachineDefinition, type StepDefinition, type Workflow } from '../../protocol/index.ts';
import { planOf } from '../../workflows/index.ts';
import { canFinish } from './endless.ts';
import type { EndLetter, Terrain } from './explore.ts';
import { definitionsOf, type Team, worksOf } from './team.ts';
import { answersOf } from './when.ts';

/** The terrain of a workflow in a team. */
export function terrainOf(workflow: Workflow, team: Team): Terrain {
  const { concurrency, onFailure, budget } = workflow;
  return {
    plan: planOf(workflow, { workOf: team.named }),
    rules: {
      concurrency,
      ...(onFailure === undefined ? {} : { onFailure }),
      ...(budget === undefined ? {} : { budget }),
    },
    ends: workflow.steps.map((step) => endsOf(workflow, step, team)),
  };
}

/** Whether some work of a step can complete. */
export function canComplete(step: StepDefinition, team: Team): boolean {
  const works = worksOf(step, team);
  const endless = definitionsOf(step, team).filter(
    (work) => isMachineDefinition(work) && !canFinish(work.machine),
  );
  // A fan-out of no items completes whatever its items would do.
  return step.each !== undefined || endless.length < works.length;
}

function endsOf(workflow: Workflow, step: StepDefinition, team: Team): readonly EndLetter[] {
  const answers = answersOf(workflow, step, team);
  const own: readonly EndLetter[] = canComplete(step, team) ? ['C', 'F'] : ['F'];
  return [
    ...(answers.includes(true) ? own : []),
    ...(answers.includes(false) ? (['K'] as const) : []),
    'X',
  ];
}
