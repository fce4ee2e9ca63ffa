/**
 * Mailbox: what waits for one actor.
 *
 * Priority 10 to 0, first in first out inside a priority; what machines send has one lane of its
 * own above them, so that an actor's reports arrive in the order it sent them. Gated mail waits
 * until the actor is open; among equals of one priority it comes after mail that is not gated.
 *
 * No starvation: of any `limits.mailboxOvertakes + 1` messages taken in a row at least one is the
 * oldest that could be taken, whatever its priority. While the actor is open, a message behind
 * which `n` older ones wait is taken at the latest with the `(overtakes + 1) * (n + 1)`th of them.
 * Takings while it is closed are counted apart, or a bot that closes with every message it takes
 * would never get to the bound.
 *
 * Invariants: a message is taken at most once; per lane the order of taking is the order of
 * putting; `size` counts what can still be taken; what was taken back costs room for a while, in
 * proportion to what waits.
 */
import { type ActorEvent, limits } from '../protocol/index.ts';

/** The lane of what machines send; 0 to 10 are those of priorities. */
export const machineLane = 11;

/** A message in a mailbox. */
export interface Mail {
  readonly event: ActorEvent;
  readonly lane: number;
  /** Waits until the actor is open. */
  readonly gated: boolean;
  /** By which its sender can take it back; empty for none. */
  readonly key: string;
  /** Milliseconds since 1970; 0 for never. */
  readonly expiresAt: number;
  /** Number of acceptance, rising; decides who is older. */
  readonly number: number;
  /** Id of the timer that sent it; the timer's row keeps it, no inbox row does. */
  readonly timer?: string;
  /** The arming of that timer. */
  readonly arming?: number;
  /** The life of the child of a machine whose end or snapshot it tells. */
  readonly origin?: { readonly child: string; readonly entry: number };
  /** Machines that sent on, one after the other, what led to it. */
  readonly hops?: number;
  /** Whether the journal has it in its inbox. */
  stored: boolean;
  /** It was taken back. */
  withdrawn: boolean;
  /** It left the mailbox. */
  taken: boolean;
}

interface Lane {
  items: (Mail | undefined)[];
  head: number;
}

/** Of a lane in which nothing waits; a message that comes gets a list of its own. */
const none: (Mail | undefined)[] = [];

const machineBit = 22;
const ungatedMask = 0x6a_aaaa;
/** Messages taken back that may lie in the lanes beyond those that wait. */
const sweepAt = 1_024;

/** What waits for one actor. */
export class Mailbox {
  /** The only message of a machine that waits, when it can't be taken back: it needs no lane. */
  #single: Mail | undefined;
  /** The highest first. */
  #lanes: (Lane | undefined)[] = [];
  /** A bit for each lane that holds something: 2 x priority + 1 ungated, 2 x priority gated. */
  #mask = 0;
  /** Takings since the oldest was served, while open and while closed. */
  #overtakesOpen = 0;
  #overtakesClosed = 0;
  #keyed: Map<string, Mail> | undefined;
  #size = 0;
  #bounded = 0;
  /** Messages taken back that still lie in a lane. */
  #withdrawn = 0;

  /** Messages waiting. */
  get size(): number {
    return this.#size;
  }

  /** Messages waiting that count toward the mailbox's bound: those of clients and bots. */
  get bounded(): number {
    return this.#bounded;
  }

  /** Messages waiting that timers sent: their rows keep them, they are accepted by nobody. */
  get firings(): number {
    return this.list().filter(({ timer }) => timer !== undefined).length;
  }

