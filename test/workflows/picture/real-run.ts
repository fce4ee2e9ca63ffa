/**
 * A run as the workflow machine carries it out, told in the words of pictures: which events its
 * host could bring it now, and how far it is.
 */
import { workflowMachine } from '../../../machines/index.ts';
import {
  type ActorEvent,
  stepRunName,
  undoRunName,
  type Workflow,
} from '../../../src/protocol/index.ts';
import { planOf } from '../../../src/workflows/plans/plan.ts';
import { workflowSpec } from '../../machines/fixtures.ts';
import { statusOf, Walk } from '../../machines/walk.ts';

const at = 2_000;
const error = { code: 'WORK_FAILED', message: 'no luck', retryable: true };

/** Where a step is, by the letter of the plan. */
const statuses: Readonly<Record<string, string>> = {
  W: 'WAITING',
  S: 'STARTED',
  C: 'COMPLETED',
  F: 'FAILED',
  X: 'CANCELLED',
  K: 'SKIPPED',
  O: 'OMITTED',
};

export class RealRun {
  readonly #workflow: Workflow;
  readonly #walk: Walk;
  /** The undo that is under way. */
  #undoing: string | undefined;
  /** Names of the steps that the last event began, in order. */
  started: readonly string[] = [];

  constructor(workflow: Workflow) {
    this.#workflow = workflow;
    const { concurrency, onFailure, budget, timeoutMs } = workflow;
    const spec = workflowSpec({
      plan: planOf(workflow),
      concurrency,
      ...(onFailure === undefined ? {} : { onFailure }),
      ...(budget === undefined ? {} : { budget }),
      timeoutMs: timeoutMs ?? null,
    });
    this.#walk = Walk.start(workflowMachine, spec);
    this.#note('W'.repeat(workflow.steps.length));
  }

  /** How far it is: its status and those of its steps. */
  get state() {
    const letters = [...this.#letters];
    return {
      status: statusOf(this.#walk.snapshot),
      isFinishing: this.#isIn('finishing'),
      steps: Object.fromEntries(
        this.#workflow.steps.map(({ name }, index) => [name, statuses[letters[index] ?? ''] ?? '']),
      ),
    };
  }

  /** Whether its host can bring it what an event of the picture means, and it takes that. */
  can(event: string): boolean {
    const { snapshot } = this.#walk;
    if (snapshot.status !== 'active') return false;
    const real = this.#realOf(event, 0);
    return real !== undefined && snapshot.can(real);
  }

  /** Whether the event tells the end of a run, which may have cost something. */
  hasCost(event: string): boolean {
    return this.#realOf(event, 0)?.type === 'child.settled';
  }

  /** Brings it the event. */
  send(event: string, cost: number): void {
    const real = this.#realOf(event, cost);
    if (real === undefined) throw new Error(`a host brings no ${event}`);
    const before = this.#letters;
    if (event === 'TIMEOUT') this.#walk.fireOf(real);
    else this.#walk.send(real);
    this.#note(before);
  }

  #note(before: string): void {
    const { context } = this.#walk.snapshot;
    const starting: readonly string[] = context.starting;
    this.started = starting.filter((name) => {
      const index = this.#workflow.steps.findIndex((step) => step.name === name);
      return before[index] === 'W' && this.#letters[index] === 'S';
    });
    if (this.#isIn('undoing')) this.#undoing = this.#lastUndoable();
  }

  get #letters(): string {
    return this.#walk.snapshot.context.steps.progress;
  }

  #isIn(state: string): boolean {
    return JSON.stringify(this.#walk.snapshot.value).includes(`"${state}"`);
  }

  #lastUndoable(): string | undefined {
    const { undoable = [] } = this.#walk.snapshot.context;
    return this.#workflow.steps[undoable.at(-1)]?.name;
  }

  #realOf(event: string, cost: number): ActorEvent | undefined {
    const [what = '', name] = event.split(' ');
    return name === undefined ? this.#ofRun(what) : this.#ofStep(what, name, cost);
  }

  #ofRun(what: string): ActorEvent | undefined {
    const isPaused = statusOf(this.#walk.snapshot) === 'BLOCKED';
    if (what === 'PAUSE') return isPaused ? undefined : { type: 'run.pause', at, above: false };
    if (what === 'RESUME') return isPaused ? { type: 'run.resume', at, above: false } : undefined;
    if (what === 'CANCEL')
      return this.isStopping && !isPaused
        ? undefined
        : { type: 'run.cancel', at, reason: 'no more', orphan: false };
    if (what === 'TIMEOUT')
      return this.#walk.timers.find(({ event }) => event.type.includes('timeoutMs'))?.event;
    if (what === 'FINISH') return { type: 'workflow.finished', at };
    if (what === 'FAIL') return { type: 'workflow.failed', at, error };
    return undefined;
  }

  get isStopping(): boolean {
    const { context } = this.#walk.snapshot;
    return context.error !== undefined || context.reason !== undefined;
  }

  #ofStep(what: string, name: string, cost: number): ActorEvent | undefined {
    if (what === 'UNDO' || what === 'LEAVE') {
      if (this.#undoing !== name || this.#lastUndoable() !== name) return undefined;
      return settled(undoRunName(name), what === 'UNDO' ? 'COMPLETED' : 'FAILED', cost);
    }
    const index = this.#workflow.steps.findIndex((step) => step.name === name);
    if (this.#letters[index] !== 'S') return undefined;
    const { runs, judging = [] } = this.#walk.snapshot.context;
    const facts = runs?.[index] ?? { run: 1, iterations: 1 };
    const step = stepRunName(name, facts.run);
    const hasResult = judging.includes(step);
    const { loop, when } = this.#workflow.steps[index] ?? {};
    const isPaused = statusOf(this.#walk.snapshot) === 'BLOCKED';
    const isJudged = hasResult && !isPaused && !this.isStopping;
    switch (what) {
      case 'COMPLETE':
        if (loop === undefined || (this.isStopping && !isPaused)) {
          return settled(step, 'COMPLETED', cost);
        }
        return isJudged ? { type: 'step.judged', at, step, isGood: true } : undefined;
      case 'RETURN': {
        const mayReturn = loop !== undefined && (!this.isStopping || isPaused);
        return mayReturn && !hasResult ? settled(step, 'COMPLETED', cost) : undefined;
      }
      case 'AGAIN':
        return isJudged && facts.iterations < (loop?.max ?? 0)
          ? { type: 'step.judged', at, step, isGood: false }
          : undefined;
      case 'SKIP':
        return when !== undefined && facts.run === 1 && !hasResult && !isPaused
          ? { type: 'step.skipped', at, step }
          : undefined;
      case 'CANCEL':
        return hasResult ? undefined : settled(step, 'CANCELLED', cost);
      case 'FAIL':
        return settled(step, 'FAILED', cost);
      default:
        return undefined;
    }
  }
}

const settled = (step: string, status: string, cost: number): ActorEvent => ({
  type: 'child.settled',
  at,
  step,
  outcome: {
    status,
    cost,
    ...(status === 'FAILED' ? { error } : {}),
    ...(status === 'CANCELLED' ? { reason: 'no more' } : {}),
  },
});
