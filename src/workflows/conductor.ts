/**
 * Conductor: performs what the workflow machine decides: makes the inputs of steps that may start,
 * starts their runs, and makes the result at the end.
 *
 * Input and result functions are pure and run here, after the commit that decided the start; a
 * throw fails the step (or the run), it is never poison. A step's run has its own address, so
 * starting it again after a crash finds the one that exists.
 */
import type { Cell } from '../actor/index.ts';
import { type Behaviour, type Host, type Stage, statusOf } from '../engine/index.ts';
import { stepsIn } from '../policies/index.ts';
import {
  childAddress,
  type Effect,
  type Failure,
  type Json,
  type StepDefinition,
  type StepView,
  type Workflow,
  type WorkflowSpec,
} from '../protocol/index.ts';
import { checkSize, tellOverdue } from '../runs/index.ts';
import { resultsOf } from './results.ts';

/** What conducting needs of the floors around it. */
export interface ConductorPorts {
  readonly host: Host;
  /** The workflow of a run; undefined when its definition is not there. */
  readonly workflowOf: (spec: WorkflowSpec) => Workflow | undefined;
  /** Checks the run of a step and gives what stages it. @throws what can be wrong with it. */
  readonly stepRun: (
    workflow: Workflow,
    parent: Cell,
    step: StepDefinition,
    input: unknown,
  ) => (stage: Stage) => void;
  readonly failureOf: (error: unknown, at: string) => Failure;
}

/** Performs the effects of workflows. */
export class Conductor implements Pick<Required<Behaviour>, 'perform' | 'resume'> {
  readonly #ports: ConductorPorts;

  constructor(ports: ConductorPorts) {
    this.#ports = ports;
  }

  perform(cell: Cell, effect: Effect): void {
    if (effect.type === 'start') {
      const { steps } = effect.params as { readonly steps: readonly string[] };
      this.#start(cell, steps);
    } else if (effect.type === 'finish') this.#finish(cell);
    else if (effect.type === 'startMissing') this.#startMissing(cell);
    else if (effect.type === 'overdue') tellOverdue(this.#ports.host, cell);
  }

  /** After a crash: steps that were decided and have no run yet are started. */
  resume(cell: Cell): void {
    this.#startMissing(cell);
    const { value } = cell.committed;
    if (typeof value === 'object' && Object.values(value).includes('finishing')) {
      this.#finish(cell);
    }
  }

  #startMissing(cell: Cell): void {
    const { host } = this.#ports;
    const { spec, steps } = cell.committed.context;
    const isMissing = (step: string): boolean =>
      host.find(childAddress(cell.address, step)) === undefined;
    this.#start(cell, stepsIn(spec.plan, steps, 'S').filter(isMissing));
  }

  #start(cell: Cell, names: readonly string[]): void {
    const workflow = names.length === 0 ? undefined : this.#workflowOf(cell);
    if (workflow === undefined) return;
    for (const name of names) {
      const step = stepNamed(workflow, name);
      if (step !== undefined) this.#startStep(cell, workflow, step);
    }
  }

  /** A host that stopped starts the step after the next recovery. */
  #startStep(cell: Cell, workflow: Workflow, step: StepDefinition): void {
    const { host } = this.#ports;
    const fail = (thrown: unknown): void => {
      const error = this.#ports.failureOf(thrown, childAddress(cell.address, step.name));
      const outcome = { status: 'FAILED', error };
      host.tell(cell.address, { type: 'child.settled', step: step.name, outcome });
    };
    try {
      const input = inputOf(step, () => this.#view(workflow, cell, step.after));
      const stageStep = this.#ports.stepRun(workflow, cell, step, input);
      const started = host.enter('step', (stage) => {
        if (statusOf(cell.snapshot) === 'IN_PROGRESS') stageStep(stage);
      });
      started.catch(fail);
    } catch (thrown) {
      fail(thrown);
    }
  }

  #finish(cell: Cell): void {
    const { host } = this.#ports;
    const workflow = this.#workflowOf(cell);
    if (workflow === undefined) return;
    try {
      const result = this.#resultOf(cell, workflow);
      host.tell(cell.address, { type: 'workflow.finished', result });
    } catch (thrown) {
      const error = this.#ports.failureOf(thrown, cell.address);
      host.tell(cell.address, { type: 'workflow.failed', error });
    }
  }

  #resultOf(cell: Cell, workflow: Workflow): Json | undefined {
    const names = workflow.steps.map((step) => step.name);
    const last = names.at(-1);
    const value =
      workflow.result !== undefined
        ? workflow.result(this.#view(workflow, cell, names))
        : last === undefined
          ? undefined
          : this.#view(workflow, cell, [last])[last];
    return checkSize(value, `result of ${cell.address}`, this.#ports.host.limits);
  }

  #view(workflow: Workflow, cell: Cell, names: readonly string[]): StepView {
    return resultsOf(this.#ports.host.journal, cell, names, workflow);
  }

  #workflowOf(cell: Cell): Workflow | undefined {
    const workflow = this.#ports.workflowOf(cell.committed.context.spec);
    if (workflow === undefined) {
      this.#ports.host.log.error('the definition of a workflow is not there', {
        run: cell.address,
      });
    }
    return workflow;
  }
}

const places = new WeakMap<Workflow, ReadonlyMap<string, StepDefinition>>();

/** By name; plans have thousands of steps. */
function stepNamed(workflow: Workflow, name: string): StepDefinition | undefined {
  const found = places.get(workflow) ?? new Map(workflow.steps.map((step) => [step.name, step]));
  places.set(workflow, found);
  return found.get(name);
}

function inputOf({ input }: StepDefinition, view: () => StepView): unknown {
  if (input === undefined) return undefined;
  return typeof input === 'function' ? input(view()) : input.json;
}
