/** Retention of a team: what is over is cut, what is not stays whole. */
import { copyFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openJournal, verifyJournal } from '../../src/journal/index.ts';
import { newFile } from '../journal/files.ts';
import { counter, keptTeam, listener, sleeper } from './team.ts';

test('given no retention, then a file keeps everything and nothing waits for time', async () => {
  const { troupe, journal, clock } = await keptTeam(undefined);
  for (let n = 0; n < 30; n += 1) await troupe.run(counter, 1, { id: `r${n}` });
  expect(journal.extent().cut).toBe(0);
  expect(clock.nextDue()).toBeUndefined();
});

test('given a bound of rows, when more happens, then the newest are kept', async () => {
  const { troupe, journal, clock } = await keptTeam({ rows: 20 });
  for (let n = 0; n < 30; n += 1) await troupe.run(counter, 1, { id: `r${n}` });
  await clock.advance(2_000);
  expect(journal.extent().rows).toBe(20);
  expect(journal.rows(0, 1)[0]?.seq).toBe(journal.heads().seq - 19);
  expect(await troupe.run(counter, 1, { id: 'r0' })).toBe(1);
});

test('given a bound of runs, when more end, then the oldest go, their ids are free', async () => {
  const { troupe, journal, clock } = await keptTeam({ runs: 3 });
  for (let n = 0; n < 6; n += 1) await troupe.run(counter, 1, { id: `r${n}` });
  await clock.advance(2_000);
  const kept = journal.actors({ kind: 'task' }).map(({ address }) => address);
  expect(kept).toEqual(['run/counter/r3', 'run/counter/r4', 'run/counter/r5']);
  expect(await troupe.get(counter, 'r0')).toBeUndefined();
  expect(await troupe.run(counter, 2, { id: 'r0' })).toBe(2);
  await expect(troupe.run(counter, 2, { id: 'r5' })).rejects.toThrow('r5');
});

test('given a bound of runs alone, then the journal is whole, killed or closed', async () => {
  const file = newFile();
  const journal = await openJournal(file);
  const { troupe, clock } = await keptTeam({ runs: 2 }, journal);
  for (let n = 0; n < 6; n += 1) await troupe.run(counter, 1, { id: `r${n}` });
  await clock.advance(2_000);
  expect(journal.extent()).toMatchObject({ cut: 0 });
  const killed = newFile();
  for (const part of ['', '-wal', '-head']) copyFileSync(`${file}${part}`, `${killed}${part}`);
  (await openJournal(killed)).close();
  expect(await verifyJournal(killed)).toMatchObject({ ok: true });
  await troupe.stop();
  expect(await verifyJournal(file)).toMatchObject({ ok: true });
});

test('given a run that lives, then what ended below it and its steps answer for it', async () => {
  const file = newFile();
  const journal = await openJournal(file);
  const kept = await keptTeam({ rows: 1, runs: 1 }, journal);
  const { troupe, clock } = kept;
  const night = await troupe.start(sleeper, undefined, { id: 'one' });
  for (let n = 0; n < 6; n += 1) await troupe.run(counter, 1, { id: `r${n}` });
  await clock.advance(2_000);
  expect(journal.extent().rows).toBeLessThan(9);
  expect(journal.byAddress('run/sleeper/one/first')?.done).toBe(true);
  const slept = night.result();
  await clock.advance(86_400_000);
  expect(await slept).toEqual([2, 3]);
  await clock.advance(5_000);
  expect(journal.actors({ kind: 'task' }).map(({ address }) => address)).toEqual([
    'run/sleeper/one',
    'run/sleeper/one/first',
    'run/sleeper/one/night',
  ]);
});

test('given ages, when only time passes, then what is too old goes by itself', async () => {
  const { troupe, journal, clock } = await keptTeam({ rowsAge: '1h', runsAge: '1d' });
  await troupe.run(counter, 1, { id: 'old' });
  await clock.advance(3_500_000);
  expect(journal.extent().cut).toBe(0);
  await clock.advance(200_000);
  expect(journal.extent().rows).toBe(0);
  expect(await troupe.get(counter, 'old')).toBeDefined();
  await clock.advance(86_400_000);
  expect(await troupe.get(counter, 'old')).toBeUndefined();
  expect(clock.nextDue()).toBeUndefined();
});

test('given a run whose history was cut, then its events say so and go on', async () => {
  const { troupe, clock } = await keptTeam({ rows: 4 });
  const run = await troupe.start(counter, 9, { id: 'long' });
  await run.result();
  await clock.advance(2_000);
  const events = await all(run.events());
  expect(events[0]?.type).toBe('cut');
  expect(events.at(-1)).toMatchObject({ type: 'status', status: 'COMPLETED' });
  const later = await all(run.events({ since: events[0]?.seq }));
  expect(later).toEqual(events.slice(1));
  expect((await run.snapshot()).status).toBe('COMPLETED');
  expect((await run.outcome()).status).toBe('COMPLETED');
});

test('given a bound of dead letters, then the newest stay, and their numbers go on', async () => {
  const { troupe, journal, clock } = await keptTeam({ letters: 2 });
  for (let n = 0; n < 5; n += 1) {
    await troupe.send(listener, { type: 'note', payload: `${n}` });
  }
  await clock.advance(2_000);
  const letters = journal.deadLetters(9).map(({ letter }) => letter);
  expect(letters).toEqual([4, 5]);
});

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}
