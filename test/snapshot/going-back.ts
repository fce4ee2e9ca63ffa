/**
 * The law of snapshots, for any story: what a team shows after a restore is what it showed when the
 * snapshot was taken, and from there on it ends as a team that never left.
 */
import fc from 'fast-check';
import { expect } from 'vitest';
import { memoryJournal, type TroupeOptions } from '../../src/index.ts';
import { openReader } from '../../src/journal/index.ts';
import { contentOf } from '../../src/journal/snapshots/index.ts';
import { endsOf, folder, settled, sightOf, type World, worldOf } from './world.ts';

/** Something that somebody does to the team. */
export const Act = fc.oneof(
  fc.record({ act: fc.constant('start' as const), n: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ act: fc.constant('note' as const), n: fc.integer({ min: 1, max: 9 }) }),
  fc.record({ act: fc.constant('letter' as const), n: fc.integer({ min: 1, max: 9 }) }),
  fc.record({ act: fc.constant('receive' as const), n: fc.constant(0) }),
  fc.record({ act: fc.constant('cancel' as const), n: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ act: fc.constant('minutes' as const), n: fc.integer({ min: 1, max: 40 }) }),
);
type Act = typeof Act extends fc.Arbitrary<infer Value> ? Value : never;

/** Before the snapshot, what is taken back, and what comes afterwards. */
export const Story = fc.record({
  before: fc.array(Act, { maxLength: 8 }),
  lost: fc.array(Act, { maxLength: 8 }),
  after: fc.array(Act, { maxLength: 5 }),
  inMemory: fc.boolean(),
});

const ids = [1, 2, 3, 4].map((n) => `r${n}`);

async function play(world: World, acts: readonly Act[]): Promise<void> {
  const { troupe, clock, worker, clerk } = world;
  for (const { act, n } of acts) {
    if (act === 'start') await troupe.start(worker, n, { id: `r${n}` });
    if (act === 'note') await troupe.send(clerk, { type: 'note', payload: n });
    if (act === 'letter') await troupe.send(clerk, { type: 'letter', payload: n });
    if (act === 'receive' && (await troupe.inbox(clerk).count()) > 0) {
      await troupe.inbox(clerk).receive();
    }
    const run = act === 'cancel' ? await troupe.get(worker, `r${n}`) : undefined;
    if (run !== undefined && (await run.snapshot()).status !== 'COMPLETED') await run.cancel();
    if (act === 'minutes') await clock.advance(n * 60_000);
    await clock.quiet();
  }
}

/** Plays a story with a way back in it, and without. */
export async function goesBack({
  before,
  lost,
  after,
  inMemory,
}: typeof Story extends fc.Arbitrary<infer Value> ? Value : never): Promise<void> {
  const dir = folder();
  const journal = inMemory ? memoryJournal() : `${dir}/team.db`;
  const world = await worldOf({ journal } satisfies TroupeOptions);
  const { troupe, clock } = world;
  await play(world, before);
  const then = await sightOf(world);
  const kept = inMemory ? undefined : await openReader(`${dir}/team.db`);
  const content = kept && contentOf(kept);
  kept?.close();
  const { path } = await settled(clock, troupe.snapshot(`${dir}/s.db`));
  const reader = await openReader(path);
  if (content !== undefined) expect(contentOf(reader)).toEqual(content);
  reader.close();
  const left = clock.now();
  await play(world, lost);
  const lostMs = clock.now() - left;
  await settled(clock, troupe.restore(path, { deadline: 0 }));
  // Time went on: what is due meanwhile is done at once, so both are looked at when it is.
  if (lostMs === 0) expect(await sightOf(world)).toEqual(then);
  await play(world, after);

  const twin = await worldOf();
  await play(twin, before);
  await twin.clock.advance(lostMs);
  await play(twin, after);
  expect(await endsOf(world, ids)).toEqual(await endsOf(twin, ids));
  expect(await sightOf(world)).toEqual(await sightOf(twin));
}
