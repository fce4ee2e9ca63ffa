/**
 * Pausing and resuming: what stands still, what goes on, in runs of bots, of people, of workflows
 * and all below them; also across a restart.
 */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineBot, defineWorkflow, graph, handler, type Run } from '../../src/index.ts';
import { newFile } from '../journal/files.ts';
import { refused } from '../refusal.ts';
import { teamOf, testClock } from '../troupe/team.ts';

const statusOf = async (run: Run | undefined): Promise<unknown> => {
  const snapshot = await run?.snapshot();
  return [snapshot?.status, snapshot?.paused];
};
const paused = ['BLOCKED', true];

/** A bot of three steps, each of which waits until it is let go on. */
function stepping(id: string, concurrency = 10) {
  const seen: string[] = [];
  const gates = new Map<string, () => void>();
  const bot = defineBot({
    id,
    concurrency,
    timeout: '10s',
    retry: false,
    work: async ({ step, attempt, signal }) => {
      seen.push(`begin ${attempt}`);
      signal.addEventListener('abort', () => seen.push(`abort ${signal.reason.data.reason}`));
      for (const name of ['one', 'two', 'three']) {
        await step(name, ({ key }) => {
          seen.push(key);
          return new Promise<void>((resolve) => void gates.set(name, resolve));
        });
      }
      return seen.length;
    },
  });
  return { bot, seen, open: (name: string) => gates.get(name)?.() };
}

test('a paused run begins nothing and holds no slot; it goes on as the same attempt', async () => {
  const { bot, seen, open } = stepping('bot', 1);
  const { troupe, clock } = await teamOf([bot], { limits: { graceMs: 100 } });
  const run = await troupe.start(bot, undefined, { id: 'x' });
  const next = await troupe.start(bot, undefined, { id: 'y' });
  await clock.quiet();
  open('one');
  await clock.advance(4_000);
  await run.pause();
  expect(await statusOf(run)).toEqual(paused);
  await clock.advance(60_000);
  const first = ['begin 1', 'bot/x/one', 'bot/x/two', 'abort paused'];
  expect(seen).toEqual([...first, 'begin 1', 'bot/y/one', 'abort time-out']);
  await run.resume();
  await clock.advance(5_999);
  expect(seen.slice(7)).toEqual(['begin 1', 'bot/x/two']);
  expect(await run.snapshot()).toMatchObject({ status: 'IN_PROGRESS', paused: false, attempts: 1 });
  open('two');
  await clock.quiet();
  open('three');
  expect(await run.outcome()).toMatchObject({ status: 'COMPLETED', attempts: 1 });
  expect((await next.outcome()).status).toBe('FAILED');
});

test('the time-out stands still: what was left before the pause is left after it', async () => {
  const { bot, open } = stepping('bot');
  const { troupe, clock } = await teamOf([bot]);
  const run = await troupe.start(bot, undefined);
  await clock.advance(7_000);
  await run.pause();
  await clock.advance(100_000);
  await run.resume();
  await clock.advance(2_999);
  expect(await statusOf(run)).toEqual(['IN_PROGRESS', false]);
  await clock.advance(1);
  expect(await run.outcome()).toMatchObject({ error: { code: 'WORK_TIMEOUT' } });
  open('one');
});

test('pausing again and resuming again are fine; an ended run is neither', async () => {
  const bot = defineBot({ id: 'bot', work: () => 'done' });
  const ann = defineBot({ id: 'ann' });
  const { troupe } = await teamOf([bot, ann]);
  const run = await troupe.start(ann, undefined, { id: 'a' });
  await run.resume();
  expect(await statusOf(run)).toEqual(['ASSIGNED', false]);
  await Promise.all([run.pause(), run.pause()]);
  await run.pause();
  await Promise.all([run.resume(), run.resume()]);
  expect(await statusOf(run)).not.toEqual(paused);
  const ended = await troupe.start(bot, undefined, { id: 'b' });
  await ended.result();
  for (const event of ['pause', 'resume'] as const) {
    expect(await refused(ended[event]())).toEqual({
      code: 'ILLEGAL_MOVE',
      run: 'bot/b',
      state: 'COMPLETED',
      event,
    });
  }
});

