/**
 * The journal in memory: the default. It keeps the contract of a file but for surviving the end
 * of the process.
 *
 * Bounds: the newest `rows` rows of history and as many dead letters, and `runs` actors that
 * ended. Never dropped: an actor that has not ended, what stands below a run that has not ended
 * (its work may ask for the results again), a waiting message, an armed timer.
 */
import { limits, troupeError } from '../protocol/index.ts';
import { checkRows, groupOf, guardReads } from './group.ts';
import {
  type ActorFilter,
  type ActorRecord,
  type Batch,
  byArming,
  byRecording,
  type DeadLetter,
  type Heads,
  type Journal,
  type JournalReads,
  type JournalRow,
  type StepRecord,
  type TimerRecord,
  type WaitingMail,
} from './journal.ts';

/** What the journal in memory keeps. */
export interface MemoryOptions {
  /** Rows of history, and dead letters (default `limits.memoryRows`). */
  readonly rows?: number;
  /** Actors that ended (default `limits.memoryRuns`). */
  readonly runs?: number;
}

/** A new, empty journal in memory. */
export function memoryJournal(options: MemoryOptions = {}): Journal {
  const { rows = limits.memoryRows, runs = limits.memoryRuns } = options;
  const state = memoryState({ rows, runs });
  const group = groupOf('memory');
  return {
    ...guardReads(state.reads, group),
    path: 'memory',
    begin() {
      group.enter();
      return true;
    },
    commit(batch) {
      group.checkOpen();
      try {
        state.apply(batch);
      } catch (error) {
        throw group.fail(error);
      }
      group.leave();
    },
    abort() {
      group.checkOpen();
      group.leave();
    },
    close: () => void group.close(),
  };
}

/** What was committed, in memory. */
export interface MemoryState {
  readonly reads: JournalReads;
  /** Takes a whole batch, or throws `BROKEN_INVARIANT` and changes nothing. */
  apply(batch: Batch): void;
}

/** An actor, and the family of the run at its root. */
interface Kept {
  record: ActorRecord;
  readonly family: Family;
}

/** A run with all below it: they are dropped together. */
interface Family {
  readonly root: number;
  members: number[];
  /** How many of them count as ended. */
  counted: number;
  isDropped: boolean;
}

/** An empty state; `Infinity` keeps everything. */
export function memoryState(bounds: Required<MemoryOptions>): MemoryState {
  const rows = newest<JournalRow>(bounds.rows);
  const letters = newest<DeadLetter>(bounds.rows);
  const actors = new Map<number, Kept>();
  const addresses = new Map<string, Kept>();
  const waiting = new Map<number, WaitingMail>();
  const steps = nested<StepRecord>();
  const timers = nested<TimerRecord>();
  const ended: Family[] = [];
  let endedMembers = 0;
  let seq = 0;
  let actor = 0;
  let letter = 0;

  function apply(batch: Batch): void {
    check(batch);
    for (const row of batch.rows) rows.push(row);
    for (const record of batch.actors) keep(record);
    for (const mail of batch.taken) waiting.delete(mail);
    for (const mail of batch.waiting) waiting.set(mail.mail, mail);
    for (const step of batch.steps) steps.set(step.actor, step.step, step);
    for (const timer of batch.timersCleared) timers.delete(timer.actor, timer.timer);
    for (const timer of batch.timersArmed) timers.set(timer.actor, timer.timer, timer);
    for (const dead of batch.dead) {
      letters.push(dead);
      letter = Math.max(letter, dead.letter);
    }
    seq += batch.rows.length;
    while (endedMembers > bounds.runs) dropOldest();
  }

  function check(batch: Batch): void {
    checkRows(batch.rows, seq);
    for (const { actor: number, address } of batch.actors) {
      const other = addresses.get(address);
      if (other === undefined || other.record.actor === number) continue;
      const found = `${address} as ${other.record.actor} and ${number}`;
      throw troupeError('BROKEN_INVARIANT', { invariant: 'an address has one actor', found });
    }
  }

  function keep(record: ActorRecord): void {
    const known = actors.get(record.actor);
    const wasDone = known?.record.done === true;
    const kept = known ?? add(record);
    kept.record = record;
    if (!record.done || wasDone) return;
    if (kept.family.isDropped) drop(record.actor);
    else if (kept.family.root === record.actor) noteEnd(kept.family);
  }

  function noteEnd(family: Family): void {
    family.counted += family.members.length;
    endedMembers += family.members.length;
    ended.push(family);
  }

  function add(record: ActorRecord): Kept {
    const above = record.parent === '' ? undefined : addresses.get(record.parent);
    const family = above?.family ?? newFamily(record.actor);
    const kept = { record, family };
    family.members.push(record.actor);
    actors.set(record.actor, kept);
    addresses.set(record.address, kept);
    actor = Math.max(actor, record.actor);
    return kept;
  }

  function dropOldest(): void {
    const family = ended.shift();
    if (family === undefined) return;
    endedMembers -= family.counted;
    family.counted = 0;
    if (!isDone(family.root)) return;
    family.isDropped = true;
    for (const member of family.members.filter(isDone)) drop(member);
    family.members = [];
  }

  const isDone = (number: number): boolean => actors.get(number)?.record.done === true;

  function drop(number: number): void {
    const kept = actors.get(number);
    if (kept !== undefined) addresses.delete(kept.record.address);
    actors.delete(number);
    steps.deleteAll(number);
  }

  const heads = (): Heads => ({
    seq,
    actor,
    mail: highest([...waiting.keys()]),
    letter,
    arming: highest(timers.values().map((timer) => timer.arming)),
  });

  return {
    apply,
    reads: {
      heads,
      byAddress: (address) => addresses.get(address)?.record,
      byNumber: (number) => actors.get(number)?.record,
      actors: (filter) => list(actors, filter),
      waiting: () => [...waiting.values()].sort((a, b) => a.mail - b.mail),
      timers: () => timers.values().sort(byArming),
      steps: (number) => steps.of(number).sort(byRecording),
      step: (number, name) => steps.get(number, name),
      history: (number, since) => walkBack(rows, actors.get(number)?.record.last ?? 0, since),
      rows: (since, limit) => rows.from(since + 1, limit),
      deadLetters: (limit) => letters.last(limit),
    },
  };
}

