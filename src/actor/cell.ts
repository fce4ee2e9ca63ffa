/**
 * Cell: a living actor in memory: its record, its snapshot now and as last committed, its mailbox.
 *
 * Only the host's turns change it. Outside sees `committed` alone: what a turn decided is not true
 * before the group's commit.
 */
import type { AnyMachineSnapshot } from 'xstate';
import type { ActorRecord, JournalRow } from '../journal/index.ts';
import { Mailbox } from '../mailbox/index.ts';
import { type ActorEvent, type Address, type MachineSpec, troupeError } from '../protocol/index.ts';
import { type Hosted, isRootSpec } from './hosted.ts';
import type { Listener } from './listener.ts';

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

/** An identity with changes. The text of its input may come from a getter, which is read here. */
export const changed = (identity: Identity, changes: Partial<Identity>): Identity => ({
  ...identity,
  input: identity.input,
  ...changes,
});

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
  /** Whether it was touched, or came to memory, since somebody looked for who is idle. */
  isUsed = true;
  /** It came back, and what was under way in it has not resumed yet. */
  isReturning = false;
  /** It has left memory: another cell is the actor now, or the journal alone has it. */
  isPassive = false;
  /** Rows that this group added. */
  rows: JournalRow[] = [];
  /** Events that it emitted in this group. */
  emitted: ActorEvent[] | undefined;
  listeners: Set<Listener> | undefined;
  /** Set for the actors of users' machines. */
  hosted: Hosted | undefined;

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

  /** Whether it takes gated mail. Bots close, inboxes never open; all others are always open. */
  get isOpen(): boolean {
    const { kind } = this.identity;
    return (kind !== 'bot' && kind !== 'inbox') || this.snapshot.hasTag('open');
  }

  get isDone(): boolean {
    return this.snapshot.status !== 'active';
  }

  /** Whether it waits for its restart, and takes no turns. */
  get isPausing(): boolean {
    return this.hosted?.life.pausing !== undefined;
  }

  /** Whether it has a turn to take. */
  get isRunnable(): boolean {
    if (this.parked !== '' || this.mailbox.size === 0) return false;
    return !this.isPausing && this.mailbox.has(this.isOpen);
  }

  /** Whether something is under way that has to be performed again after a crash. */
  get isActive(): boolean {
    if (this.hosted === undefined) return this.snapshot.hasTag('active');
    return this.hosted.children.underWay > 0;
  }

  /** What its run was started with: the input of its machine, or what stands beside a user's. */
  get spec(): MachineSpec {
    if (this.hosted === undefined) return this.snapshot.context.spec;
    const { spec } = this.hosted;
    if (isRootSpec(spec)) return spec;
    throw troupeError('BROKEN_INVARIANT', { invariant: 'a run has a spec', found: this.address });
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
