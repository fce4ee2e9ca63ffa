/** Who performs what: the behaviours of all kinds of actors, wired to the catalogue. */
import { machines, type WorkflowContext } from '../../machines/index.ts';
import type { Cell } from '../actor/index.ts';
import { approvalBelow, decide, reminding } from '../approvals/index.ts';
import type { Behaviour, Host, Stage } from '../engine/index.ts';
import { PostOffice } from '../messages/index.ts';
import { backoffMs } from '../policies/index.ts';
import {
  type CodeSeam,
  childAddress,
  type Definition,
  type Duration,
  equalJson,
  type TaskSpec,
  undoRunName,
  type Workflow,
} from '../protocol/index.ts';
import {
  checkChildOptions,
  checkInput,
  checkSize,
  type HandPorts,
  runCreation,
  stageRun,
} from '../runs/index.ts';
import { Supervisors, supervisedRuns } from '../supervision/index.ts';
import {
  assign,
  failureOf,
  Handling,
  type Handoffs,
  handoffsOf,
  type StageChild,
  sleepRun,
  Workers,
} from '../tasks/index.ts';
import { Conductor, type Estimates, itemsOf, type StepRun } from '../workflows/index.ts';
import type { TroupeCatalogue } from './catalogue/catalogue.ts';
import { outputsOf, workOf } from './work-of.ts';

/** The behaviours of a troupe, and what of them can be drained. */
export interface Behaviours {
  readonly byKind: Readonly<Record<string, Behaviour>>;
  readonly workers: Workers;
  readonly handling: Handling;
  readonly hands: HandPorts;
  readonly office: PostOffice;
  readonly supervisors: Supervisors;
  readonly handoffs: Handoffs;
}

/** Wires the behaviours; `host` is called only later, when it exists. */
export function troupeBehaviours(
  host: Host,
  catalogue: TroupeCatalogue,
  estimates: Estimates,
  seam: CodeSeam,
): Behaviours {
  const office = new PostOffice(host, catalogue.bot);
  const ports = {
    host,
    office,
    workOf: (spec: TaskSpec) => workOf(host, catalogue, spec, seam),
    childRun: (work: Definition, input: unknown, options: unknown) =>
      childRun(host, catalogue, work, input, options),
    sleepRun: (duration: Duration) => sleepRun(catalogue.exact, duration),
    handoffs: catalogue,
  };
  const workers = new Workers(ports, ({ spec, declinedBy }, onTheWay) => {
    const task = catalogue.task(spec.definition, spec.version);
    return task === undefined
      ? undefined
      : assign(task, { bots: catalogue.bots(), host, onTheWay, declinedBy });
  });
  const handling = new Handling({ host, botOf: catalogue.bot, office, seam });
  const supervisors = new Supervisors({ host, workers: supervisedRuns(catalogue) });
  return {
    byKind: {
      system: { machine: machines.system },
      bot: behaviour(machines.bot, handling),
      inbox: { machine: machines.inbox },
      task: behaviour(machines.task, workers),
      workflow: {
        ...behaviour(machines.workflow, conductorOf(host, catalogue, workers, estimates)),
        migrates: (record) => catalogue.versions.migrates(record),
      },
      approval: { machine: machines.approval, ...reminding(host) },
      supervisor: supervisors,
      handoff: { machine: machines.handoff },
      incident: { machine: machines.incident },
    },
    workers,
    handling,
    hands: handsOf(host, catalogue),
    handoffs: handoffsOf(host, catalogue),
    office,
    supervisors,
  };
}

/** What handles of runs need to drive them by hand, and to decide. */
const handsOf = (host: Host, catalogue: TroupeCatalogue): HandPorts => ({
  failureOf,
  outputsOf: (cell) => outputsOf(host, catalogue, cell.committed.context.spec),
  decide: (run, path, decision) => {
    const ports = { host, approvalOf: catalogue.approvalOf };
    return decide(ports, (stage) => approvalBelow(stage, run, path), decision);
  },
});

