/**
 * A siege: a process on a journal is given orders from here, and killed, again and again; after
 * each end, and at the end of all, the books are checked. What is ordered and where it is killed is
 * drawn from a seed; the moment of a kill from outside is the computer's own.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { simulatedClock } from '../../../src/index.ts';
import { troupeError } from '../../../src/protocol/index.ts';
import { Books } from './books.ts';
import type { Manner, Order, Said } from './order.ts';
import { never } from './team.ts';

/** A siege to lay. */
export interface SiegeOptions {
  /** The journal. */
  readonly path: string;
  readonly seed: number;
  /** The sources that are put to the test (default: these). */
  readonly script?: string;
  /** Called with each process, so that a test can end it when it fails itself. */
  readonly spawned?: (child: ChildProcess) => void;
}

const own = fileURLToPath(new URL('./load-process.ts', import.meta.url));

/** Orders that are on their way at once. */
const window = 40;

/** A process under load, from outside. */
export class Siege {
  readonly books: Books;
  readonly random: () => number;
  readonly ends = new Map<string, { readonly status: string; readonly result: unknown }>();
  readonly #options: SiegeOptions;
  readonly #deeds: string;
  #life = 0;
  #next = 1;
  #bells: number[] = [];

  constructor(options: SiegeOptions) {
    this.#options = options;
    this.#deeds = `${options.path}-deeds`;
    writeFileSync(this.#deeds, '');
    this.books = new Books(options.path, this.#deeds);
    this.random = simulatedClock(options.seed).random;
  }

  get life(): number {
    return this.#life;
  }

  /** A whole number from `least` to `most`. */
  draw(least: number, most: number): number {
    return least + Math.floor(this.random() * (most - least + 1));
  }

  /** One process, until it is killed at a drawn moment. */
  async killed(): Promise<void> {
    const by = this.draw(0, 4);
    const isCramped = this.random() < 0.5;
    const moment = this.random() < 0.5 ? 'before' : 'after';
    const manner = { isCramped, moment } as const;
    if (by === 0) return this.#killedAt('commit', this.draw(1, 60), { isCramped });
    if (by === 1) return this.#diesAt(this.draw(1, 60), manner);
    if (by === 2) return this.#diesAt(this.draw(1, 4), manner);
    return this.#killedAt('ack', this.draw(1, 120), { isCramped });
  }

  #diesAt(
    commit: number,
    { isCramped, moment }: { readonly isCramped: boolean; readonly moment: 'before' | 'after' },
  ): Promise<void> {
    return this.#run({ isCramped, dies: { commit, moment } }, () => undefined, [null, 'SIGKILL']);
  }

  /** It is killed from outside once so many were seen. */
  #killedAt(what: 'ack' | 'commit', at: number, manner: Omit<Manner, 'life'>): Promise<void> {
    let seen = 0;
    const watch = ({ said }: Said, child: ChildProcess): void => {
      if (said !== what) return;
      seen += 1;
      if (seen === at) child.kill('SIGKILL');
    };
    return this.#run({ ...manner, tellsCommits: what === 'commit' }, watch, [null, 'SIGKILL']);
  }

  /** It is asked to stop (SIGTERM) after so many acknowledgements, while orders go on coming. */
  stopped(acks: number): Promise<void> {
    let seen = 0;
    const watch = ({ said }: Said, child: ChildProcess): void => {
      if (said !== 'ack') return;
      seen += 1;
      if (seen === acks) child.kill('SIGTERM');
    };
    return this.#run({}, watch, [0, null]);
  }

  /** The last process brings all to an end, undisturbed. */
  drained(): Promise<void> {
    const watch = (told: Said): void => {
      if (told.said !== 'end') return;
      if (this.ends.has(told.run)) throw troubled(`${told.run} is listed twice`);
      this.ends.set(told.run, told);
    };
    return this.#run({ drains: true }, watch, [0, null]);
  }

  async #run(
    manner: Omit<Manner, 'life'>,
    watch: (told: Said, child: ChildProcess) => void,
    expected: readonly unknown[],
  ): Promise<void> {
    this.#life += 1;
    const { path, script = own, spawned } = this.#options;
    const args = [script, path, this.#deeds, JSON.stringify({ ...manner, life: this.#life })];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    spawned?.(child);
    // Nobody reads any more once it is killed.
    child.stdin.on('error', () => undefined);
    const closed = once(child, 'close');
    for await (const line of createInterface({ input: child.stdout })) {
      const told: Said = JSON.parse(line);
      this.#heard(told, (order) => void child.stdin.write(`${JSON.stringify(order)}\n`));
      watch(told, child);
    }
    const end = await closed;
    if (JSON.stringify(end) === JSON.stringify(expected)) return;
    throw troubled(`the process of life ${this.#life} ended with ${JSON.stringify(end)}`);
  }

  #heard(told: Said, give: (order: Order) => void): void {
    if (told.said === 'ack') this.books.acknowledge(told.n, told.value);
    if (told.said === 'refused') this.books.refused.set(told.n, told.code);
    const again = this.books.refused.size < 3 * window ? 1 : 0;
    const room = { up: window, ack: 1, refused: again, commit: 0, end: 0, stopped: 0 }[told.said];
    for (let count = 0; count < room; count += 1) {
      const order = this.#drawOrder(this.#next);
      this.#next += 1;
      this.books.order(order);
      give(order);
    }
  }

  #drawOrder(n: number): Order {
    const from = `sender ${this.draw(1, 4)}`;
    const kind = this.random();
    if (kind < 0.35) return { n, act: 'book', from, ledger: Math.ceil(this.#life / 5) };
    if (kind < 0.65) return { n, act: 'note', from, priority: this.draw(4, 6) };
    if (kind < 0.75) return { n, act: 'ask', from };
    if (kind < 0.82) return { n, act: 'courier' };
    if (kind < 0.87) return { n, act: 'trip', isLost: this.random() < 0.3 };
    const bell = this.#bells.at(this.draw(0, this.#bells.length - 1));
    if (kind < 0.92 && bell !== undefined) return { n, act: 'silence', bell };
    this.#bells = [...this.#bells, n].slice(-20);
    return { n, act: 'bell', ms: this.random() < 0.1 ? never : this.draw(0, 400) };
  }
}

const troubled = (found: string) =>
  troupeError('BROKEN_INVARIANT', { invariant: 'a siege goes as it was planned', found });