test('a run is paused wherever it is, and goes on from there', async () => {
  const dependency = defineBot({ id: 'dependency' });
  const busy = stepping('busy', 1);
  const failing = defineBot({
    id: 'failing',
    retry: { attempts: 2, backoff: '1m' },
    work: ({ attempt }) => {
      if (attempt === 1) throw new Error('once');
      return 'second';
    },
  });
  const ann = defineBot({ id: 'ann' });
  const lead = defineBot({ id: 'lead', work: ({ step }) => step('ask', ann, undefined) });
  const plain = defineBot({ id: 'plain', work: () => 'went on' });
  const all = [dependency, busy.bot, failing, ann, lead, plain];
  const { troupe, clock } = await teamOf(all, { limits: { suspendAfterMs: 10 } });
  const before = await troupe.start(dependency, undefined);
  await troupe.start(busy.bot, undefined);
  const runs = {
    waiting: await troupe.start(plain, undefined, { after: [before] }),
    queued: await troupe.start(busy.bot, undefined),
    backingOff: await troupe.start(failing, undefined),
    assigned: await troupe.start(ann, undefined),
    suspended: await troupe.start(lead, undefined, { id: 'l' }),
    early: await troupe.start(plain, undefined, { notBefore: clock.now() + 5_000 }),
  };
  await clock.advance(100);
  for (const run of Object.values(runs)) {
    await run.pause();
    expect(await statusOf(run)).toEqual(paused);
  }
  await before.begin();
  await before.complete();
  const asked = await troupe.runs.get('lead/l/ask');
  expect(await statusOf(asked)).toEqual(paused);
  expect(await refused(runs.assigned.begin())).toMatchObject({
    code: 'ILLEGAL_MOVE',
    state: 'BLOCKED',
  });
  await clock.advance(600_000);
  for (const run of Object.values(runs)) expect(await statusOf(run)).toEqual(paused);
  for (const run of Object.values(runs)) await run.resume();
  await clock.advance(10);
  expect(await runs.waiting.result()).toBe('went on');
  expect(await runs.early.result()).toBe('went on');
  expect(await runs.backingOff.outcome()).toMatchObject({ result: 'second', attempts: 2 });
  expect(await statusOf(runs.assigned)).toEqual(['ASSIGNED', false]);
  expect(await statusOf(asked)).toEqual(['ASSIGNED', false]);
  await asked?.begin();
  await asked?.complete({ result: 'asked' });
  expect(await runs.suspended.outcome()).toMatchObject({ result: 'asked', attempts: 1 });
});

test('what is paused by itself stays so when the run above goes on', async () => {
  const ann = defineBot({ id: 'ann' });
  const lead = defineBot({
    id: 'lead',
    work: ({ step }) => Promise.all([step('a', ann, undefined), step('b', ann, undefined)]),
  });
  const { troupe, clock } = await teamOf([lead, ann]);
  const run = await troupe.start(lead, undefined, { id: 'l' });
  await clock.quiet();
  const [a, b] = [await troupe.runs.get('lead/l/a'), await troupe.runs.get('lead/l/b')];
  await a?.pause();
  await run.pause();
  expect([await statusOf(a), await statusOf(b)]).toEqual([paused, paused]);
  expect(await refused(b?.resume() ?? Promise.resolve())).toMatchObject({
    code: 'ILLEGAL_MOVE',
    state: 'paused with the run above it',
  });
  await run.resume();
  await clock.quiet();
  expect([await statusOf(a), await statusOf(b)]).toEqual([paused, ['ASSIGNED', false]]);
  await run.pause();
  await run.cancel('enough');
  await clock.quiet();
  for (const one of [run, a, b]) expect(await statusOf(one)).toEqual(['CANCELLED', false]);
});

test('a paused workflow starts nothing, and its time stands still', async () => {
  const ann = defineBot({ id: 'ann' });
  const flow = defineWorkflow({ id: 'flow', timeout: '10s' })
    .step('one', ann)
    .step('two', () => 'two')
    .step('three', ann, { after: [] });
  const { troupe, clock } = await teamOf([flow]);
  const run = await troupe.start(flow, undefined, { id: 'f' });
  await clock.advance(4_000);
  const one = await troupe.runs.get('flow/f/one');
  const three = await troupe.runs.get('flow/f/three');
  await one?.begin();
  // The end of the step and the pause meet in one group.
  await Promise.all([one?.complete({ result: 1 }), run.pause()]);
  await clock.advance(100_000);
  expect(await statusOf(run)).toEqual(paused);
  expect(await statusOf(three)).toEqual(paused);
  expect(await troupe.runs.get('flow/f/two')).toBeUndefined();
  await run.resume();
  await clock.quiet();
  expect(await (await troupe.runs.get('flow/f/two'))?.result()).toBe('two');
  await clock.advance(5_999);
  expect(await statusOf(run)).toEqual(['IN_PROGRESS', false]);
  await clock.advance(1);
  expect(await run.outcome()).toMatchObject({ error: { code: 'WORK_TIMEOUT' } });
});

