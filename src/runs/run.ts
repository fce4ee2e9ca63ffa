/** Run: the handle of one run, to wait for it, watch it and end it. */
import type { ActorRef, AnyActorRef, SnapshotFrom } from 'xstate';
import type { approvalMachine, taskMachine, workflowMachine } from '../../machines/index.ts';
import { actorRef, type Cell } from '../actor/index.ts';
import type { Host } from '../engine/index.ts';
import {
  type Address,
  type ApprovalEvent,
  isFinal,
  RunError,
  runIdOf,
  segmentsOf,
  type TaskEvent,
  troupeError,
  type WorkflowEvent,
} from '../protocol/index.ts';
import type { DecideArguments } from './driving/asked.ts';
import { Hand, type HandPorts } from './driving/by-hand.ts';
import type {
  AttemptOptions,
  CompletionOptions,
  FailureOptions,
  ReportOptions,
} from './driving/options.ts';
import { pauseRun, resumeRun } from './driving/pausing.ts';
import { eventsOf } from './events.ts';
import { costOf } from './facts/cost.ts';
import { planOutcome, type RunOutcome } from './facts/outcome.ts';
import { sightOf } from './facts/plan.ts';
import type { RunEvent } from './facts/row-events.ts';
import { type RunSnapshot, snapshotOf } from './facts/snapshot.ts';
import type { EventsOptions, WaitOptions } from './options.ts';
import { sendToRun } from './send-event.ts';
import { RunStage } from './stage.ts';
import { runStatus } from './status.ts';
import { outcomeOf } from './waiting.ts';

/** The reference that XState's tools take: the actor of the machine that decides the run. */
export type RunActor = ActorRef<
  | SnapshotFrom<typeof taskMachine>
  | SnapshotFrom<typeof workflowMachine>
  | SnapshotFrom<typeof approvalMachine>,
  TaskEvent | WorkflowEvent | ApprovalEvent
>;

/**
 * A handle of one run. `Actor` is the reference to its actor, by default that of any work; `Asked`
 * is what it asks people for, by step.
 */
export class Run<Out = unknown, Actor = AnyActorRef, Asked = unknown> {
  /** Names it among all runs: its address without `run/`, such as `finder/q-42`. */
  readonly runId: string;
  readonly #host: Host;
  readonly #address: Address;
  readonly #hand: Hand;
  readonly #ports: HandPorts;
  #actor: Actor | undefined;

  constructor(host: Host, address: Address, ports: HandPorts) {
    this.#host = host;
    this.#address = address;
    this.#hand = new Hand(host, address, ports);
    this.#ports = ports;
    this.runId = runIdOf(address);
  }

