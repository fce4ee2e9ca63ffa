/**
 * By hand: how people and other systems drive the runs of external bots.
 *
 * Every move is checked against the run as it is when its turn comes, and refused with an error
 * that names state and event: it changes nothing then. An attempt is fenced: what an earlier one
 * says after a later one began is refused with `STALE_ATTEMPT`.
 */
import { byHandOf, type TaskContext } from '../../../machines/index.ts';
import type { Cell } from '../../actor/index.ts';
import { type Host, type Stage, statusOf } from '../../engine/index.ts';
import {
  type Address,
  checkOptions,
  type Failure,
  parse,
  type Report,
  runIdOf,
  type Schema,
  said,
  troupeError,
} from '../../protocol/index.ts';
import { checkSize } from '../start.ts';
import { whenIdle } from './moves.ts';
import {
  AttemptOptions,
  CompletionOptions,
  DeclineOptions,
  FailureOptions,
  ReportOptions,
} from './options.ts';

/** What driving by hand needs of the floors above. */
export interface HandPorts {
  /** What the result of a run goes through, in order. */
  readonly outputsOf: (cell: Cell) => readonly Schema[];
  readonly failureOf: (error: unknown, at: string) => Failure;
  /** Decides the approval at the end of a path of steps below a run; without one, the run's own. */
  readonly decide: (run: Address, path: unknown, decision: unknown) => Promise<void>;
}

/** Drives one run by hand. It speaks for the attempt that it began, else for the one under way. */
export class Hand {
  readonly #host: Host;
  readonly #address: Address;
  readonly #ports: HandPorts;
  /** The attempt that was begun here and has not ended here. */
  #begun: number | undefined;

  constructor(host: Host, address: Address, ports: HandPorts) {
    this.#host = host;
    this.#address = address;
    this.#ports = ports;
  }

  /** Begins an attempt; gives its number. */
  async begin(): Promise<number> {
    this.#begun = await this.#move('begin', (stage, cell) => {
      this.#checkState(cell, 'begin', 'ASSIGNED');
      stage.send(this.#address, { type: 'task.begin' });
      return contextOf(cell).attempts + 1;
    });
    return this.#begun;
  }

  async report(given: unknown): Promise<void> {
    const what = `report of ${runIdOf(this.#address)}`;
    const { attempt, ...report } = parse(ReportOptions, given, what);
    checkSize(report, what, this.#host.limits);
    await this.#tell('report', attempt, (stage, current) => this.#report(stage, current, report));
  }

  async heartbeat(given: unknown): Promise<void> {
    const { attempt } = checkOptions(AttemptOptions, given ?? {}, 'heartbeat');
    await this.#tell('heartbeat', attempt, (stage, current) =>
      stage.send(this.#address, { type: 'task.heartbeat', attempt: current }),
    );
  }

  async complete(given: unknown): Promise<void> {
    const options = checkOptions(CompletionOptions, given ?? {}, 'complete');
    const { attempt, result: value, ...report } = options;
    const result = this.#checkResult(value);
    await this.#tell('complete', attempt, (stage, current) => {
      if (Object.keys(report).length > 0) this.#report(stage, current, report);
      stage.send(this.#address, { type: 'task.complete', attempt: current, result });
    });
    this.#begun = undefined;
  }

  /** Before an attempt was begun this says that nobody can do it: the run fails for good. */
  async fail(given: unknown): Promise<void> {
    const { attempt, ...options } = checkOptions(FailureOptions, given, 'fail');
    const error = this.#failure(options);
    const chance = this.#host.clock.random();
    await this.#move('fail', (stage, cell) => {
      if (statusOf(cell.snapshot) === 'ASSIGNED') {
        this.#refuseStale(cell, 'fail', attempt);
        stage.send(this.#address, { type: 'task.refuse', error });
        return;
      }
      const current = this.#current(cell, 'fail', attempt);
      stage.send(this.#address, { type: 'task.fail', attempt: current, error, chance });
    });
    this.#begun = undefined;
  }

  async decline(given: unknown): Promise<void> {
    const { reason } = checkOptions(DeclineOptions, { reason: given }, 'decline');
    await this.#move('decline', (stage, cell) => {
      this.#checkState(cell, 'decline', 'ASSIGNED');
      stage.send(this.#address, { type: 'task.decline', reason });
    });
  }

  #report(stage: Stage, attempt: number, report: Report): void {
    stage.send(this.#address, { type: 'task.report', attempt, ...report });
  }

  #failure({ error, recovery, retryable }: Omit<FailureOptions, 'attempt'>): Failure {
    const failure = this.#ports.failureOf(error, this.#address);
    return {
      ...failure,
      ...(recovery === undefined ? {} : { recovery: said(recovery) }),
      ...(retryable === undefined ? {} : { retryable }),
    };
  }

  #checkResult(given: unknown): unknown {
    const cell = this.#host.find(this.#address);
    const what = `result of ${runIdOf(this.#address)}`;
    const schemas = cell === undefined || !isByHand(cell) ? [] : this.#ports.outputsOf(cell);
    let value = given;
    for (const schema of schemas) value = parse(schema, value, what);
    return checkSize(value, what, this.#host.limits);
  }

  /** Says something for an attempt that is under way. */
  #tell(
    call: string,
    attempt: number | undefined,
    say: (stage: Stage, current: number) => void,
  ): Promise<void> {
    return this.#move(call, (stage, cell) => say(stage, this.#current(cell, call, attempt)));
  }

  /** The attempt under way, when it is the one that speaks. */
  #current(cell: Cell, call: string, attempt: number | undefined): number {
    const current = contextOf(cell).attempts;
    this.#checkState(cell, call, 'IN_PROGRESS');
    const speaking = attempt ?? this.#begun ?? current;
    if (speaking !== current) throw stale(cell, call, speaking);
    return current;
  }

  /** Before an attempt began, whoever speaks for one speaks for an earlier one. */
  #refuseStale(cell: Cell, call: string, attempt: number | undefined): void {
    const speaking = attempt ?? this.#begun;
    if (speaking !== undefined) throw stale(cell, call, speaking);
  }

  #checkState(cell: Cell, event: string, wanted: string): void {
    const state = statusOf(cell.snapshot);
    if (state === wanted) return;
    throw troupeError('ILLEGAL_MOVE', { run: runIdOf(this.#address), state, event });
  }

  #move<Value>(call: string, move: (stage: Stage, cell: Cell) => Value): Promise<Value> {
    return whenIdle(this.#host, this.#address, call, (stage, cell) => {
      if (isByHand(cell)) return move(stage, cell);
      const state = cell.isDone ? statusOf(cell.snapshot) : 'driven by its bot';
      throw troupeError('ILLEGAL_MOVE', { run: runIdOf(this.#address), state, event: call });
    });
  }
}

const contextOf = (cell: Cell): TaskContext => cell.snapshot.context;

const isByHand = (cell: Cell): boolean =>
  cell.identity.kind === 'task' && byHandOf(contextOf(cell)) !== undefined;

const stale = (cell: Cell, event: string, attempt: number) =>
  troupeError('STALE_ATTEMPT', {
    run: runIdOf(cell.address),
    state: statusOf(cell.snapshot),
    event,
    attempt,
    current: contextOf(cell).attempts,
  });
