/** Run: the handle of one run, to wait for it, watch it and end it. */
import type { ActorRefFrom } from 'xstate';
import type { taskMachine, workflowMachine } from '../../machines/index.ts';
import { actorRef } from '../actor/index.ts';
import type { Host } from '../engine/index.ts';
import {
  type Address,
  type Failure,
  isFinal,
  type Outcome,
  RunError,
  type RunSpec,
  RunStatus,
  runIdOf,
  type Settlement,
  segmentsOf,
  troupeError,
} from '../protocol/index.ts';
import { type EventsOptions, eventsOf, type RunEvent } from './events.ts';
import { outcomeOf, type WaitOptions } from './waiting.ts';

/** A run as it is now: what it is, how far it is, how it ended. */
export interface RunSnapshot<Out = unknown> {
  readonly id: string;
  readonly runId: string;
  readonly definition: string;
  readonly version: string;
  readonly status: RunStatus;
  /** Why it is parked; undefined when it is not. */
  readonly parked?: string | undefined;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly domain?: string | undefined;
  readonly priority: number;
  readonly requirements: readonly string[];
  readonly constraints: readonly string[];
  readonly input: unknown;
  /** The bot that has it. */
  readonly assignedTo?: string | undefined;
  readonly createdBy: string;
  /** Runs that must complete first. */
  readonly dependsOn: readonly string[];
  readonly attempts: number;
  /** 0 to 1. */
  readonly progress?: number | undefined;
  readonly note?: string | undefined;
  readonly confidence?: number | undefined;
  readonly learnings: readonly string[];
  readonly cost?: number | undefined;
  readonly result?: Out | undefined;
  readonly error?: Failure | undefined;
  /** Why it was cancelled. */
  readonly reason?: string | undefined;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly startedAt?: number | undefined;
  readonly completedAt?: number | undefined;
  readonly dueAt?: number | undefined;
  /** Milliseconds from creation until now, or until the end. */
  readonly elapsedMs: number;
  /** It is due and has not ended. */
  readonly isOverdue: boolean;
}

/** The outcome of a run, with a workflow's sub-results by step. */
export type RunOutcome<Out = unknown> = Outcome<Out> & {
  readonly steps?: Readonly<Record<string, Settlement>> | undefined;
};

/** The reference that XState's tools take: the actor of the machine that decides the run. */
export type RunActor = ActorRefFrom<typeof taskMachine> | ActorRefFrom<typeof workflowMachine>;

/** A handle of one run. */
export class Run<Out = unknown> {
  /** Names it among all runs: its address without `run/`, such as `finder/q-42`. */
  readonly runId: string;
  readonly #host: Host;
  readonly #address: Address;
  #actor: RunActor | undefined;

  constructor(host: Host, address: Address) {
    this.#host = host;
    this.#address = address;
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
    const outcome = await this.outcome(wait);
    if (outcome.status === 'COMPLETED') return outcome.result;
    throw new RunError(this.runId, outcome);
  }

  /**
   * How the run ended, failure as data.
   * @throws TroupeError `WAIT_TIMEOUT`, `WAIT_ABORTED`, `PARKED`, `STOPPED`, `JOURNAL_FAILED`.
   */
  async outcome(wait?: WaitOptions): Promise<RunOutcome<Out>> {
    const cell = this.#host.find(this.#address);
    const outcome = (await outcomeOf(this.#host, this.#address, wait)) as Outcome<Out>;
    if (cell?.identity.kind !== 'workflow') return outcome;
    const steps = this.#host.journal
      .steps(cell.actor)
      .map(({ step, body }): [string, Settlement] => [step, JSON.parse(body)]);
    return { ...outcome, steps: Object.fromEntries(steps) };
  }

  /** The run as committed now. */
  async snapshot(): Promise<RunSnapshot<Out>> {
    const cell = this.#host.find(this.#address);
    if (cell === undefined) throw troupeError('UNKNOWN_RUN', { run: this.runId });
    const { value, context } = cell.committed;
    const status = RunStatus.parse(typeof value === 'string' ? value : Object.keys(value)[0]);
    return describe(this, status, cell.parked, context, this.#host.clock.now());
  }

  /** What happened to it, recorded and to come, until it ends. */
  events(options?: EventsOptions): AsyncGenerator<RunEvent, void, undefined> {
    return eventsOf(this.#host, this.#address, options);
  }

  /**
   * Cancels the run and all below it; resolves when that is durable. Cancelling again is fine.
   * @throws TroupeError `ILLEGAL_MOVE` when it has completed or failed.
   */
  async cancel(reason = 'cancelled'): Promise<void> {
    await this.#host.enter('cancel', (stage) => {
      const cell = stage.find(this.#address);
      if (cell === undefined) throw troupeError('UNKNOWN_RUN', { run: this.runId });
      if (cell.parked !== '') {
        throw troupeError('PARKED', { run: this.runId, reason: cell.parked });
      }
      const state = String(cell.snapshot.value);
      if (state === 'CANCELLED') return;
      if (isFinal(state)) {
        throw troupeError('ILLEGAL_MOVE', { run: this.runId, state, event: 'cancel' });
      }
      stage.send(this.#address, { type: 'run.cancel', reason, orphan: false });
    });
  }

  /** For XState's `waitFor`, `toPromise`, `subscribe` and for React. Its output is the outcome. */
  get actor(): RunActor {
    this.#actor ??= actorRef({
      address: this.#address,
      find: (address) => this.#host.find(address),
      listen: (address, listener) => this.#host.listen(address, listener),
      send: (address, event) => {
        throw troupeError('ILLEGAL_MOVE', {
          run: runIdOf(address),
          state: 'driven by its bot',
          event: event.type,
        });
      },
    }) as RunActor;
    return this.#actor;
  }
}

type AnyContext = Readonly<Record<string, unknown>> & { readonly spec: RunSpec };

const given = <Value>(value: unknown): Value | undefined =>
  (value ?? undefined) as Value | undefined;

function describe<Out>(
  run: Run<Out>,
  status: RunStatus,
  parked: string,
  context: AnyContext,
  now: number,
): RunSnapshot<Out> {
  const { spec } = context;
  const completedAt = given<number>(context.completedAt);
  return {
    id: run.id,
    runId: run.runId,
    definition: spec.definition,
    version: spec.version,
    status,
    parked: parked === '' ? undefined : parked,
    title: given(spec.title),
    description: given(spec.description),
    domain: given(spec.domain),
    priority: spec.priority,
    requirements: spec.requirements,
    constraints: spec.constraints,
    input: spec.input,
    assignedTo: given(context.assignedTo),
    createdBy: spec.createdBy,
    dependsOn: spec.dependsOn,
    attempts: given(context.attempts) ?? 1,
    progress: given(context.progress),
    note: given(context.note),
    confidence: given(context.confidence),
    learnings: given(context.learnings) ?? [],
    cost: given(context.cost),
    result: given(context.result),
    error: given(context.error),
    reason: given(context.reason),
    createdAt: spec.createdAt,
    startedAt: given(context.startedAt),
    completedAt,
    dueAt: given(spec.dueAt),
    elapsedMs: (completedAt ?? now) - spec.createdAt,
    isOverdue: spec.dueAt !== null && spec.dueAt < now && completedAt === undefined,
  };
}
