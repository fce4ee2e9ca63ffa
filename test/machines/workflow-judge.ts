/**
 * What must hold of every workflow's run, told apart from its chart and from the ready set: the
 * judge works out anew at every step what may run, from the plan and from what has completed.
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import type { AnyMachineSnapshot } from 'xstate';
import {
  asAddress,
  childAddress,
  type Effect,
  type SendParams,
  type WorkflowEvent,
  type WorkflowSpec,
} from '../../src/protocol/index.ts';
import { type Microstep, type Step, statusOf } from './walk.ts';

const allowedMoves: Readonly<Record<string, readonly string[]>> = {
  PENDING: ['BLOCKED', 'IN_PROGRESS', 'CANCELLED'],
  BLOCKED: ['PENDING', 'FAILED', 'CANCELLED'],
  IN_PROGRESS: ['COMPLETED', 'FAILED', 'CANCELLED', 'BLOCKED'],
};

/** Keeps the books of one run. */
export class WorkflowJudge {
  readonly #spec: WorkflowSpec;
  #status = 'PENDING';
  readonly #started = new Set<string>();
  readonly #completed = new Set<string>();
  readonly #failed = new Set<string>();
  #met = new Set<string>();
  /** Whether it was paused by itself, and with the run above it. */
  readonly #pauses = new Set<string>();
  #wasPaused = false;
  #isGoingOn = false;
  #finishes = 0;
  #endings = 0;

  constructor(spec: WorkflowSpec) {
    this.#spec = spec;
  }

