/** Small journals with something in every table, and ways to hurt them. */
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { verifyNow } from '../../../src/journal/checks/verify.ts';
import {
  type ActorRecord,
  type Durability,
  type Journal,
  type JournalReads,
  openJournal,
} from '../../../src/journal/index.ts';
import { asAddress, isTroupeError } from '../../../src/protocol/index.ts';
import { folder } from '../files.ts';
import { commit, letter, mail, record, row, step, timer } from '../fixtures.ts';

/** Rows that `fill` writes. */
export const rowsFilled = 30;

/** Actors that `fill` makes. */
const actorsFilled = 6;

/** Something in every table: `rowsFilled` turns of a few actors, from row `first` on. */
export function fill(journal: Journal, first = 1): void {
  for (let seq = first; seq < first + rowsFilled; seq += 1) {
    const actor = 1 + (seq % actorsFilled);
    const before = seq > actorsFilled ? seq - actorsFilled : 0;
    const state: Partial<ActorRecord> = {
      actor,
      address: asAddress(`run/answer/${actor}`),
      active: actor % 2 === 0,
      parked: actor === 3 ? 'its definition is missing' : '',
      last: seq,
    };
    commit(journal, {
      at: 1_000 + seq,
      rows: [row({ seq, actor, previous: before })],
      actors: [record(state)],
      waiting: seq % 3 === 0 ? [mail({ mail: seq, actor })] : [],
      steps: seq % 4 === 0 ? [step({ step: `s${seq}`, actor })] : [],
      timersArmed: seq % 5 === 0 ? [timer({ timer: `t${seq}`, actor, due: 5_000 + seq })] : [],
      dead: seq % 7 === 0 ? [letter({ letter: seq })] : [],
    });
  }
}

/** The path of a journal that was filled and closed in order. */
export async function closedJournal(): Promise<string> {
  const path = join(folder(), 'team.db');
  const journal = await openJournal(path);
  fill(journal);
  journal.close();
  return path;
}

/** The path of a journal as a killed process leaves it: part in the file, part in the log. */
export async function killedJournal(durability: Durability = 'power'): Promise<string> {
  const path = join(folder(), 'team.db');
  const first = await openJournal(path, { durability });
  fill(first);
  first.close();
  const second = await openJournal(path, { durability });
  fill(second, 1 + rowsFilled);
  const left = copied(path);
  second.close();
  return left;
}

/** The path of a copy of a journal with all that lies beside it, but for the lock. */
export function copied(path: string): string {
  const copy = join(folder(), 'team.db');
  for (const ending of ['', '-wal', '-head']) {
    if (existsSync(path + ending)) copyFileSync(path + ending, copy + ending);
  }
  return copy;
}

/** Runs SQL on a file, as another program would. */
export function sql(path: string, text: string): void {
  const db = new DatabaseSync(path);
  db.exec(text);
  db.close();
}

/** Flips one bit of a file. */
export function flip(path: string, bit: number): void {
  const bytes = readFileSync(path);
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  writeFileSync(path, bytes);
}

/** What verifying says: the problems as lines, or the code of a refusal. Empty when all is well. */
export function told(path: string): string[] {
  try {
    const { ok, problems, count } = verifyNow(path);
    const lines = problems.map(({ table, key, problem }) => `${table} ${key}: ${problem}`);
    return ok === (count === 0) ? lines : ['it contradicts itself'];
  } catch (error) {
    if (isTroupeError(error)) return [error.code];
    throw error;
  }
}

/** What every read of the contract answers on the journals made here. */
export function allReads(reads: JournalReads): unknown {
  const numbers = Array.from({ length: actorsFilled + 1 }, (_, index) => index + 1);
  return [
    reads.heads(),
    reads.anchor(),
    reads.actors({}),
    reads.actors({ active: true }),
    reads.actors({ parked: true }),
    reads.actors({ done: false, newest: true, limit: 2 }),
    reads.waiting(),
    reads.timers(),
    reads.timersBetween(0, 5_020),
    reads.dueAfter(0, 3),
    reads.busy(0, 100),
    reads.rows(0, 1_000),
    reads.deadLetters(100),
    numbers.map((actor) => [
      reads.byNumber(actor),
      reads.byAddress(`run/answer/${actor}`),
      reads.mailOf(actor),
      reads.timersOf(actor),
      reads.steps(actor),
      reads.step(actor, 's4'),
      reads.history(actor, 0),
      reads.history(actor, 20),
    ]),
  ];
}
