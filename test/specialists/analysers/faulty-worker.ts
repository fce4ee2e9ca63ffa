/**
 * A thread for the tests of the pool: it does what its order says, faults included.
 */
import { parentPort, threadId } from 'node:worker_threads';
import type { Order, Reply } from '../../../src/specialists/analysers/worker.ts';

const tell = (reply: Reply): void => parentPort?.postMessage(reply);

const deeds: Readonly<Record<string, (input: unknown) => void>> = {
  echo: (value) => tell({ type: 'value', value }),
  thread: () => tell({ type: 'value', value: threadId }),
  throw: () => tell({ type: 'failure', reason: 'it broke', stack: 'at the fault' }),
  refuse: () =>
    tell({ type: 'refusal', refusal: { refused: 'AUDIT_PATH_MISSING', data: { path: 'x' } } }),
  exit: () => process.exit(3),
  crash: () =>
    queueMicrotask(() => {
      throw new Error('uncaught');
    }),
  hang: () => {
    tell({ type: 'progress', done: 1, total: 2 });
    for (;;);
  },
  print: () => {
    for (let i = 0; i < 1_000; i += 1) {
      console.log('noise '.repeat(100));
      console.error('noise '.repeat(100));
    }
    tell({ type: 'value', value: 'printed' });
  },
};

parentPort?.on('message', ({ job, input }: Order<unknown>) => deeds[job]?.(input));
