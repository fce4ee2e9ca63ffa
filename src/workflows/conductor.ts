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
  type StepDefinition,
  type StepView,
  type Workflow,
  type WorkflowSpec,
} from '../protocol/index.ts';
import { resultsOf } from './results.ts';

/** What conducting needs of the floors around it. */
export interface ConductorPorts {
  readonly host: Host;
  /** The workflow of a run; undefined when its definition is not there. */
  readonly workflowOf: (spec: WorkflowSpec) => Workflow | undefined;
  /** Checks and then stages the run of a step. @throws what can be wrong with its input. */
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
      for (const step of steps) this.#start(cell, step);
    } else if (effect.type === 'finish') this.#finish(cell);
  }

  /** After a crash: steps that were decided and have no run yet are started. */
  resume(cell: Cell): void {
    const { spec, steps } = cell.committed.context;
    for (const step of stepsIn(spec.plan, steps, 'S')) {
      if (this.#ports.host.find(childAddress(cell.address, step)) === undefined) {
        this.#start(cell, step);
      }
    }
    const { value } = cell.committed;
    if (typeof value === 'object' && Object.values(value).includes('finishing')) {
      this.#finish(cell);
    }
  }

  #start(cell: Cell, name: string): void {
    const { host } = this.#ports;
    const workflow = this.#workflowOf(cell);
    const step = workflow?.steps.find((one) => one.name === name);
    if (workflow === undefined || step === undefined) return;
    const fail = (thrown: unknown): void => {
      const error = this.#ports.failureOf(thrown, `${cell.address}/${name}`);
      const outcome = { status: 'FAILED', error };
      host.tell(cell.address, { type: 'child.settled', step: name, outcome });
    };
    try {
      const input = inputOf(step, () => this.#view(workflow, cell, step.after));
      const stageStep = this.#ports.stepRun(workflow, cell, step, input);
      const started = host.enter('step', (stage) => {
        if (statusOf(cell.snapshot) === 'IN_PROGRESS') stageStep(stage);
      });
      // A host that stopped starts the step after the next recovery.
      started.catch((error: unknown) => host.log.debug('a step was not started', { error }));
    } catch (thrown) {
      fail(thrown);
    }
  }

  #finish(cell: Cell): void {
    const { host } = this.#ports;
    const workflow = this.#workflowOf(cell);
    if (workflow === undefined) return;
    try {
      host.tell(cell.address, {
        type: 'workflow.finished',
        result: this.#resultOf(cell, workflow),
      });
    } catch (thrown) {
      const error = this.#ports.failureOf(thrown, cell.address);
      host.tell(cell.address, { type: 'workflow.failed', error });
    }
  }

  #resultOf(cell: Cell, workflow: Workflow): unknown {
    const names = workflow.steps.map((step) => step.name);
    if (workflow.result !== undefined) return workflow.result(this.#view(workflow, cell, names));
    const last = names.at(-1);
    return last === undefined ? undefined : this.#view(workflow, cell, [last])[last];
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

function inputOf({ input }: StepDefinition, view: () => StepView): unknown {
  if (input === undefined) return undefined;
  return typeof input === 'function' ? input(view()) : input.json;
}
