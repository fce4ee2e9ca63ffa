/**
 * Runs jobs in threads, so that the loop of the team stays free and every core works.
 *
 * Jobs wait in one queue, first in first out; a thread has one job at a time, is started when it is
 * first needed and kept for the next one. A job that is cancelled takes its thread with it, since
 * an analyser can't be interrupted otherwise; the next job gets a new one. While no job is under
 * way nothing here keeps the process alive.
 * Invariant: every job settles exactly once, whatever becomes of its thread.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { z } from 'zod';
import { troupeError } from '../../index.ts';
import {
  Chunk,
  Complexity,
  Duplication,
  Leftovers,
  Modules,
  type Progress,
  Recheck,
  Survey,
  SurveyRequest,
} from './findings.ts';
import { availability } from './tools.ts';
import type { Order, Reply } from './worker.ts';

/** A kind of job: what it takes and gives, both plain JSON. */
export interface Job<In, Out> {
  readonly name: string;
  readonly input: z.ZodType<In>;
  readonly output: z.ZodType<Out>;
  /** Analysers that must be installed. */
  readonly needs: readonly string[];
}

const eslint = ['eslint', 'typescript-eslint', 'typescript', 'eslint-plugin-sonarjs'];

/** The jobs of an audit. */
export const jobs = {
  survey: { name: 'survey', input: SurveyRequest, output: Survey, needs: [] },
  complexity: { name: 'complexity', input: Chunk, output: Complexity, needs: eslint },
  leftovers: { name: 'leftovers', input: Chunk, output: Leftovers, needs: eslint },
  duplication: { name: 'duplication', input: Chunk, output: Duplication, needs: ['jscpd'] },
  recheck: { name: 'recheck', input: Chunk, output: Recheck, needs: [] },
  modules: {
    name: 'modules',
    input: Chunk,
    output: Modules,
    needs: ['dependency-cruiser', 'typescript'],
  },
} as const;

/** Most threads that a pool starts by itself: each takes 150 to 250 MB once ESLint is loaded. */
const SIZE_MAX = 4;

/** Options of a pool. */
export interface PoolOptions {
  /** Threads; default one for each core, at most 4. */
  readonly size?: number;
  /** The module that the threads run; default: the analysers. */
  readonly worker?: URL;
}

/** Options of one job. */
export interface JobOptions {
  /** Cancels the job; its promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Is told how many files of the job are done. */
  readonly onProgress?: Progress;
}

/** Threads that run analyses. */
export interface Pool extends AsyncDisposable {
  /** How many jobs can be under way at once. */
  readonly size: number;
  /**
   * Runs a job when its turn comes.
   * @throws TroupeError `ANALYSER_MISSING`, `ANALYSER_FAILED`, `ANALYSER_DIED` (try again),
   * `ANALYSERS_STOPPED`, or an `AUDIT_…` code when a path can't be surveyed.
   */
  run<In, Out>(job: Job<In, Out>, input: In, options?: JobOptions): Promise<Out>;
  /** Ends all threads; jobs waiting or under way reject with `ANALYSERS_STOPPED`. */
  close(): Promise<void>;
}

/** Makes a pool. No thread is started before the first job. */
export function createPool(options: PoolOptions = {}): Pool {
  return new ThreadPool(
    Math.max(1, options.size ?? Math.min(availableParallelism(), SIZE_MAX)),
    options.worker ?? ownWorker(),
  );
}

/** Beside this source inside the repository; in the package this code lies in a shared chunk. */
function ownWorker(): URL {
  const isSource = import.meta.url.endsWith('.ts');
  const file = isSource ? './worker.ts' : '../src/specialists/analysers/worker.js';
  return new URL(file, import.meta.url);
}

/** A job that has not settled. */
interface Ticket {
  readonly order: Order<unknown>;
  readonly onProgress: Progress | undefined;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface Thread {
  readonly worker: Worker;
  /** The job under way. */
  ticket?: Ticket | undefined;
}

class ThreadPool implements Pool {
  readonly size: number;
  readonly #file: URL;
  readonly #threads = new Set<Thread>();
  readonly #queue: Ticket[] = [];
  #closed = false;

  constructor(size: number, file: URL) {
    this.size = size;
    this.#file = file;
  }

