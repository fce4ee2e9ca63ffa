/** The journal in an SQLite file passes the contract. */
import { openJournal } from '../../../src/journal/index.ts';
import { newFile } from '../files.ts';
import { journalSuite } from '../journal-suite.ts';

for (const durability of ['power', 'process'] as const) {
  journalSuite(`sqlite, ${durability}`, () => {
    const path = newFile();
    return { open: () => openJournal(path, { durability }), survives: true, runs: 30 };
  });
}
