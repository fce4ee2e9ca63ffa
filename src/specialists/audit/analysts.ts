/**
 * The analysts: bots that measure, in the threads of a pool, so that the loop of the team stays
 * free. Each takes as many runs at once as the pool has threads.
 *
 * `measure` is the workflow that has them measure the chunks of a fork: for each kind one step,
 * side by side, which runs its analyst for every chunk; the longest chunks begin first.
 */
import { defineBot, defineWorkflow } from '../../index.ts';
import { type Chunk, type Job, type JobOptions, jobs, type Pool } from '../analysers/index.ts';
import {
  answers,
  chunkOf,
  FilesOrder,
  ForkOrder,
  type Page,
  type PageOrder,
  SurveyOrder,
} from './orders.ts';
import { pagesOf } from './pages.ts';
import { type ChunkKind, chunkName, surveyUnit, type Watch } from './plan.ts';

/** The bots by what they measure. */
export type Analysts = ReturnType<typeof analystsOf>;

const filesOf = (order: FilesOrder): Chunk => chunkOf(order);

/** Makes the analysts. */
export function analystsOf(pool: Pool, watch: Watch) {
  const work = pagedWork(pool, watch);
  const survey = work(jobs.survey, ({ path }: SurveyOrder) => ({ path }));
  const parallel = { concurrency: pool.size, domain: 'code', input: FilesOrder };
  return {
    survey: defineBot({
      id: 'surveyor',
      description: 'Finds the source files, counts their lines and notes their hashes.',
      concurrency: 1,
      domain: 'code',
      input: SurveyOrder,
      output: answers.survey,
      work: survey,
    }),
    complexity: defineBot({
      ...parallel,
      id: 'complexity-analyst',
      description: 'Measures cyclomatic and cognitive complexity, length and parameters.',
      output: answers.complexity,
      work: work(jobs.complexity, filesOf),
    }),
    leftovers: defineBot({
      ...parallel,
      id: 'leftovers-finder',
      description: 'Finds comments that put work off.',
      output: answers.leftovers,
      work: work(jobs.leftovers, filesOf),
    }),
    modules: defineBot({
      ...parallel,
      id: 'architect',
      description: 'Reads who imports whom.',
      output: answers.modules,
      work: work(jobs.modules, filesOf),
    }),
    duplication: defineBot({
      ...parallel,
      id: 'duplication-finder',
      description: 'Finds duplicated code across all files.',
      output: answers.duplication,
      work: work(jobs.duplication, filesOf),
    }),
    recheck: defineBot({
      ...parallel,
      id: 'witness',
      description: 'Looks last of all which files changed since the survey.',
      output: answers.recheck,
      work: work(jobs.recheck, filesOf),
    }),
  };
}

/** Orders in line for each thread: the next is at hand when one is done. */
const ordersPerThread = 2;

/** Makes the workflow that measures the chunks of a fork. */
export function measureOf({ complexity, leftovers, modules }: Analysts, pool: Pool) {
  const each = {
    concurrency: ordersPerThread * pool.size,
    // Of one kind, the time goes by the bytes.
    estimate: ({ bytes = 0 }: FilesOrder) => bytes,
  };
  return defineWorkflow({
    id: 'audit-measure',
    description: 'Measures the chunks of a fork, each kind side by side.',
    input: ForkOrder,
  })
    .step('complexity', complexity, ({ input }) => ordersOf('complexity', input), { each })
    .step('leftovers', leftovers, ({ input }) => ordersOf('leftovers', input), { after: [], each })
    .step('modules', modules, ({ input }) => ordersOf('modules', input), { after: [], each })
    .output((found) => ({
      complexity: found.complexity,
      leftovers: found.leftovers,
      modules: found.modules,
    }));
}

/** An order for the first page about each chunk. */
function ordersOf(kind: ChunkKind, { root, chunks }: ForkOrder): FilesOrder[] {
  return chunks.map(({ index, ...chunk }) => ({
    ...{ root, unit: chunkName(kind, index), page: 1 },
    ...chunk,
  }));
}

/** What an analyst gets of its work's context. */
interface Assignment<Order> {
  readonly input: Order;
  readonly runId: string;
  readonly signal: AbortSignal;
}

/**
 * Answers of several pages that an analyst keeps, so that the others need no second analysis: more
 * than a fork has chunks.
 */
const keptMax = 64;

/** Makes the work of an analyst: one job of the pool, its answer in pages. */
function pagedWork(pool: Pool, watch: Watch) {
  return <In, Out extends object, Order extends PageOrder & Partial<FilesOrder>>(
    job: Job<In, Out>,
    inputOf: (order: Order) => In,
  ) => {
    const kept = new Map<string, readonly Page<Out>[]>();
    return async ({ input, runId, signal }: Assignment<Order>): Promise<Page<Out>> => {
      const [run, unit] = [auditOf(runId), input.unit ?? surveyUnit.name];
      const options: JobOptions = {
        signal,
        onProgress: (done, total) => watch({ run, type: 'working', unit, done, total }),
      };
      const known = kept.get(input.mark ?? '')?.[input.page - 1];
      if (known !== undefined) return known;
      const found = await pool.run(job, inputOf(input), options);
      const pages = pagesOf(job.output, found, input.chars);
      const [first] = pages;
      if (pages.length > 1) kept.set(first.mark, pages);
      for (const mark of [...kept.keys()].slice(0, -keptMax)) kept.delete(mark);
      // The join of a fork comes late; who watches learns of each piece.
      if (input.page === 1 && input.unit !== undefined) watch({ run, type: 'done', unit });
      // Should the world have changed, the mark tells that these pages don't belong together.
      return pages[input.page - 1] ?? first;
    };
  };
}

/** The run at the root: `audit/mine-1` of `audit/mine-1/analysis/survey`. */
export const auditOf = (runId: string): string => runId.split('/').slice(0, 2).join('/');
