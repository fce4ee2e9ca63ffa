/**
 * The hash chain: what makes a changed, missing or inserted row visible.
 *
 * Each row's hash covers the hash before it and every field of its own, so that one wrong bit
 * breaks the chain from there on. Rows that change (actors, waiting messages, timers ...) stand
 * outside the chain and carry a hash of their own fields. SHA-256, 43 characters of base64url:
 * exactly the text that is stored is hashed. The lengths stand before the texts, so that no two
 * different rows give the same input.
 */
import { hash } from 'node:crypto';
import type {
  ActorRecord,
  DeadLetter,
  JournalRow,
  StepRecord,
  TimerRecord,
  WaitingMail,
} from './journal.ts';

/** A row with the hash that was stored with it. */
export interface ChainedRow extends JournalRow {
  readonly hash: string;
}

/** Where a chain stands: its last row and that row's hash. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

/** The head of a journal without rows. */
export const chainStart: ChainHead = { seq: 0, hash: '' };

/** What a verification found: the head, or the first row that does not fit. */
export type ChainResult =
  | { readonly ok: true; readonly head: ChainHead }
  | { readonly ok: false; readonly seq: number; readonly problem: 'missing' | 'changed' };

/** The hash of a row, given the hash of the row before it. */
export const rowHash = (previous: string, row: JournalRow): string =>
  sha256(
    `${previous} ${row.seq} ${row.actor} ${row.previous} ${row.at} ` +
      `${row.type.length} ${row.status.length}\n${row.type}${row.status}${row.body}`,
  );

/**
 * Walks a chain from `from` and names the first row that is missing or changed. Rows cut off at
 * the end can't be seen here: compare the head with one that was kept elsewhere.
 */
export function verifyChain(rows: Iterable<ChainedRow>, from: ChainHead = chainStart): ChainResult {
  let head = from;
  for (const row of rows) {
    if (row.seq !== head.seq + 1) return { ok: false, seq: head.seq + 1, problem: 'missing' };
    if (rowHash(head.hash, row) !== row.hash) {
      return { ok: false, seq: row.seq, problem: 'changed' };
    }
    head = { seq: row.seq, hash: row.hash };
  }
  return { ok: true, head };
}

/** The hash of what a turn changes in an actor's record. */
export const recordHash = (record: ActorRecord): string =>
  sha256(
    `${record.actor} ${record.last} ${record.updatedAt} ${record.generation} ${record.active} ` +
      `${record.done} ${record.status.length} ${record.parked.length} ` +
      `${record.watchers.length} ${record.definition.length} ${record.version.length} ` +
      `${record.structure.length}\n${record.status}${record.parked}${record.watchers}` +
      `${record.definition}${record.version}${record.structure}${record.snapshot}`,
  );

/** The hash of what is written once: an actor's identity and its input. */
export const inputHash = (record: ActorRecord): string =>
  sha256(
    `${record.actor} ${record.createdAt} ${record.address.length} ${record.kind.length} ` +
      `${record.parent.length}\n${record.address}${record.kind}${record.parent}${record.input}`,
  );

/** The hash of a waiting message. */
export const mailHash = (mail: WaitingMail): string =>
  fieldsHash(mail.mail, mail.actor, mail.lane, mail.gated, mail.key, mail.expiresAt, mail.body);

/** The hash of a recorded step. */
export const stepHash = (step: StepRecord): string =>
  fieldsHash(step.actor, step.step, step.at, step.body);

/** The hash of an armed timer. */
export const timerHash = (timer: TimerRecord): string =>
  fieldsHash(timer.actor, timer.timer, timer.generation, timer.arming, timer.due, timer.body);

/** The hash of a dead letter. */
export const letterHash = (letter: DeadLetter): string =>
  fieldsHash(
    letter.letter,
    letter.at,
    letter.to,
    letter.type,
    letter.reason,
    letter.detail,
    letter.body,
  );

/** The hash of a list of fields. */
export const fieldsHash = (...fields: readonly (string | number | boolean)[]): string =>
  sha256(JSON.stringify(fields));

const sha256 = (text: string): string => hash('sha256', text, 'base64url');
