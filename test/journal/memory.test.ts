/** The journal in memory: the contract, and its bounds. */
import { describe, expect, test } from 'vitest';
import { type Journal, memoryJournal } from '../../src/journal/index.ts';
import { asAddress } from '../../src/protocol/index.ts';
import { commit, letter, mail, step, timer, turn } from './fixtures.ts';
import { journalSuite } from './journal-suite.ts';

journalSuite('memory', () => ({ open: async () => memoryJournal(), survives: false, runs: 300 }));

describe('bounds of the journal in memory', () => {
  const addresses = (journal: Journal) => journal.actors({}).map((one) => one.address);

  test('given more rows than its bound, then the newest are kept', () => {
    const journal = memoryJournal({ rows: 3 });
    for (let seq = 1; seq <= 20; seq += 1) {
      const dead = [letter({ letter: seq })];
      commit(journal, { ...turn(seq, { last: seq - 1 }), dead });
      const kept = [seq - 2, seq - 1, seq].filter((number) => number > 0);
      expect(journal.rows(0, 100).map((one) => one.seq)).toEqual(kept);
      expect(journal.history(1, 0).map((one) => one.seq)).toEqual(kept);
      expect(journal.deadLetters(100).map((one) => one.letter)).toEqual(kept);
    }
    expect(journal.rows(18, 1).map((one) => one.seq)).toEqual([19]);
    expect(journal.heads().seq).toBe(20);
  });

  test('given more ended runs than its bound, then the oldest go, with their steps', () => {
    const journal = memoryJournal({ runs: 2 });
    for (const actor of [1, 2, 3]) {
      const steps = [step({ actor, step: 'a' })];
      commit(journal, { ...turn(actor, { actor, done: true }), steps });
    }
    expect(addresses(journal)).toEqual(['run/answer/2', 'run/answer/3']);
    expect(journal.byAddress('run/answer/1')).toBeUndefined();
    expect([journal.steps(1), journal.history(1, 0)]).toEqual([[], []]);
    expect(journal.heads().actor).toBe(3);
    commit(journal, turn(4, { actor: 4, address: asAddress('run/answer/1') }));
    expect(journal.byAddress('run/answer/1')?.actor).toBe(4);
  });

  test('given a run under way, then it and what ended below it is kept, however many end', () => {
    const journal = memoryJournal({ runs: 1 });
    const lead = { actor: 1, address: asAddress('run/lead/1') };
    commit(journal, turn(1, lead));
    const below = (actor: number) => ({
      actor,
      parent: 'run/lead/1',
      address: asAddress(`run/lead/1/${actor}`),
    });
    for (const actor of [2, 3, 4]) commit(journal, turn(actor, { ...below(actor), done: true }));
    commit(journal, turn(5, below(5)));
    expect(addresses(journal)).toHaveLength(5);
    commit(journal, turn(6, { ...lead, last: 1, done: true }));
    expect(addresses(journal)).toEqual(['run/lead/1/5']);
    commit(journal, turn(7, { ...below(5), last: 5, done: true }));
    expect(addresses(journal)).toEqual([]);
  });

  test('given a dropped run, then its waiting mail and its timers are kept', () => {
    const journal = memoryJournal({ runs: 0 });
    const waiting = [mail({ mail: 1 })];
    commit(journal, { ...turn(1, { done: true }), waiting, timersArmed: [timer({ timer: 'a' })] });
    expect(addresses(journal)).toEqual([]);
    expect([journal.waiting().length, journal.timers().length]).toEqual([1, 1]);
  });

  test('given a run that ended and lives again, then it is not dropped', () => {
    const journal = memoryJournal({ runs: 1 });
    commit(journal, turn(1, { actor: 1, done: true }));
    commit(journal, turn(2, { actor: 1, last: 1, generation: 2 }));
    commit(journal, turn(3, { actor: 2, done: true }));
    const below = { actor: 3, parent: 'run/answer/1', address: asAddress('run/answer/1/a') };
    commit(journal, turn(4, { ...below, done: true }));
    expect(addresses(journal)).toEqual(['run/answer/1', 'run/answer/2', 'run/answer/1/a']);
  });
});
