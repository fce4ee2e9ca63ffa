/**
 * Reads an audit back from a journal: what its steps recorded. A report shows the worst; whoever
 * wants everything, as `--json` does, finds it here, also when the audit finished long ago.
 */
import { z } from 'zod';
import { type Journal, troupeError } from '../../index.ts';
import {
  availability,
  type Facts,
  type Modules,
  notesOf,
  type Skipped,
  type SyntaxFault,
} from '../analysers/index.ts';
import { factsFrom, syntaxFaultsIn, unresolvedIn } from '../report/index.ts';
import { type Collected, collect, collectSurvey, type Desk } from './collect.ts';
import { answers } from './orders.ts';
import { planOf, reportUnit } from './plan.ts';
import { leadStep } from './team.ts';

/** What is read of a journal. */
export type RecordedSteps = Pick<Journal, 'byAddress' | 'steps' | 'step'>;

/** Everything that an audit found. */
export interface AuditRecord {
  readonly facts: Facts;
  readonly kinds: Collected['survey']['kinds'];
  readonly syntaxFaults: SyntaxFault[];
  /** Relative imports that lead to no file. */
  readonly unresolved: Modules['unresolved'];
  readonly skipped: Skipped[];
  readonly changed: string[];
  readonly invalidUtf8: string[];
  readonly leftOut: string[];
}

/**
 * Everything that a finished audit found.
 * @throws TroupeError `UNKNOWN_RUN` when not all of its steps are recorded.
 */
export async function readAudit(
  journal: RecordedSteps,
  id: string,
  path: string,
): Promise<AuditRecord> {
  const collected = await collect(recordedDesk(journal, id), path);
  const { kinds, invalidUtf8, leftOut } = collected.survey;
  return {
    facts: factsFrom(collected, availability().installed),
    kinds,
    syntaxFaults: syntaxFaultsIn(collected),
    unresolved: unresolvedIn(collected),
    ...notesOf(collected),
    invalidUtf8,
    leftOut,
  };
}

/** How many of an audit's steps are recorded, and of how many, once that is known. */
export interface Standing {
  readonly done: number;
  readonly total: number | undefined;
  /** The names of those that are. */
  readonly units: readonly string[];
}

/** How far an audit is. */
export async function standingOf(
  journal: RecordedSteps,
  id: string,
  path: string,
): Promise<Standing> {
  const desk = recordedDesk(journal, id);
  const survey = await collectSurvey(desk, path).catch(() => undefined);
  if (survey === undefined) return { done: 0, total: undefined, units: [] };
  const { units } = planOf(survey);
  const lead = journal.byAddress(leadOf(id));
  const names = new Set(lead && journal.steps(lead.actor).map(({ step }) => step));
  const audit = journal.byAddress(addressOf(id));
  const isReported =
    audit !== undefined && journal.step(audit.actor, reportUnit.name) !== undefined;
  if (isReported) names.add(reportUnit.name);
  const done = units.map(({ name }) => name).filter((name) => names.has(name));
  return { done: done.length, total: units.length, units: done };
}

const addressOf = (id: string): string => `run/audit/${encodeURIComponent(id)}`;
const leadOf = (id: string): string => `${addressOf(id)}/${leadStep}`;

const Settled = z.object({ status: z.literal('COMPLETED'), result: z.unknown() });

/** Answers with what the lead's steps recorded. */
function recordedDesk(journal: RecordedSteps, id: string): Desk {
  const address = leadOf(id);
  const lead = journal.byAddress(address);
  const recorded = async <Answer>(name: string, answer: z.ZodType<Answer>): Promise<Answer> => {
    const body = lead && journal.step(lead.actor, name)?.body;
    if (body === undefined) throw troupeError('UNKNOWN_RUN', { run: `${address}/${name}` });
    return answer.parse(Settled.parse(JSON.parse(body)).result);
  };
  return {
    survey: (name) => recorded(name, answers.survey),
    complexity: (name) => recorded(name, answers.complexity),
    leftovers: (name) => recorded(name, answers.leftovers),
    modules: (name) => recorded(name, answers.modules),
    duplication: (name) => recorded(name, answers.duplication),
    recheck: (name) => recorded(name, answers.recheck),
  };
}
