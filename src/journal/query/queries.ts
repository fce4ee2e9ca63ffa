/**
 * Queries of a journal file, answered one by one by a process beside this one.
 *
 * A process, not a thread: a thread that is in SQLite can't be ended, and would keep the whole
 * process from ending. It is started by the first query and kept for the next; what takes too long
 * or is not wanted any more is killed with it, and the next query gets a new one. While no query
 * is under way nothing here keeps this process alive.
 * Invariant: every query settles exactly once, whatever becomes of the process.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Cancel, systemClock } from '../../clock/index.ts';
import { type ErrorCode, limits, troupeError } from '../../protocol/index.ts';
import { checkQuery, type Query } from './asked.ts';
import type { Answer, ErrorText, QueryValue, Reply, Setting } from './told.ts';

/** A row: values by column. */
export type QueryRow = Readonly<Record<string, QueryValue>>;

/** Queries of one journal file. */
export interface Queries {
  /**
   * The rows that a statement gives; see `Troupe.query`. Parameters and options are checked here.
   * @throws TroupeError `QUERY_REFUSED`, `QUERY_FAILED`, `QUERY_TIMEOUT`, `QUERY_TOO_LARGE`,
   *   `QUERY_ABORTED`, `QUERY_BUSY`, `QUERY_UNAVAILABLE`, `BAD_OPTION`, `JOURNAL_UNREADABLE`.
   */
  ask<Row = QueryRow>(sql: string, params?: unknown, options?: unknown): Promise<Row[]>;
  /** Ends what is under way or waits with `reason`; resolves when the process has ended. */
  close(reason: unknown): Promise<void>;
}

/** Queries of the journal file at a path. No process is started before the first. */
export const queriesOf = (path: string, answering: URL = ownProcess()): Queries =>
  new FileQueries(path, answering);

/** Beside this source inside the repository; in the package this code lies in a shared chunk. */
function ownProcess(): URL {
  const isSource = import.meta.url.endsWith('.ts');
  const file = isSource ? './process.ts' : '../src/journal/query/process.js';
  return new URL(file, import.meta.url);
}

/** A query that has not settled. */
interface Ticket {
  readonly query: Query;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** The query under way. */
interface Current {
  readonly ticket: Ticket;
  readonly endTimer: Cancel;
}

class FileQueries implements Queries {
  readonly #path: string;
  /** The file of the process that answers. */
  readonly #answering: URL;
  readonly #clock = systemClock();
  readonly #waiting: Ticket[] = [];
  #current: Current | undefined;
  #child: ChildProcess | undefined;
  /** The end of each process that has not ended. */
  readonly #ends = new Map<ChildProcess, Promise<void>>();
  #closed: { readonly reason: unknown } | undefined;

  constructor(path: string, answering: URL) {
    this.#path = path;
    this.#answering = answering;
  }

