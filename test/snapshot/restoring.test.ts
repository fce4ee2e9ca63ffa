/** A team that goes back: what goes on, what ends, and what is kept. */
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { isTroupeError, memoryJournal, openJournal } from '../../src/index.ts';
import { openReader, verifyJournal } from '../../src/journal/index.ts';
import { refusedError } from '../refusal.ts';
import { folder, settled, sightOf, worldOf } from './world.ts';

test.each(['a file', 'memory'])('a team in %s goes on from a snapshot', async (where) => {
  const dir = folder();
  const world = await worldOf(where === 'memory' ? {} : { journal: `${dir}/team.db` });
  const { troupe, clock, worker, clerk, deeds } = world;
  await troupe.start(worker, 1, { id: 'a' });
  await troupe.send(clerk, { type: 'letter', payload: 1 });
  await clock.quiet();
  const then = await sightOf(world);
  const saved = await settled(clock, troupe.snapshot(`${dir}/monday.db`));
  expect(saved).toMatchObject({ path: `${dir}/monday.db`, takenAt: clock.now() });

  // Half an hour later the letter is taken, and there is another run.
  await clock.advance(1_800_000);
  await troupe.inbox(clerk).receive();
  await troupe.start(worker, 5, { id: 'b' });
  await clock.quiet();

  const restored = await settled(clock, troupe.restore(saved.path));
  expect(restored).toMatchObject({ path: saved.path, takenAt: saved.takenAt, seq: saved.seq });
  expect(await sightOf(world)).toEqual(then);
  expect(await troupe.get(worker, 'b')).toBeUndefined();

  // Its rest ends when it was to end, and the recorded step answers.
  await clock.advance(1_800_000);
  expect(await (await troupe.get(worker, 'a'))?.result()).toBe(20);
  expect(deeds.steps).toEqual(['1/first', '5/first', '1/second']);
  // An id of a run that the snapshot does not know is free: another input is no conflict.
  await troupe.start(worker, 6, { id: 'b' });
  // Once more: what is overdue by now goes on at once, and is done in the world once more.
  await settled(clock, troupe.restore(saved.path));
  await clock.quiet();
  expect(await (await troupe.get(worker, 'a'))?.result()).toBe(20);
  expect(deeds.steps).toEqual(['1/first', '5/first', '1/second', '6/first', '1/second']);
});

test('the present is kept beside the journal, and can be gone back to', async () => {
  const dir = folder();
  const world = await worldOf({ journal: `${dir}/team.db` });
  const { troupe, clock, worker } = world;
  await troupe.snapshot(`${dir}/empty.db`);
  await troupe.start(worker, 1, { id: 'a' });
  await clock.quiet();
  const present = await sightOf(world);
  const { before } = await settled(clock, troupe.restore(`${dir}/empty.db`));
  expect((await sightOf(world)).runs).toEqual([]);
  expect(before?.path).toMatch(/team\.db\.before-restore-2\d{3}-/);
  await settled(clock, troupe.restore(before?.path ?? ''));
  expect(await sightOf(world)).toEqual(present);
  const left = readdirSync(dir).filter((name) => /part|-restore$/.test(name));
  expect(left).toEqual([]);
});

test('what hangs on the troupe goes on; handles, waits and streams from before end', async () => {
  const dir = folder();
  const { troupe, clock, worker, clerk } = await worldOf({ journal: `${dir}/team.db` });
  const { runs, deadLetters, approvals, incidents, messages } = troupe;
  const inbox = troupe.inbox(clerk);
  const run = await troupe.start(worker, 1, { id: 'a' });
  const { path } = await troupe.snapshot(`${dir}/a.db`);
  const waiting = refusedError(run.result());
  const receiving = refusedError(inbox.receive());
  const watching = refusedError(drained(run.events()));
  const subscribed = new Promise((resolve) => run.actor.subscribe({ error: resolve }));
  await clock.quiet();
  await settled(clock, troupe.restore(path));
  expect((await waiting).code).toBe('RESTORED');
  expect((await watching).code).toBe('RESTORED');
  expect(['RESTORED', 'RESTORING']).toContain((await receiving).code);
  expect(isTroupeError(await subscribed, 'RESTORED')).toBe(true);
  expect((await refusedError(run.snapshot())).code).toBe('RESTORED');
  expect((await refusedError(run.cancel())).code).toBe('RESTORED');
  expect((await runs.list()).map(({ runId }) => runId)).toEqual(['worker/a/rest', 'worker/a']);
  expect(await deadLetters.list()).toEqual([]);
  expect(await approvals.list()).toEqual([]);
  expect(await incidents.list()).toEqual([]);
  expect((await messages.statistics()).sent).toBe(0);
  await troupe.send(clerk, { type: 'letter', payload: 2 });
  expect((await inbox.receive())?.payload).toBe(2);
});

async function drained(events: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of events);
}

test('calls during a restore are refused, and may be made again after it', async () => {
  const dir = folder();
  const { troupe, clock, worker } = await worldOf({ journal: `${dir}/team.db` });
  const { path } = await troupe.snapshot(`${dir}/a.db`);
  const restoring = troupe.restore(path, { deadline: '1 s' });
  const second = await refusedError(troupe.restore(path));
  expect(second).toMatchObject({ code: 'RESTORING', retryable: true });
  const codes = new Set<string>();
  let isOver = false;
  const over = restoring.then(() => {
    isOver = true;
  });
  while (!isOver) {
    await troupe.runs.list().catch((error: unknown) => {
      if (isTroupeError(error)) codes.add(error.code);
    });
    await clock.advance(0);
  }
  await over;
  expect([...codes].filter((code) => code !== 'RESTORED')).toEqual(['RESTORING']);
  await troupe.start(worker, 1, { id: 'a' });
});

