/**
 * Bells: each rings once, not before its time, never when it was silenced, and none is lost. Those
 * that rang did so in the order in which they were due.
 */
import type { JournalReads, JournalRow } from '../../../src/journal/index.ts';
import type { Order } from './order.ts';
import { never } from './team.ts';

interface Bell {
  readonly actor: number;
  /** When it is due at the earliest. */
  readonly due: number;
  /** How it ended. */
  end: 'open' | 'rang' | 'silenced';
}

/** What is known of the bells. */
export class Timing {
  readonly wrongs: string[] = [];
  readonly #orders: ReadonlyMap<number, Order>;
  readonly #bells = new Map<string, Bell>();
  #lastDue = 0;

  constructor(orders: ReadonlyMap<number, Order>) {
    this.#orders = orders;
  }

  /** A row of the journal, in order. */
  read(row: JournalRow, address: string): void {
    if (!address.startsWith('run/bell/')) return;
    const bell = this.#bells.get(address);
    if (row.type === 'init') this.#begin(row, address);
    else if (bell === undefined)
      this.wrongs.push(`${address} has a row before its first: ${row.type}`);
    else if (row.type.startsWith('xstate.after')) this.#rang(bell, row, address);
    else if (row.type === 'SILENCE' && bell.end === 'open') bell.end = 'silenced';
  }

  #begin(row: JournalRow, address: string): void {
    const { actor, at } = row;
    this.#bells.set(address, { actor, due: at + this.#msOf(address), end: 'open' });
  }

  #rang(bell: Bell, { at }: JournalRow, address: string): void {
    if (bell.end !== 'open') this.wrongs.push(`${address} rang, though it had ${bell.end}`);
    if (at < bell.due) this.wrongs.push(`${address} rang ${bell.due - at} ms too early`);
    if (bell.due < this.#lastDue) this.wrongs.push(`${address} rang after one due later`);
    this.#lastDue = Math.max(this.#lastDue, bell.due);
    bell.end = 'rang';
  }

  #msOf(address: string): number {
    const order = this.#orders.get(Number(address.slice('run/bell/'.length)));
    return order?.act === 'bell' ? order.ms : never;
  }

  /** What has not rung is armed, for its time. */
  check(reader: Pick<JournalReads, 'timers'>): void {
    const armed = new Map(reader.timers().map(({ actor, due }) => [actor, due]));
    const open = [...this.#bells].filter(([, { end }]) => end === 'open');
    for (const [address, bell] of open) {
      const due = armed.get(bell.actor);
      if (due === undefined) this.wrongs.push(`${address} is not armed any more, and never rang`);
      else if (due !== bell.due) this.wrongs.push(`${address} is armed for ${due - bell.due} ms`);
    }
    for (const [address, { actor, end }] of this.#bells) {
      if (end !== 'open' && armed.has(actor)) this.wrongs.push(`${address} has ${end}, is armed`);
    }
  }

  /** At the end all have rung that could. */
  atEnd(): readonly string[] {
    return [...this.#bells].flatMap(([address, { end }]) =>
      end === 'open' && this.#msOf(address) < never ? [`${address} did not ring`] : [],
    );
  }
}
