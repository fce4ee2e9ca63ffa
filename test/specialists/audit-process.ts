/**
 * An audit in a process of its own, so that it can be killed:
 * `node audit-process.ts FOLDER JOURNAL [COMMIT before|after]`.
 *
 * It tells on standard output, one line each, at once: `job NAME FILE` before an analysis begins,
 * `halt` when it stands still before or after the commit of that number, waiting to be killed;
 * at the end `commits N` and `result JSON`.
 */
import { writeSync } from 'node:fs';
import { createTroupe, type Journal, openJournal } from '../../src/index.ts';
import { auditTeam, readAudit } from '../../src/specialists/index.ts';
import { cheapPool } from './cheap-pool.ts';

/** The id of the audit's run. */
export const auditId = 'killed';

if (import.meta.main) await main(process.argv.slice(2));

async function main([folder = '', file = '', commit, moment]: string[]): Promise<void> {
  const pool = cheapPool(({ job, of }) => tell(`job ${job} ${of}`));
  const { audit, definitions } = auditTeam({ pool });
  const { journal, commits } = halting(await openJournal(file), Number(commit), moment);
  const troupe = await createTroupe({ definitions, journal });
  const report = await troupe.run(audit, { path: folder }, { id: auditId });
  const record = await readAudit(journal, auditId, folder);
  tell(`commits ${commits()}`);
  await troupe.stop();
  process.stdout.write(`result ${JSON.stringify({ report, record })}\n`);
}

/** A journal that stands still at one of its commits. */
function halting(
  journal: Journal,
  at: number,
  moment: string | undefined,
): { journal: Journal; commits: () => number } {
  let commits = 0;
  const stand = (here: string): void => {
    if (commits !== at || here !== moment) return;
    tell('halt');
    for (;;);
  };
  return {
    commits: () => commits,
    journal: {
      ...journal,
      commit(batch) {
        commits += 1;
        stand('before');
        journal.commit(batch);
        stand('after');
      },
    },
  };
}

function tell(line: string): void {
  writeSync(1, `${line}\n`);
}
