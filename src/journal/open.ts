/** Opens journals in files; SQLite is loaded when the first one is opened, not before. */

import type { Logger } from '../protocol/index.ts';
import type { Verification, VerifyOptions } from './checks/findings.ts';
import type { FileReader } from './file-reader.ts';
import type { Durability, Journal } from './journal.ts';
import type { Queries } from './query/queries.ts';

/** How to open a journal. */
export interface JournalOptions {
  /** What an acknowledged message survives (default `power`). */
  readonly durability?: Durability | undefined;
  /** The workspace that the journal belongs to (default `troupe`). */
  readonly workspace?: string | undefined;
  /** Tells the time at which a new journal is created (default: the system's clock). */
  readonly now?: (() => number) | undefined;
  /** Is told once when an older journal was brought to this format (default: nobody). */
  readonly log?: Pick<Logger, 'warn'> | undefined;
}

/**
 * Opens the journal in the file at `path` as its one owner; a missing file is created, with
 * access for this user only. The lock is freed by `close` or by the end of the process. A journal
 * of an older format is brought to this one; a copy is left beside it, `team.db.format-1.db`.
 * @throws TroupeError `JOURNAL_IN_USE`, `JOURNAL_FOREIGN`, `JOURNAL_VERSION`, `JOURNAL_UPGRADE`,
 * `JOURNAL_WORKSPACE`, `JOURNAL_UNREADABLE`.
 */
export async function openJournal(path: string, options: JournalOptions = {}): Promise<Journal> {
  const { openSqliteJournal } = await import('./sqlite/owner.ts');
  return openSqliteJournal(path, {
    durability: options.durability ?? 'power',
    workspace: options.workspace ?? 'troupe',
    now: options.now,
    log: options.log,
  });
}

/**
 * Opens the file at `path` for reading, also while its owner runs. It takes no lock and writes
 * nothing; each read sees what was committed when it began.
 * @throws TroupeError `JOURNAL_FOREIGN`, `JOURNAL_VERSION`, `JOURNAL_UNREADABLE`.
 */
export async function openReader(path: string): Promise<FileReader> {
  const { openFileReader } = await import('./sqlite/reader.ts');
  return openFileReader(path);
}

/**
 * Verifies the journal at `path`: seal, chain and head, every row, SQLite's structure. Reads only,
 * also beside an owner, in bounded memory; other work of the process goes on in between.
 * @throws TroupeError `JOURNAL_FOREIGN`, `JOURNAL_VERSION`, `JOURNAL_UNREADABLE` for what is none.
 */
export async function verifyJournal(
  path: string,
  options: VerifyOptions = {},
): Promise<Verification> {
  const { verifyFile } = await import('./checks/verify.ts');
  return verifyFile(path, options);
}

/** Queries of the file at `path`; nothing is started before the first one. */
export async function openQueries(path: string): Promise<Queries> {
  const { queriesOf } = await import('./query/queries.ts');
  return queriesOf(path);
}