  /** Whether a message of a machine waits: it is the next to be taken, or nearly. */
  get hasOfMachines(): boolean {
    return (this.#mask & (1 << machineBit)) !== 0;
  }

  /** Adds a message at the end of its lane. */
  put(mail: Mail): void {
    const index = laneIndex(mail);
    const isFirst = (this.#mask & (1 << index)) === 0;
    if (isFirst && index === machineBit && mail.key === '') this.#single = mail;
    else this.#queue(index, mail);
    this.#mask |= 1 << index;
    this.#size += 1;
    if (isBounded(mail)) this.#bounded += 1;
    if (mail.key !== '') {
      this.#keyed ??= new Map();
      this.#keyed.set(mail.key, mail);
    }
  }

  #queue(index: number, mail: Mail): void {
    const single = index === machineBit ? this.#single : undefined;
    if (single !== undefined) {
      this.#single = undefined;
      this.#queue(index, single);
    }
    const lane = this.#lanes[machineBit - index];
    if (lane === undefined) this.#lanes[machineBit - index] = { items: [mail], head: 0 };
    else if (lane.items === none) lane.items = [mail];
    else lane.items.push(mail);
  }

  /** Whether a message can be taken now. */
  has(open: boolean): boolean {
    this.#dropWithdrawn(open);
    return this.#eligible(open) !== 0;
  }

  /** Takes the next message; gated ones only when the actor is open. */
  take(open: boolean): Mail | undefined {
    this.#dropWithdrawn(open);
    const eligible = this.#eligible(open);
    if (eligible === 0) return undefined;
    const top = 31 - Math.clz32(eligible);
    return this.#remove(open ? this.#nextOpen(eligible, top) : this.#nextClosed(eligible, top));
  }

  /** Takes back a message of a priority, by its key or itself; undefined when it is not waiting. */
  withdraw(wanted: string | Mail): Mail | undefined {
    const mail = typeof wanted === 'string' ? this.#keyed?.get(wanted) : wanted;
    if (mail === undefined || mail.taken || mail.withdrawn) return undefined;
    this.#forget(mail);
    mail.withdrawn = true;
    this.#withdrawn += 1;
    if (this.#withdrawn > this.#size + sweepAt) this.#sweep();
    return mail;
  }

  /**
   * The oldest of those with the lowest priority that count toward the bound and can be taken back
   * by their key; undefined when there is none.
   */
  oldestOfLowest(): Mail | undefined {
    this.#dropWithdrawn(true);
    for (const lane of this.#lanes.slice(1).toReversed()) {
      if (lane === undefined) continue;
      for (let index = lane.head; index < lane.items.length; index += 1) {
        const mail = lane.items[index];
        if (mail?.withdrawn === false && mail.key !== '' && isBounded(mail)) return mail;
      }
    }
    return undefined;
  }

  /** What waits, oldest first. */
  list(): Mail[] {
    const lanes = this.#lanes.flatMap((lane) => lane?.items.slice(lane.head) ?? []);
    const waiting = [this.#single, ...lanes].flatMap((mail) =>
      mail === undefined || mail.withdrawn ? [] : mail,
    );
    return waiting.sort((a, b) => a.number - b.number);
  }

  /** Takes everything out, oldest first. */
  drain(): Mail[] {
    if (this.#size === 0 && this.#withdrawn === 0) return [];
    const all = this.list();
    for (const mail of all) mail.taken = true;
    this.#clear();
    return all;
  }

  #eligible(open: boolean): number {
    return open ? this.#mask : this.#mask & ungatedMask;
  }

  #nextOpen(eligible: number, top: number): number {
    if (eligible === 1 << top || this.#overtakesOpen === limits.mailboxOvertakes) {
      this.#overtakesOpen = 0;
      return this.#oldestLane(eligible, top);
    }
    this.#overtakesOpen += 1;
    return top;
  }

  #nextClosed(eligible: number, top: number): number {
    if (eligible === 1 << top || this.#overtakesClosed === limits.mailboxOvertakes) {
      this.#overtakesClosed = 0;
      return this.#oldestLane(eligible, top);
    }
    this.#overtakesClosed += 1;
    return top;
  }

  #oldestLane(eligible: number, top: number): number {
    let oldest = top;
    for (let left = eligible & ~(1 << top); left !== 0; left &= left - 1) {
      const index = 31 - Math.clz32(left & -left);
      if (this.#headNumber(index) < this.#headNumber(oldest)) oldest = index;
    }
    return oldest;
  }

  #headNumber(index: number): number {
    if (index === machineBit && this.#single !== undefined) return this.#single.number;
    const lane = this.#lanes[machineBit - index];
    return lane?.items[lane.head]?.number ?? Number.POSITIVE_INFINITY;
  }

  #remove(index: number): Mail | undefined {
    const mail = this.#shift(index);
    if (mail === undefined) return undefined;
    this.#forget(mail);
    mail.taken = true;
    return mail;
  }

  #shift(index: number): Mail | undefined {
    const single = index === machineBit ? this.#single : undefined;
    if (single !== undefined) {
      this.#single = undefined;
      this.#mask &= ~(1 << index);
      return single;
    }
    const lane = this.#lanes[machineBit - index];
    if (lane === undefined) return undefined;
    const mail = lane.items[lane.head];
    if (lane.head + 1 === lane.items.length) {
      lane.items = none;
      lane.head = 0;
      this.#mask &= ~(1 << index);
      return mail;
    }
    lane.items[lane.head] = undefined;
    lane.head += 1;
    if (lane.head > 1_024 && lane.head * 2 > lane.items.length) {
      lane.items = lane.items.slice(lane.head);
      lane.head = 0;
    }
    return mail;
  }

  #forget(mail: Mail): void {
    this.#size -= 1;
    if (isBounded(mail)) this.#bounded -= 1;
    if (mail.key !== '' && this.#keyed?.get(mail.key) === mail) this.#keyed.delete(mail.key);
  }

  /** Messages that were taken back leave their lanes when they come to the front. */
  #dropWithdrawn(open: boolean): void {
    if (this.#withdrawn === 0) return;
    for (let left = this.#eligible(open); left !== 0; left &= left - 1) {
      const index = 31 - Math.clz32(left & -left);
      let lane = this.#lanes[machineBit - index];
      while (lane?.items[lane.head]?.withdrawn === true) {
        this.#shift(index);
        this.#withdrawn -= 1;
        lane = this.#lanes[machineBit - index];
      }
    }
  }

  /** Rebuilds the lanes without what was taken back: a closed actor's lanes come to no front. */
  #sweep(): void {
    const waiting = this.list();
    this.#clear();
    for (const mail of waiting) this.put(mail);
  }

  #clear(): void {
    this.#single = undefined;
    this.#lanes = [];
    this.#mask = 0;
    this.#size = 0;
    this.#bounded = 0;
    this.#withdrawn = 0;
    this.#keyed = undefined;
  }
}

const laneIndex = (mail: Mail): number =>
  mail.lane === machineLane ? machineBit : mail.lane * 2 + (mail.gated ? 0 : 1);

const isBounded = (mail: Mail): boolean =>
  mail.lane !== machineLane && mail.event.type !== 'slot.request';