function childRun(
  host: Host,
  catalogue: TroupeCatalogue,
  definition: Definition,
  given: unknown,
  givenOptions: unknown,
): StageChild {
  const input = checkInput(definition, given, host.limits);
  const options = checkChildOptions(givenOptions, definition);
  return (stage, parent, step) => {
    const address = childAddress(parent.address, step);
    // A run that was begun is waited for, also when it is parked for want of its definition.
    const known = stage.find(address);
    const isSame =
      known?.identity.definition === definition.id && equalJson(known.spec.input, input);
    if (known !== undefined && isSame) return { cell: known, isNew: false };
    const recipe = catalogue.recipe(definition);
    const createdBy = parent.address;
    const above = { cell: parent, step };
    return stageRun(stage, {
      definition,
      recipe,
      address,
      parent: above,
      createdBy,
      input,
      options,
    });
  };
}

function conductorOf(
  host: Host,
  catalogue: TroupeCatalogue,
  workers: Workers,
  estimates: Estimates,
): Conductor {
  return new Conductor({
    host,
    failureOf,
    completes: ({ actor, spec }) => estimates.learn({ actor, spec, at: host.clock.now() }),
    workflowOf: catalogue.workflowOf,
    settledBelow: (cell) => workers.settledBelow(cell.address),
    stepRun: (workflow, parent, run) => stepRun(host, catalogue, workflow, { parent, run }),
    functionRun: (stage, workflow, step, { cell, address }) => {
      const { definition, recipe } = catalogue.stepRecipe(workflow, step, step.work);
      const place = { address, parent: { cell, step: step.name }, createdBy: cell.address };
      const run = { definition, recipe, input: undefined, options: {}, ...place };
      stage.create(runCreation(stage, run));
    },
    undoRun: (workflow, parent, step) => {
      const name = undoRunName(step.name);
      const how = { ...catalogue.undoRecipe(workflow, step), input: undefined, options: {} };
      return (stage) => void stageRun(stage, { ...how, ...placeOf(parent, name) });
    },
  });
}

function stepRun(
  host: Host,
  catalogue: TroupeCatalogue,
  workflow: Workflow,
  { parent, run }: { readonly parent: Cell; readonly run: StepRun },
): (stage: Stage) => void {
  const { step, work, name, tried } = run;
  const place = placeOf(parent, name);
  if (step.each !== undefined) {
    const given = checkSize(run.input, `items of step ${step.name}`, host.limits);
    const items = itemsOf(step, given, `workflow ${workflow.id}`);
    const how = catalogue.fanRecipe(workflow, step, items, budgetLeft(parent));
    return (stage) => void stageRun(stage, { ...how, ...place, input: given, options: {} });
  }
  const how = catalogue.stepRecipe(workflow, step, work);
  const isFunction = typeof work === 'function';
  const input = isFunction ? undefined : checkInput(how.definition, run.input, host.limits);
  const pauseMs = tried === 0 ? 0 : backoffMs(tried, workflow.retry, host.clock.random());
  return (stage) => {
    const options = pauseMs === 0 ? {} : { notBefore: Math.ceil(stage.now + pauseMs) };
    stageRun(stage, { ...how, ...place, input, options });
  };
}

/** What the budget of a workflow leaves for the items of a step that fans out. */
function budgetLeft(parent: Cell): number | undefined {
  const { spec, cost = 0 }: WorkflowContext = parent.committed.context;
  return spec.budget === undefined ? undefined : Math.max(0, spec.budget - cost);
}

/** Where the run of a step stands. */
const placeOf = (parent: Cell, step: string) => ({
  address: childAddress(parent.address, step),
  parent: { cell: parent, step },
  createdBy: parent.address,
});

function behaviour(
  machine: Behaviour['machine'],
  performer: Pick<Behaviour, 'stage' | 'holds'> & Pick<Required<Behaviour>, 'perform' | 'resume'>,
): Behaviour {
  return {
    machine,
    ...(performer.stage && {
      stage: (stage, cell, effect) => performer.stage?.(stage, cell, effect),
    }),
    perform: (cell, effect) => performer.perform(cell, effect),
    resume: (cell) => performer.resume(cell),
    holds: (cell) => performer.holds?.(cell) === true,
  };
}
