/**
 * The audit's team: bots that measure, a lead that splits the work among them, an editor that
 * judges, and the workflow that is the audit.
 *
 * The lead's child runs are its steps: each result is recorded once, so that an audit that was
 * killed goes on and does nothing twice. When that is wanted, a person approves the plan first.
 */
import { z } from 'zod';
import { type Approval, type Bot, defineBot, defineWorkflow, type Workflow } from '../../index.ts';
import { availability, type Pool } from '../analysers/index.ts';
import { Evidence, evidenceOf, factsFrom, Report, reportOf } from '../report/index.ts';
import { type Analysts, analystsOf, auditOf, measureOf } from './analysts.ts';
import { collect, type Desk } from './collect.ts';
import { auditPlanOf, confirmation, confirmStep } from './confirmation.ts';
import { AuditRequest, chunkOf, type FilesOrder } from './orders.ts';
import type { AuditEvent, Watch } from './plan.ts';

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
  readonly definitions: readonly (Approval | Bot | Workflow)[];
}

/** The name of the workflow's step that is the lead's run. */
export const leadStep = 'analysis';

/** Raised when steps of the audit change: journals hold older ones. */
export const auditVersion = '2';

/** Makes the team of an audit. */
export function auditTeam({ pool, watch = () => {} }: AuditTeamOptions): AuditTeam {
  const telling = once(watch);
  const analysts = analystsOf(pool, telling);
  const measure = measureOf(analysts, pool);
  const lead = leadOf(analysts, measure, telling);
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
    version: auditVersion,
    description: 'Audits a code base.',
    input: AuditRequest,
  })
    .step(leadStep, lead, ({ input }) => input)
    .step('report', editor, ({ analysis }) => analysis);
  const bots = [...Object.values(analysts), lead, editor, courier];
  return { audit, courier, definitions: [audit, measure, confirmation, ...bots] };
}

/** A piece of work is done once. */
function once(watch: Watch): Watch {
  const told = new Set<string>();
  return (event) => {
    if (event.type === 'done') {
      const piece = `${event.run} ${event.unit}`;
      if (told.has(piece)) return;
      told.add(piece);
    }
    watch(event);
  };
}

function leadOf(analysts: Analysts, measure: ReturnType<typeof measureOf>, watch: Watch) {
  return defineBot({
    id: 'audit-lead',
    description: 'Splits the work into chunks, gives them to the bots and gathers the evidence.',
    input: AuditRequest,
    output: Evidence,
    async work({ input, step, runId }) {
      const run = auditOf(runId);
      const desk: Desk = {
        survey: (name, order) => step(name, analysts.survey, order),
        measure: ({ name, chunks }, root) => step(name, measure, { root, chunks: [...chunks] }),
        complexity: (name, order) => step(name, analysts.complexity, order, titleOf(order)),
        leftovers: (name, order) => step(name, analysts.leftovers, order, titleOf(order)),
        modules: (name, order) => step(name, analysts.modules, order, titleOf(order)),
        duplication: (name, order) => step(name, analysts.duplication, order, titleOf(order)),
        recheck: (name, order) => step(name, analysts.recheck, order, titleOf(order)),
      };
      const collected = await collect(desk, input.path, {
        planned: async (plan, survey) => {
          const code = survey.files.reduce((sum, { lines }) => sum + lines.code, 0);
          watch({ run, type: 'planned', plan, files: survey.files.length, code });
          if (input.confirm === true)
            await step(confirmStep, confirmation, auditPlanOf(plan, survey));
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
  const [first] = chunkOf({ root: '', files: list.slice(0, 1) }).files;
  return { title: `${files} files from ${first?.file ?? 'none'}` };
}
