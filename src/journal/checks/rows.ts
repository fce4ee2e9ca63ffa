/**
 * Rows of a journal file, each held against its hash as it is read.
 *
 * What does not fit is damage, told by table and key, and nothing is computed from it. A row of
 * the history is held against the hash of the row before it, which its query reads along.
 */
import {
  asAddress,
  DeadReason,
  isTroupeError,
  type TroupeError,
  troupeError,
} from '../../protocol/index.ts';
import {
  inputHash,
  letterHash,
  mailHash,
  recordHash,
  rowHash,
  stepHash,
  timerHash,
} from '../chain.ts';
import type {
  ActorRecord,
  DeadLetter,
  JournalRow,
  StepRecord,
  TimerRecord,
  WaitingMail,
} from '../journal.ts';
import { numberIn, type SqlRow, sqliteCode, textIn } from '../sqlite/connection.ts';

/** Columns of the history, and `before`: the hash of the row before it, or of the anchor. */
export const historyColumns = `h.seq, h.actor, h.previous, h.at, h.type, h.status, h.body, h.hash,
  coalesce((SELECT b.hash FROM history b WHERE b.seq = h.seq - 1),
    (SELECT value FROM meta WHERE key = 'anchor_hash'), '') AS before`;

/** An actor's record and its input; an input that is missing is damage. */
export const recordColumns = `a.*, i.hash AS input_hash, i.body AS input
  FROM actor_records a LEFT JOIN actor_inputs i USING (actor)`;

/** Makes items of rows. @throws TroupeError `JOURNAL_DAMAGED`. */
export interface CheckedRows {
  toRow(row: SqlRow): JournalRow;
  toRecord(row: SqlRow): ActorRecord;
  toMail(row: SqlRow): WaitingMail;
  toStep(row: SqlRow): StepRecord;
  toTimer(row: SqlRow): TimerRecord;
  toLetter(row: SqlRow): DeadLetter;
}

/** The error of damage at one place of the journal at `path`. */
export const damaged = (path: string, table: string, key: string, problem: string) =>
  troupeError('JOURNAL_DAMAGED', { path, table, key, problem });

/** Runs a read of SQLite; what it says of a damaged file becomes `JOURNAL_DAMAGED`. */
export function sound<Found>(path: string, read: () => Found): Found {
  try {
    return read();
  } catch (error) {
    if (!damageCodes.includes(sqliteCode(error) ?? 0)) throw error;
    const said = error instanceof Error ? error.message : '';
    throw troupeError('JOURNAL_DAMAGED', { path, table: 'file', key: '', problem: said }, error);
  }
}

/** SQLite's primary result codes of a damaged file, and of one that is none of its own. */
const damageCodes: readonly number[] = [11, 26];

/** What makes items of the rows of the journal at `path`. */
export function checkedRows(path: string): CheckedRows {
  const checked =
    <Item>({ name, keys, read, fits }: Table<Item>) =>
    (row: SqlRow): Item => {
      const key = () => keys.map((column) => String(row[column])).join(' ');
      const item = plainly(row, read, (problem) => damaged(path, name, key(), problem));
      if (fits(item, row)) return item;
      throw damaged(path, name, key(), 'its hash does not fit what it holds');
    };
  return {
    toRow: checked(history),
    toRecord: checked(records),
    toMail: checked(mails),
    toStep: checked(steps),
    toTimer: checked(timers),
    toLetter: checked(letters),
  };
}

/** What a column holds is of another kind: only damage does that to a STRICT table. */
function plainly<Item>(
  row: SqlRow,
  read: (row: SqlRow) => Item,
  broken: (problem: string) => TroupeError,
): Item {
  try {
    return read(row);
  } catch (error) {
    if (!isTroupeError(error, 'BROKEN_INVARIANT')) throw error;
    throw broken(`a column holds what it can't (${error.data.found})`);
  }
}

