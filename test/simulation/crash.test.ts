/**
 * The smoke simulation: a small team crashed at commits in turn. Whatever is lost in memory, the
 * results, the recorded steps and the keys are those of the undisturbed voyage. `crash.long.ts`
 * takes every commit.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { hold } from './laws.ts';
import {
  calmVoyage,
  crashedInAnyOrder,
  crashedInRecovery,
  crashedInSingleTurns,
  crashedInTurn,
  crashedInWaves,
  moments,
  survived,
} from './sweeps.ts';
import { type Crash, type Voyage, voyage } from './voyage.ts';

let calm: Voyage;
beforeAll(async () => {
  calm = await calmVoyage();
});

test('given no crash, then the team does all that it can do, each step once', () => {
  hold(calm);
  const { deeds } = calm.world;
  const again = deeds.filter(({ key }, index) => deeds.findIndex((one) => one.key === key) < index);
  const repeated = again.map(({ key }) => key.slice(key.lastIndexOf('/') + 1));
  expect(new Set(repeated)).toEqual(new Set(['check', 'try', '1 fragile']));
  expect(statuses(calm)).toEqual({
    'patient/1': 'COMPLETED',
    'lead/1': 'COMPLETED',
    'trunk/1': 'CANCELLED',
    'scout/1': 'COMPLETED',
    'fan/1': 'COMPLETED',
    'hasty/1': 'COMPLETED',
    'brief/1': 'COMPLETED',
    'brief/2': 'FAILED',
    'flow/1': 'COMPLETED',
    'mesh/1': 'COMPLETED',
    'ruin/1': 'FAILED',
  });
});

test('given work that waits for a long child run, then it is dropped and begins again', () => {
  const beginnings = calm.world.begun.filter(({ run }) => run === 'lead/1');
  expect(beginnings.length).toBeGreaterThan(1);
  expect(new Set(beginnings.map(({ life }) => life))).toEqual(new Set([1]));
  expect(Object(calm.outcomes['lead/1']).attempts).toBe(1);
  const blocked = calm.journal.rows(0, 10_000).filter(({ status }) => status.includes('BLOCKED'));
  expect(blocked.length).toBeGreaterThan(5);
});

const statuses = ({ outcomes }: Voyage) =>
  Object.fromEntries(Object.entries(outcomes).map(([run, one]) => [run, Object(one).status]));

test('given the same seed, then the trace is the same twice, also with crashes', async () => {
  const crashes: Crash[] = [
    { at: 20, moment: 'before' },
    { at: 41, moment: 'after' },
  ];
  expect((await voyage()).trace).toBe(calm.trace);
  const traces = [];
  for (const seed of [7, 7, 8]) {
    const { trace, missed } = await voyage({ seed, shuffle: true, crashes });
    traces.push(trace);
    expect(missed).toBe(0);
  }
  expect(traces[0]).toBe(traces[1]);
  expect(new Set([...traces, calm.trace]).size).toBe(3);
});

describe.each(moments)('given a crash %s a commit', (moment) => {
  const late = moment === 'after' ? 3 : 0;

  test('when it comes at one commit in thirteen, then nothing is different', async () => {
    await crashedInTurn(moment, { first: 1 + late * 2, step: 13 });
  });

  test('when recovery crashes too, then nothing is different', async () => {
    await crashedInRecovery(moment, { first: 2 + late, step: 31 });
  });

  test('when every life ends after three more commits, then it arrives nevertheless', async () => {
    const crashes = Array.from({ length: 60 }, (_, n) => ({ at: 3 + n * 3, moment }));
    const { world } = await survived({ crashes });
    expect(world.life).toBeGreaterThan(20);
  });
});

test('given groups of a single turn and crashes, then nothing is different', async () => {
  await crashedInSingleTurns({ first: 1, step: 47 });
});

test('given actors that leave memory and return in waves, then nothing differs', async () => {
  await crashedInWaves({ first: 3, step: 97 });
});

test('given any order of the scheduler and crashes, then nothing is different', async () => {
  await crashedInAnyOrder(15);
});
