/**
 * `troupe audit`: a team audits a code base, shows how it goes on standard error, and prints its
 * report. Killed and started again on the same journal, it goes on where it was.
 */
import { systemClock } from '../index.ts';
import { createPool } from '../specialists/index.ts';
import {
  auditArguments,
  auditJournal,
  checkAnalysers,
  folderOf,
  reportFile,
} from './audit/arguments.ts';
import { AuditSession } from './audit/session.ts';
import { type Command, refuseArgument, type Terminal } from './command.ts';

/** The command. */
export const auditCommand: Command = {
  name: 'audit',
  usage: 'audit [PATH] [--json] [--report FILE] [--journal FILE] [--confirm]',
  summary: 'a team of bots audits a JavaScript or TypeScript code base',
  help: `  PATH            the folder to audit (default: the current one)
  --json          prints one JSON object with everything that was found
  --report FILE   also writes the report as Markdown
  --journal FILE  keeps the run: an unfinished audit of the same folder goes on,
                  after a finished one the next begins
  --confirm       shows the plan and asks before the long work begins; where nobody
                  can be asked, the plan waits in the journal (exit code 3)
  --approve PLAN  says yes to a plan that waits in the journal, and goes on
  --reject PLAN   says no to it

  Findings are the result, so the exit code is 0. It is 1 when the audit failed or its
  plan was rejected, 2 for bad arguments or input, 3 when the plan waits for a person,
  130 after Ctrl-C, 143 after SIGTERM. Left out are node_modules, build output, and what
  the folder's .gitignore names.`,
  run: runAudit,
};

/** What can be known to be wrong is told before anything is opened. */
async function runAudit(args: readonly string[], terminal: Terminal): Promise<number> {
  const given = auditArguments(args);
  if (given.confirm && given.journal === undefined && terminal.ask === undefined)
    refuseArgument('audit', '--confirm', 'needs a terminal, or --journal FILE in which it waits');
  const root = await folderOf(given.path);
  checkAnalysers();
  const report =
    given.report === undefined ? undefined : await reportFile(given.report, given.journal);
  const clock = systemClock();
  let code: number | undefined;
  while (code === undefined) {
    const journal = await auditJournal(given.journal);
    await using pool = createPool();
    code = await new AuditSession({
      ...{ given, args, root, report, journal, pool, clock, terminal },
    }).run();
  }
  return code;
}
