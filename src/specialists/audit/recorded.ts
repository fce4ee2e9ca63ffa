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
import { confirmStep } from './confirmation.ts';
import { answers } from './orders.ts';
import { type ChunkKind, chunkKinds, chunkName, type Fork, planOf, reportUnit } from './plan.ts';
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
  const plan = planOf(survey);
  const names = new Set([
    ...namesIn(journal, leadOf(id)),
    ...plan.forks.flatMap((fork) => namesInFork(journal, id, fork)),
    ...namesIn(journal, addressOf(id)).filter((name) => name === reportUnit.name),
  ]);
  const done = plan.units.map(({ name }) => name).filter((name) => names.has(name));
  return { done: done.length, total: plan.units.length, units: done };
}

/** The steps of a run that are recorded. */
function namesIn(journal: RecordedSteps, address: string): string[] {
  const run = journal.byAddress(address);
  return run === undefined ? [] : journal.steps(run.actor).map(({ step }) => step);
}

/** The pieces of work of a fork that are recorded: those of a kind are numbered, from 1. */
const namesInFork = (journal: RecordedSteps, id: string, fork: Fork): string[] =>
  chunkKinds.flatMap((kind) =>
    namesIn(journal, `${leadOf(id)}/${fork.name}/${kind}`).flatMap((place) => {
      const chunk = fork.chunks[Number(place) - 1];
      return chunk === undefined ? [] : [chunkName(kind, chunk.index)];
    }),
  );

const addressOf = (id: string): string => `run/audit/${encodeURIComponent(id)}`;
const leadOf = (id: string): string => `${addressOf(id)}/${leadStep}`;

/** The address of the run in which the plan of an audit is approved. */
export const auditPlanRun = (id: string): string => `${leadOf(id)}/${confirmStep}`;

const Settled = z.object({ status: z.literal('COMPLETED'), result: z.unknown() });

/** Answers with what the steps of the lead and of its forks recorded. */
function recordedDesk(journal: RecordedSteps, id: string): Desk {
  const lead = leadOf(id);
  const recorded = <Answer>(run: string, step: string, answer: z.ZodType<Answer>): Answer => {
    const actor = journal.byAddress(run)?.actor;
    const body = actor === undefined ? undefined : journal.step(actor, step)?.body;
    if (body === undefined) throw troupeError('UNKNOWN_RUN', { run: `${run}/${step}` });
    return answer.parse(Settled.parse(JSON.parse(body)).result);
  };
  const ofFork = <Answer>(fork: Fork, kind: ChunkKind, answer: z.ZodType<Answer>): Answer[] =>
    fork.chunks.map((_, place) =>
      recorded(`${lead}/${fork.name}/${kind}`, String(place + 1), answer),
    );
  return {
    survey: async (name) => recorded(lead, name, answers.survey),
    measure: async (fork) => ({
      complexity: ofFork(fork, 'complexity', answers.complexity),
      leftovers: ofFork(fork, 'leftovers', answers.leftovers),
      modules: ofFork(fork, 'modules', answers.modules),
    }),
    complexity: async (name) => recorded(lead, name, answers.complexity),
    leftovers: async (name) => recorded(lead, name, answers.leftovers),
    modules: async (name) => recorded(lead, name, answers.modules),
    duplication: async (name) => recorded(lead, name, answers.duplication),
    recheck: async (name) => recorded(lead, name, answers.recheck),
  };
}
