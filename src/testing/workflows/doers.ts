/** Steps nobody can do: their work is not there, can't be run, or finds no bot that takes it. */
import { logicOf } from '../../engine/index.ts';
import {
  type Definition,
  isBot,
  isDefinition,
  isExternal,
  isMachineDefinition,
  isTask,
  isTroupeError,
  type StepDefinition,
  type Task,
  type Workflow,
} from '../../protocol/index.ts';
import { wantedText } from '../../tasks/index.ts';
import { misfitOf } from '../../workflows/index.ts';
import type { Finding } from '../findings/index.ts';
import { type Team, worksOf } from './team.ts';

/** The steps of a workflow that nobody can do. */
export const stepsNobodyCanDo = (workflow: Workflow, team: Team): readonly Finding[] =>
  workflow.steps.flatMap((step) =>
    problemsOf(step, team).map((message) => ({
      code: 'step-nobody-can-do' as const,
      definition: workflow.id,
      place: `step ${step.name}`,
      message,
      witness: [],
    })),
  );

/** Why nobody can do a piece of work that is there; undefined when somebody can. */
export function lackOf(work: Definition, team: Team): string | undefined {
  if (isBot(work)) return canRun(work) ? undefined : `the bot ${work.id} only handles messages`;
  if (isTask(work)) return takerLack(work, team);
  return isMachineDefinition(work) ? chartLack(work) : undefined;
}

function problemsOf(step: StepDefinition, team: Team): readonly string[] {
  return worksOf(step, team).flatMap(({ as, work }) => {
    if (typeof work === 'string') {
      const known = team.ids.join(', ') || 'nothing';
      const lack = `${as} is ${work}, which is registered nowhere (there is ${known}).`;
      return `${lack} Correct the id, or list it in \`definitions\`.`;
    }
    if (!isDefinition(work)) return [];
    const lack = lackOf(work, team) ?? misfitIn(step, work);
    return lack === undefined ? [] : `${as} is ${work.id}: ${lack}.`;
  });
}

const canRun = (bot: Parameters<typeof isExternal>[0]): boolean =>
  bot.work !== undefined || isExternal(bot);

function takerLack(task: Task, team: Team): string | undefined {
  if (team.takers(task).some(canRun)) return undefined;
  if (task.route.by === 'bot') return `its bot ${task.route.bot.id} only handles messages`;
  const lack = `no bot that is there takes it (wanted: ${wantedText(task.route)})`;
  return `${lack}; list who does in \`definitions\``;
}

/** A machine whose chart can't be made durable is refused when it is run. */
function chartLack({ machine }: { readonly machine: Parameters<typeof logicOf>[0] }) {
  try {
    logicOf(machine);
    return undefined;
  } catch (error) {
    if (!isTroupeError(error)) throw error;
    return `its chart can't be run: ${error.message.replace(/\.$/, '')}`;
  }
}

/** Of work that is named by its id, options that it does not know are seen when it is run. */
function misfitIn(step: StepDefinition, work: Definition): string | undefined {
  const { retry, timeoutMs, each } = step;
  if (typeof step.work !== 'string' || each !== undefined) return undefined;
  const misfit = (retry ?? timeoutMs) === undefined ? undefined : misfitOf(work);
  return misfit && `${retry === undefined ? '`timeout`' : '`retry`'} ${misfit}`;
}
