/** What steps took in earlier runs: learned from runs that complete, read again after a restart. */
import { expect, test } from 'vitest';
import { graph, type Troupe } from '../../src/index.ts';
import { type Journal, simulatedDisk } from '../../src/journal/index.ts';
import { limits } from '../../src/protocol/index.ts';
import { Estimates } from '../../src/workflows/index.ts';
import { type TestClock, teamOf, testClock } from '../troupe/team.ts';

/** A graph of two independent steps of which one starts at a time, and what they do. */
function pairOf(clock: TestClock) {
  const begun: string[] = [];
  const takes = new Map([
    ['slow', 1_000],
    ['quick', 100],
  ]);
  const work = (name: string) => async () => {
    begun.push(name);
    const ms = takes.get(name) ?? 0;
    if (ms < 0) throw new TypeError(`${name} fails`);
    await new Promise<void>((resolve) => clock.after(ms, resolve));
  };
  const plan = graph(
    'pair',
    { quick: { work: work('quick') }, slow: { work: work('slow') } },
    { concurrency: 1, retry: { attempts: 1 } },
  );
  return { plan, begun, takes };
}

/** Runs it once; gives the order in which its steps began. */
async function orderOf(
  troupe: Troupe,
  clock: TestClock,
  { plan, begun }: ReturnType<typeof pairOf>,
): Promise<string> {
  begun.length = 0;
  const run = await troupe.start(plan, undefined);
  await clock.advance(60_000);
  await run.outcome();
  return begun.join(' ');
}

const estimatesIn = (journal: Journal) => new Estimates(journal).of('pair', '1');

test('given an earlier run, then the step that took longer begins first', async () => {
  const clock = testClock();
  const pair = pairOf(clock);
  const { troupe } = await teamOf([pair.plan], { clock });
  expect(await orderOf(troupe, clock, pair)).toBe('quick slow');
  expect(await orderOf(troupe, clock, pair)).toBe('slow quick');
});

test('given a new process on the same journal, then it knows what earlier runs took', async () => {
  const clock = testClock();
  const disk = simulatedDisk();
  const pair = pairOf(clock);
  const first = await teamOf([pair.plan], { clock, journal: disk.open() });
  await orderOf(first.troupe, clock, pair);
  await first.troupe.stop();
  expect(estimatesIn(disk.open())).toEqual(new Map(pair.takes));
  const second = await teamOf([pair.plan], { clock, journal: disk.open() });
  expect(await orderOf(second.troupe, clock, pair)).toBe('slow quick');
});

test('a run keeps the estimates that it was made with, whatever is learned later', async () => {
  const clock = testClock();
  const disk = simulatedDisk();
  const pair = pairOf(clock);
  const first = await teamOf([pair.plan], { clock, journal: disk.open() });
  await orderOf(first.troupe, clock, pair);
  const notBefore = new Date(clock.now() + 1_000_000);
  await first.troupe.start(pair.plan, undefined, { id: 'kept', notBefore });
  pair.takes.set('quick', 50_000);
  for (const wanted of ['slow quick', 'quick slow'])
    expect(await orderOf(first.troupe, clock, pair)).toBe(wanted);
  await first.troupe.stop();
  const second = await teamOf([pair.plan], { clock, journal: disk.open() });
  pair.begun.length = 0;
  await clock.advance(2_000_000);
  const kept = await second.troupe.get(pair.plan, 'kept');
  expect(await kept?.outcome()).toMatchObject({ status: 'COMPLETED' });
  expect(pair.begun).toEqual(['slow', 'quick']);
});

test('the mean of the last runs counts, and what did not complete does not', async () => {
  const clock = testClock();
  const disk = simulatedDisk();
  const pair = pairOf(clock);
  const { troupe } = await teamOf([pair.plan], { clock, journal: disk.open() });
  for (const ms of [9_000, 1_000, 2_000, 3_000, 4_000, 5_000]) {
    pair.takes.set('slow', ms);
    await orderOf(troupe, clock, pair);
  }
  pair.takes.set('slow', -1);
  await orderOf(troupe, clock, pair);
  await troupe.stop();
  expect(limits.estimateRuns).toBe(5);
  expect(estimatesIn(disk.open())?.get('slow')).toBe(3_000);
});

