/**
 * The smoke simulation: a small team crashed at every commit in turn. Whatever is lost in memory,
 * the results, the recorded steps and the keys are those of the undisturbed voyage.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { hold, sameIn } from './laws.ts';
import { type Crash, type Voyage, voyage } from './voyage.ts';

const moments = ['before', 'after'] as const;

let calm: Voyage;
beforeAll(async () => {
  calm = await voyage();
});

/** A voyage with crashes; equal to the calm one in all that a crash must not change. */
async function survived(options: Parameters<typeof voyage>[0]): Promise<Voyage> {
  try {
    const disturbed = await voyage(options);
    hold(disturbed);
    expect(sameIn(disturbed)).toEqual(sameIn(calm));
    return disturbed;
  } catch (cause) {
    throw new Error(`to see it again: voyage(${JSON.stringify(options)})`, { cause });
  }
}

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
  test('when it comes at every commit in turn, then nothing is different', async () => {
    for (let at = 1; at <= calm.commits; at += 1) {
      const { missed } = await survived({ crashes: [{ at, moment }] });
      expect(missed, `the crash ${moment} commit ${at} came`).toBe(0);
    }
  });

  test('when recovery crashes too, then nothing is different', async () => {
    for (let at = 2; at <= calm.commits; at += 5) {
      const first = { at, moment };
      const done = moment === 'after' ? at : at - 1;
      for (const second of moments) {
        const crashes = [first, { at: done + 1, moment: second }];
        const { missed } = await survived({ crashes });
        expect(missed).toBe(0);
      }
    }
  });

  test('when every life ends after three more commits, then it arrives nevertheless', async () => {
    const crashes = Array.from({ length: 60 }, (_, n) => ({ at: 3 + n * 3, moment }));
    const { world } = await survived({ crashes });
    expect(world.life).toBeGreaterThan(20);
  });
});

test('given groups of a single turn and crashes, then nothing is different', async () => {
  const { commits } = await survived({ groupTurns: 1 });
  expect(commits).toBeGreaterThan(calm.commits * 1.5);
  for (let at = 1; at <= commits; at += 7) {
    await survived({ groupTurns: 1, crashes: [{ at, moment: 'after' }] });
  }
});

test('given actors that leave memory and return in waves, then nothing differs', async () => {
  const residence = { activeActors: 0, recoveryActors: 1 };
  const { commits } = await survived({ residence, groupTurns: 1 });
  for (let at = 3; at <= commits; at += 29) {
    const crashes = [at, at + 5].map((crash) => ({ at: crash, moment: 'after' }) as const);
    await survived({ residence, groupTurns: 1, crashes });
  }
});

test('given any order of the scheduler and crashes, then nothing is different', async () => {
  for (let seed = 1; seed <= 120; seed += 1) {
    const groupTurns = [512, 1, 2, 3, 5][seed % 5] ?? 1;
    const crashes = Array.from({ length: seed % 4 }, (_, n) => ({
      at: (n + 1) * 20 + ((seed * 7_919) % 40),
      moment: moments[(seed >> n) % 2] ?? 'before',
    }));
    await survived({ seed, shuffle: true, groupTurns, crashes });
  }
});
