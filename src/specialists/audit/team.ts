/**
 * The audit's team: bots that measure, a lead that splits the work among them, an editor that
 * judges, and the workflow that is the audit.
 *
 * The lead's child runs are its steps: each result is recorded once, so that an audit that was
 * killed goes on and does nothing twice. Analysts run in the threads of a pool and take as many
 * runs at once as it has threads; the loop of the team stays free.
 */
import { z } from 'zod';
import { type Bot, defineBot, defineWorkflow, type Workflow } from '../../index.ts';
import { availability, type Job, type JobOptions, jobs, type Pool } from '../analysers/index.ts';
import { Evidence, evidenceOf, factsFrom, Report, reportOf } from '../report/index.ts';
import { collect, type Desk } from './collect.ts';
import {
  AuditRequest,
  answers,
  chunkOf,
  FilesOrder,
  type Page,
  type PageOrder,
  SurveyOrder,
} from './orders.ts';
import { pagesOf } from './pages.ts';
import type { Plan } from './plan.ts';

/** How an audit goes on; for whoever watches, nothing depends on it. */
export type AuditEvent = {
  /** The run of the audit, such as `audit/mine-1`. */
  readonly run: string;
} & (
  | { readonly type: 'planned'; readonly plan: Plan; readonly files: number; readonly code: number }
  /** A piece of work is under way: how many of its files are done. */
  | {
      readonly type: 'working';
      readonly unit: string;
      readonly done: number;
      readonly total: number;
    }
  /** A piece of work is recorded, now or before. */
  | { readonly type: 'done'; readonly unit: string }
);

/** What a team is made of. */
export interface AuditTeamOptions {
  /** The threads of the analysers; who makes the pool closes it. */
  readonly pool: Pool;
  /** Is told how each audit goes. */
  readonly watch?: ((event: AuditEvent) => void) | undefined;
}

/** The team of an audit. */
export interface AuditTeam {
  /** The audit: a folder in, a report out. */
  readonly audit: Workflow<AuditRequest, Report>;
  /** Notes that the report of a finished audit was handed over; runs under the audit's id. */
  readonly courier: Bot<undefined, null>;
  /** All of it, for `createTroupe`. */
  readonly definitions: readonly (Bot | Workflow)[];
}

/** The name of the workflow's step that is the lead's run. */
export const leadStep = 'analysis';

/** Makes the team of an audit. */
export function auditTeam({ pool, watch }: AuditTeamOptions): AuditTeam {
  const analysts = analystsOf(pool, watch ?? (() => {}));
  const lead = leadOf(analysts, watch ?? (() => {}));
  const editor = defineBot({
    id: 'editor',
    description: 'Puts the worst places first and says what to do about them.',
    input: Evidence,
    output: Report,
    work: ({ input }) => reportOf(input),
  });
  const courier = defineBot({
    id: 'audit-courier',
    description: 'Notes that a report was handed over.',
    output: z.null(),
    work: () => null,
  });
  const audit = defineWorkflow({
    id: 'audit',
    description: 'Audits a code base.',
    input: AuditRequest,
  })
    .step(leadStep, lead, ({ input }) => input)
    .step('report', editor, ({ analysis }) => analysis);
  const bots = [...Object.values(analysts), lead, editor, courier];
  return { audit, courier, definitions: [audit, ...bots] };
}

type Watch = (event: AuditEvent) => void;
type Analysts = ReturnType<typeof analystsOf>;

function analystsOf(pool: Pool, watch: Watch) {
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
      work: work(jobs.complexity, chunkOf),
    }),
    leftovers: defineBot({
      ...parallel,
      id: 'leftovers-finder',
      description: 'Finds comments that put work off.',
      output: answers.leftovers,
      work: work(jobs.leftovers, chunkOf),
    }),
    modules: defineBot({
      ...parallel,
      id: 'architect',
      description: 'Reads who imports whom.',
      output: answers.modules,
      work: work(jobs.modules, chunkOf),
    }),
    duplication: defineBot({
      ...parallel,
      id: 'duplication-finder',
      description: 'Finds duplicated code across all files.',
      output: answers.duplication,
      work: work(jobs.duplication, chunkOf),
    }),
    recheck: defineBot({
      ...parallel,
      id: 'witness',
      description: 'Looks last of all which files changed since the survey.',
      output: answers.recheck,
      work: work(jobs.recheck, chunkOf),
    }),
  };
}

function leadOf(analysts: Analysts, watch: Watch) {
  return defineBot({
    id: 'audit-lead',
    description: 'Splits the work into chunks, gives them to the bots and gathers the evidence.',
    input: AuditRequest,
    output: Evidence,
    async work({ input, step, runId }) {
      const run = auditOf(runId);
      const desk: Desk = {
        survey: (name, order) => step(name, analysts.survey, order),
        complexity: (name, order) => step(name, analysts.complexity, order, titleOf(order)),
        leftovers: (name, order) => step(name, analysts.leftovers, order, titleOf(order)),
        modules: (name, order) => step(name, analysts.modules, order, titleOf(order)),
        duplication: (name, order) => step(name, analysts.duplication, order, titleOf(order)),
        recheck: (name, order) => step(name, analysts.recheck, order, titleOf(order)),
      };
      const collected = await collect(desk, input.path, {
        planned: (plan, { files }) => {
          const code = files.reduce((sum, { lines }) => sum + lines.code, 0);
          watch({ run, type: 'planned', plan, files: files.length, code });
        },
        done: (unit) => watch({ run, type: 'done', unit }),
      });
      return evidenceOf(collected, factsFrom(collected, availability().installed));
    },
  });
}

/** Which files it is about, for who looks into the journal. */
function titleOf({ files: list }: FilesOrder): { title: string } {
  const files = list.reduce((sum, { files: inside }) => sum + inside.length, 0);
  const [first] = chunkOf({ root: '', files: list.slice(0, 1), page: 1 }).files;
  return { title: `${files} files from ${first?.file ?? 'none'}` };
}

/** What an analyst gets of its work's context. */
interface Assignment<Order> {
  readonly input: Order;
  readonly runId: string;
  readonly signal: AbortSignal;
}

/** Answers of several pages that an analyst keeps, so that the others need no second analysis. */
const keptMax = 4;

/** Makes the work of an analyst: one job of the pool, its answer in pages. */
function pagedWork(pool: Pool, watch: Watch) {
  return <In, Out extends object, Order extends PageOrder>(
    job: Job<In, Out>,
    inputOf: (order: Order) => In,
  ) => {
    const kept = new Map<string, readonly Page<Out>[]>();
    return async ({ input, runId, signal }: Assignment<Order>): Promise<Page<Out>> => {
      const [run, unit] = [auditOf(runId), runId.slice(runId.lastIndexOf('/') + 1)];
      const options: JobOptions = {
        signal,
        onProgress: (done, total) => watch({ run, type: 'working', unit, done, total }),
      };
      const known = kept.get(input.mark ?? '')?.[input.page - 1];
      if (known !== undefined) return known;
      const pages = pagesOf(job.output, await pool.run(job, inputOf(input), options));
      const [first] = pages;
      if (pages.length > 1) kept.set(first.mark, pages);
      for (const mark of [...kept.keys()].slice(0, -keptMax)) kept.delete(mark);
      // Should the world have changed, the mark tells that these pages don't belong together.
      return pages[input.page - 1] ?? first;
    };
  };
}

/** The run at the root: `audit/mine-1` of `audit/mine-1/analysis/survey`. */
const auditOf = (runId: string): string => runId.split('/').slice(0, 2).join('/');