test('a stop during a restore waits for its end, then stops', async () => {
  const dir = folder();
  const { troupe, clock } = await worldOf({ journal: `${dir}/team.db` });
  const { path } = await troupe.snapshot(`${dir}/a.db`);
  const both = Promise.allSettled([troupe.restore(path), troupe.stop()]);
  const [restored, stopped] = await settled(clock, both);
  expect(stopped.status).toBe('fulfilled');
  // It had not begun to change anything yet, so it is the restore that gives way.
  expect(restored).toMatchObject({ status: 'rejected', reason: { code: 'STOPPED' } });
  const again = await worldOf({ journal: `${dir}/team.db` });
  expect(await again.troupe.runs.list()).toEqual([]);
});

test('work under way is aborted at the deadline; what it gives later reaches nobody', async () => {
  const dir = folder();
  const { troupe, clock, worker } = await worldOf({ journal: `${dir}/team.db` });
  await troupe.start(worker, 1, { id: 'a' });
  await clock.quiet();
  const { path } = await troupe.snapshot(`${dir}/a.db`);
  await settled(clock, troupe.restore(path, { deadline: 0 }));
  await clock.advance(3_600_000);
  expect(await (await troupe.get(worker, 'a'))?.outcome()).toMatchObject({ attempts: 1 });
});

test('what does not fit the definitions of now is parked, until they are back', async () => {
  const dir = folder();
  const ping = createMachine({
    id: 'ping',
    initial: 'on',
    states: { on: { on: { GO: 'off' } }, off: { type: 'final' } },
  });
  const first = await worldOf({ journal: `${dir}/team.db` });
  await first.troupe.register(ping);
  await first.troupe.start(ping, undefined, { id: 'p' });
  await first.troupe.snapshot(`${dir}/a.db`);
  await settled(first.clock, first.troupe.stop());

  // Another machine with an empty journal: the disk was lost, the snapshot was not.
  const { troupe, clock } = await worldOf({ journal: `${dir}/new.db` });
  await settled(clock, troupe.restore(`${dir}/a.db`));
  expect((await troupe.parked.list()).map(({ runId }) => runId)).toEqual(['ping/p']);
  await troupe.register(ping);
  await troupe.parked.retry('ping/p');
  const run = await troupe.get(ping, 'p');
  await troupe.send(run ?? expect.fail('it is there'), { type: 'GO' });
  expect(await run?.outcome()).toMatchObject({ status: 'COMPLETED' });
});

test('a journal that was opened by the app is replaced, too, and keeps its lock', async () => {
  const dir = folder();
  const journal = await openJournal(`${dir}/team.db`, { workspace: 'shop' });
  const { troupe, clock, worker } = await worldOf({ journal });
  const { path } = await troupe.snapshot(`${dir}/a.db`);
  await troupe.start(worker, 1, { id: 'a' });
  await settled(clock, troupe.restore(path));
  expect(await troupe.runs.list()).toEqual([]);
  const other = openJournal(`${dir}/team.db`, { workspace: 'shop' });
  expect((await refusedError(other)).code).toBe('JOURNAL_IN_USE');
  await settled(clock, troupe.stop());
  (await openJournal(`${dir}/team.db`, { workspace: 'shop' })).close();
});

test('a team in memory is saved to a file that a team in a file goes on from', async () => {
  const dir = folder();
  const world = await worldOf({ journal: memoryJournal({ rows: 10 }) });
  await world.troupe.start(world.worker, 1, { id: 'a' });
  for (let n = 0; n < 20; n += 1)
    await world.troupe.send(world.clerk, { type: 'note', payload: n });
  await world.clock.quiet();
  const seen = await sightOf(world);
  await world.troupe.snapshot(`${dir}/a.db`);
  const other = await worldOf({ journal: `${dir}/team.db` });
  await settled(other.clock, other.troupe.restore(`${dir}/a.db`));
  expect(await sightOf(other)).toEqual(seen);
  await other.clock.advance(7_200_000);
  expect(await (await other.troupe.get(other.worker, 'a'))?.result()).toBe(20);
});

test('a team in memory whose ended runs went is saved whole', async () => {
  const dir = folder();
  const world = await worldOf({ journal: memoryJournal({ runs: 1 }) });
  for (let n = 0; n < 4; n += 1) {
    const run = await world.troupe.start(world.worker, n, { id: `${n}` });
    await run.cancel('enough');
  }
  await world.troupe.snapshot(`${dir}/saved.db`);
  expect(await verifyJournal(`${dir}/saved.db`)).toMatchObject({ ok: true });
});

test('a reader of another process sees the one content, then the other', async () => {
  const dir = folder();
  const { troupe, clock, worker } = await worldOf({ journal: `${dir}/team.db` });
  const { path } = await troupe.snapshot(`${dir}/a.db`);
  await troupe.start(worker, 1, { id: 'a' });
  const reader = await openReader(`${dir}/team.db`);
  expect(reader.byAddress('run/worker/a')).toBeDefined();
  await settled(clock, troupe.restore(path));
  expect(reader.byAddress('run/worker/a')).toBeUndefined();
  expect(reader.byAddress('system')?.status).toBe('running');
  reader.close();
});
