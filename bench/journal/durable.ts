/**
 * Acknowledged messages a second: senders that wait for each of theirs, to runs of a machine in a
 * journal file with `synchronous=FULL`, against raw `node:sqlite` that writes the same rows in the
 * same tables under as many commits. What a journal adds to that: hashes of rows and records, in
 * raw SQLite too; a retention that cuts while it goes on.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { assign, setup, waitFor } from 'xstate';
import { createTroupe } from '../../src/index.ts';
import { recordHash, rowHash } from '../../src/journal/chain.ts';
import { type ActorRecord, type JournalRow, openJournal } from '../../src/journal/index.ts';
import { asAddress } from '../../src/protocol/index.ts';
import { newFolder } from '../actors.ts';
import { type Bench, type Contest, contest, type Figure, type Round, rate } from '../harness.ts';

const parameters = {
  messages: 4_000,
  singles: 400,
  chars: 200,
  kept: 2_000,
  rounds: 11,
  warmUps: 2,
};
type Sizes = typeof parameters;

/** Senders, and the least share of raw SQLite that is due. */
const crowds = [
  { senders: 1, min: 0.5 },
  { senders: 10, min: 0.5 },
  { senders: 100, min: 0.2 },
  { senders: 1_000, min: 0.15 },
];

/** The benchmark. */
export const durable: Bench<Sizes> = {
  name: 'durable',
  about:
    'Acknowledged events of 200 characters in a journal file (FULL): each sender sends to a run ' +
    'of its own and waits, against raw SQLite that writes the same rows in as many commits.',
  parameters,
  quick: { messages: 1_000, singles: 2, chars: 10, kept: 100, rounds: 1, warmUps: 0 },
  async measure(sizes) {
    const figures: Figure[] = [];
    for (const { senders, min } of crowds) {
      const count = senders === 1 ? sizes.singles : sizes.messages;
      const contested = await contest(
        {
          troupe: () => troupeRound(senders, count, sizes),
          raw: () => rawRound(senders, count, sizes),
          ...(senders === 100 && {
            hashed: () => rawRound(senders, count, sizes, true),
            trimmed: () => troupeRound(senders, count, sizes, sizes.kept),
          }),
        },
        sizes,
      );
      figures.push(...figuresOf(contested, senders, count, min));
    }
    return figures;
  },
};

function figuresOf(contested: Contest, senders: number, count: number, min: number): Figure[] {
  const name = `${senders.toLocaleString('en')} ${senders === 1 ? 'sender' : 'senders'}`;
  const due = { of: 'ratio', min, isDue: true } as const;
  const fast = { of: 'value', min: 50_000, isDue: true } as const;
  const bounds = senders === 100 ? [due, fast] : [due];
  const lines = [
    rate(contested, count, { name, of: 'troupe', against: 'raw' }, bounds),
    rate(contested, count, { name: `${name}, raw`, of: 'raw' }),
  ];
  if (senders !== 100) return lines;
  return [
    ...lines,
    rate(contested, count, { name: `${name}, raw with hashes`, of: 'hashed', against: 'raw' }),
    rate(contested, count, { name: `${name}, with retention`, of: 'trimmed', against: 'troupe' }),
  ];
}

const counter = setup({ types: {} as { context: { count: number } } }).createMachine({
  id: 'counter',
  context: { count: 0 },
  on: { add: { actions: assign({ count: ({ context }) => context.count + 1 }) } },
});

async function troupeRound(
  senders: number,
  count: number,
  { chars }: Sizes,
  rows?: number,
): Promise<Round> {
  const { path, remove } = newFolder();
  const troupe = await createTroupe({
    definitions: [counter],
    journal: join(path, 'bench.db'),
    ...(rows !== undefined && { retention: { rows } }),
  });
  const runs = await Promise.all(
    Array.from({ length: senders }, (_, n) => troupe.start(counter, undefined, { id: `${n}` })),
  );
  const text = 'x'.repeat(chars);
  const each = count / senders;
  const sender = async (run: (typeof runs)[number]): Promise<void> => {
    for (let sent = 0; sent < each; sent += 1) await troupe.send(run, { type: 'add', text });
  };
  return {
    // What is acknowledged is in the mailbox; the last turns may come in the next commit.
    run: async () => {
      await Promise.all(runs.map(sender));
      for (const { actor } of runs) await waitFor(actor, ({ context }) => context.count === each);
    },
    result: () => runs.map(({ actor }) => actor.getSnapshot().context.count),
    end: async () => {
      await troupe.stop();
      remove();
    },
  };
}

/** Tables and statements are those of a journal. */
async function rawRound(
  senders: number,
  count: number,
  { chars }: Sizes,
  isHashed = false,
): Promise<Round> {
  const { path, remove } = newFolder();
  const file = join(path, 'bench.db');
  (await openJournal(file)).close();
  const db = new DatabaseSync(file);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1000');
  const insert = db.prepare(`INSERT INTO history(
    seq, actor, previous, at, type, status, body, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
  const create = db.prepare(`INSERT INTO actor_records(
    actor, address, kind, definition, version, structure, parent, created_at,
    generation, status, active, done, parked, last, updated_at, hash, watchers, snapshot
    ) VALUES (?, ?, 'machine', 'counter', '1', '', '', 0, 1, '', 0, 0, '', 0, 0, '', '[]', '')`);
  const update = db.prepare(
    'UPDATE actor_records SET last = ?, updated_at = ?, hash = ?, snapshot = ? WHERE actor = ?',
  );
  for (let actor = 1; actor <= senders; actor += 1) create.run(actor, `run/counter/${actor}`);
  const counts = Array.from({ length: senders }, () => 0);
  const body = JSON.stringify({ type: 'add', text: 'x'.repeat(chars) });
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  let seq = 0;
  let hash = 'h'.repeat(43);
  const write = (actor: number, added: number): void => {
    seq += 1;
    const at = Date.now();
    const snapshot = JSON.stringify({ value: {}, context: { count: added }, status: 'active' });
    const row = { ...aRow, seq, actor, previous: seq - senders, at, body };
    if (isHashed) hash = rowHash(hash, row);
    insert.run(seq, actor, row.previous, at, row.type, row.status, body, hash);
    const own = isHashed ? recordHash({ ...aRecord, actor, last: seq, snapshot }) : hash;
    update.run(seq, at, own, snapshot, actor);
  };
  return {
    run: () => {
      for (let wave = 0; wave < count / senders; wave += 1) {
        begin.run();
        for (const [index, before] of counts.entries()) {
          counts[index] = before + 1;
          write(index + 1, before + 1);
        }
        commit.run();
      }
    },
    result: () => counts,
    end: () => {
      assert.equal(db.prepare('SELECT count(*) AS n FROM history').get()?.n, count);
      db.close();
      remove();
    },
  };
}

const aRow: JournalRow = {
  seq: 0,
  actor: 0,
  previous: 0,
  at: 0,
  type: 'add',
  status: '',
  body: '',
};

const aRecord: ActorRecord = {
  actor: 0,
  address: asAddress('run/counter/0'),
  kind: 'machine',
  definition: 'counter',
  version: '1',
  structure: '',
  generation: 1,
  parent: '',
  status: 'IN_PROGRESS',
  active: false,
  done: false,
  parked: '',
  input: '',
  snapshot: '',
  last: 0,
  watchers: '[]',
  createdAt: 0,
  updatedAt: 0,
};
