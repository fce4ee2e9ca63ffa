/** Power loss under a real team: what a disk may hold afterwards, and what the team makes of it. */
import { describe, expect, test } from 'vitest';
import { traceOfLives } from './kit/lives.ts';
import { type Loss, losses } from './kit/power-loss.ts';
import { withLibrary } from './kit/with-library.ts';

const library = withLibrary();

/** The losses that broke a promise. */
const broken = (all: readonly Loss[]): Loss[] =>
  all.filter(({ refused, wrong }) => refused !== undefined || wrong.length > 0);

describe("durability: 'power'", () => {
  test('given power loss at any point, then nothing acknowledged is lost or applied twice', async ({
    skip,
  }) => {
    const traced = await traceOfLives(library(skip), 'power');
    const options = { count: 15, durability: 'power' } as const;
    const power = await losses(traced, { ...options, kind: 'power', seed: 1 });
    expect(broken(power)).toEqual([]);
    const torn = await losses(traced, { ...options, kind: 'torn', seed: 2 });
    expect(broken(torn)).toEqual([]);
    expect(power.some(({ acknowledged }) => Object.keys(acknowledged).length > 0)).toBe(true);
  });
});

describe("durability: 'process'", () => {
  test('given power loss, then the newest may be lost, and what is left is whole', async ({
    skip,
  }) => {
    const traced = await traceOfLives(library(skip), 'process', { lives: 1 });
    const options = { count: 8, durability: 'process' } as const;
    const power = await losses(traced, { ...options, kind: 'power', seed: 1 });
    const torn = await losses(traced, { ...options, kind: 'torn', seed: 2 });
    // The law of `power`, asked of what does not sync its commits, finds what is lost.
    expect(broken([...power, ...torn])).not.toEqual([]);
    const lost = /was acknowledged and is missing$|has \d+ of \d+$/;
    for (const { refused, wrong } of [...power, ...torn]) {
      expect(wrong.filter((sentence) => !lost.test(sentence))).toEqual([]);
      expect([undefined, 'JOURNAL_CUT']).toContain(refused);
    }
  });
});
