/** A naive mailbox: one list, searched whole for every answer. */
import { type Mail, machineLane } from '../../src/mailbox/index.ts';
import { limits } from '../../src/protocol/index.ts';

/** What a mailbox promises, written without regard to cost. */
export class NaiveMailbox {
  #waiting: Mail[] = [];
  readonly #overtakes = { open: 0, closed: 0 };

  get size(): number {
    return this.#waiting.length;
  }

  get bounded(): number {
    return this.#waiting.filter(
      (mail) => mail.lane !== machineLane && mail.event.type !== 'slot.request',
    ).length;
  }

  put(mail: Mail): void {
    this.#waiting.push(mail);
  }

  has(open: boolean): boolean {
    return this.#eligible(open).length > 0;
  }

  take(open: boolean): Mail | undefined {
    const eligible = this.#eligible(open);
    const [oldest] = eligible.toSorted((a, b) => a.number - b.number);
    const [top] = eligible.toSorted((a, b) => rankOf(b) - rankOf(a) || a.number - b.number);
    if (top === undefined) return undefined;
    const mode = open ? 'open' : 'closed';
    const hasOneRank = new Set(eligible.map(rankOf)).size === 1;
    const isOldestNext = hasOneRank || this.#overtakes[mode] === limits.mailboxOvertakes;
    this.#overtakes[mode] = isOldestNext ? 0 : this.#overtakes[mode] + 1;
    const next = isOldestNext ? oldest : top;
    this.#waiting = this.#waiting.filter((mail) => mail !== next);
    return next;
  }

  withdraw(key: string): Mail | undefined {
    const found = this.#waiting.find((mail) => mail.key === key);
    this.#waiting = this.#waiting.filter((mail) => mail !== found);
    return found;
  }

  list(): Mail[] {
    return this.#waiting.toSorted((a, b) => a.number - b.number);
  }

  drain(): Mail[] {
    const all = this.list();
    this.#waiting = [];
    return all;
  }

  #eligible(open: boolean): Mail[] {
    return this.#waiting.filter((mail) => open || !mail.gated || mail.lane === machineLane);
  }
}

/** Higher is sooner. */
const rankOf = ({ lane, gated }: Mail): number =>
  lane === machineLane ? lane : lane + (gated ? 0 : 0.5);
