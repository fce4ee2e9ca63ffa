/**
 * Work of a task: who does it now, and through which schemas its input and its result go.
 *
 * A run that was handed on is done by the bot that has it, on the input as the caller gave it; what
 * its definition promises of the result still holds, after what that bot says of it.
 */
import type { TaskContext } from '../../machines/index.ts';
import type { Host } from '../engine/index.ts';
import {
  asAddress,
  type Bot,
  type CodeSeam,
  isBot,
  type Schema,
  type Task,
  type TaskSpec,
  type WorkflowSpec,
} from '../protocol/index.ts';
import { inputsAt, isSleep, type Work, waking } from '../tasks/index.ts';
import { functionWork, type WorkflowRun } from '../workflows/index.ts';
import type { TroupeCatalogue } from './catalogue/catalogue.ts';

/** The code of a task's run: its bot's, or a workflow's function. */
export function workOf(
  host: Host,
  catalogue: TroupeCatalogue,
  spec: TaskSpec,
  seam: CodeSeam,
): Work | undefined {
  if (isSleep(spec)) return waking;
  if (spec.route === 'none') return functionStep(host, catalogue, spec, seam);
  const { bot, task, outputs } = doerOf(host, catalogue, spec);
  if (bot?.work === undefined) return undefined;
  const run = seam({ definition: bot.id, kind: 'work' }, bot.work);
  return { inputs: inputsAt(bot, task), outputs, run };
}

/** What the result of a task's run goes through. */
export const outputsOf = (
  host: Host,
  catalogue: TroupeCatalogue,
  spec: TaskSpec,
): readonly Schema[] => doerOf(host, catalogue, spec).outputs;

interface Doer {
  readonly bot: Bot<unknown, unknown, unknown> | undefined;
  /** The task that the run is of, if it is of one. */
  readonly task: Task | undefined;
  readonly outputs: readonly Schema[];
}

/** Who does a run. */
function doerOf(host: Host, catalogue: TroupeCatalogue, spec: TaskSpec): Doer {
  const task = catalogue.task(spec.definition, spec.version);
  const named = namedBot(catalogue, spec, task);
  const context: Partial<TaskContext> = host.find(asAddress(spec.run))?.committed.context ?? {};
  const { assignedTo = spec.bot ?? '' } = context;
  const bot = named?.id === assignedTo ? named : catalogue.bot(assignedTo);
  // Two schemas that are one are one: what it gives need not be what it takes.
  const promised = task?.output ?? named?.output;
  const outputs = new Set([bot?.output, promised].flatMap((schema) => schema ?? []));
  return { bot, task, outputs: [...outputs] };
}

/** The bot that a run's definition names; undefined when it is routed. */
function namedBot(catalogue: TroupeCatalogue, spec: TaskSpec, task: Task | undefined) {
  if (task !== undefined) return task.route.by === 'bot' ? task.route.bot : undefined;
  const definition = catalogue.exact(spec.definition, spec.version);
  return definition !== undefined && isBot(definition) ? definition : undefined;
}

function functionStep(
  host: Host,
  catalogue: TroupeCatalogue,
  spec: TaskSpec,
  seam: CodeSeam,
): Work | undefined {
  const parent = workflowAt(host, catalogue, spec.parent);
  if (parent === undefined) return undefined;
  const above: WorkflowSpec = parent.cell.committed.context.spec;
  const whole = above.fan === undefined ? undefined : workflowAt(host, catalogue, above.parent);
  const run = functionWork({ journal: host.journal, seam }, spec, parent, whole);
  return run === undefined ? undefined : { inputs: [], outputs: [], run, bare: run };
}

/** The run of a workflow at an address, and the workflow. */
function workflowAt(
  host: Host,
  catalogue: TroupeCatalogue,
  address: string | null,
): WorkflowRun | undefined {
  const cell = address === null ? undefined : host.find(asAddress(address));
  if (cell === undefined) return undefined;
  const workflow = catalogue.workflowOf(cell.committed.context.spec);
  return workflow === undefined ? undefined : { cell, workflow };
}
