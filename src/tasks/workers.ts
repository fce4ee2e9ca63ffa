/**
 * Workers: the activations of this process, and what performs the effects of tasks.
 *
 * It performs every effect that the task machine leaves to it: `run`, `record`, `abort`, `route`.
 * A slot is released by the machine when work tells its own end, and from here when work was
 * aborted: once it has settled, or after `graceMs` if it does not.
 */
import { byHandOf, type TaskContext } from '../../machines/index.ts';
import type { Cell } from '../actor/index.ts';
import { type Behaviour, statusOf } from '../engine/index.ts';
import { type Address, type Effect, type RecordParams, troupeError } from '../protocol/index.ts';
import { tellOverdue } from '../runs/index.ts';
import { say } from '../telemetry/index.ts';
import { begun } from './activation/function-run.ts';
import type { Owner, Running } from './activation/owner.ts';
import type { Assignment } from './assignment.ts';
import { failureOf } from './failure.ts';
import type { WorkPorts } from './ports.ts';

/**
 * Assigns a task that is not pinned to a bot; undefined when the task's definition is not there.
 * `onTheWay` are the bots of tasks that were routed and have not asked for their slot yet.
 */
export type Assign = (task: TaskContext, onTheWay: readonly string[]) => Assignment | undefined;

interface AbortParams {
  readonly reason: string;
  readonly bots: readonly Address[];
  readonly slot: string;
}

type Performs = 'perform' | 'resume' | 'holds';

/** Runs the work of tasks. */
export class Workers implements Owner<Running>, Pick<Required<Behaviour>, Performs> {
  readonly #ports: WorkPorts;
  readonly #assign: Assign;
  readonly #running = new Map<Address, Running>();
  /** The bots of tasks that were routed and whose routing has not committed. */
  readonly #onTheWay = new Map<Address, string>();
  /** Aborted work that has not settled, and whose time of grace is not over. */
  readonly #ending = new Map<Address, Promise<void>>();
  /** Ends of the times of grace that aborted work has. */
  readonly #graces = new Set<() => void>();
  #isDraining = false;
  #quiet: (() => void) | undefined;

  constructor(ports: WorkPorts, assign: Assign) {
    this.#ports = ports;
    this.#assign = assign;
  }

  get isDraining(): boolean {
    return this.#isDraining;
  }

  perform(cell: Cell, effect: Effect): void {
    const perform = performers[effect.type];
    if (perform !== undefined) perform(this, cell, effect.params as never);
  }

  resume(cell: Cell): void {
    if (statusOf(cell.snapshot) === 'IN_PROGRESS') this.activate(cell, false);
    else this.route(cell);
  }

