/**
 * Mailbox: what waits for one actor.
 *
 * Priority 10 to 0, first in first out inside a priority; what machines send has one lane of its
 * own above them, so that an actor's reports arrive in the order it sent them. Gated mail waits
 * until the actor is open. No starvation: after `limits.mailboxOvertakes` messages that overtook
 * older ones, the oldest waiting message is next, whatever its priority.
 *
 * Invariants: a message is taken at most once; per lane the order of taking is the order of
 * putting; `size` counts what can still be taken.
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

const machineBit = 22;
const ungatedMask = 0x6a_aaaa;

/** What waits for one actor. */
export class Mailbox {
  #lanes: (Lane | undefined)[] = [];
  /** A bit for each lane that holds something: 2 x priority + 1 ungated, 2 x priority gated. */
  #mask = 0;
  #overtakes = 0;
  #keyed: Map<string, Mail> | undefined;
  #size = 0;
  #bounded = 0;

  /** Messages waiting. */
  get size(): number {
    return this.#size;
  }

  /** Messages waiting that count toward the mailbox's bound: those of clients and bots. */
  get bounded(): number {
    return this.#bounded;
  }

  /** Adds a message at the end of its lane. */
  put(mail: Mail): void {
    const index = laneIndex(mail);
    let lane = this.#lanes[index];
    if (lane === undefined) {
      lane = { items: [], head: 0 };
      this.#lanes[index] = lane;
    }
    lane.items.push(mail);
    this.#mask |= 1 << index;
    this.#size += 1;
    if (isBounded(mail)) this.#bounded += 1;
    if (mail.key !== '') {
      this.#keyed ??= new Map();
      this.#keyed.set(mail.key, mail);
    }
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
    const index = this.#nextLane(eligible, top);
    return this.#remove(index);
  }

  /** Takes back the message with this key; undefined when it is not waiting. */
  withdraw(key: string): Mail | undefined {
    const mail = this.#keyed?.get(key);
    if (mail === undefined) return undefined;
    this.#forget(mail);
    mail.withdrawn = true;
    return mail;
  }

  /** Takes everything out, oldest first. */
  drain(): Mail[] {
    const all = this.#lanes.flatMap((lane) => lane?.items.slice(lane.head) ?? []);
    this.#lanes = [];
    this.#mask = 0;
    this.#size = 0;
    this.#bounded = 0;
    this.#keyed = undefined;
    return all
      .filter((mail) => mail !== undefined && !mail.withdrawn)
      .flatMap((mail) => mail ?? [])
      .sort((a, b) => a.number - b.number);
  }

  #eligible(open: boolean): number {
    return open ? this.#mask : this.#mask & ungatedMask;
  }

  /** The highest lane, unless it overtook often enough: then the one with the oldest message. */
  #nextLane(eligible: number, top: number): number {
    if (eligible === 1 << top) {
      this.#overtakes = 0;
      return top;
    }
    if (this.#overtakes < limits.mailboxOvertakes) {
      this.#overtakes += 1;
      return top;
    }
    this.#overtakes = 0;
    let oldest = top;
    for (let index = 0; index < top; index += 1) {
      if ((eligible & (1 << index)) !== 0 && this.#headNumber(index) < this.#headNumber(oldest)) {
        oldest = index;
      }
    }
    return oldest;
  }

  #headNumber(index: number): number {
    const lane = this.#lanes[index];
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
    const lane = this.#lanes[index];
    if (lane === undefined) return undefined;
    const mail = lane.items[lane.head];
    lane.items[lane.head] = undefined;
    lane.head += 1;
    if (lane.head === lane.items.length) {
      lane.items = [];
      lane.head = 0;
      this.#mask &= ~(1 << index);
    } else if (lane.head > 1_024 && lane.head * 2 > lane.items.length) {
      lane.items = lane.items.slice(lane.head);
      lane.head = 0;
    }
    return mail;
  }

  #forget(mail: Mail): void {
    this.#size -= 1;
    if (isBounded(mail)) this.#bounded -= 1;
    if (mail.key !== '') this.#keyed?.delete(mail.key);
  }

  /** Messages that were taken back leave their lanes when they come to the front. */
  #dropWithdrawn(open: boolean): void {
    if (this.#keyed === undefined) return;
    for (let left = this.#eligible(open); left !== 0; left &= left - 1) {
      const index = 31 - Math.clz32(left & -left);
      let lane = this.#lanes[index];
      while (lane?.items[lane.head]?.withdrawn === true) {
        this.#shift(index);
        lane = this.#lanes[index];
      }
    }
  }
}

const laneIndex = (mail: Mail): number =>
  mail.lane === machineLane ? machineBit : mail.lane * 2 + (mail.gated ? 0 : 1);

const isBounded = (mail: Mail): boolean => mail.lane !== machineLane && mail.key === '';
