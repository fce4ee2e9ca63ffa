/**
 * Confirming: a person approves the plan of an audit, here at the terminal, or later by another
 * call on the same journal. Nothing but a person's yes is a yes: without one the plan waits.
 */
import { userInfo } from 'node:os';
import type { RunOf, Troupe } from '../../index.ts';
import type { JournalReader } from '../../journal/index.ts';
import { AuditPlan, type AuditTeam, auditPlanRun } from '../../specialists/index.ts';
import { refuseArgument, type Terminal } from '../command.ts';
import type { AuditArguments } from './arguments.ts';
import type { AuditNumber } from './number.ts';
import { counted, durationText } from './progress.ts';

/** Characters of the digest that name a plan. */
const nameChars = 12;

/** The name of a plan: the beginning of its digest. */
const nameOf = (digest: string): string => digest.slice(0, nameChars);

/** What a session asks a person with. */
export interface ConfirmingParts {
  readonly troupe: Troupe;
  readonly run: RunOf<AuditTeam['audit']>;
  readonly given: AuditArguments;
  readonly terminal: Terminal;
  readonly threads: number;
  /** Number of the audit. */
  readonly number: number;
  /** Writes lines that stay. */
  readonly say: (text: string) => void;
  /** Ends the asking. */
  readonly signal: AbortSignal;
}

/** A plan that nobody here decided. */
export interface WaitingPlan {
  readonly name: string;
  /** The id of its approval. */
  readonly approval: string;
}

/**
 * Waits until the plan is there, shows it, and has it decided by the arguments or by who sits at
 * the terminal. Undefined when it is decided, or never asked for; a plan that still waits else.
 */
export async function confirmed(parts: ConfirmingParts): Promise<WaitingPlan | undefined> {
  const { troupe, run, given, terminal, say, signal } = parts;
  for await (const event of run.events({ signal })) if (event.type === 'approval') break;
  const [open] = await troupe.approvals.list({ run, status: 'OPEN' });
  if (open === undefined) return undefined;
  const { id, digest } = open;
  say(planText(AuditPlan.parse(open.payload), parts));
  const decide = async (approve: boolean): Promise<undefined> => {
    await troupe.approvals.decide(id, { approve, digest, by: userName() });
    if (approve) say('Approved');
  };
  if (given.approve !== undefined) return decide(true);
  if (given.reject !== undefined) return decide(false);
  const answer = await terminal.ask?.('Go on? [y/N] ', signal);
  if (answer !== undefined) return decide(/^\s*y(es)?\s*$/i.test(answer));
  return { name: nameOf(digest), approval: id };
}

/**
 * Looks, before anything begins, whether the arguments fit the audit that is next: a decision needs
 * the plan that it names.
 * @throws TroupeError `BAD_OPTION`.
 */
export function checkDecision(
  journal: Pick<JournalReader, 'byAddress'>,
  { id, number, state }: AuditNumber,
  given: Pick<AuditArguments, 'confirm' | 'approve' | 'reject'>,
): void {
  const audit = journal.byAddress(`run/audit/${encodeURIComponent(id)}`);
  const isOpen = state === 'open' && audit !== undefined;
  if (given.confirm && isOpen && !isConfirmed(audit.input))
    refuse('--confirm', `comes too late: audit ${number} was begun without it; leave it out`);
  const [option, name] =
    given.approve === undefined ? ['--reject', given.reject] : ['--approve', given.approve];
  if (name === undefined) return;
  const plan = isOpen ? journal.byAddress(auditPlanRun(id)) : undefined;
  if (plan === undefined) refuse(option, 'finds no plan that waits; begin one with --confirm');
  const { digest }: { digest: string } = JSON.parse(plan.input);
  if (!name.startsWith(nameOf(digest)) || !digest.startsWith(name))
    refuse(option, `names ${name}, but the plan of audit ${number} is ${nameOf(digest)}`);
  // Approved before a kill: the same yes again changes nothing.
  const isKnown = plan.status === 'COMPLETED' && given.approve !== undefined;
  if (plan.done && !isKnown)
    refuse(option, `comes too late: the plan of audit ${number} was approved already`);
}

/** Whether an audit waits for its plan's approval, by the input that it was begun with. */
export function isConfirmed(input: string): boolean {
  const spec: { input?: { confirm?: boolean } } = JSON.parse(input);
  return spec.input?.confirm === true;
}

const refuse: (option: string | undefined, problem: string) => never = (option, problem) =>
  refuseArgument('audit', option ?? '', problem);

function planText(plan: AuditPlan, { number, threads }: ConfirmingParts): string {
  const kinds = plan.kinds.map(({ kind, files }) => `${kind} ${files.toLocaleString('en-US')}`);
  const skipped = plan.skipped > 0 ? `; ${plan.skipped} left aside` : '';
  return [
    `The plan of audit ${number} of ${plan.path}:`,
    `  files   ${counted(plan.files, 'file')} (${kinds.join(', ')})${skipped}`,
    `  code    ${counted(plan.code, 'line')}, in ${counted(plan.chunks, 'chunk')}`,
    '  work    complexity, leftovers and imports of each chunk, the largest first;',
    `          duplication across all files; ${counted(plan.steps, 'step')}`,
    `  time    ${durationText(plan.workMs / threads)} with ${counted(threads, 'thread')}`,
  ].join('\n');
}

/** Who decides; some systems don't know. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'the command line';
  }
}