  /** Whether its work is in memory, as that of a BLOCKED one is for a while, or it is routed. */
  holds({ address }: Cell): boolean {
    return [this.#running, this.#ending, this.#onTheWay].some((known) => known.has(address));
  }

  /** Begins the work, or lets it go on after BLOCKED. */
  run(cell: Cell, attempt: number): void {
    const running = this.#running.get(cell.address);
    if (running?.attempt === attempt) {
      running.goOn();
      return;
    }
    const { spec, slots } = cell.committed.context;
    this.activate(cell, attempt === 1 && slots === 1 && spec.route !== 'none');
  }

  /** Begins an attempt; nothing when that is under way, or is driven by hand. */
  activate(cell: Cell, isFresh: boolean): void {
    if (this.#isDraining || statusOf(cell.committed) !== 'IN_PROGRESS') return;
    const context: TaskContext = cell.committed.context;
    if (byHandOf(context) !== undefined) return;
    const { spec, attempts } = context;
    if (this.#running.get(cell.address)?.attempt === attempts) return;
    const work = this.#ports.workOf(spec);
    if (work === undefined) {
      say(this.#ports.host.log, 'task.workless', { run: cell.address });
      return;
    }
    const start = { attempt: attempts, work, isFresh };
    const activation = begun(this.#ports, this, cell, start);
    if (!activation.isOver) this.#running.set(cell.address, activation);
  }

  recorded(cell: Cell, { step, value }: RecordParams): void {
    this.#running.get(cell.address)?.recorded(step, value);
  }

  abort(cell: Cell, { reason, bots, slot }: AbortParams): void {
    const running = this.#running.get(cell.address);
    const release = (): void => {
      for (const bot of bots) this.#ports.host.tell(bot, { type: 'slot.release', slot });
    };
    if (running === undefined) {
      release();
      return;
    }
    running.abort(troupeError('ABORTED', { run: running.runId, reason }));
    const ended = Promise.withResolvers<void>();
    this.#ending.set(cell.address, ended.promise);
    this.#onceSettled(running.settled, () => {
      release();
      if (this.#ending.get(cell.address) === ended.promise) this.#ending.delete(cell.address);
      ended.resolve();
    });
  }

  /**
   * Resolves when no work below a run that ends is left: what was aborted, or is about to be, has
   * settled, or its time of grace is over.
   */
  async settledBelow(address: Address): Promise<void> {
    const isBelow = (other: Address): boolean => other.startsWith(`${address}/`);
    const ending = [...this.#ending].filter(([other]) => isBelow(other)).map(([, end]) => end);
    const running = [...this.#running.values()].filter(({ cell }) => isBelow(cell.address));
    const settled = running.map((activation) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#onceSettled(activation.settled, resolve);
      return promise;
    });
    await Promise.all([...ending, ...settled]);
  }

  /**
   * Finds a bot; when there is none the task waits for one to be registered. When its own `choose`
   * fails it, no bot that comes would help: the run fails.
   */
  route(cell: Cell): void {
    const { host } = this.#ports;
    const { address } = cell;
    const assignment = this.#assign(cell.committed.context, [...this.#onTheWay.values()]);
    if (assignment === undefined) return;
    if ('bot' in assignment) {
      this.#onTheWay.set(address, assignment.bot);
      const arrived = (): void => void this.#onTheWay.delete(address);
      const event = { type: 'task.routed', ...assignment };
      host.enter('route', (stage) => stage.send(address, event)).then(arrived, arrived);
      return;
    }
    const { refusal: error, canWait } = assignment;
    if (canWait) say(host.log, 'task.unassigned', { run: address, error });
    else host.tell(address, { type: 'task.unroutable', error: failureOf(error, address) });
  }

  overdue(cell: Cell): void {
    tellOverdue(this.#ports.host, cell);
  }

  over(activation: Running): void {
    const { address } = activation.cell;
    if (this.#running.get(address) === activation) this.#running.delete(address);
    this.quieter();
  }

  quieter(): void {
    if (this.#quiet !== undefined && this.#isQuiet()) this.#quiet();
  }

  /**
   * Begins no work any more; resolves when steps under way are done, at the latest after `ms`.
   * What is not recorded by then is aborted and will run again.
   */
  async drain(ms: number): Promise<void> {
    this.#isDraining = true;
    const quiet = Promise.withResolvers<void>();
    this.#quiet = quiet.resolve;
    const endTimer = this.#ports.host.clock.after(ms, quiet.resolve);
    this.quieter();
    await quiet.promise;
    endTimer();
    for (const activation of [...this.#running.values()]) {
      activation.abort(troupeError('STOPPED', { state: 'stopping', call: activation.runId }));
    }
    for (const endTimer of this.#graces) endTimer();
    this.#graces.clear();
  }

  /** Calls `then` once: when the work has settled, or when the time of grace is over. */
  #onceSettled(settled: Promise<void>, then: () => void): void {
    const { clock, limits } = this.#ports.host;
    const finish = (): void => {
      endTimer();
      if (this.#graces.delete(endTimer)) then();
    };
    const endTimer = clock.after(limits.graceMs, finish);
    this.#graces.add(endTimer);
    void settled.then(finish);
  }

  #isQuiet(): boolean {
    return [...this.#running.values()].every((activation) => activation.isQuiet);
  }
}

/** What performs each effect of the task machine. */
const performers: Readonly<Record<string, (workers: Workers, cell: Cell, params: never) => void>> =
  {
    run: (workers, cell, { attempt }: { attempt: number }) => workers.run(cell, attempt),
    record: (workers, cell, params: RecordParams) => workers.recorded(cell, params),
    abort: (workers, cell, params: AbortParams) => workers.abort(cell, params),
    route: (workers, cell) => workers.route(cell),
    overdue: (workers, cell) => workers.overdue(cell),
  };