test('a given estimate wins over what was learned', async () => {
  const clock = testClock();
  const { begun, takes } = pairOf(clock);
  const work = (name: string) => async () => {
    begun.push(name);
    await new Promise<void>((resolve) => clock.after(takes.get(name) ?? 0, resolve));
  };
  const plan = graph(
    'pair',
    {
      quick: { work: work('quick'), estimate: 9_000 },
      slow: { work: work('slow'), estimate: 1 },
    },
    { concurrency: 1 },
  );
  const { troupe } = await teamOf([plan], { clock });
  for (const _ of [1, 2])
    expect(await orderOf(troupe, clock, { plan, begun, takes })).toBe('quick slow');
});

test('the items of a fan-out are no steps of its workflow', async () => {
  const clock = testClock();
  const disk = simulatedDisk();
  const item = graph('item', { only: { work: () => 1 } });
  const fan = graph('fan', { all: { work: item, input: [1, 2, 3], each: true } });
  const { troupe } = await teamOf([fan, item], { clock, journal: disk.open() });
  await troupe.run(fan, undefined);
  await troupe.stop();
  const known = new Estimates(disk.open());
  expect([...(known.of('fan', '1') ?? [])].map(([step]) => step)).toEqual(['all']);
  expect(known.of('fan', '2')).toBeUndefined();
  expect(known.of('nobody', '1')).toBeUndefined();
});

test('nothing is learned from failures, undos and runs of a fan-out', () => {
  const end = (step: string, status: string) => ({
    actor: 1,
    step,
    at: 0,
    body: JSON.stringify({ status, startedAt: 10, endedAt: 30 }),
  });
  const estimates = new Estimates({
    heads: () => ({ seq: 0, actor: 0, mail: 0, letter: 0, arming: 0 }),
    actors: () => [],
    steps: () => [end('good', 'COMPLETED'), end('bad', 'FAILED'), end('good~undo', 'COMPLETED')],
  });
  const spec = { definition: 'chain', version: '1' };
  estimates.learn({ actor: 1, spec: { ...spec, fan: 'all' }, at: 0 });
  expect(estimates.of('chain', '1')).toBeUndefined();
  estimates.learn({ actor: 1, spec, at: 0 });
  expect(estimates.of('chain', '1')).toEqual(new Map([['good', 20]]));
});

test('reads are bounded: many runs within a short time are looked at once', () => {
  const reads: unknown[] = [];
  const learned: number[] = [];
  const estimates = new Estimates({
    heads: () => ({ seq: 0, actor: 50_000, mail: 0, letter: 0, arming: 0 }),
    actors: (filter) => {
      reads.push(filter);
      return [];
    },
    steps: (actor) => {
      learned.push(actor);
      const end = { status: 'COMPLETED', startedAt: 0, endedAt: actor };
      return [{ actor, step: 'only', at: 0, body: JSON.stringify(end) }];
    },
  });
  const spec = { definition: 'chain', version: '1' };
  for (let actor = 1; actor <= 20; actor += 1) estimates.learn({ actor, spec, at: 0 });
  expect(learned).toEqual([1, 2, 3, 4, 5]);
  estimates.learn({ actor: 21, spec, at: limits.estimateEveryMs });
  expect(estimates.of('chain', '1')?.get('only')).toBe((2 + 3 + 4 + 5 + 21) / 5);
  expect(reads).toEqual([
    {
      kind: 'workflow',
      definition: 'chain',
      done: true,
      above: 50_000 - limits.estimateActors,
      limit: limits.estimateLooks,
      newest: true,
    },
  ]);
});
