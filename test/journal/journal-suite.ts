/**
 * The conformance suite of the journal's contract. Each implementation runs it through a `Store`:
 * a place that keeps what was committed.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ActorFilter, Batch, Journal } from '../../src/journal/index.ts';
import { asAddress, isTroupeError } from '../../src/protocol/index.ts';
import { batch, commit, letter, mail, record, row, step, timer, turn } from './fixtures.ts';
import { emptyModel, expectEqual, play, randomGroups, trimmed } from './model.ts';

/** Where journals of one test are opened. */
export interface Store {
  /** Opens the journal; again after `close`: what was committed is there. */
  open(): Promise<Journal>;
  /** Whether what was committed outlives `close`. */
  readonly survives: boolean;
  /** Runs of the property: fewer where each costs files. */
  readonly runs: number;
}

/** Runs the contract's examples against an implementation. */
export function journalSuite(name: string, newStore: () => Store): void {
  describe(`journal contract: ${name}`, () => {
    describe('groups', () => groups(newStore));
    describe('refusals', () => refusals(newStore));
    describe('lists', () => lists(newStore));
    describe('orders', () => orders(newStore));
    describe('pages', () => pages(newStore));
    describe('texts', () => texts(newStore));
    describe('actors', () => actors(newStore));
    describe('mail, timers, steps', () => others(newStore));
    describe('who is busy, recorded steps', () => looks(newStore));
    describe('life', () => life(newStore));
    describe('model', () => model(newStore));
  });
}

function groups(newStore: () => Store): void {
  test('given a new journal, then every head is 0 and nothing is there', async () => {
    const journal = await newStore().open();
    expect(journal.heads()).toEqual({ seq: 0, actor: 0, mail: 0, letter: 0, arming: 0 });
    expect(journal.byAddress('run/answer/1')).toBeUndefined();
    expect(journal.byNumber(1)).toBeUndefined();
    expect(journal.step(1, 'a')).toBeUndefined();
    expect([
      journal.actors({}),
      journal.waiting(),
      journal.timers(),
      journal.steps(1),
      journal.history(1, 0),
      journal.rows(0, 10),
      journal.deadLetters(10),
    ]).toEqual([[], [], [], [], [], [], []]);
  });

  test('given a committed batch, then all of it can be read', async () => {
    const journal = await newStore().open();
    const whole = {
      ...turn(1),
      waiting: [mail({ mail: 3 })],
      steps: [step({ step: 'search' })],
      timersArmed: [timer({ timer: 'pause', arming: 4 })],
      dead: [letter({ letter: 2, detail: 'why' })],
    };
    commit(journal, whole);
    expect(journal.heads()).toEqual({ seq: 1, actor: 1, mail: 3, letter: 2, arming: 1_000 });
    expect(journal.byAddress('run/answer/1')).toEqual(whole.actors?.[0]);
    expect(journal.byNumber(1)).toEqual(whole.actors?.[0]);
    expect(journal.rows(0, 10)).toEqual(whole.rows);
    expect(journal.waiting()).toEqual(whole.waiting);
    expect(journal.steps(1)).toEqual(whole.steps);
    expect(journal.step(1, 'search')).toEqual(whole.steps[0]);
    expect(journal.timers()).toEqual(whole.timersArmed);
    expect(journal.deadLetters(10)).toEqual(whole.dead);
  });

  test('given an aborted group, then nothing changed and the next one opens', async () => {
    const journal = await newStore().open();
    expect(journal.begin()).toBe(true);
    journal.abort();
    expect(journal.heads().seq).toBe(0);
    commit(journal, turn(1));
    expect(journal.heads().seq).toBe(1);
  });
}

