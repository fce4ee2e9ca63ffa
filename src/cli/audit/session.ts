/**
 * One call of `troupe audit`, from the opened journal to the exit code.
 *
 * The report counts as delivered only when it was written out; until then a finished audit is
 * shown again, so that no moment of a kill loses it. Ctrl-C lets what is under way be recorded; a
 * second one ends the process as it always does.
 */
import { styleText } from 'node:util';
import { type Clock, createTroupe, type Logger, type RunOf, type Troupe } from '../../index.ts';
import { type Journal, openReader } from '../../journal/index.ts';
import { type Failure, isTroupeError, runAddress, runIdOf } from '../../protocol/index.ts';
import {
  type AuditRequest,
  type AuditTeam,
  auditTeam,
  type Heading,
  type Pool,
  type Report,
  readAudit,
  reportMarkdown,
  reportText,
  standingOf,
} from '../../specialists/index.ts';
import { delivered, exitCodes, isBadInputCode, type Signal, type Terminal } from '../command.ts';
import { type AuditArguments, auditWorkspace, type ReportFile } from './arguments.ts';
import { checkDecision, confirmed, isConfirmed, type WaitingPlan } from './confirming.ts';
import { commandText, undecided } from './going-on.ts';
import { type AuditNumber, auditNumber } from './number.ts';
import { Progress } from './progress.ts';

/** How long work under way may go on after Ctrl-C. */
const stopWithin = '3s';

/**
 * One Ctrl-C can come twice: from the terminal, and passed on by `npx` or the launcher. Within this
 * time they count as one.
 */
const sameInterruptMs = 300;

/** Work that waits for its parts stays in memory: here nothing else needs the room. */
const limits = { suspendAfterMs: 86_400_000 };

/** What a session needs. */
export interface SessionParts {
  readonly given: AuditArguments;
  /** The arguments as they were typed, to say how to go on. */
  readonly args: readonly string[];
  /** The folder's one absolute path. */
  readonly root: string;
  readonly report: ReportFile | undefined;
  readonly journal: Journal;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly terminal: Terminal;
}

type AuditRun = RunOf<AuditTeam['audit']>;
type AuditEnd = Awaited<ReturnType<AuditRun['outcome']>>;

/** A session; it runs once and closes the journal. */
export class AuditSession {
  readonly #parts: SessionParts;
  readonly #audit: AuditNumber;
  readonly #progress: Progress;
  readonly #team: AuditTeam;
  readonly #startedAt: number;

  constructor(parts: SessionParts) {
    const { journal, root, given, pool, clock, terminal } = parts;
    this.#parts = parts;
    this.#startedAt = clock.now();
    this.#audit = auditNumber(journal, root);
    this.#progress = new Progress({
      terminal,
      clock,
      run: runIdOf(runAddress('audit', this.#audit.id)),
      threads: pool.size,
      hasLines: !given.json,
    });
    this.#team = auditTeam({ pool, watch: this.#progress.note });
  }