  async ask<Row>(sql: unknown, params?: unknown, options?: unknown): Promise<Row[]> {
    const query = checkQuery(sql, params, options);
    const { signal } = query;
    if (signal?.aborted === true) throw troupeError('QUERY_ABORTED', {}, signal.reason);
    if (this.#closed !== undefined) throw this.#closed.reason;
    this.#checkAnswering();
    const waiting = this.#waiting.length;
    if (waiting >= limits.queriesWaiting) throw troupeError('QUERY_BUSY', { waiting });
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const ticket: Ticket = { query, resolve, reject };
    const cancel = (): void => this.#lose(ticket, troupeError('QUERY_ABORTED', {}, signal?.reason));
    signal?.addEventListener('abort', cancel, { once: true });
    this.#waiting.push(ticket);
    this.#next();
    try {
      const { columns, rows } = await promise;
      return rows.map((row) => toRow<Row>(columns, row));
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  async close(reason: unknown): Promise<void> {
    this.#closed ??= { reason };
    for (const { reject } of this.#waiting.splice(0)) reject(reason);
    if (this.#current !== undefined) this.#lose(this.#current.ticket, reason);
    this.#child = undefined;
    for (const child of this.#ends.keys()) {
      child.ref();
      child.kill('SIGKILL');
    }
    await Promise.all(this.#ends.values());
  }

  /** An app that was bundled has taken the code along, and not this file. */
  #checkAnswering(): void {
    if (this.#child !== undefined || existsSync(this.#answering)) return;
    const reason = `its file ${fileURLToPath(this.#answering)} is missing, as in a bundle`;
    throw troupeError('QUERY_UNAVAILABLE', { reason });
  }

  #next(): void {
    if (this.#current !== undefined) return;
    const ticket = this.#waiting.shift();
    if (ticket === undefined) return;
    if (this.#child === undefined) this.#startFor(ticket);
    else this.#give(this.#child, ticket);
  }

  #give(child: ChildProcess, ticket: Ticket): void {
    const { asked, timeoutMs } = ticket.query;
    const late = (): void =>
      this.#lose(ticket, troupeError('QUERY_TIMEOUT', { afterMs: timeoutMs }));
    this.#current = { ticket, endTimer: this.#clock.after(timeoutMs, late) };
    child.ref();
    child.channel?.ref();
    child.send(asked, (error) => {
      if (error !== null) this.#gone(child, error.message);
    });
  }

  /** The time of a query begins when there is a process. */
  #startFor(ticket: Ticket): void {
    const child = this.#start();
    const late = (): void => this.#gone(child, `it did not start in ${limits.queryStartMs} ms`);
    this.#current = { ticket, endTimer: this.#clock.after(limits.queryStartMs, late) };
  }

  #start(): ChildProcess {
    const setting: Setting = { path: this.#path, bytesMax: limits.queryMemoryBytes };
    const child = fork(this.#answering, [JSON.stringify(setting)], {
      execArgv: [],
      // What the app has Node load is none of this process's.
      env: { ...process.env, NODE_OPTIONS: '' },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    child.on('message', (reply: Reply) => this.#replied(child, reply));
    child.on('error', (error) => this.#gone(child, error.message));
    child.on('exit', (code, signal) => this.#gone(child, `it ended with ${signal ?? code}`));
    this.#ends.set(child, this.#endOf(child));
    this.#child = child;
    return child;
  }

  /** One that could not be started says no more than that. */
  async #endOf(child: ChildProcess): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
    await promise;
    this.#ends.delete(child);
  }

  #replied(child: ChildProcess, reply: Reply): void {
    const ticket = this.#settling(child);
    if (ticket === undefined) return;
    if (reply.type === 'ready') {
      this.#give(child, ticket);
      return;
    }
    child.unref();
    child.channel?.unref();
    if (reply.isLast) this.#child = undefined;
    if (reply.type === 'answer') ticket.resolve(reply.answer);
    else ticket.reject(errorOf(reply.error));
    this.#next();
  }

  /** The process is gone: its query fails, and the next one gets a new process. */
  #gone(child: ChildProcess, reason: string): void {
    const ticket = this.#settling(child);
    if (this.#child === child) this.#child = undefined;
    child.kill('SIGKILL');
    ticket?.reject(troupeError('QUERY_UNAVAILABLE', { reason }));
    this.#next();
  }

  /** The query that a process works on; it is under way no more. */
  #settling(child: ChildProcess): Ticket | undefined {
    if (this.#child !== child || this.#current === undefined) return undefined;
    const { ticket, endTimer } = this.#current;
    endTimer();
    this.#current = undefined;
    return ticket;
  }

  /** Ends a query before its answer is there; one that is under way takes its process with it. */
  #lose(ticket: Ticket, error: unknown): void {
    const at = this.#waiting.indexOf(ticket);
    if (at >= 0) this.#waiting.splice(at, 1);
    if (this.#current?.ticket === ticket) {
      this.#current.endTimer();
      this.#current = undefined;
      this.#child?.kill('SIGKILL');
      this.#child = undefined;
    }
    ticket.reject(error);
    this.#next();
  }
}

/** An own property of each column, whatever it is called. The asker knows what it asked for. */
function toRow<Row>(columns: readonly string[], values: readonly QueryValue[]): Row {
  const entries: QueryValue[][] = columns.map((column, index) => [column, values[index] ?? null]);
  return Object.fromEntries(entries);
}

const errorOf = <Code extends ErrorCode>({ code, data }: ErrorText<Code>): Error =>
  troupeError(code, data);