function refusals(newStore: () => Store): void {
  test('given a batch whose rows skip a number, then it fails the journal as a whole', async () => {
    const store = newStore();
    const journal = await store.open();
    commit(journal, turn(1));
    journal.begin();
    const bad = { ...turn(3, { actor: 2 }), waiting: [mail({ mail: 1 })] };
    expectFailure(journal, bad);
    if (!store.survives) return;
    journal.close();
    const again = await store.open();
    expect(again.heads()).toEqual({ seq: 1, actor: 1, mail: 0, letter: 0, arming: 1_000 });
  });

  test('given an address that has an actor, then another under it fails the journal', async () => {
    const journal = await newStore().open();
    commit(journal, turn(1));
    journal.begin();
    expectFailure(journal, turn(2, { actor: 2, address: asAddress('run/answer/1') }));
  });

  test('given no open group, then nothing can be committed or aborted', async () => {
    const journal = await newStore().open();
    expect(() => journal.abort()).toThrow('writes in groups');
    expect(() => journal.commit(batch({}))).toThrow('writes in groups');
    journal.begin();
    expect(() => journal.begin()).toThrow('writes in groups');
  });
}

function lists(newStore: () => Store): void {
  test('given actors of several kinds, then each filter counts, in order', async () => {
    const journal = await newStore().open();
    commit(journal, {
      rows: [1, 2, 3, 4].map((seq) => row({ seq, actor: 5 - seq })),
      actors: [
        record({ actor: 4, last: 1, kind: 'workflow', definition: 'audit', active: true }),
        record({ actor: 3, last: 2, done: true, status: 'COMPLETED' }),
        record({ actor: 2, last: 3, parked: 'no definition' }),
        record({ actor: 1, last: 4, active: true }),
      ],
    });
    const found = (filter: Parameters<Journal['actors']>[0]) =>
      journal.actors(filter).map((one) => one.actor);
    expect(found({})).toEqual([1, 2, 3, 4]);
    expect(found({ kind: 'task' })).toEqual([1, 2, 3]);
    expect(found({ definition: 'audit' })).toEqual([4]);
    expect(found({ active: true })).toEqual([1, 4]);
    expect(found({ active: false, done: false })).toEqual([2]);
    expect(found({ done: true })).toEqual([3]);
    expect(found({ parked: true })).toEqual([2]);
    expect(found({ parked: false, kind: 'task', limit: 1 })).toEqual([1]);
    expect(found({ limit: 0 })).toEqual([]);
    expect(found({ limit: 2, newest: true })).toEqual([3, 4]);
    expect(found({ limit: 0, newest: true })).toEqual([]);
    expect(found({ limit: 9, newest: true, kind: 'task' })).toEqual([1, 2, 3]);
    expect(found({ newest: true, kind: 'task' })).toEqual([1, 2, 3]);
    expect(found({ above: 2 })).toEqual([3, 4]);
    expect(found({ above: -9_000, kind: 'task', limit: 1, newest: true })).toEqual([3]);
    expect(found({ above: 4 })).toEqual([]);
  });

  test('given rows of two actors, then each has its history and the journal both', async () => {
    const journal = await newStore().open();
    const rows = [
      row({ seq: 1, actor: 1, type: 'init', status: 'PENDING>ASSIGNED' }),
      row({ seq: 2, actor: 2, type: 'init' }),
      row({ seq: 3, actor: 1, previous: 1 }),
      row({ seq: 4, actor: 1, previous: 3 }),
      row({ seq: 5, actor: 2, previous: 2 }),
    ];
    commit(journal, {
      rows,
      actors: [record({ actor: 1, last: 4 }), record({ actor: 2, last: 5 })],
    });
    const seqs = (found: readonly { seq: number }[]) => found.map((one) => one.seq);
    expect(journal.history(1, 0)).toEqual([rows[0], rows[2], rows[3]]);
    expect(seqs(journal.history(1, 1))).toEqual([3, 4]);
    expect(seqs(journal.history(1, 4))).toEqual([]);
    expect(seqs(journal.history(2, 0))).toEqual([2, 5]);
    expect(seqs(journal.history(9, 0))).toEqual([]);
    expect(seqs(journal.rows(0, 2))).toEqual([1, 2]);
    expect(seqs(journal.rows(3, Number.POSITIVE_INFINITY))).toEqual([4, 5]);
    expect(seqs(journal.rows(5, 10))).toEqual([]);
  });
}

