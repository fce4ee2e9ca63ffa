/**
 * Work: what one macrostep has under its hands. Between two microsteps `snapshot` is whole; within
 * one, the parts that actions change are held apart, and a snapshot is put together only for who
 * asks to see one (XState puts one together after every change).
 */
import type { ActorEvent } from '../../protocol/index.ts';
import type { BuiltIn, Extra, Face, Past, Scope, Snapshot } from './chart/chart.ts';
import { pastOf, snapshotOf } from './chart/xstate.ts';

/** A built-in action that looks again when the actions of its state are through. */
interface Retry {
  readonly action: BuiltIn;
  readonly params: unknown;
}

/** The state of a macrostep. */
export class Work {
  readonly scope: Scope;
  /** The event of this microstep. */
  event: ActorEvent;
  context: Snapshot['context'];
  children: Snapshot['children'];
  status: Snapshot['status'];
  output: unknown;
  /** Whether `context`, `children`, `status` or `output` were set since `snapshot` was made. */
  isAhead = false;
  #retries: Retry[] | undefined;
  #snapshot: Snapshot;
  #queue: ActorEvent[] | undefined;

  constructor(snapshot: Snapshot, event: ActorEvent, scope: Scope) {
    this.scope = scope;
    this.event = event;
    this.#snapshot = snapshot;
    this.context = snapshot.context;
    this.children = snapshot.children;
    this.status = snapshot.status;
    this.output = snapshot.output;
  }

  /** Events that were raised and wait. */
  get queue(): ActorEvent[] {
    this.#queue ??= [];
    return this.#queue;
  }

  /** Whether a raised event waits. */
  get hasRaised(): boolean {
    return this.#queue !== undefined && this.#queue.length > 0;
  }

  /** The snapshot that was made last. */
  get last(): Snapshot {
    return this.#snapshot;
  }

  /** The snapshot as of now: within a microstep still with the states that it began in. */
  get snapshot(): Snapshot {
    return this.isAhead ? this.#remade() : this.#snapshot;
  }

  /** Makes the next event that was raised the one of this microstep. */
  takeRaised(): void {
    for (const event of this.queue.splice(0, 1)) this.event = event;
  }

  /** Makes the snapshot of a configuration. */
  enter(face: Face, past: Past): Snapshot {
    this.isAhead = false;
    this.#snapshot = snapshotOf(this.#snapshot, this, face, past);
    return this.#snapshot;
  }

  #remade(): Snapshot {
    return this.enter(this.#snapshot, pastOf(this.#snapshot));
  }

  /** Makes the snapshot of an actor that failed. */
  fail(error: unknown): Snapshot {
    this.status = 'error';
    this.#snapshot = Object.assign(this.#remade(), { error });
    return this.#snapshot;
  }

  /** Goes on from a snapshot that a built-in action made. */
  adopt(snapshot: Snapshot): void {
    if (snapshot === this.#snapshot) return;
    this.#snapshot = snapshot;
    this.context = snapshot.context;
    this.children = snapshot.children;
  }

  /** Has an action look again at the children that its state will have started. */
  retry(action: BuiltIn, params: unknown): void {
    this.#retries ??= [];
    this.#retries.push({ action, params });
  }

  /** Lets the actions that wait for it look again. */
  settleRetries(): void {
    const retries = this.#retries ?? [];
    this.#retries = undefined;
    const { scope, snapshot } = this;
    for (const { action, params } of retries) action.retryResolve?.(scope, snapshot, params);
  }

  /** What built-in actions are told of their microstep. */
  extra(deferredActorIds: readonly string[] | undefined): Extra {
    return { internalQueue: this.queue, deferredActorIds };
  }
}
