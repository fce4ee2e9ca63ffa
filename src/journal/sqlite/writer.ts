/**
 * Writes batches: one prepared statement for each table, one call for each row.
 *
 * A new actor is inserted, a known one updated: numbers rise, so the highest number written
 * tells which it is, and an update that finds no row falls back to inserting.
 */
import type { DatabaseSync } from 'node:sqlite';
import {
  type ChainHead,
  inputHash,
  letterHash,
  mailHash,
  recordHash,
  rowHash,
  stepHash,
  timerHash,
} from '../chain.ts';
import { checkRows } from '../group.ts';
import type { ActorRecord, Batch, Heads, JournalRow } from '../journal.ts';
import { textIn } from './connection.ts';

/**
 * Makes the function that writes a batch into the open transaction. What it returns is called
 * once the transaction has committed, and gives the last row; until then numbers and hashes stay
 * where they were.
 */
export function batchWriter(db: DatabaseSync, heads: Heads): (batch: Batch) => () => ChainHead {
  const writeRow = rowWriter(db);
  const writeActor = actorWriter(db);
  const writeRest = restWriter(db);
  let { seq, actor } = heads;
  let head = hashAt(db, seq);
  return (batch) => {
    checkRows(batch.rows, seq);
    let hash = head;
    for (const row of batch.rows) {
      hash = rowHash(hash, row);
      writeRow(row, hash);
    }
    let highest = actor;
    for (const record of batch.actors) {
      writeActor(record, record.actor > actor);
      highest = Math.max(highest, record.actor);
    }
    writeRest(batch);
    return () => {
      seq += batch.rows.length;
      actor = highest;
      head = hash;
      return { seq, hash };
    };
  };
}

/** The hash that the next row goes on from: that of the last row, or of the last that was cut. */
function hashAt(db: DatabaseSync, seq: number): string {
  const last = db.prepare('SELECT hash FROM history WHERE seq = ?').get(seq);
  if (last !== undefined) return textIn(last, 'hash');
  const cut = db.prepare("SELECT value AS hash FROM meta WHERE key = 'anchor_hash'").get();
  return cut === undefined ? '' : textIn(cut, 'hash');
}

function rowWriter(db: DatabaseSync): (row: JournalRow, hash: string) => void {
  const insert = db.prepare(`INSERT INTO history(
    seq, actor, previous, at, type, status, body, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
  return (row, hash) => {
    insert.run(row.seq, row.actor, row.previous, row.at, row.type, row.status, row.body, hash);
  };
}

function actorWriter(db: DatabaseSync): (record: ActorRecord, isNew: boolean) => void {
  const insert = db.prepare(`INSERT INTO actor_records(
    actor, address, kind, definition, version, structure, parent, created_at,
    generation, status, active, done, parked, last, updated_at, hash, watchers, snapshot
    ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const update = db.prepare(`UPDATE actor_records SET
    definition = ?, version = ?, structure = ?,
    generation = ?, status = ?, active = ?, done = ?, parked = ?, last = ?, updated_at = ?,
    hash = ?, watchers = ?, snapshot = ? WHERE actor = ?`);
  const insertInput = db.prepare('INSERT INTO actor_inputs(actor, hash, body) VALUES (?, ?, ?)');
  const renewInput = db.prepare(
    'UPDATE actor_inputs SET hash = ?2, body = ?3 WHERE actor = ?1 AND body <> ?3',
  );

  // A run of another version of its workflow has another plan.
  const isMoving = db.prepare('SELECT 1 FROM actor_records WHERE actor = ? AND version <> ?');
  function writeNew(r: ActorRecord, hash: string): void {
    insert.run(
      r.actor,
      r.address,
      r.kind,
      r.definition,
      r.version,
      r.structure,
      r.parent,
      r.createdAt,
      r.generation,
      r.status,
      Number(r.active),
      Number(r.done),
      r.parked,
      r.last,
      r.updatedAt,
      hash,
      r.watchers,
      r.snapshot,
    );
    insertInput.run(r.actor, inputHash(r), r.input);
  }

  function writeKnown(r: ActorRecord, hash: string): boolean {
    const moves = r.kind === 'workflow' && isMoving.get(r.actor, r.version) !== undefined;
    const { changes } = update.run(
      r.definition,
      r.version,
      r.structure,
      r.generation,
      r.status,
      Number(r.active),
      Number(r.done),
      r.parked,
      r.last,
      r.updatedAt,
      hash,
      r.watchers,
      r.snapshot,
      r.actor,
    );
    if (changes !== 0 && (moves || r.generation > 1 || !r.address.startsWith('run/'))) {
      renewInput.run(r.actor, inputHash(r), r.input);
    }
    return changes !== 0;
  }

  return (record, isNew) => {
    const hash = recordHash(record);
    if (isNew || !writeKnown(record, hash)) writeNew(record, hash);
  };
}

function restWriter(db: DatabaseSync): (batch: Batch) => void {
  const takeMail = db.prepare('DELETE FROM mail_records WHERE mail = ?');
  const addMail = db.prepare(`INSERT INTO mail_records(
    mail, actor, lane, gated, key, expires_at, hash, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
  const clearTimer = db.prepare('DELETE FROM timer_records WHERE actor = ? AND timer = ?');
  const armTimer = db.prepare(`INSERT OR REPLACE INTO timer_records(
    actor, timer, generation, arming, due, hash, body) VALUES (?, ?, ?, ?, ?, ?, ?)`);
  const recordStep = db.prepare(`INSERT OR REPLACE INTO step_records(
    actor, step, at, hash, body) VALUES (?, ?, ?, ?, ?)`);
  const bury = db.prepare(`INSERT INTO letter_records(
    letter, at, recipient, type, reason, detail, hash, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
  return (batch) => {
    for (const mail of batch.taken) takeMail.run(mail);
    for (const m of batch.waiting) {
      const gated = Number(m.gated);
      addMail.run(m.mail, m.actor, m.lane, gated, m.key, m.expiresAt, mailHash(m), m.body);
    }
    for (const step of batch.steps) {
      recordStep.run(step.actor, step.step, step.at, stepHash(step), step.body);
    }
    for (const timer of batch.timersCleared) clearTimer.run(timer.actor, timer.timer);
    for (const t of batch.timersArmed) {
      armTimer.run(t.actor, t.timer, t.generation, t.arming, t.due, timerHash(t), t.body);
    }
    for (const d of batch.dead) {
      bury.run(d.letter, d.at, d.to, d.type, d.reason, d.detail, letterHash(d), d.body);
    }
  };
}
