/**
 * An owner in a process of its own, so that it can be killed: `node owner-process.ts PATH HOW`.
 * `try` opens and ends; `hold` opens and stays; `write` commits groups without end. Each report
 * is one line on standard output, written at once, after what it reports.
 */
import { writeSync } from 'node:fs';
import { openJournal } from '../../../src/journal/index.ts';
import { isTroupeError } from '../../../src/protocol/index.ts';
import { batch, record, row } from '../fixtures.ts';

/** Rows of each group that `write` commits. */
export const groupRows = 150;

const [path = '', how = ''] = process.argv.slice(2);
if (import.meta.main) await main();

async function main(): Promise<void> {
  try {
    const journal = await openJournal(path);
    report('open');
    if (how === 'hold') process.stdin.resume();
    for (let seq = journal.heads().seq; how === 'write'; seq += groupRows) {
      journal.begin();
      const group = seq / groupRows;
      const rows = Array.from({ length: groupRows }, (_, index) =>
        row({ seq: seq + index + 1, previous: seq + index, type: `group.${group}` }),
      );
      const actors = [record({ last: seq + groupRows, status: `group.${group}` })];
      journal.commit(batch({ rows, actors }));
      report(`committed ${seq + groupRows}`);
    }
    if (how === 'try') journal.close();
  } catch (error) {
    report(isTroupeError(error) ? error.code : String(error));
  }
}

function report(line: string): void {
  writeSync(1, `${line}\n`);
}