  /** Steps that were started, and how often it was asked to finish. */
  get books() {
    return { started: this.#started.size, finishes: this.#finishes, endings: this.#endings };
  }

  /** Sees a step. @throws AssertionError when it breaks a promise. */
  see(step: Step): void {
    const event = step.event as WorkflowEvent;
    if (!step.isTaken) {
      equal(step.after, step.before, 'an event that nothing takes changes nothing');
      deepEqual(step.effects, []);
    }
    if (step.before === undefined || step.before.status === 'active') this.#note(event, step);
    for (const microstep of step.microsteps) this.#microstep(event, microstep);
    this.#rest(step);
  }

  #note(event: WorkflowEvent, { effects }: Step): void {
    if (event.type === 'dependency.settled' && event.outcome.status === 'COMPLETED')
      this.#met.add(event.run);
    if (event.type === 'run.pause') this.#pauses.add(String(event.above));
    if (event.type === 'run.resume') this.#pauses.delete(String(event.above));
    const isOpen = event.type === 'child.settled' && this.#open().includes(event.step);
    const records = effects.filter(({ type }) => type === 'record').map(({ params }) => params);
    const isUnderWay = this.#status === 'IN_PROGRESS' || this.#wasPaused;
    if (event.type !== 'child.settled' || !isOpen || !isUnderWay) {
      deepEqual(records, [], 'nothing is recorded but the end of a step under way');
      return;
    }
    deepEqual(records, [{ step: event.step, value: event.outcome }]);
    const isCompleted = event.outcome.status === 'COMPLETED';
    (isCompleted ? this.#completed : this.#failed).add(event.step);
  }

  #microstep(event: WorkflowEvent, { status, snapshot, effects }: Microstep): void {
    const from = this.#status;
    const isPaused = snapshot.matches({ BLOCKED: 'paused' });
    this.#passesOn(event, effects, isPaused);
    if (status !== from) {
      ok(allowedMoves[from]?.includes(status), `${from} -> ${status} is no allowed move`);
      this.#status = status;
      const isOver = from === 'BLOCKED' && event.type !== 'run.resume';
      if (status === 'IN_PROGRESS' || (isOver && status === 'PENDING'))
        deepEqual(this.#unmet(), [], 'it goes on after all that it waits for completed');
      const watches = effects.flatMap(({ type, params }) => (type === 'watch' ? [params] : []));
      const isWaiting = status === 'BLOCKED' && !isPaused;
      const expected = isWaiting ? [{ runs: this.#unmet() }] : [];
      deepEqual(watches, expected, 'it watches the runs that it waits for');
    }
    for (const { type, params } of effects) {
      if (type === 'start') for (const name of (params as StartParams).steps) this.#starts(name);
      if (type === 'finish') this.#finish();
    }
    if (status !== from && status !== 'PENDING' && !(status in allowedMoves)) {
      this.#ended(event, effects);
    }
  }

  /** What is open below is paused and goes on with it; its result is asked for anew. */
  #passesOn(event: WorkflowEvent, effects: readonly Effect[], isPaused: boolean): void {
    const told = (wanted: string): string[] =>
      effects
        .flatMap(({ type, params }) => (type === 'send' ? [params as SendParams] : []))
        .filter(({ event: sent }) => sent.type === wanted)
        .flatMap(({ to }) => to);
    const open = this.#open().map((step) => childAddress(asAddress(this.#spec.run), step));
    const isNew = isPaused && !this.#wasPaused;
    if (isNew) this.#finishes = 0;
    deepEqual(told('run.pause').sort(), isNew ? open.sort() : [], 'it pauses them');
    const goesOn = this.#wasPaused && !isPaused && event.type === 'run.resume';
    deepEqual(told('run.resume').sort(), goesOn ? open.sort() : [], 'it lets them go on');
    const asks = effects.filter(({ type }) => type === 'startMissing').length;
    equal(asks, goesOn ? 1 : 0, 'what was decided and not done is asked for again');
    if (goesOn) this.#isGoingOn = true;
    this.#wasPaused = isPaused;
  }

  #starts(name: string): void {
    const step = this.#spec.plan.steps.find((one) => one.name === name);
    ok(step !== undefined, 'it starts steps of the plan');
    ok(!this.#started.has(name), 'a step is started at most once');
    const before = step.after.map((index) => this.#spec.plan.steps[index]?.name ?? '');
    ok(
      before.every((one) => this.#completed.has(one)),
      'a step starts after all it waits for',
    );
    this.#started.add(name);
    ok(this.#open().length <= this.#spec.concurrency, 'no more are under way than the limit');
  }

  #finish(): void {
    this.#finishes += 1;
    equal(this.#finishes, 1, 'it asks for its result once');
    equal(this.#completed.size, this.#spec.plan.steps.length, 'all steps completed before');
  }

  #ended(event: WorkflowEvent, effects: readonly Effect[]): void {
    this.#endings += 1;
    const sends = effects.flatMap(({ type, params }) =>
      type === 'send' ? [params as SendParams] : [],
    );
    const told = sends.filter(({ event: sent }) => sent.type === 'child.settled');
    const isOrphan = event.type === 'run.cancel' && event.orphan;
    const parent = isOrphan || this.#spec.parent === null ? [] : [this.#spec.parent];
    deepEqual(
      told.map(({ to }) => to),
      [parent],
      'the parent is told once, unless it ended',
    );
    const cancelled = sends.filter(({ event: sent }) => sent.type === 'run.cancel');
    const open = this.#open().map((step) => childAddress(asAddress(this.#spec.run), step));
    deepEqual(cancelled.flatMap(({ to }) => to).sort(), open.sort(), 'open steps are cancelled');
  }

  #rest({ after }: Step): void {
    equal(this.#status, statusOf(after));
    equal(after.status, this.#status in allowedMoves ? 'active' : 'done');
    equal(after.hasTag('active'), this.#status === 'IN_PROGRESS');
    const isPaused = this.#pauses.size > 0;
    if (this.#status === 'BLOCKED') ok(this.#unmet().length > 0 || isPaused);
    if (isPaused) ok(['BLOCKED', 'FAILED', 'CANCELLED'].includes(this.#status), 'paused is still');
    this.#startsMissing(after);
    if (this.#status === 'COMPLETED') equal(this.#completed.size, this.#spec.plan.steps.length);
    if (this.#status !== 'IN_PROGRESS') return;
    const idle = this.#mayStart().length;
    ok(idle === 0 || this.#open().length === this.#spec.concurrency, 'what may start is started');
    const isDone = this.#completed.size === this.#spec.plan.steps.length;
    equal(this.#finishes, isDone ? 1 : 0, 'it finishes when all is complete');
  }

  /** Steps that were decided in the turn in which it went on, to be started by `startMissing`. */
  #startsMissing({ context }: AnyMachineSnapshot): void {
    const { progress }: { progress: string } = context.steps;
    const missing = this.#spec.plan.steps
      .filter((_, index) => progress[index] === 'S')
      .filter(({ name }) => !this.#started.has(name));
    if (this.#isGoingOn) for (const { name } of missing) this.#starts(name);
    else deepEqual(missing, [], 'what is started is asked for');
    this.#isGoingOn = false;
  }

  #open(): string[] {
    const settled = (name: string) => this.#completed.has(name) || this.#failed.has(name);
    return [...this.#started].filter((name) => !settled(name));
  }

  #mayStart(): string[] {
    const { steps } = this.#spec.plan;
    return steps
      .filter(({ name }) => !this.#started.has(name))
      .filter(({ after }) => after.every((index) => this.#completed.has(steps[index]?.name ?? '')))
      .map(({ name }) => name);
  }

  #unmet(): string[] {
    return this.#spec.dependsOn.filter((run) => !this.#met.has(run));
  }
}

interface StartParams {
  readonly steps: readonly string[];
}
