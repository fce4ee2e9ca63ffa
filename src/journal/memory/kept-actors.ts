/**
 * The actors of a journal in memory, by number, by address, and in families: a run that stands
 * by itself with all below it and its handoffs. Once its root has ended a family may be dropped,
 * oldest first; what has not ended goes when it ends.
 */
import type { ActorRecord } from '../journal.ts';
import { type EndedRoot, isRoot, rootOf } from '../trim/index.ts';
import { Line } from './line.ts';

/** An actor, and the family of the run at its root. */
export interface KeptActor {
  record: ActorRecord;
  /** The record with its texts, once it was read: a batch may make them late. */
  whole: ActorRecord | undefined;
  readonly family: Family;
}

interface Family {
  /** 0 until it is there: one batch may tell of what is below it first. */
  root: number;
  readonly members: Set<number>;
  /** How many of them count as ended. */
  counted: number;
  isDropped: boolean;
}

/** Keeps actors, and at most so many that ended as its bound says. */
export class KeptActors {
  readonly #bound: number;
  readonly #dropped: (actor: number) => void;
  readonly #byNumber = new Map<number, KeptActor>();
  readonly #byAddress = new Map<string, KeptActor>();
  /** By the address of the root. */
  readonly #families = new Map<string, Family>();
  readonly #ended = new Line<Family>();
  #endedMembers = 0;
  /** Ended roots by their last rows, until an actor changes. */
  #roots: readonly EndedRoot[] | undefined;
  #highest = 0;

  /** `Infinity` keeps all. `dropped` hears of each that is dropped. */
  constructor(bound: number, dropped: (actor: number) => void) {
    this.#bound = bound;
    this.#dropped = dropped;
  }

  /** The highest number ever given. */
  get highest(): number {
    return this.#highest;
  }

  /** Numbers go on after this one. */
  goOnFrom(highest: number): void {
    this.#highest = highest;
  }

  all(): Iterable<KeptActor> {
    return this.#byNumber.values();
  }

  byNumber(actor: number): KeptActor | undefined {
    return this.#byNumber.get(actor);
  }

  byAddress(address: string): KeptActor | undefined {
    return this.#byAddress.get(address);
  }

  /** Takes an actor in as of its last turn. */
  keep(record: ActorRecord): void {
    this.#roots = undefined;
    const known = this.#byNumber.get(record.actor);
    const wasDone = known?.record.done === true;
    const kept = known ?? this.#add(record);
    kept.record = record;
    kept.whole = undefined;
    if (!record.done || wasDone) return;
    if (kept.family.isDropped) this.drop(record.actor);
    else if (kept.family.root === record.actor) this.#noteEnd(kept.family);
  }

  /** Drops what is beyond the bound. */
  cut(): void {
    while (this.#endedMembers > this.#bound) this.#dropOldest();
  }

  drop(actor: number): void {
    const kept = this.#byNumber.get(actor);
    if (kept === undefined) return;
    this.#byAddress.delete(kept.record.address);
    this.#byNumber.delete(actor);
    kept.family.members.delete(actor);
    if (kept.family.root === actor) this.#families.delete(kept.record.address);
    this.#dropped(actor);
  }

  /** Ended runs that stand by themselves, in the order of their ends; some may have gone. */
  endedRoots(): readonly EndedRoot[] {
    if (this.#roots !== undefined) return this.#roots;
    const found: EndedRoot[] = [];
    for (const { record } of this.#byNumber.values()) {
      if (!record.done || !isRoot(record)) continue;
      found.push({ address: record.address, last: record.last, at: record.updatedAt });
    }
    this.#roots = found.sort((a, b) => a.last - b.last);
    return this.#roots;
  }

  /** The family of a run but itself: those whose address comes after `after`, in that order. */
  below(root: string, after: string, limit: number): KeptActor[] {
    const members = [...(this.#byAddress.get(root)?.family.members ?? [])];
    return members
      .flatMap((actor) => this.#byNumber.get(actor) ?? [])
      .filter(({ record }) => record.address !== root && record.address > after)
      .sort((a, b) => (a.record.address < b.record.address ? -1 : 1))
      .slice(0, limit);
  }

  #add(record: ActorRecord): KeptActor {
    const root = isRoot(record) ? record.address : rootOf(record.address);
    const family = this.#families.get(root) ?? newFamily();
    this.#families.set(root, family);
    if (isRoot(record)) family.root = record.actor;
    const kept = { record, whole: undefined, family };
    family.members.add(record.actor);
    this.#byNumber.set(record.actor, kept);
    this.#byAddress.set(record.address, kept);
    this.#highest = Math.max(this.#highest, record.actor);
    return kept;
  }

  #noteEnd(family: Family): void {
    family.counted += family.members.size;
    this.#endedMembers += family.members.size;
    this.#ended.push(family);
  }

  #dropOldest(): void {
    const family = this.#ended.shift();
    if (family === undefined) return;
    this.#endedMembers -= family.counted;
    family.counted = 0;
    const isDone = (actor: number): boolean => this.#byNumber.get(actor)?.record.done === true;
    if (!isDone(family.root)) return;
    family.isDropped = true;
    for (const member of [...family.members].filter(isDone)) this.drop(member);
  }
}

const newFamily = (): Family => ({
  root: 0,
  members: new Set(),
  counted: 0,
  isDropped: false,
});

/** A record as readers get it: plain, with all its texts. */
export function wholeOf(kept: KeptActor): ActorRecord {
  const { record } = kept;
  kept.whole ??= { ...record, input: record.input, snapshot: record.snapshot };
  return kept.whole;
}
