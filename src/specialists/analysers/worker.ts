/**
 * The thread that runs one job after the other. It loads nothing before the first job, and then
 * only what that job needs: ESLint and TypeScript alone take half a second.
 *
 * It reads `Order`s and answers each with any number of `progress` and one `value`, `refusal` or
 * `failure`. What the analysers print is dropped by the pool.
 */
import { parentPort } from 'node:worker_threads';
import type { Chunk, Progress, Refusal, SurveyRequest } from './findings.ts';

/** A job for the thread. Its types have seen to it that the input fits the job. */
export interface Order<In = never> {
  readonly job: string;
  readonly input: In;
}

/** What the thread tells the pool. */
export type Reply =
  | { readonly type: 'progress'; readonly done: number; readonly total: number }
  | { readonly type: 'value'; readonly value: unknown }
  | { readonly type: 'refusal'; readonly refusal: Refusal }
  | { readonly type: 'failure'; readonly reason: string; readonly stack: string };

type Work = (input: never, progress: Progress) => Promise<unknown>;

const works: Readonly<Record<string, Work>> = {
  survey: async (input: SurveyRequest, progress) =>
    (await import('./sources.ts')).survey(input, progress),
  complexity: async (input: Chunk, progress) =>
    (await import('./lint.ts')).complexity(input, progress),
  leftovers: async (input: Chunk, progress) =>
    (await import('./lint.ts')).leftovers(input, progress),
  duplication: async (input: Chunk, progress) =>
    (await import('./duplication.ts')).duplication(input, progress),
  recheck: async (input: Chunk, progress) => (await import('./disk.ts')).recheck(input, progress),
  modules: async (input: Chunk, progress) =>
    (await import('./modules.ts')).modules(input, progress),
};

parentPort?.on('message', async (order: Order) => {
  tell(await replyTo(order));
});

async function replyTo({ job, input }: Order): Promise<Reply> {
  try {
    const progress: Progress = (done, total) => tell({ type: 'progress', done, total });
    const value = await works[job]?.(input, progress);
    return isRefusal(value) ? { type: 'refusal', refusal: value } : { type: 'value', value };
  } catch (error) {
    const { message, stack = '' } = error instanceof Error ? error : { message: String(error) };
    return { type: 'failure', reason: message, stack };
  }
}

function tell(reply: Reply): void {
  parentPort?.postMessage(reply);
}

function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'refused' in value;
}