  async run<In, Out>(job: Job<In, Out>, input: In, options: JobOptions = {}): Promise<Out> {
    const { signal, onProgress } = options;
    const { name } = job;
    signal?.throwIfAborted();
    if (this.#closed) throw troupeError('ANALYSERS_STOPPED', { job: name });
    requireInstalled(job.needs);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const ticket: Ticket = { order: { job: name, input }, onProgress, resolve, reject };
    const cancel = (): void => this.#cancel(ticket, signal?.reason);
    signal?.addEventListener('abort', cancel, { once: true });
    this.#queue.push(ticket);
    this.#next();
    try {
      const value = job.output.safeParse(await promise);
      if (value.success) return value.data;
      throw troupeError('ANALYSER_FAILED', { job: name, reason: value.error.message });
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const threads = [...this.#threads];
    this.#threads.clear();
    for (const { order, reject } of [...this.#queue, ...threads.flatMap((t) => t.ticket ?? [])])
      reject(troupeError('ANALYSERS_STOPPED', { job: order.job }));
    this.#queue.length = 0;
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Gives waiting jobs to free threads, starting threads up to the size. */
  #next(): void {
    while (this.#queue.length > 0) {
      const free = [...this.#threads].find(({ ticket }) => ticket === undefined);
      if (!free && this.#threads.size >= this.size) return;
      const ticket = this.#queue.shift();
      if (ticket) this.#give(free ?? this.#start(), ticket);
    }
  }

  #give(thread: Thread, ticket: Ticket): void {
    try {
      thread.worker.postMessage(ticket.order);
      thread.ticket = ticket;
      thread.worker.ref();
    } catch (error) {
      const { job } = ticket.order;
      ticket.reject(troupeError('ANALYSER_FAILED', { job, reason: String(error) }, error));
    }
  }

  #start(): Thread {
    // What analysers print is kept from our output, and never read: reading it would keep the
    // process alive, and the little there is ends with the thread.
    const worker = new Worker(this.#file, { execArgv: [], stdout: true, stderr: true });
    const thread: Thread = { worker };
    worker.on('message', (reply: Reply) => this.#reply(thread, reply));
    worker.on('error', (error) => this.#lose(thread, String(error), error));
    worker.on('exit', (code) => this.#lose(thread, `it exited with code ${code}`));
    worker.unref();
    this.#threads.add(thread);
    return thread;
  }

  #reply(thread: Thread, reply: Reply): void {
    const { ticket } = thread;
    if (!ticket) return;
    if (reply.type === 'progress') {
      ticket.onProgress?.(reply.done, reply.total);
      return;
    }
    thread.ticket = undefined;
    thread.worker.unref();
    if (reply.type === 'value') ticket.resolve(reply.value);
    else ticket.reject(errorOf(ticket.order.job, reply));
    this.#next();
  }

  /** A thread is gone: its job fails, and the next job gets a new thread. */
  #lose(thread: Thread, reason: string, cause?: unknown): void {
    if (!this.#threads.delete(thread)) return;
    const { ticket } = thread;
    ticket?.reject(troupeError('ANALYSER_DIED', { job: ticket.order.job, reason }, cause));
    this.#next();
  }

  #cancel(ticket: Ticket, reason: unknown): void {
    const waiting = this.#queue.indexOf(ticket);
    if (waiting >= 0) this.#queue.splice(waiting, 1);
    const thread = [...this.#threads].find((one) => one.ticket === ticket);
    if (thread) {
      this.#threads.delete(thread);
      void thread.worker.terminate();
    }
    ticket.reject(reason);
    this.#next();
  }
}

function requireInstalled(needs: readonly string[]): void {
  if (needs.length === 0) return;
  const { missing, command } = availability();
  if (needs.some((name) => missing.includes(name)))
    throw troupeError('ANALYSER_MISSING', { missing, command });
}

function errorOf(job: string, reply: Exclude<Reply, { type: 'value' | 'progress' }>): unknown {
  if (reply.type === 'refusal') return troupeError(reply.refusal.refused, reply.refusal.data);
  return troupeError('ANALYSER_FAILED', { job, reason: reply.reason }, reply.stack);
}
