/**
 * The books of a siege: what was ordered and acknowledged outside is held to what stands in the
 * journal, after each end of the process. Only what is new is read, however long the journal gets.
 */
import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { type ChainHead, chainStart, verifyChain } from '../../../src/journal/chain.ts';
import {
  type FileReader,
  type JournalRow,
  openReader,
  verifyJournal,
} from '../../../src/journal/index.ts';
import { asAddress } from '../../../src/protocol/index.ts';
import type { Order } from './order.ts';
import { Timing } from './timing.ts';

/** What is known of a siege. */
export class Books {
  readonly #path: string;
  readonly #deedsPath: string;
  readonly orders = new Map<number, Order>();
  readonly acknowledged = new Set<number>();
  readonly refused = new Map<number, string>();
  /** Numbers of messages that were applied. */
  readonly #applied = new Set<number>();
  readonly #lanes = new Map<string, number>();
  readonly #booked = new Map<string, number[]>();
  readonly #handled = { taken: new Set<string>(), ended: new Set<string>() };
  readonly #timing = new Timing(this.orders);
  #head: ChainHead = chainStart;
  #checked = 0;
  #recorded = new Set<string>();
  readonly #unrecorded = new Set<string>();
  #deeds = 0;
  readonly #wrongs: string[] = [];
  readonly #owed = new Set<number>();

  constructor(path: string, deedsPath: string) {
    this.#path = path;
    this.#deedsPath = deedsPath;
  }

  get head(): number {
    return this.#head.seq;
  }

  order(order: Order): void {
    this.orders.set(order.n, order);
  }

  acknowledge(n: number, value: unknown): void {
    const order = this.orders.get(n);
    if (order?.act === 'ask' && value !== 2 * n) this.#wrong(`ask ${n} was answered with ${value}`);
    this.acknowledged.add(n);
    this.#owed.add(n);
  }

