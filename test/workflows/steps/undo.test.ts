/** Undo: what a run did is undone when it does not complete, the last first. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineBot, defineWorkflow } from '../../../src/index.ts';
import { type Team, teamOf } from '../../troupe/team.ts';

/** A trip whose bookings are kept in `booked`, in the order in which they were made. */
function trip(options: { readonly fails?: boolean; readonly timeout?: string } = {}) {
  const booked: string[] = [];
  const log: string[] = [];
  const book = (what: string) => () => {
    booked.push(what);
    return `${what}-1`;
  };
  const unbook = ({ result, key }: { result: string; key: string }) => {
    booked.splice(booked.indexOf(result.slice(0, -2)), 1);
    log.push(`${result} by ${key}`);
  };
  const flow = defineWorkflow({ id: 'trip', retry: false, timeout: options.timeout })
    .step('flight', book('flight'), { undo: unbook })
    .step('hotel', book('hotel'), { undo: unbook })
    .step('car', ({ signal }) => {
      if (options.fails === true) throw new Error('no car left');
      return new Promise<string>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    });
  return { flow, booked, log };
}

const undone = ['hotel-1 by trip/t/hotel~undo', 'flight-1 by trip/t/flight~undo'];

test('given a step that fails, then what completed is undone, the last first', async () => {
  const { flow, booked, log } = trip({ fails: true });
  const { troupe } = await teamOf([flow]);
  const run = await troupe.start(flow, undefined, { id: 't' });
  expect(await run.outcome()).toMatchObject({ status: 'FAILED', error: { code: 'STEP_FAILED' } });
  expect([booked, log]).toEqual([[], undone]);
  expect(await troupe.incidents.list()).toEqual([]);
});

test('given it is cancelled, then it is CANCELLED when that is undone; again is fine', async () => {
  const { flow, booked, log } = trip();
  const { troupe, clock } = await teamOf([flow]);
  const run = await troupe.start(flow, undefined, { id: 't' });
  await clock.quiet();
  expect(booked).toEqual(['flight', 'hotel']);
  await run.cancel('changed my mind');
  await run.cancel('said twice');
  expect(await run.outcome()).toMatchObject({ status: 'CANCELLED', reason: 'changed my mind' });
  expect([booked, log]).toEqual([[], undone]);
});

test('given it takes too long, then it is undone and FAILED', async () => {
  const { flow, log } = trip({ timeout: '1m' });
  const { troupe, clock } = await teamOf([flow]);
  const run = await troupe.start(flow, undefined, { id: 't' });
  await clock.advance(60_000);
  expect(await run.outcome()).toMatchObject({
    status: 'FAILED',
    error: { code: 'WORK_TIMEOUT' },
    elapsedMs: 60_000,
  });
  expect(log).toEqual(undone);
});

test('given an undo that fails, then an incident opens and the rest is undone', async () => {
  const tries: number[] = [];
  const log: string[] = [];
  const flow = defineWorkflow({ id: 'flow', retry: { attempts: 2, backoff: 10 } })
    .step('one', () => 1, { undo: () => void log.push('one') })
    .step('two', () => 2, {
      undo: ({ attempt }) => {
        tries.push(attempt);
        throw new Error('the door is stuck');
      },
    })
    .step('three', () => 3, { undo: () => void log.push('three') })
    .step('wait', () => new Promise(() => {}));
  const { troupe, clock, logged } = await teamOf([flow]);
  const run = await troupe.start(flow, undefined, { id: 'f' });
  await clock.quiet();
  await run.cancel();
  await clock.advance(60_000);
  const outcome = await run.outcome();
  expect(outcome).toMatchObject({
    status: 'FAILED',
    error: {
      code: 'UNDO_FAILED',
      at: 'run/flow/f/two~undo',
      cause: { message: 'the door is stuck' },
    },
  });
  expect([tries, log]).toEqual([
    [1, 2],
    ['three', 'one'],
  ]);
  expect(await troupe.incidents.list()).toMatchObject([
    { code: 'UNDO_FAILED', about: 'flow/f', status: 'OPEN', count: 1 },
  ]);
  expect(logged.some(({ level }) => level === 'error' || level === 'warn')).toBe(true);
});

