/**
 * Cell: a living actor in memory: its record, its snapshot now and as last committed, its mailbox.
 *
 * Only the host's turns change it. Outside sees `committed` alone: what a turn decided is not true
 * before the group's commit.
 */
import type { AnyMachineSnapshot } from 'xstate';
import type { ActorRecord, JournalRow } from '../journal/index.ts';
import { Mailbox } from '../mailbox/index.ts';
import type { Address } from '../protocol/index.ts';

/** Told after each commit that touched the actor. */
export interface Listener {
  /** The newly committed snapshot. */
  snapshot?(snapshot: AnyMachineSnapshot): void;
  /** The rows that the commit added to the actor's history. */
  rows?(rows: readonly JournalRow[]): void;
  /** The host has failed or stopped: nothing more will come. */
  closed?(error: unknown): void;
}

/** What never changes about an actor, and what only registration changes. */
export type Identity = Pick<
  ActorRecord,
  | 'actor'
  | 'address'
  | 'kind'
  | 'definition'
  | 'version'
  | 'structure'
  | 'generation'
  | 'parent'
  | 'input'
  | 'createdAt'
>;

/** A living actor. */
export class Cell {
  identity: Identity;
  readonly mailbox = new Mailbox();
  /** As of the last turn, committed or not. */
  snapshot: AnyMachineSnapshot;
  /** As of the last commit. */
  committed: AnyMachineSnapshot;
  watchers: readonly Address[];
  parked: string;
  /** Its last row in the history. */
  last: number;
  /** When it was last written before it came to memory. */
  readonly leftAt: number;
  /** Whether it waits for a turn. */
  queued = false;
  /** Whether this group touched it. */
  touched = false;
  /** Rows that this group added. */
  rows: JournalRow[] = [];
  listeners: Set<Listener> | undefined;

  constructor(record: ActorRecord | NewActor, snapshot: AnyMachineSnapshot) {
    this.identity = record;
    this.snapshot = snapshot;
    this.committed = snapshot;
    this.parked = 'parked' in record ? record.parked : '';
    this.last = 'last' in record ? record.last : 0;
    this.leftAt = 'updatedAt' in record ? record.updatedAt : record.createdAt;
    this.watchers = 'watchers' in record ? JSON.parse(record.watchers) : [];
  }

  get actor(): number {
    return this.identity.actor;
  }

  get address(): Address {
    return this.identity.address;
  }

  /** Whether it takes gated mail. Only bots close; all others are always open. */
  get isOpen(): boolean {
    return this.identity.kind !== 'bot' || this.snapshot.hasTag('open');
  }

  get isDone(): boolean {
    return this.snapshot.status !== 'active';
  }

  /** Whether it has a turn to take. */
  get isRunnable(): boolean {
    return this.parked === '' && this.mailbox.size > 0 && this.mailbox.has(this.isOpen);
  }

  /** Adds a listener; the result ends it. */
  listen(listener: Listener): () => void {
    this.listeners ??= new Set();
    this.listeners.add(listener);
    return () => void this.listeners?.delete(listener);
  }
}

/** An actor that is being created. */
export type NewActor = Identity;
