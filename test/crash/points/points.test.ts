/**
 * The process ends at every place of a script in turn: before and after each commit, before and
 * after each deed. Whatever is lost with it, the end, the results and the keys are the same, and
 * what was recorded is not done again. `points.long.ts` has the places that are sampled here.
 */
import { describe, expect, test } from 'vitest';
import { type LivesOptions, variants } from './lives.ts';
import { each, places, survived, survivedKills, undisturbed } from './surviving.ts';

test('given no crash, then each deed is done once and all comes to its end', async () => {
  const calm = await undisturbed();
  expect(calm.wrongs).toEqual([]);
  expect([calm.lives, calm.deeds]).toEqual([1, Object(calm.end).keys.length]);
  expect(calm.commits).toBeGreaterThan(40);
  expect(calm.end).toMatchObject({
    outcomes: {
      'scribe/1': { status: 'COMPLETED', result: ['draft', 'seen', 'final'], cost: 2 },
      'novice/1': { status: 'COMPLETED', result: ['a trace', 'found'] },
      'trunk/1': { status: 'COMPLETED', result: ['cut off', 'healed'] },
      'trip/1': { status: 'FAILED' },
      'issue/1': { status: 'COMPLETED', result: 'printed, as ann says' },
      'kettle/1': { status: 'COMPLETED', result: { poured: 3, whistled: 2 } },
      seen: 'seen',
      fed: [{ id: 'north', starts: 2, state: 'running' }],
    },
    trip: ['hotel', 'flight', 'pay', 'flight~undo', 'hotel~undo'].map((one) => `trip/1/${one}`),
    handled: ['run/scribe/1 broken message.failed', 'run/scribe/1 look message.handled'],
    waiting: 0,
    timers: 0,
  });
});

test('given a crash at each commit and around each deed, then the end is the same', async () => {
  for (const crash of places(await undisturbed()))
    await survived('simulated', { crashes: [crash] });
});

describe.each(variants)('given $name', ({ options }) => {
  const all = async (): Promise<LivesOptions[]> =>
    places(await undisturbed(options)).map((crash) => ({ ...options, crashes: [crash] }));

  test('when a crash comes at one place in thirty-one, then the end is the same', async () => {
    for (const one of each(31, await all())) await survived('simulated', one);
  });

  test('when a file is left at one place in ninety-seven, then the end is the same', async () => {
    for (const one of each(97, await all())) await survived('sqlite', one);
  });
});

test('given real kills at drawn places, then the end is the same', async () => {
  const [first, second, ...more] = each(47, places(await undisturbed()));
  if (first === undefined || second === undefined) throw new RangeError('places');
  await survivedKills({ crashes: [first, second] });
  expect(more.length).toBeGreaterThan(0);
});