function orders(newStore: () => Store): void {
  test('given timers, steps and dead letters, then each list has its order', async () => {
    const journal = await newStore().open();
    commit(journal, {
      ...turn(1),
      timersArmed: [
        timer({ timer: 'late', due: 9 }),
        timer({ timer: 'b', due: 7, arming: 3 }),
        timer({ timer: 'a', due: 7, arming: 2, actor: 2 }),
      ],
      steps: [step({ step: 'a', at: 2 }), step({ step: 'b', at: 1 }), step({ step: 'é', at: 2 })],
      dead: [1, 2, 3].map((number) => letter({ letter: number })),
    });
    expect(journal.timers().map((one) => one.timer)).toEqual(['a', 'b', 'late']);
    expect(journal.steps(1).map((one) => one.step)).toEqual(['b', 'a', 'é']);
    expect(journal.deadLetters(2).map((one) => one.letter)).toEqual([2, 3]);
  });
}

function pages(newStore: () => Store): void {
  test('given dead letters, then they are read in pages, the newest first', async () => {
    const journal = await newStore().open();
    commit(journal, { ...turn(1), dead: [1, 2, 3].map((number) => letter({ letter: number })) });
    const page = (limit: number, before: number) =>
      journal.deadLetters(limit, before).map((one) => one.letter);
    expect([page(1, 3), page(9, 3), page(1, 99)]).toEqual([[2], [1, 2], [3]]);
    expect([page(9, 1), page(0, 3)]).toEqual([[], []]);
  });
}

function texts(newStore: () => Store): void {
  test('given texts with any character, then they are read as they were', async () => {
    const journal = await newStore().open();
    const odd = '\u0000\n"\\\u2028é漢😀';
    const given = {
      rows: [row({ seq: 1, type: odd, status: odd, body: JSON.stringify(odd) })],
      actors: [record({ last: 1, parked: odd, parent: odd, status: '' })],
      waiting: [mail({ mail: 1, key: odd })],
      steps: [step({ step: odd, body: '' })],
      timersArmed: [timer({ timer: odd })],
      dead: [letter({ letter: 1, detail: odd, to: odd })],
    };
    commit(journal, given);
    expect(journal.rows(0, 1)).toEqual(given.rows);
    expect(journal.byNumber(1)).toEqual(given.actors[0]);
    expect(journal.waiting()).toEqual(given.waiting);
    expect(journal.step(1, odd)).toEqual(given.steps[0]);
    expect(journal.timers()).toEqual(given.timersArmed);
    expect(journal.deadLetters(1)).toEqual(given.dead);
  });
}

function actors(newStore: () => Store): void {
  test('given an actor, when it takes another turn, then its record is the new one', async () => {
    const journal = await newStore().open();
    commit(journal, turn(1));
    const next = record({
      generation: 2,
      status: 'COMPLETED',
      done: true,
      snapshot: '{"value":"COMPLETED"}',
      version: '2',
      watchers: '["run/answer/2"]',
      last: 2,
      updatedAt: 2_000,
    });
    commit(journal, { rows: [row({ seq: 2, previous: 1 })], actors: [next] });
    expect(journal.byNumber(1)).toEqual(next);
    expect(journal.byAddress('run/answer/1')).toEqual(next);
  });

  test('given a bot, when it is registered anew, then its new input is there', async () => {
    const journal = await newStore().open();
    const bot = { kind: 'bot', address: asAddress('bot/finder') };
    commit(journal, turn(1, { ...bot, input: '{"concurrency":1}' }));
    commit(journal, turn(2, { ...bot, input: '{"concurrency":1}', last: 1 }));
    expect(journal.byNumber(1)?.input).toBe('{"concurrency":1}');
    commit(journal, turn(3, { ...bot, input: '{"concurrency":2}', last: 2 }));
    expect(journal.byNumber(1)?.input).toBe('{"concurrency":2}');
  });

  test('given filters together, then only what fits all of them is listed', async () => {
    const journal = await newStore().open();
    const kinds = ['task', 'workflow'];
    const statuses = ['PENDING', 'COMPLETED', 'FAILED'];
    const all = Array.from({ length: 12 }, (_, n) =>
      record({
        actor: n + 1,
        last: n + 1,
        address: asAddress(`run/answer/${n}`),
        kind: kinds[n % 2] ?? '',
        status: statuses[n % 3] ?? '',
        done: n % 3 > 0,
        parent: n < 6 ? '' : 'run/answer/0',
      }),
    );
    const rows = all.map(({ actor }) => row({ seq: actor, actor }));
    commit(journal, { rows, actors: all });
    const listed = (filter: ActorFilter) => journal.actors(filter).map(({ actor }) => actor);
    expect(listed({ statuses: ['FAILED', 'PENDING'] })).toEqual([1, 3, 4, 6, 7, 9, 10, 12]);
    expect(listed({ statuses: [] })).toEqual([]);
    expect(listed({ parent: '' })).toEqual([1, 2, 3, 4, 5, 6]);
    expect(listed({ parent: 'run/answer/0', kind: 'workflow' })).toEqual([8, 10, 12]);
    expect(listed({ above: 3, below: 7 })).toEqual([4, 5, 6]);
    expect(listed({ below: 9, newest: true, limit: 2, kind: 'task' })).toEqual([5, 7]);
    expect(listed({ below: 9, statuses: ['FAILED'], parent: '', done: true })).toEqual([3, 6]);
    expect(listed({ above: 12 })).toEqual([]);
  });

  test('given actors whose numbers come out of order, then all are kept', async () => {
    const journal = await newStore().open();
    commit(journal, turn(1, { actor: 7 }));
    commit(journal, turn(2, { actor: 3 }));
    expect(journal.actors({}).map((one) => one.actor)).toEqual([3, 7]);
    expect(journal.heads().actor).toBe(7);
  });
}

