/**
 * Conductor: performs what the workflow machine decides: makes the inputs of steps that may start,
 * starts their runs, judges results, undoes steps, and makes the result at the end.
 *
 * The functions of a plan (`when`, inputs, `until`, `again`, the result) are pure and run here,
 * after the commit that decided it; a throw fails the step (or the run), it is never poison. A
 * step's run has its own address, so starting it again after a crash finds the one that exists.
 */
import { isUnderWay, stepRunsOf, type WorkflowContext } from '../../machines/index.ts';
import type { Cell } from '../actor/index.ts';
import { type Behaviour, type Host, type Stage, statusOf } from '../engine/index.ts';
import { stepsIn } from '../policies/index.ts';
import {
  childAddress,
  type Definition,
  type Effect,
  type Failure,
  type Json,
  type StepDefinition,
  type StepFunction,
  type StepView,
  stepOfRun,
  stepRunName,
  troupeError,
  undoRunName,
  type Workflow,
} from '../protocol/index.ts';
import { checkSize, tellOverdue } from '../runs/index.ts';
import { say } from '../telemetry/index.ts';
import { stepNamed } from './plans/plan.ts';
import { resultsOf } from './results.ts';
import { endOf, inputOfRun, isWanted, judged } from './rounds.ts';
import { stagedFinish } from './staged-finish.ts';
import { type StartPorts, stagedStart, statesIn } from './staged-start.ts';

/** The run of a step that is to be staged. */
export interface StepRun {
  readonly step: StepDefinition;
  /** The run's name: the step's, with a tail when it is not its first run. */
  readonly name: string;
  readonly work: Definition | string | StepFunction;
  readonly input: unknown;
  /** Runs before it with the same work and input. */
  readonly tried: number;
}

/** What conducting needs of the floors around it. */
export interface ConductorPorts extends StartPorts {
  readonly host: Host;
  /** Checks the run of a step and gives what stages it. @throws what can be wrong with it. */
  readonly stepRun: (workflow: Workflow, parent: Cell, run: StepRun) => (stage: Stage) => void;
  /** The same for the run that undoes a step. */
  readonly undoRun: (
    workflow: Workflow,
    parent: Cell,
    step: StepDefinition,
  ) => (stage: Stage) => void;
  /** Resolves when work that was aborted below a run has settled, or its time of grace is over. */
  readonly settledBelow: (cell: Cell) => Promise<void>;
  readonly failureOf: (error: unknown, at: string) => Failure;
  /** Hears of runs whose steps have all ended well. */
  readonly completes: (cell: Cell) => void;
}

/** Performs the effects of workflows. */
export class Conductor implements Pick<Required<Behaviour>, 'stage' | 'perform' | 'resume'> {
  readonly #ports: ConductorPorts;

  constructor(ports: ConductorPorts) {
    this.#ports = ports;
  }

