/**
 * Activation: one attempt of a task's work in memory, with its durable steps.
 *
 * The work is a function that runs again from the top after a crash or a suspension; recorded steps
 * answer from the journal. While all its open steps are child runs it is BLOCKED and holds no slot;
 * before it does anything else it asks for its slot again. Invariants: a step's function runs only
 * while the task is IN_PROGRESS; what a dropped activation still does reaches nobody.
 */
import type { TaskContext } from '../../../machines/index.ts';
import type { Cell } from '../../actor/index.ts';
import type { Stage } from '../../engine/index.ts';
import {
  type ActorEvent,
  checkOptions,
  childAddress,
  runIdOf,
  type StepContext,
  troupeError,
} from '../../protocol/index.ts';
import { checkSize } from '../../runs/index.ts';
import { WorkHandoffs } from '../handoff/work-handoffs.ts';
import type { StageChild, Work, WorkPorts } from '../ports.ts';
import { attemptStep } from './attempts.ts';
import { endOf } from './calling.ts';
import type { Owner, Running, Start } from './owner.ts';
import { childResult, Recorded, recordedValue } from './recorded.ts';
import { SlotGate } from './slot-gate.ts';
import { StepOptions } from './step-options.ts';
import { forever, Waits } from './waits.ts';
import type { Performer } from './work-context.ts';
import { WorkMail } from './work-mail.ts';
import { WorkReports } from './work-reports.ts';

/** One attempt of a task's work. */
export class Activation implements Performer, Running {
  readonly cell: Cell;
  readonly attempt: number;
  readonly ports: WorkPorts;
  /** Resolves when the work's own promise has settled, whatever became of it. */
  readonly settled: Promise<void>;
  readonly mail: WorkMail;
  readonly handing: WorkHandoffs;
  readonly reports: WorkReports;
  readonly #owner: Owner<Running>;
  readonly #gate: SlotGate;
  readonly #recorded: Recorded;
  /** Child runs that have not settled, and results on their way to the journal. */
  readonly #children = new Waits();
  readonly #recording = new Waits();
  #controller: AbortController | undefined;
  #openSteps = 0;
  /** Calls that wait before a step: for the slot, or for good because the troupe stops. */
  #held = 0;
  #isChecking = false;
  #end: 'told' | 'aborted' | 'suspended' | undefined;

