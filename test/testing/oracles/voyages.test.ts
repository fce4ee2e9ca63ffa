/** The oracles say nothing of a runtime that is right, whatever crashes on its voyages. */
import { beforeAll, expect, test } from 'vitest';
import { type Watched, type WatchedOptions, watched } from './watched.ts';

const moments = ['before', 'after'] as const;

let calm: Watched;
beforeAll(async () => {
  calm = await watched();
});

/** A voyage of which no oracle has anything to say. */
async function silent(options: WatchedOptions): Promise<Watched> {
  const voyage = await watched(options);
  expect(voyage.found, `watched(${JSON.stringify(options)})`).toEqual([]);
  return voyage;
}

test('given no crash, then the oracles are silent', async () => {
  expect(calm.found).toEqual([]);
  expect(calm.commitsTold.length).toBe(calm.commits);
});

test('given a crash at commits all over, then the oracles are silent', async () => {
  for (let at = 1; at <= calm.commits; at += 4) {
    const moment = moments[(at >> 2) % 2] ?? 'before';
    await silent({ crashes: [{ at, moment }] });
  }
});

test('given lives of three commits, then the oracles are silent', async () => {
  for (const moment of moments) {
    await silent({ crashes: Array.from({ length: 20 }, (_, n) => ({ at: 3 + n * 3, moment })) });
  }
});

test('given any order, groups of a few turns and crashes, then they are silent', async () => {
  for (let seed = 1; seed <= 12; seed += 1) {
    const groupTurns = [512, 1, 2, 3, 5][seed % 5] ?? 1;
    const crashes = Array.from({ length: seed % 4 }, (_, n) => ({
      at: (n + 1) * 20 + ((seed * 7_919) % 40),
      moment: moments[(seed >> n) % 2] ?? 'before',
    }));
    await silent({ seed, shuffle: true, groupTurns, crashes });
  }
});