  stage(stage: Stage, cell: Cell, effect: Effect): Effect | undefined {
    if (effect.type === 'finish') return this.#stageFinish(stage, cell, effect);
    if (effect.type !== 'start') return effect;
    const { steps }: { readonly steps: readonly string[] } = effect.params as never;
    const left = steps.length === 0 ? steps : stagedStart(this.#ports, stage, cell, steps);
    return left.length === 0 ? undefined : { type: 'start', params: { steps: left } };
  }

  perform(cell: Cell, effect: Effect): void {
    const perform = performers[effect.type];
    if (perform !== undefined) perform(this, cell, effect.params as never);
  }

  /** After a crash: what was decided and is not there yet is done. */
  resume(cell: Cell): void {
    const states = statesIn(cell.committed.value);
    if (states.includes('waiting')) this.settleMissing(cell);
    else if (states.includes('undoing')) this.undo(cell);
    else this.startMissing(cell);
    if (states.includes('finishing')) this.finish(cell);
  }

  /**
   * Starts what was decided and has no run, and judges what waits for that.
   * @param begins what the turn begins by itself.
   */
  startMissing(cell: Cell, begins: readonly string[] = []): void {
    const { judging = [] } = contextOf(cell);
    const isLeft = (name: string): boolean => !begins.includes(name) && this.#isMissing(cell, name);
    this.start(cell, this.#underWay(cell).filter(isLeft));
    for (const name of judging) this.judge(cell, name);
  }

  /** Starts runs of steps, by name. */
  start(cell: Cell, names: readonly string[]): void {
    const workflow = names.length === 0 ? undefined : this.#workflowOf(cell);
    if (workflow === undefined) return;
    for (const name of names) {
      // What an older version decided is nothing to do any more.
      const step = isUnderWay(contextOf(cell), name) ? stepNamed(workflow, name) : undefined;
      if (step !== undefined)
        this.#attempt(cell, name, () => this.#startRun(cell, workflow, step, name));
    }
  }

  /** Asks the loop of a step whether the result of a run is good. */
  judge(cell: Cell, name: string): void {
    const workflow = this.#workflowOf(cell);
    const step = workflow && stepNamed(workflow, name);
    if (step === undefined) return;
    this.#attempt(cell, name, () => {
      const isGood = judged(this.#ports.host, cell, step, name);
      this.#ports.host.tell(cell.address, { type: 'step.judged', step: name, isGood });
    });
  }

  /** The run ends: steps that were decided and have no run will have none. */
  settleMissing(cell: Cell): void {
    const { host } = this.#ports;
    const { judging = [] } = contextOf(cell);
    for (const name of this.#underWay(cell)) {
      const outcome = judging.includes(name)
        ? endOf(host.journal, cell, stepOfRun(name).step)
        : { status: 'CANCELLED', reason: 'it was not begun' };
      if (!judging.includes(name) && !this.#isMissing(cell, name)) continue;
      host.tell(cell.address, { type: 'child.settled', step: name, outcome });
    }
  }

  /** Undoes the step that completed last, when the code of what was cancelled has come to rest. */
  undo(cell: Cell): void {
    const { undoable = [], spec } = contextOf(cell);
    const name = spec.plan.steps[undoable.at(-1) ?? -1]?.name;
    if (name === undefined) return;
    const workflow = this.#workflowOf(cell);
    const step = workflow && stepNamed(workflow, name);
    if (step === undefined || workflow === undefined) {
      const { definition } = spec;
      this.#fail(cell, undoRunName(name), troupeError('NOT_REGISTERED', { definition, known: [] }));
      return;
    }
    const start = (): void =>
      this.#attempt(cell, undoRunName(step.name), () =>
        this.#stage(cell, undoRunName(step.name), this.#ports.undoRun(workflow, cell, step)),
      );
    void this.#ports.settledBelow(cell).then(start);
  }

  finish(cell: Cell): void {
    const { host } = this.#ports;
    const workflow = this.#workflowOf(cell);
    if (workflow === undefined) return;
    try {
      const result = this.#resultOf(cell, workflow);
      host.tell(cell.address, { type: 'workflow.finished', result });
      this.#ports.completes(cell);
    } catch (thrown) {
      const error = this.#ports.failureOf(thrown, cell.address);
      host.tell(cell.address, { type: 'workflow.failed', error });
    }
  }

  /** The run was told its result in the commit of its last step. */
  completed(cell: Cell): void {
    this.#ports.completes(cell);
  }

  overdue(cell: Cell): void {
    tellOverdue(this.#ports.host, cell);
  }

  #stageFinish(stage: Stage, cell: Cell, effect: Effect): Effect | undefined {
    const finish = stagedFinish(this.#ports, stage, cell);
    if (finish === 'later') return effect;
    return finish === 'failed' ? undefined : { type: 'completed', params: undefined };
  }

  #startRun(cell: Cell, workflow: Workflow, step: StepDefinition, name: string): void {
    const { host } = this.#ports;
    const view = (): StepView => resultsOf(host.journal, cell, step.after, workflow);
    const { fallback, tries, isFirst } = roundOf(cell, step);
    if (isFirst && !isWanted(step, view)) {
      host.tell(cell.address, { type: 'step.skipped', step: name });
      return;
    }
    const work = fallback === 0 ? step.work : (step.fallback?.[fallback - 1] ?? step.work);
    const input = inputOfRun(host, cell, { step, name, view });
    const run = { step, name, work, input, tried: tries - 1 };
    this.#stage(cell, name, this.#ports.stepRun(workflow, cell, run));
  }

  /** A host that stopped starts it after the next recovery. */
  #stage(cell: Cell, name: string, stageRun: (stage: Stage) => void): void {
    const isUndo = stepOfRun(name).undo && name === undoRunName(stepOfRun(name).step);
    const started = this.#ports.host.enter('step', (stage) => {
      if (statusOf(cell.snapshot) !== 'IN_PROGRESS') return;
      const isStopping = statesIn(cell.snapshot.value).includes('stopping');
      if (isStopping === isUndo) stageRun(stage);
    });
    started.catch((thrown: unknown) => this.#fail(cell, name, thrown));
  }

  #attempt(cell: Cell, name: string, what: () => void): void {
    try {
      what();
    } catch (thrown) {
      this.#fail(cell, name, thrown);
    }
  }

  /** The functions of a plan are pure: what one throws, it would throw again. */
  #fail(cell: Cell, name: string, thrown: unknown): void {
    const { host, failureOf } = this.#ports;
    const failure = failureOf(thrown, childAddress(cell.address, name));
    const error = { ...failure, retryable: false };
    const outcome = { status: 'FAILED', error };
    host.tell(cell.address, { type: 'child.settled', step: name, outcome });
  }

  /** Names of the runs of steps that were decided and have not ended. */
  #underWay(cell: Cell): string[] {
    const context = contextOf(cell);
    return stepsIn(context.spec.plan, context.steps, 'S').map((name) =>
      stepRunName(name, stepRunsOf(context, name)?.run ?? 1),
    );
  }

  #isMissing(cell: Cell, name: string): boolean {
    return this.#ports.host.find(childAddress(cell.address, name)) === undefined;
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
      say(this.#ports.host.log, 'workflow.undefined', {
        run: cell.address,
      });
    }
    return workflow;
  }
}

/** What performs each effect of the workflow machine. */
const performers: Readonly<
  Record<string, (conductor: Conductor, cell: Cell, params: never) => void>
> = {
  start: (conductor, cell, { steps }: { steps: readonly string[] }) => conductor.start(cell, steps),
  startMissing: (conductor, cell) => conductor.startMissing(cell, contextOf(cell).starting),
  judge: (conductor, cell, { step }: { step: string }) => conductor.judge(cell, step),
  settleMissing: (conductor, cell) => conductor.settleMissing(cell),
  undo: (conductor, cell) => conductor.undo(cell),
  finish: (conductor, cell) => conductor.finish(cell),
  completed: (conductor, cell) => conductor.completed(cell),
  overdue: (conductor, cell) => conductor.overdue(cell),
  goOn: (conductor, cell) => conductor.resume(cell),
};

const contextOf = (cell: Cell): WorkflowContext => cell.committed.context;

/** Which of its works runs, and how often that was begun. */
function roundOf(cell: Cell, step: StepDefinition) {
  const found = stepRunsOf(contextOf(cell), step.name);
  if (found === undefined) return { fallback: 0, tries: 1, isFirst: true };
  return { fallback: found.fallback, tries: found.tries, isFirst: found.run === found.since };
}