const newFamily = (root: number): Family => ({ root, members: [], counted: 0, isDropped: false });

const highest = (numbers: readonly number[]): number =>
  numbers.reduce((high, number) => Math.max(high, number), 0);

function list(actors: ReadonlyMap<number, Kept>, filter: ActorFilter): ActorRecord[] {
  const fits = (record: ActorRecord): boolean =>
    (filter.kind ?? record.kind) === record.kind &&
    (filter.definition ?? record.definition) === record.definition &&
    (filter.active ?? record.active) === record.active &&
    (filter.done ?? record.done) === record.done &&
    (filter.parked ?? record.parked !== '') === (record.parked !== '');
  const found = [...actors.values()].map((kept) => kept.record).filter(fits);
  return found.sort((a, b) => a.actor - b.actor).slice(0, filter.limit);
}

function walkBack(rows: Newest<JournalRow>, last: number, since: number): JournalRow[] {
  const found: JournalRow[] = [];
  let row = last > since ? rows.at(last) : undefined;
  while (row !== undefined) {
    found.push(row);
    row = row.previous > since ? rows.at(row.previous) : undefined;
  }
  return found.reverse();
}

/** A list, numbered from 1, that keeps its newest items. */
interface Newest<Item> {
  push(item: Item): void;
  at(number: number): Item | undefined;
  from(number: number, limit: number): Item[];
  last(limit: number): Item[];
}

/** Cut when twice too long: dropping costs one copy for each item kept. */
function newest<Item>(bound: number): Newest<Item> {
  let items: Item[] = [];
  let dropped = 0;
  const floor = (): number => Math.max(0, items.length - bound);
  return {
    push(item) {
      items.push(item);
      if (items.length < 2 * bound) return;
      dropped += floor();
      items = items.slice(floor());
    },
    at: (number) => (number - dropped > floor() ? items[number - dropped - 1] : undefined),
    from(number, limit) {
      const start = Math.max(floor(), number - dropped - 1);
      return items.slice(start, start + limit);
    },
    last: (limit) => items.slice(Math.max(floor(), items.length - limit)),
  };
}

/** Items by actor and name. */
interface Nested<Item> {
  set(actor: number, name: string, item: Item): void;
  delete(actor: number, name: string): void;
  deleteAll(actor: number): void;
  get(actor: number, name: string): Item | undefined;
  of(actor: number): Item[];
  values(): Item[];
}

function nested<Item>(): Nested<Item> {
  const maps = new Map<number, Map<string, Item>>();
  return {
    set(actor, name, item) {
      const map = maps.get(actor);
      if (map === undefined) maps.set(actor, new Map([[name, item]]));
      else map.set(name, item);
    },
    delete(actor, name) {
      const map = maps.get(actor);
      map?.delete(name);
      if (map?.size === 0) maps.delete(actor);
    },
    deleteAll: (actor) => void maps.delete(actor),
    get: (actor, name) => maps.get(actor)?.get(name),
    of: (actor) => [...(maps.get(actor)?.values() ?? [])],
    values: () => [...maps.values()].flatMap((map) => [...map.values()]),
  };
}
