/**
 * `troupe check`: finds what modules export, checks it as one team before it runs, and prints what
 * is wrong and what was reached. The checks are loaded when the command runs, not with its help.
 */
import { type CheckArguments, checkArguments } from './check/arguments.ts';
import { loadModules } from './check/modules.ts';
import { quietly } from './check/quietly.ts';
import { type CheckReport, parkedLines } from './check/report.ts';
import { finished } from './check/unfinished.ts';
import { type Command, exitCodes, type Terminal } from './command.ts';
import { oneLine } from './table.ts';

/** The command. */
export const checkCommand: Command = {
  name: 'check',
  usage: 'check FILE… [--json] [--allow CODE[:PLACE]] [--journal FILE]',
  summary: 'checks machines, workflows, bots and tasks before they run',
  help: `  FILE            a module, JavaScript or TypeScript: what it exports is checked, all FILEs
                  together as one team. Its export \`check\`, if there is one, holds options by
                  the id of a definition, such as { door: { events: { KNOCK: Knock } } }
  --json          prints one JSON object with findings and coverage
  --allow NAME    excuses a finding by its code, or by CODE:PLACE; as often as you like. A name
                  that excuses nothing is refused
  --mutate        also tries what the invariants of machines notice
  --seed N        of all that is drawn (default 1)
  --states N      different states looked at, at most (default 5000)
  --depth N       events from the beginning, at most (default 50)
  --walks N       random stories for what lies deeper (default 200)
  --journal FILE  also says what of a journal this code would park, and why; the journal may be
                  in use, nothing is written

  The exit code is 1 when something is found or would be parked, 2 for bad arguments or a FILE
  that can't be loaded. What modules print while they are loaded goes to standard error.
  TypeScript is read as Node reads it: types are taken out, nothing is compiled.`,
  run: runCheck,
};

async function runCheck(args: readonly string[], terminal: Terminal): Promise<number> {
  const given = checkArguments(args);
  return finished(given.files, terminal, () => checkedBy(given, terminal));
}

async function checkedBy(given: CheckArguments, terminal: Terminal): Promise<number> {
  const { check, exportedIn, parkedIn, reportText } = await import('../testing/index.ts');
  const { definitions, of, files } = await quietly(terminal, () =>
    loadModules(given.files, exportedIn, terminal),
  );
  const { allow, mutate, bounds } = given;
  const progress = (what: string): void => terminal.err(`checking ${oneLine(what)}\n`);
  const parked =
    given.journal === undefined ? undefined : await parkedIn(given.journal, definitions);
  const result = await quietly(terminal, async () =>
    check(definitions, { allow, mutate, bounds, of, progress }),
  );
  if (given.json) {
    const report: CheckReport = { ...result, files, ...(parked === undefined ? {} : { parked }) };
    terminal.out(`${JSON.stringify(report, null, 2)}\n`);
  } else {
    terminal.out(`${reportText(result)}\n`);
    for (const line of parked === undefined ? [] : parkedLines(parked)) terminal.out(`${line}\n`);
  }
  return result.ok && (parked ?? []).length === 0 ? exitCodes.done : exitCodes.failed;
}