  /**
   * Runs it; the result is the exit code. Undefined when the audit can't go on under this version
   * of Troupe and was given up: the next one can begin.
   */
  async run(): Promise<number | undefined> {
    const { journal, clock, terminal } = this.#parts;
    this.#check();
    const interrupted = Promise.withResolvers<Signal>();
    const asking = new AbortController();
    let isInterrupted = false;
    const ignore = terminal.onInterrupt((signal) => {
      if (!isInterrupted) clock.after(sameInterruptMs, ignore);
      isInterrupted = true;
      asking.abort();
      interrupted.resolve(signal);
    });
    await this.#announce();
    const { definitions, audit } = this.#team;
    const options = { definitions, name: auditWorkspace, journal, clock, limits };
    const troupe = await createTroupe({ ...options, log: this.#log() });
    try {
      if (await this.#giveUpParked(troupe)) return undefined;
      const run = await troupe.start(audit, this.#request(), { id: this.#audit.id });
      const ended = this.#confirmed(troupe, run, asking.signal);
      const end = await Promise.race([ended, interrupted.promise]);
      this.#progress.end();
      if (typeof end === 'string') return await this.#stop(troupe, end);
      if ('approval' in end) return this.#leave(end);
      if (end.status !== 'COMPLETED') return this.#fail(end);
      await this.#deliver(end.result, await this.#headingOf(run));
      await delivered(terminal, 'audit');
      await troupe.run(this.#team.courier, undefined, { id: this.#audit.id });
      return exitCodes.done;
    } finally {
      asking.abort();
      if (!isInterrupted) ignore();
      await troupe.stop({ deadline: stopWithin });
    }
  }

  /** Refuses what does not fit the audit that is next, and leaves the journal as it is. */
  #check(): void {
    const { journal, given } = this.#parts;
    try {
      checkDecision(journal, this.#audit, given);
    } catch (error) {
      journal.close();
      throw error;
    }
  }

  /** An audit that goes on is the one that was begun, whether or not a person is to confirm it. */
  #request(): AuditRequest {
    const { journal, root, given } = this.#parts;
    const begun = journal.byAddress(runAddress('audit', this.#audit.id));
    const confirm = begun === undefined ? given.confirm : isConfirmed(begun.input);
    return confirm ? { path: root, confirm } : { path: root };
  }

  /** The end of the audit, or its plan when nobody here decides it. */
  async #confirmed(
    troupe: Troupe,
    run: AuditRun,
    signal: AbortSignal,
  ): Promise<AuditEnd | WaitingPlan> {
    const { given, terminal, pool } = this.#parts;
    const outcome = run.outcome();
    if (this.#request().confirm !== true) return outcome;
    const say = this.#progress.insist;
    const parts = { troupe, run, given, terminal, say, signal, threads: pool.size };
    const asked = confirmed({ ...parts, number: this.#audit.number });
    return (await Promise.race([asked, outcome.then(() => undefined)])) ?? outcome;
  }

  async #announce(): Promise<void> {
    const { journal, root, given } = this.#parts;
    const { id, number, state } = this.#audit;
    if (state === 'new') {
      const kept = given.journal === undefined ? '' : ` (audit ${number} on ${given.journal})`;
      this.#progress.say(`Auditing ${root}${kept}`);
    } else if (state === 'open') {
      const { done, total, units } = await standingOf(journal, id, root);
      this.#progress.recorded(units);
      const steps = total === undefined ? 'no step is' : `${done} of ${total} steps are`;
      this.#progress.say(`Going on with audit ${number} of ${root}: ${steps} done`);
    } else this.#progress.say(`Audit ${number} of ${root} was finished but not shown:`);
    const own = runAddress('audit', id);
    const others = journal
      .actors({ definition: 'audit', done: false })
      .filter(({ address }) => address !== own);
    if (others.length > 0) {
      const which = others.length === 1 ? 'An unfinished audit' : 'Unfinished audits';
      this.#progress.say(`${which} of other folders on this journal will go on too`);
    }
  }

  /** An audit that another version began in another way can't go on. */
  async #giveUpParked(troupe: Troupe): Promise<boolean> {
    const own = runIdOf(runAddress('audit', this.#audit.id));
    const isOurs = ({ runId }: { runId: string }): boolean =>
      runId === own || runId.startsWith(`${own}/`);
    const parked = (await troupe.parked.list()).filter(isOurs);
    if (parked.length === 0) return false;
    const { number } = this.#audit;
    this.#progress.say(`Audit ${number} was begun by another version of Troupe and is given up.`);
    while (true) {
      const [first] = (await troupe.parked.list()).filter(isOurs);
      if (first === undefined) break;
      await troupe.parked.discard(first);
    }
    const run = await troupe.get(this.#team.audit, this.#audit.id);
    // Its work may fail first, for it goes on under bots that know other orders.
    const isOver = (error: unknown): boolean => isTroupeError(error, 'ILLEGAL_MOVE');
    await run?.cancel('given up').catch((error) => isOver(error) || Promise.reject(error));
    return true;
  }

  /** Standard output and the report's file; everything else is silent now. */
  async #deliver(report: Report, heading: Heading & { readonly startedAt: number }): Promise<void> {
    const { given, root, terminal, journal, clock, report: file } = this.#parts;
    await file?.write(reportMarkdown(report, heading));
    if (given.json) {
      const { id, number } = this.#audit;
      const { startedAt, finishedAt } = heading;
      const times = { startedAt, finishedAt, elapsedMs: finishedAt - startedAt };
      const audit = { path: root, id, number, journal: given.journal ?? null, ...times };
      const { priorities, placesFound } = report;
      const found = await readAudit(journal, id, root);
      terminal.out(`${JSON.stringify({ audit, ...found, placesFound, priorities }, null, 2)}\n`);
      return;
    }
    const style = (name: 'bold' | 'dim') => (text: string) =>
      terminal.isStyled ? styleText(name, text, { validateStream: false }) : text;
    const { columns } = terminal;
    const options = { columns, strong: style('bold'), faint: style('dim') };
    const seconds = ((clock.now() - this.#startedAt) / 1_000).toFixed(1);
    this.#progress.say(`Finished in ${seconds} s\n`);
    terminal.out(reportText(report, heading, options));
    if (given.report !== undefined) this.#progress.say(`The report is in ${given.report}`);
  }

  async #headingOf(run: AuditRun): Promise<Heading & { readonly startedAt: number }> {
    const { createdAt, completedAt = createdAt } = await run.snapshot();
    return { number: this.#audit.number, startedAt: createdAt, finishedAt: completedAt };
  }

  #fail(end: Exclude<AuditEnd, { status: 'COMPLETED' }>): number {
    const { terminal } = this.#parts;
    if (end.status === 'CANCELLED') {
      terminal.err(`[RUN_CANCELLED] The audit was cancelled: ${end.reason}\n`);
      return exitCodes.failed;
    }
    const { code, message } = rootOf(end.error);
    if (code === 'REJECTED') {
      terminal.err('[REJECTED] The plan was rejected; nothing was analysed.\n');
      return exitCodes.failed;
    }
    terminal.err(`[${code}] ${message}\n`);
    return isBadInputCode(code) ? exitCodes.badInput : exitCodes.failed;
  }

  /** Says how the plan can be decided later. */
  #leave({ name, approval }: WaitingPlan): number {
    const { given, args, terminal } = this.#parts;
    if (given.journal === undefined) {
      terminal.err('[REJECTED] Nobody said yes, so nothing was analysed, and nothing was kept.\n');
      return exitCodes.failed;
    }
    const decide = (option: string) => commandText([...undecided(args), option, name]);
    terminal.err(`It waits for a yes or a no to plan ${name} (approval ${approval}):\n`);
    terminal.err(`  ${decide('--approve')}\n  ${decide('--reject')}\n`);
    return exitCodes.waiting;
  }

  /** Lets what is under way be recorded, and says how to go on. */
  async #stop(troupe: Troupe, signal: Signal): Promise<number> {
    const { given, args, root, terminal } = this.#parts;
    const { id, number } = this.#audit;
    if (given.journal === undefined) {
      await troupe.stop({ deadline: 0 });
      const command = commandText(['--journal', '.troupe/audit.db', ...args]);
      terminal.err(`Stopped; nothing was kept. An audit that can go on: ${command}\n`);
    } else {
      terminal.err('Stopping: what is under way is finished first. Ctrl-C again ends at once.\n');
      await troupe.stop({ deadline: stopWithin });
      const reader = await openReader(given.journal);
      const { done, total } = await standingOf(reader, id, root);
      reader.close();
      const steps = total === undefined ? 'Nothing is' : `${done} of ${total} steps are`;
      terminal.err(
        `Stopped audit ${number}. ${steps} done; go on with: ${commandText(undecided(args))}\n`,
      );
    }
    return exitCodes[signal];
  }

  /** How the audit itself ended is told at the end, by its cause. */
  #log(): Logger {
    const nothing = (): void => {};
    const own = runAddress('audit', this.#audit.id);
    const error: Logger['error'] = (text, facts) => {
      if (facts?.actor === own) return;
      this.#progress.end();
      this.#parts.terminal.err(`troupe: ${text}\n`);
    };
    return { debug: nothing, info: nothing, warn: nothing, error };
  }
}

/** What led to a failure, below the runs that it went through. */
function rootOf(failure: Failure): Failure {
  const isThrough = /^(STEP_FAILED|RUN_FAILED)$/.test(failure.code);
  return isThrough && failure.cause !== undefined ? rootOf(failure.cause) : failure;
}