test('given steps side by side, then they are undone in reverse order of completion', async () => {
  const ends = new Map<string, () => void>();
  const log: string[] = [];
  const slow = (name: string) => () =>
    new Promise<string>((resolve) => void ends.set(name, () => resolve(name)));
  const undo = ({ result }: { result: string }) => void log.push(result);
  const flow = defineWorkflow({ id: 'flow', retry: false })
    .step('a', slow('a'), { undo })
    .step('b', slow('b'), { after: [], undo })
    .step('c', slow('c'), { after: [], undo })
    .step('end', () => Promise.reject(new Error('no')), { after: ['a', 'b', 'c'] });
  const { troupe, clock } = await teamOf([flow]);
  const run = await troupe.start(flow, undefined);
  for (const name of ['b', 'c', 'a']) {
    await clock.quiet();
    ends.get(name)?.();
  }
  await run.outcome();
  expect(log).toEqual(['a', 'c', 'b']);
});

test('given a nested workflow under way, then it is undone before what came earlier', async () => {
  const log: string[] = [];
  const inner = defineWorkflow({ id: 'inner' })
    .step('x', () => 1, { undo: () => void log.push('x') })
    .step('hang', ({ signal }) => new Promise((_, no) => signal.addEventListener('abort', no)));
  const outer = defineWorkflow({ id: 'outer' })
    .step('first', () => 1, { undo: () => void log.push('first') })
    .step('inner', inner, { undo: () => void log.push('inner itself') });
  const { troupe, clock } = await teamOf([outer]);
  const run = await troupe.start(outer, undefined);
  await clock.quiet();
  await run.cancel();
  expect((await run.outcome()).status).toBe('CANCELLED');
  expect(log).toEqual(['x', 'first']);
});

test('given code that goes on after its abort, then undo waits for its grace', async () => {
  const log: string[] = [];
  const deaf = defineBot({ id: 'deaf', input: z.number(), work: () => new Promise(() => {}) });
  const flow = defineWorkflow({ id: 'flow' })
    .step('one', () => 1, { undo: () => void log.push('one') })
    .step('deaf', deaf, () => 1);
  const { troupe, clock } = await teamOf([flow], { limits: { graceMs: 500 } });
  const run = await troupe.start(flow, undefined);
  await clock.quiet();
  await run.cancel();
  await clock.advance(499);
  expect([log, (await run.snapshot()).status]).toEqual([[], 'IN_PROGRESS']);
  await clock.advance(1);
  expect([log, (await run.outcome()).status]).toEqual([['one'], 'CANCELLED']);
});

test('given a run that completes, then nothing is undone', async () => {
  const log: string[] = [];
  const flow = defineWorkflow({ id: 'flow' })
    .step('one', () => 1, { undo: () => void log.push('one') })
    .step('maybe', () => Promise.reject(new Error('no')), { optional: true, retry: false });
  const { troupe } = await teamOf([flow]);
  await troupe.run(flow, undefined);
  expect(log).toEqual([]);
});

test('given a pause while it is undone, then the rest is undone when it goes on', async () => {
  const log: string[] = [];
  const team: { clock?: Team['clock'] } = {};
  const undo = ({ result }: { result: number }) =>
    new Promise<void>((resolve) => {
      team.clock?.after(100, () => {
        log.push(`${result}`);
        resolve();
      });
    });
  const flow = defineWorkflow({ id: 'flow' })
    .step('one', () => 1, { undo })
    .step('two', () => 2, { undo })
    .step('hang', () => new Promise(() => {}));
  const { troupe, clock } = await teamOf([flow], { limits: { graceMs: 0 } });
  team.clock = clock;
  const run = await troupe.start(flow, undefined);
  await clock.quiet();
  await run.cancel();
  await clock.advance(150);
  expect(log).toEqual(['2']);
  await run.pause();
  await clock.advance(1_000);
  const paused = await run.snapshot();
  expect([paused.status, paused.paused]).toEqual(['BLOCKED', true]);
  await run.resume();
  await clock.advance(1_000);
  expect((await run.outcome()).status).toBe('CANCELLED');
  expect(log.at(-1)).toBe('1');
});
