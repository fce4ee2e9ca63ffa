/**
 * Task lifecycles as one would write them by hand with XState and node:sqlite: the baseline.
 *
 * It does: for each lifecycle a live `createActor(taskMachine)` of the same machine and its events
 * from PENDING to COMPLETED, the turns of a live bot actor that gives and takes back the slot, a
 * call of the work; the JSON text of each event and of the persisted snapshots; one row for each
 * event, one upsert of the task's record and of the bot's record for each commit, in WAL with
 * `synchronous=FULL`. Many in flight: one commit for a whole wave, with the final records only.
 * One sender: two commits for each lifecycle, after its acceptance and after its end.
 *
 * It does not: check ids, inputs or results, wait for slots, keep order by mailbox, chain rows by
 * hash, resolve promises, notice the same id, recover, retry or cancel.
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type ActorRefFrom, createActor } from 'xstate';
import { botMachine, taskMachine } from '../machines/index.ts';
import type { BotEvent, TaskEvent } from '../src/protocol/index.ts';
import { newFolder, taskSpec } from './actors.ts';

/** Where it writes to; nowhere when it only lets actors run. */
export interface Book {
  row(actor: string, event: { readonly type: string }): void;
  record(actor: string, snapshot: () => unknown): void;
  /** Makes durable what was written since the last time. */
  commit(): void;
  end(): void;
}

/** A book that keeps nothing and makes no text. */
export const noBook: Book = { row: nothing, record: nothing, commit: nothing, end: nothing };

/** A book in an SQLite file of its own. */
export function sqliteBook(): Book {
  const { path, remove } = newFolder();
  const db = new DatabaseSync(join(path, 'by-hand.db'));
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
CREATE TABLE history(
  seq INTEGER PRIMARY KEY, actor TEXT NOT NULL, type TEXT NOT NULL, body TEXT NOT NULL
);
CREATE TABLE records(actor TEXT PRIMARY KEY, snapshot TEXT NOT NULL);
BEGIN`);
  const insert = db.prepare('INSERT INTO history(actor, type, body) VALUES (?, ?, ?)');
  const upsert = db.prepare(`INSERT INTO records(actor, snapshot) VALUES (?, ?)
ON CONFLICT(actor) DO UPDATE SET snapshot = excluded.snapshot`);
  const commit = db.prepare('COMMIT');
  const begin = db.prepare('BEGIN');
  return {
    row: (actor, event) => void insert.run(actor, event.type, JSON.stringify(event)),
    record: (actor, snapshot) => void upsert.run(actor, JSON.stringify(snapshot())),
    commit: () => {
      commit.run();
      begin.run();
    },
    end: () => {
      db.close();
      remove();
    },
  };
}

/** The work of a lifecycle. */
export type Work = (input: { readonly index: number }) => number;

/** A bot, and the lifecycles of its tasks. */
export class ByHand {
  /** Of the results. */
  sum = 0;
  completed = 0;
  readonly #book: Book;
  readonly #work: Work;
  readonly #bot: ActorRefFrom<typeof botMachine>;

  constructor(book: Book, work: Work, concurrency: number) {
    this.#book = book;
    this.#work = work;
    const input = { id: 'bench', name: 'bench', domain: null, capabilities: [], concurrency };
    this.#bot = createActor(botMachine, { input }).start();
  }

  /** A wave of lifecycles under one commit. */
  wave(from: number, count: number): void {
    const started = Array.from({ length: count }, (_, index) => this.#start(from + index));
    for (const [index, task] of started.entries()) this.#finish(from + index, task);
    this.#recordBot();
    this.#book.commit();
  }

  /** One lifecycle with its two acknowledgements: accepted, and ended. */
  single(index: number): void {
    const task = this.#start(index);
    this.#recordTask(index, task);
    this.#recordBot();
    this.#book.commit();
    this.#finish(index, task);
    this.#recordBot();
    this.#book.commit();
  }

  #start(index: number): ActorRefFrom<typeof taskMachine> {
    const run = runOf(index);
    const input = { ...taskSpec(run, { route: 'pinned', bot: 'bench' }), input: { index } };
    const task = createActor(taskMachine, { input }).start();
    this.#book.row(run, { type: 'init' });
    const slot = `${run}#1`;
    this.#tellBot({ type: 'slot.request', at: Date.now(), slot });
    this.#tell(task, run, { type: 'task.assigned', at: Date.now(), bot: 'bench', slot });
    return task;
  }

  #finish(index: number, task: ActorRefFrom<typeof taskMachine>): void {
    const run = runOf(index);
    const result = this.#work({ index });
    this.#tell(task, run, { type: 'task.complete', at: Date.now(), attempt: 1, result });
    this.#tellBot({ type: 'slot.release', at: Date.now(), slot: `${run}#1` });
    this.#recordTask(index, task);
    if (task.getSnapshot().value === 'COMPLETED') this.completed += 1;
    this.sum += Number(Object(task.getSnapshot().output).result);
  }

  #tell(task: ActorRefFrom<typeof taskMachine>, run: string, event: TaskEvent): void {
    task.send(event);
    this.#book.row(run, event);
  }

  #tellBot(event: BotEvent): void {
    this.#bot.send(event);
    this.#book.row('bot/bench', event);
  }

  #recordTask(index: number, task: ActorRefFrom<typeof taskMachine>): void {
    this.#book.record(runOf(index), () => task.getPersistedSnapshot());
  }

  #recordBot(): void {
    this.#book.record('bot/bench', () => this.#bot.getPersistedSnapshot());
  }
}

const runOf = (index: number): string => `run/bench/${index}`;

function nothing(): void {}
