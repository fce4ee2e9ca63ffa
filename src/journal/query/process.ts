/**
 * The process that answers queries: two threads. One answers; the other one listens, and ends the
 * process when its owner is gone or the answer takes too much memory. SQLite can't be interrupted
 * here, and a thread in it can't be ended, but a process can.
 *
 * A query has a connection of its own, that is opened for it and closed after it: the log of the
 * journal is kept from growing for as long as one query takes, and no longer.
 */
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { systemClock } from '../../clock/index.ts';
import { type ErrorCode, type ErrorData, isTroupeError, limits } from '../../protocol/index.ts';
import { readOnce } from '../sqlite/reader.ts';
import type { Asked } from './asked.ts';
import { type Answer, answer } from './statement.ts';

/** What the process says: that it is ready, once; then an answer to each query, or an error. */
export type Reply =
  | { readonly type: 'ready' }
  | (Replied & {
      /** It answers nothing after that. */
      readonly isLast: boolean;
    });

type Replied =
  | { readonly type: 'answer'; readonly answer: Answer }
  | { readonly type: 'error'; readonly error: ErrorText };

/** An error on its way between processes. */
export type ErrorText<Code extends ErrorCode = ErrorCode> = {
  readonly code: Code;
  readonly data: ErrorData<Code>;
};

/** How often the memory is looked at while a query is under way. */
const lookMs = 25;

if (isMainThread) listen();
else parentPort?.on('message', (asked: Asked) => parentPort?.postMessage(replyTo(asked)));

function listen(): void {
  const clock = systemClock();
  const thread = new Worker(fileURLToPath(import.meta.url), { workerData: process.argv[2] });
  let stopLooking = (): void => {};
  const look = (): void => {
    if (process.memoryUsage.rss() > limits.queryMemoryBytes) {
      const data = { what: 'bytes of memory', max: limits.queryMemoryBytes } as const;
      last({ type: 'error', error: { code: 'QUERY_TOO_LARGE', data } });
    }
    stopLooking = clock.after(lookMs, look);
  };
  process.on('message', (asked) => {
    stopLooking = clock.after(lookMs, look);
    thread.postMessage(asked);
  });
  thread.on('online', () => tell({ type: 'ready' }));
  thread.on('message', (reply: Replied) => {
    stopLooking();
    // What SQLite and the thread took is not given back at once: the next query begins small.
    if (process.memoryUsage.rss() > limits.queryMemoryBytes / 2) last(reply);
    else tell({ ...reply, isLast: false });
  });
  thread.on('error', (error) => {
    const data = { reason: String(error) };
    last({ type: 'error', error: { code: 'QUERY_UNAVAILABLE', data } });
  });
  process.on('disconnect', end);
  // Signals of a terminal go to the owner as well, who decides when this ends.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
}

function tell(reply: Reply, then = (): void => {}): void {
  process.send?.(reply, then);
}

function last(reply: Replied): void {
  tell({ ...reply, isLast: true }, end);
}

/** At once, whatever the other thread is in. */
function end(): void {
  process.kill(process.pid, 'SIGKILL');
}

function replyTo(asked: Asked): Replied {
  try {
    const found = readOnce(String(workerData), (db) => answer(db, asked));
    return { type: 'answer', answer: found };
  } catch (error) {
    if (isTroupeError(error)) {
      return { type: 'error', error: { code: error.code, data: error.data } };
    }
    return { type: 'error', error: { code: 'QUERY_FAILED', data: { reason: String(error) } } };
  }
}
