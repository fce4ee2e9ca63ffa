/** The whole content of a journal by its contract: read at one moment, written piece by piece. */
import { turnOfLoop } from '../../clock/index.ts';
import type { Anchor, Batch, Heads, JournalReads } from '../journal.ts';
import { connect } from '../sqlite/connection.ts';
import { openFileReader } from '../sqlite/reader.ts';
import { createSchema, noteSelf } from '../sqlite/schema.ts';
import { batchWriter } from '../sqlite/writer.ts';

/** All that a journal holds. */
export interface Content {
  readonly anchor: Anchor;
  readonly heads: Heads;
  /** As one batch on an empty journal whose history goes on after the anchor. */
  readonly batch: Batch;
}

/** Reads all of a journal, in one synchronous stretch: as of one commit. */
export function contentOf(reads: JournalReads): Content {
  const everything = Number.POSITIVE_INFINITY;
  const anchor = reads.anchor();
  const actors = reads.actors({});
  const batch: Batch = {
    ...emptyBatch,
    rows: reads.rows(anchor.seq, everything),
    // What ended first is dropped first.
    actors: actors.toSorted((a, b) => a.last - b.last),
    waiting: reads.waiting(),
    steps: actors.flatMap(({ actor }) => reads.steps(actor)),
    timersArmed: reads.timers(),
    dead: reads.deadLetters(everything),
  };
  return { anchor, heads: reads.heads(), batch };
}

/** Reads all of the journal file at an absolute path. @throws TroupeError as `openReader`. */
export function contentAt(path: string): Content {
  const reader = openFileReader(path);
  try {
    return contentOf(reader);
  } finally {
    reader.close();
  }
}

const emptyBatch: Batch = {
  at: 0,
  rows: [],
  actors: [],
  waiting: [],
  taken: [],
  steps: [],
  timersArmed: [],
  timersCleared: [],
  dead: [],
};

/** Items of one piece. */
const pieceItems = 500;

function* piecesOf(batch: Batch): Generator<Batch> {
  for (const part of ['rows', 'actors', 'waiting', 'steps', 'timersArmed', 'dead'] as const) {
    for (let at = 0; at < batch[part].length; at += pieceItems) {
      yield { ...emptyBatch, [part]: batch[part].slice(at, at + pieceItems) };
    }
  }
}

/** Writes a content to the empty file at an absolute path, as a journal of the newest format. */
export async function writeContent(
  { anchor, heads, batch }: Content,
  path: string,
  { workspace, at }: { readonly workspace: string; readonly at: number },
): Promise<void> {
  const db = connect(path, 'own');
  try {
    db.exec('PRAGMA synchronous = OFF');
    createSchema(db, workspace, at);
    db.exec('BEGIN');
    const write = batchWriter(db, { seq: anchor.seq, actor: 0, mail: 0, letter: 0, arming: 0 });
    for (const piece of piecesOf(batch)) {
      write(piece)();
      await turnOfLoop();
    }
    const note = db.prepare('INSERT INTO meta(key, value) VALUES (?, ?)');
    note.run('anchor_seq', String(anchor.seq));
    note.run('anchor_hash', anchor.hash);
    note.run('actor_head', String(heads.actor));
    note.run('letter_head', String(heads.letter));
    note.run('actor_dropped', String(droppedIn(batch)));
    noteSelf(db);
    db.exec('COMMIT');
  } finally {
    db.close();
  }
}

/** The highest number of an actor that has rows in the history and no record any more. */
function droppedIn({ rows, actors }: Batch): number {
  const known = new Set(actors.map(({ actor }) => actor));
  return rows.reduce((last, { actor }) => (known.has(actor) ? last : Math.max(last, actor)), 0);
}