test('a workflow that is paused while it finishes, or before it begins, goes on', async () => {
  const flow = graph('flow', { one: { work: () => 1 }, two: { work: () => 2, after: ['one'] } });
  const { troupe, clock } = await teamOf([flow]);
  for (let turns = 0; turns < 12; turns += 1) {
    const run = await troupe.start(flow, undefined, { id: `${turns}` });
    for (let n = 0; n < turns; n += 1) await Promise.resolve();
    await run.pause().catch(() => undefined);
    await clock.quiet();
    await run.resume().catch(() => undefined);
    expect(await run.result()).toBe(2);
  }
});

test('a pause is durable, and recorded steps are not done again', async () => {
  const journal = newFile();
  const clock = testClock();
  const done: string[] = [];
  let open: (() => void) | undefined;
  const bot = defineBot({
    id: 'bot',
    input: z.string(),
    work: async ({ step }) => {
      await step('one', () => void done.push('one'));
      await step('two', () => {
        done.push('two');
        return new Promise<void>((resolve) => {
          open = resolve;
        });
      });
      return step('three', () => done.push('three'));
    },
  });
  const first = await teamOf([bot], { journal, clock });
  const run = await first.troupe.start(bot, 'x', { id: 'x' });
  await clock.quiet();
  open?.();
  await run.pause();
  await clock.quiet();
  await first.troupe.stop({ deadline: 0 });
  const { troupe } = await teamOf([bot], { journal, clock });
  const again = await troupe.get(bot, 'x');
  await clock.advance(60_000);
  expect(await statusOf(again)).toEqual(paused);
  await again?.resume();
  await clock.quiet();
  open?.();
  expect(await again?.result()).toBe(done.length);
  expect(done.filter((name) => name === 'one')).toHaveLength(1);
});

test('a run by hand is paused with what was begun, and is the same attempt later', async () => {
  const ann = defineBot({ id: 'ann', concurrency: 1, heartbeat: '5s', timeout: '1m' });
  const { troupe, clock } = await teamOf([ann]);
  const run = await troupe.start(ann, undefined);
  const next = await troupe.start(ann, undefined);
  await run.begin();
  await clock.advance(4_000);
  await run.pause();
  await clock.advance(60_000);
  expect(await refused(run.complete())).toMatchObject({ code: 'ILLEGAL_MOVE', state: 'BLOCKED' });
  expect(await statusOf(next)).toEqual(['ASSIGNED', false]);
  await run.resume();
  await clock.quiet();
  expect(await statusOf(run)).toEqual(['PENDING', false]);
  await next.begin();
  await next.complete();
  await clock.advance(4_999);
  expect(await run.snapshot()).toMatchObject({ status: 'IN_PROGRESS', attempts: 1 });
  await run.complete({ result: 'ok' });
  expect(await run.result()).toBe('ok');
});

test('an answer that comes in a pause is kept: it is not asked for again', async () => {
  const gate = Promise.withResolvers<string>();
  const asked: string[] = [];
  const desk = defineBot({
    id: 'desk',
    on: {
      ask: handler(z.string(), ({ payload }) => {
        asked.push(payload);
        return gate.promise;
      }),
    },
  });
  const bot = defineBot({
    id: 'bot',
    work: ({ ask }) => ask(desk, { type: 'ask', payload: 'well?' }),
  });
  const { troupe, clock } = await teamOf([bot, desk]);
  const run = await troupe.start(bot, undefined);
  await clock.quiet();
  await run.pause();
  gate.resolve('so');
  await clock.advance(5_000);
  expect(await statusOf(run)).toEqual(paused);
  await run.resume();
  expect(await run.result()).toBe('so');
  expect(asked).toEqual(['well?']);
});