/** A table: its name, the columns of its key, and how its rows are read and checked. */
interface Table<Item> {
  readonly name: string;
  readonly keys: readonly string[];
  readonly read: (row: SqlRow) => Item;
  readonly fits: (item: Item, row: SqlRow) => boolean;
}

const history: Table<JournalRow> = {
  name: 'history',
  keys: ['seq'],
  read: (row) => ({
    seq: numberIn(row, 'seq'),
    actor: numberIn(row, 'actor'),
    previous: numberIn(row, 'previous'),
    at: numberIn(row, 'at'),
    type: textIn(row, 'type'),
    status: textIn(row, 'status'),
    body: textIn(row, 'body'),
  }),
  fits: (item, row) => rowHash(textIn(row, 'before'), item) === row.hash,
};

const records: Table<ActorRecord> = {
  name: 'actor_records',
  keys: ['actor'],
  read: (row) => ({
    actor: numberIn(row, 'actor'),
    address: asAddress(textIn(row, 'address')),
    kind: textIn(row, 'kind'),
    definition: textIn(row, 'definition'),
    version: textIn(row, 'version'),
    structure: textIn(row, 'structure'),
    generation: numberIn(row, 'generation'),
    parent: textIn(row, 'parent'),
    status: textIn(row, 'status'),
    active: numberIn(row, 'active') === 1,
    done: numberIn(row, 'done') === 1,
    parked: textIn(row, 'parked'),
    input: textIn(row, 'input'),
    snapshot: textIn(row, 'snapshot'),
    last: numberIn(row, 'last'),
    watchers: textIn(row, 'watchers'),
    createdAt: numberIn(row, 'created_at'),
    updatedAt: numberIn(row, 'updated_at'),
  }),
  fits: (item, row) => recordHash(item) === row.hash && inputHash(item) === row.input_hash,
};

const mails: Table<WaitingMail> = {
  name: 'mail_records',
  keys: ['mail'],
  read: (row) => ({
    mail: numberIn(row, 'mail'),
    actor: numberIn(row, 'actor'),
    lane: numberIn(row, 'lane'),
    gated: numberIn(row, 'gated') === 1,
    key: textIn(row, 'key'),
    expiresAt: numberIn(row, 'expires_at'),
    body: textIn(row, 'body'),
  }),
  fits: (item, row) => mailHash(item) === row.hash,
};

const steps: Table<StepRecord> = {
  name: 'step_records',
  keys: ['actor', 'step'],
  read: (row) => ({
    actor: numberIn(row, 'actor'),
    step: textIn(row, 'step'),
    at: numberIn(row, 'at'),
    body: textIn(row, 'body'),
  }),
  fits: (item, row) => stepHash(item) === row.hash,
};

const timers: Table<TimerRecord> = {
  name: 'timer_records',
  keys: ['actor', 'timer'],
  read: (row) => ({
    actor: numberIn(row, 'actor'),
    timer: textIn(row, 'timer'),
    generation: numberIn(row, 'generation'),
    arming: numberIn(row, 'arming'),
    due: numberIn(row, 'due'),
    body: textIn(row, 'body'),
  }),
  fits: (item, row) => timerHash(item) === row.hash,
};

const letters: Table<DeadLetter> = {
  name: 'letter_records',
  keys: ['letter'],
  read: (row) => ({
    letter: numberIn(row, 'letter'),
    at: numberIn(row, 'at'),
    to: textIn(row, 'recipient'),
    type: textIn(row, 'type'),
    reason: reasonIn(row),
    detail: textIn(row, 'detail'),
    body: textIn(row, 'body'),
  }),
  fits: (item, row) => letterHash(item) === row.hash,
};

function reasonIn(row: SqlRow): DeadReason {
  const found = DeadReason.safeParse(row.reason);
  if (found.success) return found.data;
  const invariant = 'a dead letter has a reason that is known';
  throw troupeError('BROKEN_INVARIANT', { invariant, found: String(row.reason) });
}
