/** The simulated disk: the contract, crashes at every commit, the trace. */
import { describe, expect, test } from 'vitest';
import { type SimulatedDisk, simulatedDisk } from '../../src/journal/index.ts';
import { isTroupeError } from '../../src/protocol/index.ts';
import { batch, commit, step, turn } from './fixtures.ts';
import { journalSuite } from './journal-suite.ts';

journalSuite('simulated disk', () => {
  const disk = simulatedDisk();
  return { open: async () => disk.open(), survives: true, runs: 300 };
});

describe('crashes of the simulated disk', () => {
  /** A throw from the disk is a crash of its process. */
  const crash = { crash: true };

  function run(disk: SimulatedDisk, turns: number): number {
    const journal = disk.open();
    const first = journal.heads().seq + 1;
    for (let seq = first; seq <= turns; seq += 1) commit(journal, turn(seq, { last: seq - 1 }));
    return journal.heads().seq;
  }

  test('given a crash at each commit in turn, then exactly the committed groups are there', () => {
    for (const moment of ['before', 'after'] as const) {
      for (let at = 1; at <= 5; at += 1) {
        let crashed = false;
        const disk = simulatedDisk({
          onCommit(number, now) {
            if (crashed || number !== at || now !== moment) return;
            crashed = true;
            throw crash;
          },
        });
        expect(() => run(disk, 5)).toThrow('simulated');
        expect(disk.open().heads().seq).toBe(moment === 'before' ? at - 1 : at);
        expect(run(disk, 5)).toBe(5);
        expect(disk.commits).toBe(5);
      }
    }
  });

  test('given a crash, then its journal keeps the cause and refuses everything', () => {
    const disk = simulatedDisk({
      onCommit() {
        throw crash;
      },
    });
    const journal = disk.open();
    journal.begin();
    const failure = () => journal.commit(batch(turn(1)));
    expect(failure).toThrow(expect.objectContaining({ code: 'JOURNAL_FAILED', cause: crash }));
    expect(failure).toThrow(expect.objectContaining({ code: 'JOURNAL_FAILED', cause: crash }));
    expect(() => journal.heads()).toThrow();
  });

  test('given a journal that is opened again, then the one before is dead', () => {
    const disk = simulatedDisk();
    const first = disk.open();
    first.begin();
    const second = disk.open();
    for (const use of [() => first.commit(batch(turn(1))), () => first.heads()]) {
      expect(use).toThrow(expect.objectContaining({ code: 'JOURNAL_FAILED' }));
    }
    commit(second, turn(1));
    expect(second.heads().seq).toBe(1);
  });

  test('given a busy disk, then a group does not open until it is free', () => {
    let isBusy = true;
    const journal = simulatedDisk({ isBusy: () => isBusy }).open();
    expect(journal.begin()).toBe(false);
    isBusy = false;
    expect(journal.begin()).toBe(true);
  });

  test('given equal batches, then the traces are equal; a difference in one field tells', () => {
    const traceOf = (body: string): string => {
      const disk = simulatedDisk();
      commit(disk.open(), { ...turn(1), steps: [step({ step: 'a', body })] });
      commit(disk.open(), turn(2, { last: 1 }));
      return disk.trace;
    };
    expect(traceOf('1')).toBe(traceOf('1'));
    expect(traceOf('1')).not.toBe(traceOf('2'));
    expect(simulatedDisk().trace).toBe('');
  });

  test('given a batch with getters, then what they give is in the trace', () => {
    const traceOf = (due: number): string => {
      const disk = simulatedDisk();
      const journal = disk.open();
      journal.begin();
      const plain = batch();
      const timersArmed = [{ actor: 1, timer: 'a', generation: 1, arming: 1, due, body: '{}' }];
      journal.commit(Object.create(plain, { timersArmed: { get: () => timersArmed } }));
      expect(journal.timers()).toEqual(timersArmed);
      return disk.trace;
    };
    expect(traceOf(1)).not.toBe(traceOf(2));
  });

  test('given no crash, then the error of a bad batch is a failed journal', () => {
    const journal = simulatedDisk().open();
    journal.begin();
    try {
      journal.commit(batch(turn(2)));
      expect.unreachable();
    } catch (error) {
      expect(isTroupeError(error, 'JOURNAL_FAILED')).toBe(true);
    }
  });
});