function others(newStore: () => Store): void {
  test('given waiting mail, when some is taken, then the rest waits in order', async () => {
    const journal = await newStore().open();
    commit(journal, { waiting: [mail({ mail: 2, gated: true, key: 'k' }), mail({ mail: 1 })] });
    commit(journal, { taken: [1], waiting: [mail({ mail: 3, lane: 11, expiresAt: 9 })] });
    expect(journal.waiting()).toEqual([
      mail({ mail: 2, gated: true, key: 'k' }),
      mail({ mail: 3, lane: 11, expiresAt: 9 }),
    ]);
    commit(journal, { taken: [2, 3, 99] });
    expect(journal.waiting()).toEqual([]);
    expect(journal.heads().mail).toBe(0);
  });

  test('given a timer, when a group clears and arms it, then it is armed anew', async () => {
    const journal = await newStore().open();
    const name = { actor: 1, timer: 'pause' };
    commit(journal, { timersArmed: [timer({ ...name, arming: 1 })] });
    commit(journal, {
      timersArmed: [timer({ ...name, arming: 2, due: 6 })],
      timersCleared: [name],
    });
    expect(journal.timers()).toEqual([timer({ ...name, arming: 2, due: 6 })]);
    commit(journal, { timersArmed: [timer({ ...name, arming: 3 })] });
    expect(journal.timers()).toEqual([timer({ ...name, arming: 3 })]);
    commit(journal, { timersCleared: [name, { actor: 2, timer: 'none' }] });
    expect(journal.timers()).toEqual([]);
  });

  test('given mail and timers of several actors, then each is asked for its own', async () => {
    const journal = await newStore().open();
    commit(journal, {
      waiting: [mail({ mail: 1 }), mail({ mail: 2, actor: 2 }), mail({ mail: 3 })],
      timersArmed: [
        timer({ timer: 'b', due: 7, arming: 1 }),
        timer({ timer: 'a', due: 5, arming: 2 }),
        timer({ timer: 'a', due: 6, arming: 3, actor: 2 }),
      ],
    });
    expect(journal.mailOf(1).map((one) => one.mail)).toEqual([1, 3]);
    expect(journal.mailOf(3)).toEqual([]);
    expect(journal.timersOf(1).map(({ due }) => due)).toEqual([5, 7]);
    expect(journal.timersBetween(5, 7).map(({ due }) => due)).toEqual([5, 6]);
    expect(journal.timersBetween(6, Number.POSITIVE_INFINITY)).toHaveLength(2);
    expect(journal.dueAfter(Number.NEGATIVE_INFINITY, 1)).toBe(5);
    expect([1, 2, 3].map((limit) => journal.dueAfter(6, limit))).toEqual([6, 7, undefined]);
  });
}

