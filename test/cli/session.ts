/** Sessions of `troupe audit` on cheap analyses: all of the command but ESLint and its kin. */
import { auditArguments, auditJournal, reportFile } from '../../src/cli/audit/arguments.ts';
import { AuditSession } from '../../src/cli/audit/session.ts';
import { type Clock, systemClock } from '../../src/index.ts';
import { type Begun, cheapPool, type Hook } from '../specialists/cheap-pool.ts';
import { type FakeTerminal, fakeTerminal } from './terminal.ts';

/** How a session ended. */
export interface Ended {
  readonly code: number | undefined;
  readonly out: string;
  readonly err: string;
  /** The analyses that began. */
  readonly begun: readonly Begun[];
}

/** What a test sets of a session. */
export interface SessionOptions {
  readonly terminal?: FakeTerminal;
  /** Called before each analysis. */
  readonly before?: Hook;
  readonly clock?: Clock;
}

/** The system's clock, but for pauses and deadlines of seconds: those are a fiftieth here. */
function hurriedClock(): Clock {
  const clock = systemClock();
  return { ...clock, after: (ms, run) => clock.after(ms <= 5_000 ? ms / 50 : ms, run) };
}

/** Runs a session with these arguments on a folder. */
export async function session(
  root: string,
  args: readonly string[],
  { terminal = fakeTerminal(), before, clock = hurriedClock() }: SessionOptions = {},
): Promise<Ended> {
  const begun: Begun[] = [];
  const pool = cheapPool((one, signal) => {
    begun.push(one);
    return before?.(one, signal);
  });
  const given = auditArguments([...args, root]);
  const code = await new AuditSession({
    given,
    args,
    root,
    report: given.report === undefined ? undefined : await reportFile(given.report, given.journal),
    journal: await auditJournal(given.journal),
    pool,
    clock,
    terminal,
  }).run();
  return { code, ...terminal.shown, begun };
}
