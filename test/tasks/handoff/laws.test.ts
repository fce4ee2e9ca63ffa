/**
 * Laws of handoffs over any story of requests, answers, time-outs, pauses, cancels and moves by
 * hand, with crashes at any commit and groups of any size.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judge } from './judge.ts';
import { type Beat, bots, lived, type Story } from './story.ts';

const beats: fc.Arbitrary<Beat> = fc.record({
  kind: fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom<Beat['kind']>('request', 'accept') },
    { weight: 2, arbitrary: fc.constantFrom<Beat['kind']>('decline', 'begin', 'complete') },
    { weight: 1, arbitrary: fc.constantFrom<Beat['kind']>('pause', 'resume', 'cancel', 'fail') },
  ),
  at: fc.integer({ min: 0, max: 600 }),
  run: fc.nat(2),
  pick: fc.nat(20),
});

const stories: fc.Arbitrary<Story> = fc.record({
  beats: fc.array(beats, { maxLength: 14, size: 'max' }),
  to: fc.option(fc.nat(bots.length - 1), { nil: undefined }),
  crashes: fc
    .array(
      fc.record({
        at: fc.integer({ min: 1, max: 90 }),
        moment: fc.constantFrom('before', 'after'),
      }),
      { maxLength: 4 },
    )
    .map((crashes) => crashes.toSorted((one, other) => one.at - other.at)),
  seed: fc.integer({ min: 1, max: 1_000 }),
  shuffle: fc.boolean(),
  groupTurns: fc.constantFrom(1, 2, 512),
});

test('property: a task is at one bot, moves whole, and no handoff is decided twice', async () => {
  const ends = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(stories, async (story) => {
      const life = await lived(story);
      judge(life);
      for (const { status } of life.journal.actors({ kind: 'handoff' })) {
        ends.set(status, (ends.get(status) ?? 0) + 1);
      }
    }),
    { numRuns: 150 },
  );
  expect([...ends.keys()].sort()).toEqual(['ACCEPTED', 'DECLINED', 'EXPIRED', 'WITHDRAWN']);
});

test('a report that was on its way when its task moved counts', async () => {
  const beats = [{ kind: 'request', at: 30, run: 0, pick: 6 }] as const;
  const rest = { to: undefined, crashes: [], shuffle: true, groupTurns: 512 };
  for (let seed = 1; seed <= 5; seed += 1) judge(await lived({ beats, seed, ...rest }));
});