function looks(newStore: () => Store): void {
  test('given who is active or has mail, then they are busy, and nobody who ended', async () => {
    const journal = await newStore().open();
    commit(journal, {
      actors: [
        record({ actor: 1 }),
        record({ actor: 2, active: true }),
        record({ actor: 3 }),
        record({ actor: 4, done: true }),
        record({ actor: 5, active: true }),
      ],
      waiting: [
        mail({ mail: 1, actor: 3 }),
        mail({ mail: 2, actor: 4 }),
        mail({ mail: 3, actor: 5 }),
      ],
    });
    expect(journal.actors({ mentions: '"PENDING"' })).toHaveLength(5);
    expect(journal.actors({ mentions: '"~ask/' })).toEqual([]);
    expect(journal.busy(0, 10)).toEqual([2, 3, 5]);
    expect(journal.busy(2, 10)).toEqual([3, 5]);
    expect(journal.busy(0, 2)).toEqual([2, 3]);
    expect(journal.anchor()).toEqual({ seq: 0, hash: '' });
  });

  test('given a step that is recorded again, then the last record counts', async () => {
    const journal = await newStore().open();
    commit(journal, { ...turn(1), steps: [step({ step: 'a', body: '1' })] });
    commit(journal, { steps: [step({ step: 'a', body: '2' })] });
    expect(journal.steps(1)).toEqual([step({ step: 'a', body: '2' })]);
  });
}

function life(newStore: () => Store): void {
  test('given a closed journal, then it refuses everything but closing', async () => {
    const journal = await newStore().open();
    journal.close();
    journal.close();
    for (const use of [() => journal.begin(), () => journal.heads(), () => journal.rows(0, 1)]) {
      expect(use).toThrow('it is closed');
    }
  });

  test('given an open group at the end, then what was committed is there again', async ({
    skip,
  }) => {
    const store = newStore();
    if (!store.survives) skip('a journal in memory ends with its process');
    const journal = await store.open();
    commit(journal, { ...turn(1), waiting: [mail({ mail: 1 })] });
    commit(journal, turn(2, { actor: 2 }));
    journal.begin();
    journal.close();
    const again = await store.open();
    expect(again.heads()).toEqual({ seq: 2, actor: 2, mail: 1, letter: 0, arming: 2_000 });
    commit(again, turn(3, { actor: 1, last: 1 }));
    expect(again.history(1, 0).map((one) => one.seq)).toEqual([1, 3]);
  });
}

function model(newStore: () => Store): void {
  test('property: random groups, ends and openings anew give what a naive model says', async () => {
    await fc.assert(
      fc.asyncProperty(randomGroups, async (groups) => {
        const store = newStore();
        let journal = await store.open();
        let committed = emptyModel;
        for (const { changes, end, reopens, keep } of groups) {
          const { after, written } = play(committed, changes);
          expect(journal.begin()).toBe(true);
          if (end === 'commit') {
            journal.commit(written);
            committed = after;
          } else journal.abort();
          if (reopens && store.survives) {
            journal.close();
            journal = await store.open();
          }
          expectEqual(journal, committed);
          if (keep === undefined) continue;
          while (journal.trim(keep)?.more === true);
          committed = trimmed(committed, keep);
          expectEqual(journal, committed);
        }
        journal.close();
      }),
      { numRuns: newStore().runs },
    );
  });
}

/** The batch fails the open group, and with it the journal for good. */
function expectFailure(journal: Journal, bad: Partial<Batch>): void {
  for (const use of [
    () => journal.commit(batch(bad)),
    () => void journal.begin(),
    () => journal.abort(),
    () => void journal.heads(),
  ]) {
    const error = thrownBy(use);
    expect(isTroupeError(error, 'JOURNAL_FAILED'), String(error)).toBe(true);
  }
}

function thrownBy(use: () => void): unknown {
  try {
    use();
  } catch (error) {
    return error;
  }
  return undefined;
}