  constructor(ports: WorkPorts, owner: Owner<Running>, cell: Cell, start: Start) {
    this.ports = ports;
    this.cell = cell;
    this.attempt = start.attempt;
    this.#owner = owner;
    const suspend = (): void => this.#suspend();
    const kept = (): void => this.#check();
    this.#gate = new SlotGate({ host: ports.host, cell, attempt: start.attempt, suspend, kept });
    const { handoffs }: TaskContext = cell.committed.context;
    const steps = start.isFresh ? [] : ports.host.journal.steps(cell.actor);
    this.#recorded = new Recorded(steps, handoffs);
    const outward = {
      cell,
      attempt: start.attempt,
      ports,
      recorded: this.#recorded,
      waits: this.#children,
      ready: async () => {
        if (!this.#isReady) await this.#ready();
      },
      onSlot: () => this.#onSlot(),
      live: () => this.#live(),
      guard: () => this.#guard(),
      signal: () => this.signal,
      changed: () => this.#check(),
      enter: <Value>(call: string, command: (stage: Stage) => Value) => this.#enter(call, command),
    };
    this.mail = new WorkMail(outward);
    this.handing = new WorkHandoffs(outward);
    this.reports = new WorkReports(outward);
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
    return this.#end !== undefined;
  }

  /** Whether nothing of it runs: it waits for child runs, or is held before a step. */
  get isQuiet(): boolean {
    return this.#openSteps === 0 && (this.#held > 0 || this.#children.size > 0);
  }

  /** A durable step: its recorded result, or the function's. */
  async step(
    name: string,
    run: (context: StepContext) => unknown,
    given: unknown,
  ): Promise<unknown> {
    const own = this.#recorded.claim(name, this.runId);
    const known = this.#recorded.get(own);
    if (known !== undefined) return recordedValue(known);
    const { host } = this.ports;
    const where = `step ${name} of ${this.runId}`;
    const options = given === undefined ? {} : checkOptions(StepOptions, given, where);
    const key = runIdOf(childAddress(this.cell.address, own));
    const step = { clock: host.clock, key, run, options, signal: () => this.signal };
    return this.#record(own, `result of ${where}`, () => attemptStep(step));
  }

  /** A part of what the work gives: recorded once, by its ordinal. */
  async part(ordinal: number, value: unknown): Promise<void> {
    const name = this.#recorded.nameOfPart(ordinal);
    if (this.#recorded.get(name) !== undefined) return;
    await this.#record(name, `part ${ordinal} of ${this.runId}`, () => value);
  }

  async #record(name: string, what: string, produce: () => unknown): Promise<unknown> {
    const { host } = this.ports;
    if (!this.#isReady) await this.#ready();
    this.#openSteps += 1;
    try {
      const result = checkSize(await produce(), what, host.limits);
      if (this.isOver) await this.#live();
      const event = { type: 'step.completed', attempt: this.attempt, step: name, result };
      host.tell(this.cell.address, event);
      return recordedValue(await this.#recording.add(name));
    } finally {
      this.#openSteps -= 1;
      this.#check();
    }
  }

  /** A step that is a run of its own: its result, or its failure as `RunError`. */
  async child(given: string, stagingOf: () => StageChild): Promise<unknown> {
    const { host } = this.ports;
    const name = this.#recorded.claim(given, this.runId);
    const known = this.#recorded.get(name);
    if (known !== undefined) return childResult(host, this.cell, name, known);
    const stageChild = stagingOf();
    if (this.isOver) await this.#live();
    if (this.#owner.isDraining) await this.#hold();
    const settled = this.#children.add(name);
    try {
      await this.#enter('step', (stage) => {
        const child = stageChild(stage, this.cell, name);
        if (child.isNew) stage.send(this.cell.address, { type: 'child.started', step: name });
      });
      this.#children.makeSure(name);
      this.#check();
      return childResult(host, this.cell, name, await settled);
    } finally {
      this.#children.take(name);
      this.#check();
    }
  }

  /** A step was recorded; whoever waits for it goes on, on the slot that this needs. */
  recorded(step: string, value: unknown): void {
    const body = JSON.stringify(value) ?? '';
    this.#recorded.set(step, body);
    const waits = [this.#recording, this.#children].find((one) => one.has(step));
    // Until it goes on, an abort still refuses it.
    if (waits !== undefined) this.#gate.arrived(() => waits.take(step)?.(body));
  }

  /** The task is IN_PROGRESS again. */
  goOn(): void {
    this.#gate.open();
  }

  /** Ends it from outside: its signal aborts, what waits is rejected, its result is dropped. */
  abort(reason: unknown): void {
    if (this.isOver) return;
    this.#over('aborted');
    this.#controller ??= new AbortController();
    this.#controller.abort(reason);
    this.#gate.end(reason);
    this.#recording.refuse(reason);
    this.#children.refuse(reason);
  }

  async #run(work: Work): Promise<void> {
    const end = await endOf(work, this, this.cell, this.ports.host);
    if (!this.isOver) this.#finish(end());
  }

  /** Tells the end; when the task is BLOCKED, it has to be IN_PROGRESS first. */
  #finish(event: ActorEvent): void {
    const tell = (): void => {
      if (this.isOver) return;
      this.#over('told');
      this.ports.host.tell(this.cell.address, event);
    };
    if (this.#gate.isClosed) void this.#gate.pass().then(tell, () => undefined);
    else tell();
  }

  /** A command for the run: done before its end, when it was asked for before that was told. */
  async #enter<Value>(call: string, command: (stage: Stage) => Value): Promise<Value> {
    if (this.isOver) await this.#live();
    return this.ports.host.enter(call, (stage) => {
      this.#guard();
      return command(stage);
    });
  }

  #guard(): void {
    const isDropped = this.isOver && this.#end !== 'told';
    if (isDropped || this.cell.isDone) throw this.#ended();
  }

  get #isReady(): boolean {
    return !this.isOver && !this.#gate.isClosed && !this.#owner.isDraining;
  }

  /** Waits until a step may run: not while the troupe stops, and only on a slot. */
  async #ready(): Promise<void> {
    if (this.#owner.isDraining && !this.isOver) await this.#hold();
    await this.#onSlot();
    if (this.#owner.isDraining) await this.#hold();
  }

  /** Waits for the slot, when it was given back. */
  async #onSlot(): Promise<void> {
    for (;;) {
      if (this.isOver) await this.#live();
      if (!this.#gate.isClosed) return;
      this.#held += 1;
      this.#owner.quieter();
      await this.#gate.pass().finally(() => {
        this.#held -= 1;
      });
    }
  }

  /** Goes on while this is not over; what was suspended never goes on. @throws why it is over. */
  async #live(): Promise<void> {
    if (this.#end === 'suspended') await forever();
    if (this.isOver) throw this.#ended();
  }

  #ended(): unknown {
    if (this.#end === 'aborted') return this.signal.reason;
    return troupeError('ABORTED', { run: this.runId, reason: 'it has ended' });
  }

  #hold(): Promise<never> {
    this.#held += 1;
    this.#owner.quieter();
    return forever();
  }

  /** When nothing but child runs is open, the task gives its slot back. */
  #check(): void {
    this.#owner.quieter();
    if (this.#isChecking || this.isOver) return;
    this.#isChecking = true;
    this.ports.host.clock.soon(() => {
      this.#isChecking = false;
      if (this.isOver || this.#gate.isClosed) return;
      if (this.#openSteps === 0 && this.#children.sure > 0) this.#gate.close();
    });
  }

  /** Drops the closure; the work runs again from the top when a child run settles. */
  #suspend(): void {
    if (this.isOver) return;
    this.#over('suspended');
    this.#controller?.abort(troupeError('SUSPENDED', { run: this.runId }));
  }

  #over(end: 'told' | 'aborted' | 'suspended'): void {
    this.#end = end;
    if (end !== 'aborted') this.#gate.end();
    if (end === 'told' && this.#openSteps > 0) this.#controller?.abort(this.#ended());
    this.#owner.over(this);
  }
}
