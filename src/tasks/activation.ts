/**
 * Activation: one attempt of a task's work in memory, with its durable steps.
 *
 * The work is a function that runs again from the top after a crash or a suspension; recorded steps
 * answer from the journal. While all its open steps are child runs it is BLOCKED and holds no slot;
 * before it does anything else it asks for its slot again. Invariants: a step's function runs only
 * while the task is IN_PROGRESS; what a dropped activation still does reaches nobody.
 */
import type { Cell } from '../actor/index.ts';
import { statusOf } from '../engine/index.ts';
import { fingerprint } from '../policies/index.ts';
import {
  type ActorEvent,
  type ChildOptions,
  canonicalJson,
  checkId,
  type Definition,
  type Message,
  type Outcome,
  parse,
  type Report,
  RunError,
  runIdOf,
  type Settlement,
  type StepContext,
  type StepOptions,
  troupeError,
} from '../protocol/index.ts';
import { checkSize } from '../runs/index.ts';
import { attemptStep } from './attempts.ts';
import { failureOf } from './failure.ts';
import type { Work, WorkPorts } from './ports.ts';
import { ReportOptions, workContext } from './work-context.ts';

/** What an activation begins with. */
export interface Start {
  readonly attempt: number;
  readonly work: Work;
  /** Nothing can have been recorded before: the journal need not be asked. */
  readonly isFresh: boolean;
}

/** What an activation tells whoever runs it. */
export interface ActivationOwner {
  /** New steps are held, because the troupe stops. */
  readonly isDraining: boolean;
  /** The activation is over: its result was told, or it was dropped. */
  over(activation: Activation): void;
  /** It may have become quiet: nothing of it runs. */
  quieter(): void;
}

/** One attempt of a task's work. */
export class Activation {
  readonly cell: Cell;
  readonly attempt: number;
  readonly ports: WorkPorts;
  /** Resolves when the work's own promise has settled, whatever became of it. */
  readonly settled: Promise<void>;
  readonly #owner: ActivationOwner;
  readonly #recorded: Map<string, string>;
  readonly #names = new Set<string>();
  readonly #sends = new Map<string, number>();
  readonly #waiting = new Map<string, PromiseWithResolvers<string>>();
  #controller: AbortController | undefined;
  #openSteps = 0;
  #openChildren = 0;
  #held = 0;
  #isBlocked = false;
  #isResuming = false;
  #isChecking = false;
  #isOver = false;
  #isSuspended = false;
  #gate = Promise.withResolvers<void>();
  #arrived: (() => void)[] = [];
  #endSuspendTimer: (() => void) | undefined;

  constructor(ports: WorkPorts, owner: ActivationOwner, cell: Cell, start: Start) {
    this.ports = ports;
    this.cell = cell;
    this.attempt = start.attempt;
    this.#owner = owner;
    const steps = start.isFresh ? [] : ports.host.journal.steps(cell.actor);
    this.#recorded = new Map(steps.map(({ step, body }) => [step, body]));
    this.settled = this.#run(start.work);
  }

  /** Aborted when the run is cancelled, times out, is suspended or the troupe stops. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  /** The run's address without `run/`. */
  get runId(): string {
    return runIdOf(this.cell.address);
  }

  /** Whether it told its end, or was dropped. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether nothing of it runs: it waits for child runs, or is held before a step. */
  get isQuiet(): boolean {
    return this.#openSteps === 0 && (this.#held > 0 || this.#openChildren > 0);
  }

