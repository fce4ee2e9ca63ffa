/**
 * The process that examines a large copy of a snapshot: SQLite's check of pages is one long call,
 * which would hold up the team that goes on meanwhile. It ends with its owner.
 */
import { problemOf } from './examine.ts';

process.on('disconnect', () => process.exit());
// Signals of a terminal go to the owner as well, who decides when this ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

const problem = await problemOf(process.argv[2] ?? '');
process.send?.({ problem: problem ?? '' }, () => process.exit());
