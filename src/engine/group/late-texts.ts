/**
 * Rows and records of a batch. Their texts are made when a journal reads them: one in memory keeps
 * most of them unread. That is sound because what a machine of ours was told, and its snapshots,
 * never change; those of users' machines may, and have their texts at the commit.
 */
import type { Cell, Identity } from '../../actor/index.ts';
import type { ActorRecord, JournalRow } from '../../journal/index.ts';
import type { ActorEvent } from '../../protocol/index.ts';
import { hostedText } from '../hosted/index.ts';
import { hostedStatus } from '../lives/index.ts';
import { isDone, statusOf, type Told, textOf, toldBy } from '../step.ts';

/** A row before its text is made. */
export type StagedRow = Omit<JournalRow, 'body'> & { readonly event: ActorEvent };

/** The row with its text. */
export const rowOf = (staged: StagedRow): JournalRow => ({
  seq: staged.seq,
  actor: staged.actor,
  previous: staged.previous,
  at: staged.at,
  type: staged.type,
  status: staged.status,
  body: JSON.stringify(staged.event),
});

/** A row whose text is made when it is read. */
export class LateRow implements JournalRow {
  readonly seq: number;
  readonly actor: number;
  readonly previous: number;
  readonly at: number;
  readonly type: string;
  readonly status: string;
  readonly event: ActorEvent;
  /** Its text is due at the commit. */
  readonly isAtOnce: boolean;
  #body: string | undefined;

  constructor(cell: Cell, seq: number, at: number, status: string, event: ActorEvent) {
    this.seq = seq;
    this.actor = cell.actor;
    this.previous = cell.last;
    this.at = at;
    this.type = event.type;
    this.status = status;
    this.event = event;
    this.isAtOnce = cell.hosted !== undefined;
  }

  /** Kept: a journal in a file reads it for its hash, too. */
  get body(): string {
    this.#body ??= JSON.stringify(this.event);
    return this.#body;
  }

  toJSON(): JournalRow {
    return rowOf(this);
  }
}

/** The record of an actor as it is now. */
export function recordOf(cell: Cell, now: number): ActorRecord {
  const record = new LateRecord(cell, now);
  return cell.hosted === undefined ? record : record.toJSON();
}

/** A record whose texts are made when they are read. */
class LateRecord implements ActorRecord {
  readonly actor: number;
  readonly address: ActorRecord['address'];
  readonly kind: string;
  readonly definition: string;
  readonly version: string;
  readonly structure: string;
  readonly generation: number;
  readonly parent: string;
  readonly status: string;
  readonly active: boolean;
  readonly done: boolean;
  readonly parked: string;
  readonly last: number;
  readonly watchers: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly #identity: Identity;
  /** Of a snapshot only what its text tells: records stay in memory for long. */
  readonly #told: Told;
  readonly #cell: Cell | undefined;
  #text: string | undefined;

  constructor(cell: Cell, now: number) {
    const { identity, snapshot, hosted, parked, last, watchers } = cell;
    const done = isDone(snapshot);
    this.actor = identity.actor;
    this.address = identity.address;
    this.kind = identity.kind;
    this.definition = identity.definition;
    this.version = identity.version;
    this.structure = identity.structure;
    this.generation = identity.generation;
    this.parent = identity.parent;
    this.status = hosted === undefined ? statusOf(snapshot) : hostedStatus(snapshot);
    this.active = !done && cell.isActive;
    this.done = done;
    this.parked = parked;
    this.last = last;
    this.watchers = watchers.length === 0 ? '[]' : JSON.stringify(watchers);
    this.createdAt = identity.createdAt;
    this.updatedAt = now;
    this.#identity = identity;
    this.#told = toldBy(snapshot);
    this.#cell = hosted === undefined ? undefined : cell;
  }

  get input(): string {
    return this.#identity.input;
  }

  get snapshot(): string {
    this.#text ??= this.#cell === undefined ? textOf(this.#told) : hostedText(this.#cell);
    return this.#text;
  }

  toJSON(): ActorRecord {
    const { input, snapshot } = this;
    return { ...this, input, snapshot };
  }
}
