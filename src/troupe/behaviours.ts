/** Who performs what: the behaviours of all kinds of actors, wired to the catalogue. */
import { machines } from '../../machines/index.ts';
import type { Behaviour, Host } from '../engine/index.ts';
import { checkPost, stagePost } from '../messages/index.ts';
import {
  asAddress,
  childAddress,
  type Definition,
  type TaskSpec,
  type WorkflowSpec,
} from '../protocol/index.ts';
import { checkInput, checkRunOptions, type Recipe, stageRun } from '../runs/index.ts';
import {
  chooseBot,
  failureOf,
  Handling,
  type Work,
  Workers,
  type WorkPorts,
} from '../tasks/index.ts';
import { Conductor, functionWork } from '../workflows/index.ts';
import type { TroupeCatalogue } from './catalogue.ts';

/** The behaviours of a troupe, and what of them can be drained. */
export interface Behaviours {
  readonly byKind: Readonly<Record<string, Behaviour>>;
  readonly workers: Workers;
  readonly handling: Handling;
}

/** Wires the behaviours; `host` is called only later, when it exists. */
export function troupeBehaviours(host: Host, catalogue: TroupeCatalogue): Behaviours {
  const posting = { clock: host.clock, limits: host.limits, botOf: catalogue.bot };
  const stageMessage: WorkPorts['stageMessage'] = (stage, from, to, message) => {
    try {
      return stagePost(posting, stage, from.address, checkPost(posting, to, message));
    } catch (refusal) {
      return refusal;
    }
  };

  const stageChild: WorkPorts['stageChild'] = (stage, parent, step, definition, input, options) =>
    stageRun(stage, {
      definition,
      recipe: catalogue.recipe(definition),
      address: childAddress(parent.address, step),
      parent: { address: parent.address, step },
      createdBy: parent.address,
      input,
      options,
    });

  function checkChild(definition: Definition, input: unknown, options: unknown): void {
    catalogue.recipe(definition);
    checkInput(definition, input, host.limits);
    checkRunOptions(options, `step of ${definition.id}`);
  }

  function workOf(spec: TaskSpec): Work | undefined {
    if (spec.route === 'none') return functionStep(spec);
    const definition = catalogue.exact(spec.definition, spec.version);
    const task = catalogue.task(spec.definition, spec.version);
    const botId = task === undefined ? spec.bot : assignedBot(spec);
    const bot =
      definition !== undefined && definition.kind === 'bot' && definition.id === botId
        ? definition
        : catalogue.bot(botId ?? '');
    return bot === undefined ? undefined : botWork(bot, task);
  }

  function assignedBot(spec: TaskSpec): string | null {
    return host.find(asAddress(spec.run))?.committed.context.assignedTo ?? spec.bot;
  }

  function functionStep(spec: TaskSpec): Work | undefined {
    const parent = spec.parent === null ? undefined : host.find(asAddress(spec.parent));
    if (parent === undefined) return undefined;
    const workflow = catalogue.workflowOf(parent.committed.context.spec);
    if (workflow === undefined) return undefined;
    const run = functionWork(host.journal, () => parent, spec, workflow);
    return run === undefined ? undefined : { run };
  }

  const workers = new Workers({ host, workOf, stageChild, checkChild, stageMessage }, (spec) => {
    const task = catalogue.task(spec.definition, spec.version);
    return task === undefined ? undefined : chooseBot(task, catalogue.bots(), host);
  });
  const handling = new Handling({ host, botOf: catalogue.bot, stageMessage });
  const conductor = conductorOf(host, catalogue);
  return {
    byKind: {
      system: { machine: machines.system },
      bot: behaviour(machines.bot, handling),
      task: behaviour(machines.task, workers),
      workflow: behaviour(machines.workflow, conductor),
    },
    workers,
    handling,
  };
}

function conductorOf(host: Host, catalogue: TroupeCatalogue): Conductor {
  return new Conductor({
    host,
    failureOf,
    workflowOf: (spec: WorkflowSpec) => catalogue.workflowOf(spec),
    stepRun: (workflow, parent, step, input) => {
      const isFunction = typeof step.work === 'function';
      const definition = isFunction ? workflow : catalogue.workOfStep(step.work as Definition);
      const recipe: Recipe = isFunction
        ? catalogue.functionRecipe(workflow)
        : catalogue.recipe(definition);
      if (!isFunction) checkInput(definition, input, host.limits);
      const retry = step.retry ?? definition.retry;
      const options = {
        retry: {
          attempts: retry.attempts,
          backoff: retry.backoffMs,
          backoffMax: retry.backoffMsMax,
        },
        ...(step.timeoutMs === undefined ? {} : { timeout: step.timeoutMs }),
      };
      return (stage) => {
        stageRun(stage, {
          definition,
          recipe,
          address: childAddress(parent.address, step.name),
          parent: { address: parent.address, step: step.name },
          createdBy: parent.address,
          input,
          options,
        });
      };
    },
  });
}

function behaviour(
  machine: Behaviour['machine'],
  performer: Pick<Required<Behaviour>, 'perform' | 'resume'>,
): Behaviour {
  return {
    machine,
    perform: (cell, effect) => performer.perform(cell, effect),
    resume: (cell) => performer.resume(cell),
  };
}

/** The code of a bot; a task's own schemas check what goes in and comes out. */
function botWork(
  bot: { input?: Work['input']; output?: Work['output']; work?: Work['run'] },
  task: { output?: Work['output'] } | undefined,
): Work | undefined {
  if (bot.work === undefined) return undefined;
  const run = bot.work;
  return { input: bot.input, output: task?.output ?? bot.output, run };
}