  /** Reads what the process left; gives what is wrong, in sentences. */
  async check(): Promise<readonly string[]> {
    this.#readDeeds();
    this.#readChain();
    const reader = await openReader(this.#path);
    try {
      for (const row of reader.rows(this.#checked, Number.POSITIVE_INFINITY)) {
        this.#read(row, reader);
        this.#checked = row.seq;
      }
      this.#checkOwed(reader);
      this.#checkLedgers(reader);
      this.#timing.check(reader);
      this.#readRecorded(reader);
    } finally {
      reader.close();
    }
    return [...this.#wrongs, ...this.#timing.wrongs];
  }

  /** What must hold when nothing is left to do. */
  async checkEnd(): Promise<readonly string[]> {
    const wrongs = [...(await this.check())];
    const { problems } = await verifyJournal(this.#path);
    wrongs.push(...problems.map((problem) => JSON.stringify(problem)));
    for (const n of this.acknowledged) {
      const { act, from } = this.#sent(n);
      if (isMail(act) && !this.#applied.has(n)) wrongs.push(`${act} ${n} was never applied`);
      if (act === 'note' && !this.#deedsDone.has(`note ${from} ${n}`)) {
        wrongs.push(`note ${n} was never handled`);
      }
    }
    for (const id of this.#handled.taken) {
      if (!this.#handled.ended.has(id)) wrongs.push(`message ${id} was taken and did not end`);
    }
    return [...wrongs, ...this.#timing.atEnd()];
  }

  /** What was refused is not there; of an ask only its answer may have been refused. */
  async checkRefused(): Promise<readonly string[]> {
    const reader = await openReader(this.#path);
    try {
      return [...this.refused.keys()]
        .filter((n) => {
          const { act } = this.#sent(n);
          const run = reader.byAddress(asAddress(`run/${act}/${n}`));
          return act !== 'ask' && (this.#applied.has(n) || run !== undefined);
        })
        .map((n) => `${n} was refused, and is there all the same`);
    } finally {
      reader.close();
    }
  }

  /** Keys of all steps that were done. */
  get keys(): ReadonlySet<string> {
    return new Set([...this.#deedsDone].filter((key) => !key.startsWith('note ')));
  }

  readonly #deedsDone = new Set<string>();

  /** A step that was recorded when its process ended is done by no later one, nor twice by one. */
  #readDeeds(): void {
    const lines = textOf(this.#deedsPath).split('\n').slice(0, -1);
    const seen = new Set<string>();
    for (const line of lines.slice(this.#deeds)) {
      const key = line.slice(line.indexOf(' ') + 1);
      if (this.#recorded.has(key)) this.#wrong(`${key} was done again, though it was recorded`);
      if (seen.has(line)) this.#wrong(`${key} was done twice by one process`);
      seen.add(line);
      this.#deedsDone.add(key);
      if (!key.startsWith('note ')) this.#unrecorded.add(key);
    }
    this.#deeds = lines.length;
  }

  #readRecorded(reader: FileReader): void {
    for (const key of this.#unrecorded) {
      if (!isRecorded(reader, key)) continue;
      this.#unrecorded.delete(key);
      this.#recorded.add(key);
    }
  }

  /** The new rows, as plain SQL sees them, are chained to those before. */
  #readChain(): void {
    const db = new DatabaseSync(this.#path, { readOnly: true });
    const since = 'SELECT * FROM history WHERE seq >= ? ORDER BY seq';
    const rows = db.prepare(since).all(Math.max(1, this.#head.seq)).map(chained);
    db.close();
    const [first] = rows;
    if (this.#head.seq > 0 && first?.hash !== this.#head.hash) {
      this.#wrong(`row ${this.#head.seq} is gone or changed`);
    }
    const result = verifyChain(this.#head.seq > 0 ? rows.slice(1) : rows, this.#head);
    if (result.ok) this.#head = result.head;
    else this.#wrong(`row ${result.seq} is ${result.problem}`);
  }

  #read(row: JournalRow, reader: FileReader): void {
    const address = reader.byNumber(row.actor)?.address ?? '';
    if (row.type === 'BOOK') {
      const { n, from } = eventOf(row);
      this.#booked.set(address, [...(this.#booked.get(address) ?? []), n]);
      this.#apply(n, `${address} ${from}`);
    } else if (row.type === 'message') {
      const { envelope } = JSON.parse(row.body);
      const { n, from } = envelope.payload;
      this.#handled.taken.add(envelope.id);
      const lane = `${address} ${from} ${envelope.priority}`;
      if (!envelope.from.startsWith('run/')) this.#apply(n, lane);
      else if (envelope.type === 'note') this.#inLane(n, lane);
    } else if (row.type === 'message.handled' || row.type === 'message.failed') {
      const { id } = JSON.parse(row.body);
      if (this.#handled.ended.has(id)) this.#wrong(`message ${id} ended twice`);
      if (row.type === 'message.failed') this.#wrong(`message ${id} failed: ${row.body}`);
      this.#handled.ended.add(id);
    }
    this.#timing.read(row, address);
  }

  #apply(n: number, lane: string): void {
    if (this.#applied.has(n)) this.#wrong(`${n} was applied twice`);
    if (!this.orders.has(n)) this.#wrong(`${n} was applied and never sent`);
    this.#applied.add(n);
    this.#owed.delete(n);
    this.#inLane(n, lane);
  }

  #inLane(n: number, lane: string): void {
    const before = this.#lanes.get(lane) ?? 0;
    if (n <= before) this.#wrong(`${n} came after ${before} in the lane ${lane}`);
    this.#lanes.set(lane, n);
  }

  /** What was acknowledged and is not applied waits, once; what was started is there. */
  #checkOwed(reader: FileReader): void {
    const waiting = new Map<number, number>();
    for (const { body } of reader.waiting()) {
      const n = numberIn(JSON.parse(body));
      if (n !== undefined) waiting.set(n, (waiting.get(n) ?? 0) + 1);
    }
    for (const [n, times] of waiting) {
      if (times > 1 || this.#applied.has(n)) this.#wrong(`${n} waits ${times} times`);
    }
    for (const n of this.#owed) {
      const { act } = this.#sent(n);
      if (act === 'silence') this.#owed.delete(n);
      else if (isMail(act)) {
        if (this.#applied.has(n)) this.#owed.delete(n);
        else if (!waiting.has(n)) this.#wrong(`${act} ${n} was acknowledged and is lost`);
      } else {
        this.#owed.delete(n);
        const there = reader.byAddress(asAddress(`run/${act}/${n}`));
        if (there === undefined) this.#wrong(`${act} ${n} was acknowledged and is lost`);
      }
    }
  }

  /** The state of a ledger is what its history says. */
  #checkLedgers(reader: FileReader): void {
    for (const [address, numbers] of this.#booked) {
      const { snapshot = '{}' } = reader.byAddress(asAddress(address)) ?? {};
      const state = JSON.stringify(JSON.parse(snapshot).context?.numbers);
      if (state !== JSON.stringify(numbers)) {
        this.#wrong(`${address} holds ${state}, and was told ${JSON.stringify(numbers)}`);
      }
    }
    // An old one is told nothing any more.
    const last = [...this.#booked].at(-1);
    this.#booked.clear();
    if (last !== undefined) this.#booked.set(...last);
  }

  #sent(n: number): { readonly act: string; readonly from: string } {
    const order = this.orders.get(n);
    return {
      act: order?.act ?? '',
      from: order !== undefined && 'from' in order ? order.from : '',
    };
  }

  #wrong(what: string): void {
    this.#wrongs.push(what);
  }
}

/** Orders that are messages, applied once. */
const isMail = (act: string): boolean => ['book', 'note', 'ask'].includes(act);

/** An event as its row tells it; one of a machine's may stand beside its origin. */
const eventOf = ({ body }: JournalRow) => {
  const value = JSON.parse(body);
  return value.event ?? value;
};

/** The number of an order in a message that waits. */
function numberIn(value: ReturnType<typeof JSON.parse>): number | undefined {
  const event = value.event ?? value;
  if (event.type === 'BOOK') return event.n;
  const { envelope } = event;
  if (event.type !== 'message' || envelope.from.startsWith('run/')) return undefined;
  return envelope.payload.n;
}

/** A bot's step is recorded in its run; a function step's run has ended. */
function isRecorded(reader: FileReader, key: string): boolean {
  if (reader.byAddress(asAddress(`run/${key}`))?.done === true) return true;
  const at = key.lastIndexOf('/');
  const run = reader.byAddress(asAddress(`run/${key.slice(0, at)}`));
  return run !== undefined && reader.step(run.actor, key.slice(at + 1)) !== undefined;
}

const chained = (row: Readonly<Record<string, unknown>>) => ({
  seq: Number(row.seq),
  actor: Number(row.actor),
  previous: Number(row.previous),
  at: Number(row.at),
  type: String(row.type),
  status: String(row.status),
  body: String(row.body),
  hash: String(row.hash),
});

function textOf(path: string): string {
  return readFileSync(path, 'utf8');
}
