/**
 * The process that answers queries: two threads. One answers; the other one listens, and ends the
 * process when its owner is gone or the answer takes too much memory. SQLite can't be interrupted
 * here, and a thread in it can't be ended, but a process can.
 *
 * It is started while somebody waits: the listening thread loads nothing but Node's own modules.
 */
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { Asked } from './asked.ts';
import type { Replied, Reply, Setting } from './told.ts';

/** How often the memory is looked at while a query is under way. */
const lookMs = 25;

if (isMainThread) listen(JSON.parse(process.argv[2] ?? '{}'));
else await reply(workerData);

function listen({ path, bytesMax }: Setting): void {
  const thread = new Worker(fileURLToPath(import.meta.url), { workerData: path });
  let looking: NodeJS.Timeout | undefined;
  const look = (): void => {
    if (process.memoryUsage.rss() <= bytesMax) return;
    const data = { what: 'bytes of memory', max: bytesMax } as const;
    last({ type: 'error', error: { code: 'QUERY_TOO_LARGE', data } });
  };
  process.on('message', (asked) => {
    looking = setInterval(look, lookMs);
    thread.postMessage(asked);
  });
  thread.on('online', () => tell({ type: 'ready' }));
  thread.on('message', (replied: Replied) => {
    clearInterval(looking);
    // What SQLite and the thread took is not given back at once: the next query begins small.
    if (process.memoryUsage.rss() > bytesMax / 2) last(replied);
    else tell({ ...replied, isLast: false });
  });
  thread.on('error', (error) => {
    const data = { reason: String(error) };
    last({ type: 'error', error: { code: 'QUERY_UNAVAILABLE', data } });
  });
  process.on('disconnect', end);
  // Signals of a terminal go to the owner as well, who decides when this ends.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
}

async function reply(path: string): Promise<void> {
  const { replyTo } = await import('./reply.ts');
  parentPort?.on('message', (asked: Asked) => parentPort?.postMessage(replyTo(path, asked)));
}

function tell(told: Reply, then = (): void => {}): void {
  process.send?.(told, then);
}

function last(replied: Replied): void {
  tell({ ...replied, isLast: true }, end);
}

/** At once, whatever the other thread is in. */
function end(): void {
  process.kill(process.pid, 'SIGKILL');
}