  /** A durable step: its recorded result, or the function's. */
  async step(
    name: string,
    run: (context: StepContext) => unknown,
    options: StepOptions = {},
  ): Promise<unknown> {
    this.#claim(name);
    const known = this.#recorded.get(name);
    if (known !== undefined) return recordedValue(known);
    await this.#ready();
    this.#openSteps += 1;
    try {
      const value = await attemptStep(this, name, run, options);
      checkSize(value, `result of step ${name}`, this.ports.host.limits);
      return recordedValue(await this.#record(name, value));
    } finally {
      this.#openSteps -= 1;
      this.#check();
    }
  }

  /** A step that is a run of its own: its result, or its failure as `RunError`. */
  async child(
    name: string,
    work: Definition,
    input: unknown,
    options: ChildOptions = {},
  ): Promise<unknown> {
    this.#claim(name);
    const known = this.#recorded.get(name);
    if (known !== undefined) return this.#resultOf(name, known);
    this.ports.checkChild(work, input, options);
    if (this.#owner.isDraining) await this.#hold();
    const settled = this.#wait(name);
    this.#openChildren += 1;
    try {
      await this.ports.host.enter('step', (stage) => {
        const child = this.ports.stageChild(stage, this.cell, name, work, input, options);
        if (child.isNew) stage.send(this.cell.address, { type: 'child.started', step: name });
      });
      this.#check();
      return this.#resultOf(name, await settled);
    } finally {
      this.#openChildren -= 1;
      this.#check();
    }
  }

  /** Sends a message once, however often the work runs again. */
  async send(to: unknown, message: Message): Promise<void> {
    const body = canonicalJson([typeof to === 'object' ? Object(to).id : to, message]);
    const ordinal = (this.#sends.get(body) ?? 0) + 1;
    this.#sends.set(body, ordinal);
    const name = `${sendPrefix}${fingerprint(body)}#${ordinal}`;
    if (this.#recorded.has(name)) return;
    await this.#ready();
    const refusal = await this.ports.host.enter('send', (stage) => {
      const refused = this.ports.stageMessage(stage, this.cell, to, message);
      if (refused === undefined) stage.record(this.cell, name, true);
      return refused;
    });
    if (refusal !== undefined) throw refusal;
  }

  /** Reports progress; resolves when that is durable. */
  async report(given: Report): Promise<void> {
    const report = parse(ReportOptions, given, `report of ${this.runId}`);
    const event = { type: 'task.report', attempt: this.attempt, ...report };
    await this.ports.host.enter('report', (stage) => stage.send(this.cell.address, event));
  }

  /** A step was recorded; whoever waits for it goes on, on the slot that this needs. */
  recorded(step: string, value: unknown): void {
    const body = JSON.stringify(value) ?? '';
    this.#recorded.set(step, body);
    const waiting = this.#waiting.get(step);
    if (waiting === undefined) return;
    this.#waiting.delete(step);
    const status = statusOf(this.cell.committed);
    if (status === 'IN_PROGRESS') {
      this.#unblock();
      waiting.resolve(body);
    } else {
      this.#arrived.push(() => waiting.resolve(body));
      if (status === 'BLOCKED') this.#askToResume();
    }
  }

  /** The task is IN_PROGRESS again. */
  goOn(): void {
    this.#unblock();
    const arrived = this.#arrived;
    this.#arrived = [];
    for (const resume of arrived) resume();
  }

  /** Ends it from outside: its signal aborts, what waits is rejected, its result is dropped. */
  abort(reason: unknown): void {
    if (this.#isOver) return;
    this.#end();
    this.#controller ??= new AbortController();
    this.#controller.abort(reason);
    for (const waiting of this.#waiting.values()) waiting.reject(reason);
  }

  async #run(work: Work): Promise<void> {
    const what = `of ${this.runId}`;
    try {
      const { input } = this.cell.snapshot.context.spec;
      const parsed = work.input === undefined ? input : parse(work.input, input, `input ${what}`);
      const value = await work.run(workContext(this, parsed));
      if (this.#isOver) return;
      const result =
        work.output === undefined ? value : parse(work.output, value, `result ${what}`);
      checkSize(result, `result ${what}`, this.ports.host.limits);
      this.#finish({ type: 'task.complete', attempt: this.attempt, result });
    } catch (thrown) {
      if (this.#isOver) return;
      const chance = this.ports.host.clock.random();
      const error = failureOf(thrown, this.cell.address);
      this.#finish({ type: 'task.fail', attempt: this.attempt, error, chance });
    }
  }

  /** Tells the end; when the task is BLOCKED, it has to be IN_PROGRESS first. */
  #finish(event: ActorEvent): void {
    const tell = (): void => {
      if (this.#isOver) return;
      this.#end();
      this.ports.host.tell(this.cell.address, event);
    };
    if (!this.#isBlocked) {
      tell();
      return;
    }
    this.#askToResume();
    void this.#gate.promise.then(tell);
  }

  /** Waits until a step may run: not while the troupe stops, and only on a slot. */
  async #ready(): Promise<void> {
    if (this.#isSuspended) await forever();
    this.#controller?.signal.throwIfAborted();
    if (this.#owner.isDraining) await this.#hold();
    if (!this.#isBlocked) return;
    this.#askToResume();
    await this.#gate.promise;
  }

  #hold(): Promise<void> {
    this.#held += 1;
    this.#owner.quieter();
    return forever();
  }

  #claim(name: unknown): asserts name is string {
    const step = checkId(name, 'name of the step');
    const run = this.runId;
    if (step.startsWith(reservedPrefix)) {
      throw troupeError('BAD_ID', { what: 'name of the step', problem: 'it starts with ~' });
    }
    if (this.#names.has(step)) throw troupeError('STEP_NAME_TAKEN', { run, step });
    this.#names.add(step);
  }

  #wait(step: string): Promise<string> {
    const waiting = Promise.withResolvers<string>();
    waiting.promise.catch(() => undefined);
    this.#waiting.set(step, waiting);
    return waiting.promise;
  }

  #record(step: string, result: unknown): Promise<string> {
    const recorded = this.#wait(step);
    const event = { type: 'step.completed', attempt: this.attempt, step, result };
    this.ports.host.tell(this.cell.address, event);
    return recorded;
  }

  #resultOf(step: string, body: string): unknown {
    const settlement: Settlement = JSON.parse(body);
    if (settlement.status === 'COMPLETED') return settlement.result;
    throw new RunError(`${this.runId}/${step}`, outcomeOf(settlement));
  }

  /** When nothing but child runs is open, the task gives its slot back. */
  #check(): void {
    this.#owner.quieter();
    if (this.#isChecking || this.#isOver) return;
    this.#isChecking = true;
    this.ports.host.clock.soon(() => {
      this.#isChecking = false;
      if (this.#isOver || this.#isBlocked) return;
      if (this.#openSteps === 0 && this.#openChildren > 0) this.#block();
    });
  }

  #block(): void {
    const { clock, limits } = this.ports.host;
    this.#isBlocked = true;
    this.#gate = Promise.withResolvers();
    this.ports.host.tell(this.cell.address, { type: 'task.block', attempt: this.attempt });
    this.#endSuspendTimer = clock.after(limits.suspendAfterMs, () => this.#suspend());
  }

  #unblock(): void {
    if (!this.#isBlocked) return;
    this.#isBlocked = false;
    this.#isResuming = false;
    this.#endSuspendTimer?.();
    this.#gate.resolve();
  }

  #askToResume(): void {
    if (this.#isResuming) return;
    this.#isResuming = true;
    this.ports.host.tell(this.cell.address, { type: 'task.resume', attempt: this.attempt });
  }

  /** Drops the closure; the work runs again from the top when a child run settles. */
  #suspend(): void {
    if (this.#isOver || this.#isResuming || statusOf(this.cell.committed) !== 'BLOCKED') return;
    this.#isSuspended = true;
    this.#end();
    this.#controller?.abort(troupeError('SUSPENDED', { run: this.runId }));
  }

  #end(): void {
    this.#isOver = true;
    this.#endSuspendTimer?.();
    this.#owner.over(this);
  }
}

const reservedPrefix = '~';
const sendPrefix = `${reservedPrefix}send/`;

const forever = (): Promise<never> => new Promise(() => {});

const recordedValue = (body: string): unknown => (body === '' ? undefined : JSON.parse(body));

/** A child's end as an outcome; what only its own record tells is left out. */
function outcomeOf(settlement: Settlement): Outcome {
  const facts = { attempts: 1, elapsedMs: 0 };
  if (settlement.error !== undefined) {
    return { ...facts, status: 'FAILED', error: settlement.error };
  }
  return { ...facts, status: 'CANCELLED', reason: settlement.reason ?? '' };
}
