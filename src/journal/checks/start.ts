/**
 * What is verified before an owner takes a journal over; never more than bounds allow, so that a
 * start stays quick, and never silently: what does not fit is refused with what to do.
 */
import type { DatabaseSync } from 'node:sqlite';
import { limits, type TroupeError, troupeError } from '../../protocol/index.ts';
import { numberIn, stateOf, textIn } from '../sqlite/connection.ts';
import { inspectFile } from '../sqlite/reader.ts';
import type { Verification } from './findings.ts';
import { type FoundHead, headFileOf, readHead } from './head.ts';
import { checkedRows, damaged, historyColumns, sound } from './rows.ts';
import { digestOf, isClosed, isSeal, sealedBytes } from './seal.ts';
import { anchorIn } from './tables.ts';
import { verifyNow } from './verify.ts';

/**
 * Refuses to make a new file where a journal was: its head is still there.
 * @throws TroupeError `JOURNAL_CUT`.
 */
export function checkGone(path: string): void {
  if (stateOf(path) !== undefined) return;
  const found = readHead(path);
  if (found.state === 'found' && found.head.seq > 0) throw cut(path, 0, found.head.seq);
}

/**
 * Looks at the file before anything is written to it, under the lock: a small one is verified
 * whole, by its seal or, when it was not closed in order, row by row.
 * @throws TroupeError `JOURNAL_DAMAGED`, `JOURNAL_CUT`.
 */
export function checkFile(path: string): FoundHead {
  const found = readHead(path);
  if (found.state === 'damaged') {
    const problem = 'none of its two records can be read; remove it to go on without it';
    throw damaged(path, 'head', headFileOf(path), problem);
  }
  const log = stateOf(`${path}-wal`)?.size ?? 0;
  const bytes = (stateOf(path)?.size ?? 0) + log;
  // Power may fail while a journal is made: its first page is there, and no table.
  if (bytes === 0 || inspectFile(path) === 'empty') {
    if (found.state === 'found' && found.head.seq > 0) throw cut(path, 0, found.head.seq);
    return found;
  }
  const seal = found.state === 'found' ? found.head.seal : '';
  const isSmall = bytes <= limits.startBytes;
  const isFine = isSeal(seal)
    ? log === 0 && bytes === sealedBytes(seal) && (!isSmall || fits(path, seal))
    : !isSmall;
  if (!isFine) refuseBroken(path, verifyNow(path));
  return found;
}

function fits(path: string, seal: string): boolean {
  if (!isClosed(path)) return false;
  for (const { bytes, digest } of digestOf(path)) {
    if (digest !== undefined) return `${digest}:${bytes}` === seal;
  }
  return false;
}

function refuseBroken(path: string, { problems, cut: isCut, count }: Verification): void {
  // A torn record of the head is what power loss leaves; the other one is held against the rows.
  const [first, second] = problems.filter(({ table }) => table !== 'head');
  if (first === undefined) return;
  if (isCut !== undefined && problems[0] === first) throw cut(path, isCut.row, isCut.head);
  const more = second === undefined ? '' : ` (the first of ${count} problems)`;
  throw damaged(path, first.table, first.key, `${first.problem}${more}`);
}

/**
 * Holds the end of the chain against the head and verifies it from the row on that the head was
 * synced with, `limits.startRows` rows at most.
 * @throws TroupeError `JOURNAL_DAMAGED`, `JOURNAL_CUT`.
 */
export function checkTail(db: DatabaseSync, path: string, found: FoundHead): void {
  const anchor = sound(path, () => anchorIn(db));
  const end = sound(path, () =>
    db.prepare('SELECT seq FROM history ORDER BY seq DESC LIMIT 1').get(),
  );
  const last = end === undefined ? anchor.seq : numberIn(end, 'seq');
  const head = found.state === 'found' ? found.head : { ...anchor, mark: last };
  if (last < head.seq) throw cut(path, last, head.seq);
  if (head.seq > anchor.seq && hashAt(db, path, head.seq) !== head.hash) {
    refuseBroken(path, verifyNow(path));
    throw damaged(path, 'history', `${head.seq}`, 'it is not the row that the head names');
  }
  const since = Math.max(anchor.seq, Math.min(head.mark, last), last - limits.startRows);
  const rows = db.prepare(`SELECT ${historyColumns} FROM history h WHERE h.seq > ? ORDER BY h.seq`);
  const { toRow } = checkedRows(path);
  let expected = since + 1;
  sound(path, () => {
    for (const row of rows.iterate(since)) {
      if (toRow(row).seq !== expected)
        throw damaged(path, 'history', `${expected}`, 'it is missing');
      expected += 1;
    }
  });
}

function hashAt(db: DatabaseSync, path: string, seq: number): string | undefined {
  const query = 'SELECT hash FROM history WHERE seq = ?';
  const row = sound(path, () => db.prepare(query).get(seq));
  return row === undefined ? undefined : textIn(row, 'hash');
}

const cut = (path: string, row: number, head: number): TroupeError<'JOURNAL_CUT'> =>
  troupeError('JOURNAL_CUT', { path, row, head, headFile: headFileOf(path) });
