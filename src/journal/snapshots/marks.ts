/**
 * What tells a snapshot from a journal: rows of its table `meta`, and what they promise of it.
 *
 * The head of the chain stands in them, since a snapshot has no head file, and a digest over the
 * hashes of all rows that stand outside the chain: a row that is missing has no hash to betray it.
 */
import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { turnOfLoop } from '../../clock/index.ts';
import { troupeError } from '../../protocol/index.ts';
import type { ChainHead } from '../chain.ts';
import { noteSelf } from '../sqlite/schema.ts';

/** What a snapshot says of itself. */
export interface Marks {
  /** Milliseconds since 1970. */
  readonly takenAt: number;
  readonly head: ChainHead;
  /** Digest over the rows outside the chain. */
  readonly contents: string;
}

const keys = ['kind', 'taken_at', 'head_seq', 'head_hash', 'contents'] as const;

/** The marks of a file; undefined when it is no snapshot. */
export function marksIn(db: DatabaseSync): Marks | undefined {
  const rows = db.prepare('SELECT key, value FROM meta').all();
  const found = new Map(rows.map(({ key, value }) => [key, String(value)]));
  if (found.get('kind') !== 'snapshot') return undefined;
  return {
    takenAt: Number(found.get('taken_at')),
    head: { seq: Number(found.get('head_seq')), hash: found.get('head_hash') ?? '' },
    contents: found.get('contents') ?? '',
  };
}

/** Refuses to go on with a snapshot as if it were a journal. @throws `JOURNAL_IS_SNAPSHOT`. */
export function checkIsJournal(db: DatabaseSync, path: string): void {
  const marks = marksIn(db);
  if (marks !== undefined) {
    throw troupeError('JOURNAL_IS_SNAPSHOT', { path, takenAt: marks.takenAt });
  }
}

/** Makes a file a snapshot. */
export function mark(db: DatabaseSync, { takenAt, head, contents }: Marks): void {
  note(db, {
    kind: 'snapshot',
    taken_at: String(takenAt),
    head_seq: String(head.seq),
    head_hash: head.hash,
    contents,
  });
}

/** Makes a snapshot a journal again; it keeps when it was taken, and when it was restored. */
export function unmark(db: DatabaseSync, { takenAt }: Marks, restoredAt: number): void {
  const forget = db.prepare('DELETE FROM meta WHERE key = ?');
  for (const key of keys) forget.run(key);
  note(db, { restored_at: String(restoredAt), restored_from: String(takenAt) });
}

function note(db: DatabaseSync, values: Readonly<Record<string, string>>): void {
  const put = db.prepare('INSERT OR REPLACE INTO meta(key, value) VALUES (?, ?)');
  for (const [key, value] of Object.entries(values)) put.run(key, value);
  noteSelf(db);
}

/** The last row of a file's history, or the anchor when there is none. */
export function headIn(db: DatabaseSync): ChainHead {
  const row = db.prepare(headQuery).get();
  return { seq: Number(row?.seq), hash: String(row?.hash) };
}

const headQuery = `SELECT seq, hash FROM history WHERE seq = (SELECT max(seq) FROM history)
UNION ALL SELECT
  CAST(coalesce((SELECT value FROM meta WHERE key = 'anchor_seq'), '0') AS INTEGER),
  coalesce((SELECT value FROM meta WHERE key = 'anchor_hash'), '')
LIMIT 1`;

/** The tables whose rows stand outside the chain, and the order of their rows. */
const tables = {
  actor_records: 'actor',
  actor_inputs: 'actor',
  mail_records: 'mail',
  step_records: 'actor, step',
  timer_records: 'actor, timer',
  letter_records: 'letter',
} as const;

/** Rows after which other work goes on. */
const pieceRows = 2_000;

/** The digest over the rows outside the chain of a file that nobody else uses. */
export async function contentsOf(db: DatabaseSync): Promise<string> {
  const digest = createHash('sha256');
  for (const [table, order] of Object.entries(tables)) {
    let count = 0;
    for (const { hash } of db.prepare(`SELECT hash FROM ${table} ORDER BY ${order}`).iterate()) {
      digest.update(String(hash));
      count += 1;
      if (count % pieceRows === 0) await turnOfLoop();
    }
    digest.update(`\n${table} ${count}\n`);
  }
  return digest.digest('base64url');
}