  /** The id that it was started with. */
  get id(): string {
    return segmentsOf(this.#address).at(-1) ?? '';
  }

  /**
   * The result, when the run has completed.
   * @throws RunError with the outcome when it failed or was cancelled; as `outcome` does.
   */
  async result(wait?: WaitOptions): Promise<Out> {
    const outcome = await outcomeOf<Out>(this.#host, this.#address, wait);
    if (outcome.status === 'COMPLETED') return outcome.result;
    throw new RunError(this.runId, await this.outcome());
  }

  /**
   * How the run ended, failure as data.
   * @throws TroupeError `WAIT_TIMEOUT`, `WAIT_ABORTED`, `BAD_OPTION`, `PARKED`, `UNKNOWN_RUN`,
   *   `STOPPED`, `JOURNAL_FAILED`.
   */
  async outcome(wait?: WaitOptions): Promise<RunOutcome<Out>> {
    const cell = this.#host.find(this.#address);
    const outcome = await outcomeOf<Out>(this.#host, this.#address, wait);
    if (cell === undefined || cell.hosted !== undefined) return outcome;
    const sight = sightOf(this.#host);
    const cost = costOf(cell, sight.find);
    if (cell.identity.kind !== 'workflow') return { ...outcome, cost };
    return { ...outcome, cost, ...planOutcome(cell, sight) };
  }

  /** The run as committed now. @throws TroupeError `UNKNOWN_RUN`, `STOPPED`, `JOURNAL_FAILED`. */
  async snapshot(): Promise<RunSnapshot<Out>> {
    const cell = this.#host.find(this.#address);
    if (cell === undefined) throw troupeError('UNKNOWN_RUN', { run: this.runId });
    return snapshotOf(cell, sightOf(this.#host));
  }

  /**
   * What happened to it, recorded and to come, until it ends.
   * @throws TroupeError from its iteration: `WAIT_ABORTED`, `BAD_OPTION`, `UNKNOWN_RUN`, `STOPPED`,
   *   `JOURNAL_FAILED`.
   */
  events(options?: EventsOptions): AsyncGenerator<RunEvent, void, undefined> {
    return eventsOf(this.#host, this.#address, options);
  }

  /**
   * A stage of it: a step of its plan, or one that the app keeps and moves on by itself.
   * @throws TroupeError `BAD_ID`.
   */
  stage(name: string): RunStage {
    return new RunStage(this.#host, this.#address, name);
  }

  /**
   * Cancels the run and all below it; resolves when that is durable. Cancelling again is fine.
   * @throws TroupeError `ILLEGAL_MOVE` when it has completed or failed, `PARKED` (discard it then),
   *   `BAD_OPTION`, `UNKNOWN_RUN`, `STOPPED`, `JOURNAL_FAILED`.
   */
  async cancel(reason = 'cancelled'): Promise<void> {
    if (typeof reason !== 'string') {
      const problem = 'must be a text';
      throw troupeError('BAD_OPTION', { where: 'cancel', field: 'reason', problem });
    }
    await this.#host.enter('cancel', (stage) => {
      const cell = stage.find(this.#address);
      if (cell === undefined) throw troupeError('UNKNOWN_RUN', { run: this.runId });
      const state = runStatus(cell, cell.snapshot);
      if (state === 'CANCELLED') return;
      if (isFinal(state)) {
        throw troupeError('ILLEGAL_MOVE', { run: this.runId, state, event: 'cancel' });
      }
      if (cell.parked !== '') throw troupeError('PARKED', { run: this.runId, reason: cell.parked });
      stage.send(this.#address, { type: 'run.cancel', reason, orphan: false });
    });
  }

  /**
   * Pauses the run and all below it: it is BLOCKED, nothing of it begins, its slot goes to others,
   * its time-out stands still. Work under way is aborted and goes on from the top later, recorded
   * steps answering; that is no attempt. Pausing again is fine.
   * @throws TroupeError `ILLEGAL_MOVE` when it has ended, or is a run of a machine; `PARKED`,
   *   `UNKNOWN_RUN`, `STOPPED`, `JOURNAL_FAILED`.
   */
  pause(): Promise<void> {
    return pauseRun(this.#host, this.#address);
  }

  /**
   * Lets a paused run go on, with all that was paused with it; nothing when it is not paused.
   * @throws TroupeError as `pause`; `ILLEGAL_MOVE` when it is paused with the run above it alone.
   */
  resume(): Promise<void> {
    return resumeRun(this.#host, this.#address);
  }

  /**
   * Of an external bot: begins an attempt; resolves with its number when that is durable. From then
   * on this handle speaks for that attempt.
   * @throws TroupeError `ILLEGAL_MOVE` unless it is ASSIGNED, or when its bot has work of its own;
   *   `PARKED`, `UNKNOWN_RUN`, `STOPPED`, `JOURNAL_FAILED`, as all of these.
   */
  begin(): Promise<number> {
    return this.#hand.begin();
  }

  /**
   * Of an external bot: reports progress of the attempt; a sign of life.
   * @throws TroupeError as `begin`, unless it is IN_PROGRESS; `STALE_ATTEMPT` for an earlier
   *   attempt, `INVALID`, `TOO_LARGE`.
   */
  report(report: ReportOptions): Promise<void> {
    return this.#hand.report(report);
  }

  /** Of an external bot: a sign of life of the attempt. @throws TroupeError as `report`. */
  heartbeat(options?: AttemptOptions): Promise<void> {
    return this.#hand.heartbeat(options);
  }

  /**
   * Of an external bot: completes the run; the result goes through the bot's output schema.
   * @throws TroupeError as `report`; `NOT_JSON`, `BAD_OPTION`, `SCHEMA_ASYNC`.
   */
  complete(completion?: CompletionOptions): Promise<void> {
    return this.#hand.complete(completion);
  }

  /**
   * Of an external bot: the attempt has failed; another one follows by the retry policy. Before an
   * attempt was begun: nobody can do it, the run fails at once.
   * @throws TroupeError as `report`, unless it is IN_PROGRESS or ASSIGNED; `BAD_OPTION`.
   */
  fail(failure: FailureOptions): Promise<void> {
    return this.#hand.fail(failure);
  }

  /**
   * Of an external bot: does not begin it. The run is PENDING again; after a pause a routed one
   * goes to another bot that can do it, if there is one, else the same bot is asked again.
   * @throws TroupeError as `begin`; `BAD_OPTION`.
   */
  decline(reason = 'declined'): Promise<void> {
    return this.#hand.decline(reason);
  }

  /**
   * Decides an approval below this run, by the name of its step or the path that leads there, such
   * as `polish/release`; of an approval's own run, that one. A step that ran more than once is
   * meant by its last run. Resolves when the decision is durable.
   * @throws TroupeError as `troupe.approvals.decide`.
   */
  async decide(...given: DecideArguments<Asked>): Promise<void>;
  async decide(...given: readonly unknown[]): Promise<void> {
    const [path, decision] = given.length < 2 ? [undefined, given[0]] : given;
    await this.#ports.decide(this.#address, path, decision);
  }

  /**
   * For XState's `waitFor`, `toPromise`, `subscribe` and for React. That of a machine takes the
   * machine's own events and shows its own output; that of others shows the outcome, and its `send`
   * throws `ILLEGAL_MOVE`.
   */
  get actor(): Actor {
    if (this.#actor !== undefined) return this.#actor;
    const made = actorRef<Actor>({
      address: this.#address,
      find: () => this.#found(),
      listen: (address, listener) => this.#host.listen(address, listener),
      send: (address, event) => sendToRun(this.#host, address, event),
    });
    this.#actor = made;
    return made;
  }

  /** After the end of the troupe nothing is found: the reference keeps what it saw last. */
  #found(): Cell | undefined {
    try {
      return this.#host.find(this.#address);
    } catch {
      return undefined;
    }
  }
}
