/**
 * A journal of very many runs: how long a start takes until the first message is processed, until
 * all that was under way is back, and what runs that are not in memory take of it.
 *
 * The journal is made of copies of two recorded runs of one machine: one that waits for an event,
 * and one whose promise is under way and never settles.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { assign, fromPromise, setup, waitFor } from 'xstate';
import { createTroupe, type Troupe } from '../../src/index.ts';
import { type ActorRecord, type Batch, openJournal } from '../../src/journal/index.ts';
import { asAddress } from '../../src/protocol/index.ts';
import { newFolder } from '../actors.ts';
import { type Bench, digestOf, type Figure, median, quantile } from '../harness.ts';
import { heapUsed } from './heap.ts';

const parameters = { idle: 1_000_000, live: 100_000, touched: 30_000, rounds: 3 };
type Sizes = typeof parameters;

/** The benchmark. */
export const scale: Bench<Sizes> = {
  name: 'scale',
  about:
    'A journal file with many runs that wait and many under way: from createTroupe to the first ' +
    'message processed, to everything back, and the heap for each run that came and left again.',
  parameters,
  quick: { idle: 60, live: 20, touched: 30, rounds: 1 },
  async measure(sizes) {
    const { path, remove } = newFolder();
    try {
      const file = join(path, 'scale.db');
      await filled(file, sizes);
      return await figuresOn(file, sizes);
    } finally {
      remove();
    }
  },
};

let underWay = 0;

const runner = setup({
  types: {} as { context: { count: number }; input: { waits: boolean } },
  actors: {
    never: fromPromise(async ({ signal }) => {
      underWay += 1;
      signal.addEventListener('abort', () => {
        underWay -= 1;
      });
      await new Promise(() => undefined);
    }),
  },
}).createMachine({
  id: 'runner',
  context: { count: 0 },
  initial: 'idle',
  on: { add: { actions: assign({ count: ({ context }) => context.count + 1 }) } },
  states: { idle: { on: { go: 'busy' } }, busy: { invoke: { src: 'never' } } },
});

const team = (journal: string): Promise<Troupe> =>
  createTroupe({
    definitions: [runner],
    journal,
    durability: 'process',
    limits: { activeActors: 1_000 },
  });

/** Makes the journal. */
async function filled(file: string, { idle, live }: Sizes): Promise<void> {
  const troupe = await team(file);
  for (const id of ['idle', 'live']) await troupe.start(runner, { waits: true }, { id });
  const busy = await troupe.get(runner, 'live');
  if (busy !== undefined) await troupe.send(busy, { type: 'go' });
  await troupe.stop({ deadline: 0 });
  const journal = await openJournal(file, { durability: 'process' });
  for (const [id, copies] of [
    ['idle', idle],
    ['live', live],
  ] as const) {
    const record = journal.byAddress(`run/runner/${id}`);
    assert(record !== undefined);
    for (let first = 0; first < copies; first += 2_000) {
      const heads = journal.heads();
      const count = Math.min(2_000, copies - first);
      const batch = copiesOf(record, { id, first, count }, heads);
      assert(journal.begin());
      journal.commit(batch);
    }
  }
  journal.close();
}

interface Copies {
  readonly id: string;
  readonly first: number;
  readonly count: number;
}

/** The rows and records of copies of a run. */
function copiesOf(
  record: ActorRecord,
  { id, first, count }: Copies,
  heads: { readonly seq: number; readonly actor: number },
): Batch {
  const copies = Array.from({ length: count }, (_, index) => {
    const renamed = (text: string): string => text.replaceAll(`/${id}`, `/${id}-${first + index}`);
    const seq = heads.seq + 1 + index;
    const actor = heads.actor + 1 + index;
    const row = { seq, actor, previous: 0, at: record.createdAt, type: 'init', status: '' };
    return {
      row: { ...row, body: '{"type":"init"}' },
      record: {
        ...record,
        actor,
        last: seq,
        address: asAddress(renamed(record.address)),
        input: renamed(record.input),
        snapshot: renamed(record.snapshot),
      },
    };
  });
  return {
    at: record.createdAt,
    rows: copies.map(({ row }) => row),
    actors: copies.map((copy) => copy.record),
    waiting: [],
    taken: [],
    steps: [],
    timersArmed: [],
    timersCleared: [],
    dead: [],
  };
}

async function figuresOn(file: string, sizes: Sizes): Promise<Figure[]> {
  const first: number[] = [];
  const all: number[] = [];
  const came: number[] = [];
  for (let round = 0; round < sizes.rounds; round += 1) {
    const started = performance.now();
    const troupe = await team(file);
    await told(troupe, round);
    first.push(performance.now() - started);
    await waitUntilBack(sizes.live);
    all.push(performance.now() - started);
    const idle = await heapUsed();
    for (let id = 0; id < sizes.touched; id += 1) await told(troupe, id % sizes.idle);
    came.push(((await heapUsed()) - idle) / sizes.touched);
    await troupe.stop({ deadline: 0 });
  }
  const digest = digestOf(sizes);
  const line = (name: string, unit: string, values: readonly number[], max?: number): Figure => ({
    name: `${name} (${quantile(values, 0).toFixed(1)} to ${quantile(values, 1).toFixed(1)})`,
    value: median(values),
    unit,
    bounds: max === undefined ? [] : [{ of: 'value', max, isDue: false }],
    digest,
  });
  return [
    line('start until the first message is processed', 'ms', first, 100),
    line('start until all that was under way is back', 'ms', all),
    line('heap for each run that came and left', 'bytes', came, 100),
  ];
}

/** Sends an event to a waiting run, and waits until it is processed. */
async function told(troupe: Troupe, id: number): Promise<void> {
  const run = await troupe.get(runner, `idle-${id}`);
  assert(run !== undefined);
  const { count } = run.actor.getSnapshot().context;
  await troupe.send(run, { type: 'add' });
  await waitFor(run.actor, ({ context }) => context.count > count);
}

/** One promise more than there are copies: that of the run they are copies of. */
async function waitUntilBack(live: number): Promise<void> {
  while (underWay <= live) await new Promise((resolve) => void setTimeout(resolve, 1));
}
