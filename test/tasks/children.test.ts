/**
 * Child work inside a step: any work, without holding a slot, through suspension and restarts, and
 * never left behind.
 */
import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  type Bot,
  defineBot,
  defineTask,
  defineWorkflow,
  graph,
  memoryJournal,
  type WorkContext,
} from '../../src/index.ts';
import { newFile } from '../journal/files.ts';
import { refused } from '../refusal.ts';
import { teamOf } from '../troupe/team.ts';

const adder = defineBot({ id: 'adder', input: z.number(), work: ({ input }) => input + 1 });

/** A bot whose run waits until it is told its result. */
function gated(id: string, concurrency = 10) {
  const gates = new Map<string, PromiseWithResolvers<unknown>>();
  const gateOf = (run: string) => {
    const gate = gates.get(run) ?? Promise.withResolvers<unknown>();
    gates.set(run, gate);
    return gate;
  };
  const work = ({ runId }: WorkContext) => gateOf(runId).promise;
  return { bot: defineBot({ id, concurrency, input: z.unknown(), work }), gateOf };
}

test('a step can be a bot, a task, a workflow and a graph from data', async () => {
  const task = defineTask({ id: 'task', bot: adder });
  const flow = defineWorkflow({ id: 'flow', input: z.number() })
    .step('one', adder, ({ input }) => input)
    .step('two', ({ one }) => one * 10);
  const plan = graph('plan', { a: { work: 'adder', input: 41 } });
  const lead = defineBot({
    id: 'lead',
    work: async ({ step }) => [
      await step('bot', adder, 1),
      await step('task', task, 2),
      await step('flow', flow, 3),
      await step('plan', plan, undefined),
    ],
  });
  const { troupe } = await teamOf([lead, task, flow]);
  expect(await troupe.run(lead, undefined)).toEqual([2, 3, 40, 42]);
});

test('given a bot with one slot that asks itself, then it does not wait for itself', async () => {
  const countdown: Bot<number, number> = defineBot({
    id: 'countdown',
    concurrency: 1,
    input: z.number(),
    work: async ({ input, step }): Promise<number> =>
      input === 0 ? 0 : 1 + (await step('below', countdown, input - 1)),
  });
  const { troupe } = await teamOf([countdown]);
  expect(await troupe.run(countdown, 12)).toBe(12);
});

test('given two bots with one slot each that ask each other, then both end', async () => {
  const ping: Bot<number, number> = defineBot({
    id: 'ping',
    concurrency: 1,
    input: z.number(),
    work: async ({ input, step }): Promise<number> => 1 + (await step('pong', pong, input)),
  });
  const pong = defineBot({
    id: 'pong',
    concurrency: 1,
    input: z.number(),
    work: async ({ input, step }): Promise<number> =>
      input === 0 ? 0 : step('ping', ping, input - 1),
  });
  const { troupe } = await teamOf([ping, pong]);
  const runs = [1, 2, 3].map((n) => troupe.run(ping, n));
  expect(await Promise.all(runs)).toEqual([2, 3, 4]);
});

test('while work waits for children only, it is BLOCKED and its slot serves others', async () => {
  const { bot, gateOf } = gated('bot');
  const lead = defineBot({
    id: 'lead',
    concurrency: 1,
    work: ({ step }) => Promise.all([step('a', bot, 1), step('b', bot, 1)]),
  });
  const { troupe, clock } = await teamOf([lead, bot]);
  const first = await troupe.start(lead, undefined, { id: '1' });
  const second = await troupe.start(lead, undefined, { id: '2' });
  await clock.quiet();
  expect((await first.snapshot()).status).toBe('BLOCKED');
  expect((await second.snapshot()).status).toBe('BLOCKED');
  for (const id of ['lead/1/b', 'lead/2/a', 'lead/1/a', 'lead/2/b']) {
    gateOf(id).resolve(id);
    await clock.quiet();
  }
  expect(await first.result()).toEqual(['lead/1/a', 'lead/1/b']);
  expect(await second.outcome()).toMatchObject({ attempts: 1 });
});

test('while a step of its own is open, work keeps its slot', async () => {
  const { bot } = gated('bot');
  const own = Promise.withResolvers<number>();
  const lead = defineBot({
    id: 'lead',
    work: ({ step }) => Promise.all([step('own', () => own.promise), step('child', bot, 1)]),
  });
  const { troupe, clock } = await teamOf([lead, bot]);
  const run = await troupe.start(lead, undefined);
  await clock.quiet();
  expect((await run.snapshot()).status).toBe('IN_PROGRESS');
  own.resolve(1);
  await clock.quiet();
  expect((await run.snapshot()).status).toBe('BLOCKED');
});

test('before it does anything else, work that was BLOCKED waits for a slot', async () => {
  const { bot, gateOf } = gated('bot');
  const calls: string[] = [];
  const goOn = Promise.withResolvers<void>();
  const busy = Promise.withResolvers<void>();
  const lead = defineBot({
    id: 'lead',
    concurrency: 1,
    input: z.string(),
    async work({ step, input }) {
      if (input === 'busy') return step('long', () => busy.promise);
      const child = step('ask', bot, 1);
      await goOn.promise;
      await step('own', () => calls.push('own'));
      return child;
    },
  });
  const { troupe, clock } = await teamOf([lead, bot]);
  const run = await troupe.start(lead, 'asks', { id: 'asks' });
  await clock.quiet();
  await troupe.start(lead, 'busy', { id: 'busy' });
  await clock.quiet();
  goOn.resolve();
  await clock.quiet();
  expect(calls).toEqual([]);
  expect((await run.snapshot()).status).toBe('PENDING');
  busy.resolve();
  await clock.quiet();
  expect(calls).toEqual(['own']);
  gateOf('lead/asks/ask').resolve('answer');
  expect(await run.outcome()).toMatchObject({ result: 'answer', attempts: 1 });
});

test('given children that take long, then work is dropped and goes on from the top', async () => {
  const { bot, gateOf } = gated('bot');
  const seen: unknown[] = [];
  const lead = defineBot({
    id: 'lead',
    async work({ step, attempt, signal }) {
      seen.push(`begin ${attempt}`);
      signal.addEventListener('abort', () => seen.push(signal.reason.code));
      const own = await step('own', () => seen.push('own'));
      const first = await step('first', bot, 1);
      const second = await step('second', bot, 2);
      return [own, first, second];
    },
  });
  const { troupe, clock } = await teamOf([lead, bot], { limits: { suspendAfterMs: 100 } });
  const run = await troupe.start(lead, undefined, { id: 'l' });
  await clock.advance(99);
  expect(seen).toEqual(['begin 1', 'own']);
  await clock.advance(1);
  expect(seen).toEqual(['begin 1', 'own', 'SUSPENDED']);
  gateOf('lead/l/first').resolve('one');
  await clock.quiet();
  expect(seen).toEqual(['begin 1', 'own', 'SUSPENDED', 'begin 1']);
  gateOf('lead/l/second').resolve('two');
  expect(await run.outcome()).toMatchObject({ result: [2, 'one', 'two'], attempts: 1 });
});

test('given suspension at once, then work still goes on', async () => {
  const { bot, gateOf } = gated('bot');
  const lead = defineBot({
    id: 'lead',
    work: async ({ step }) => [await step('a', bot, 1), await step('b', bot, 1)],
  });
  const { troupe, clock } = await teamOf([lead, bot], { limits: { suspendAfterMs: 0 } });
  const run = await troupe.start(lead, undefined, { id: 'l' });
  await clock.advance(1);
  gateOf('lead/l/a').resolve('a');
  await clock.advance(1);
  gateOf('lead/l/b').resolve('b');
  await clock.advance(1);
  expect(await run.result()).toEqual(['a', 'b']);
});

test('given a restart while BLOCKED, then the child goes on and so does the work', async () => {
  const journal = newFile();
  const calls: string[] = [];
  const { bot: before } = gated('bot');
  const leadOf = () =>
    defineBot({
      id: 'lead',
      async work({ step, attempt }) {
        await step('own', () => calls.push('own'));
        return [attempt, await step('ask', before, 1)];
      },
    });
  const first = await teamOf([leadOf(), before], { journal });
  const lead = leadOf();
  await first.troupe.stop();
  const blocked = await teamOf([lead, before], { journal });
  await blocked.troupe.start(lead, undefined, { id: 'l' });
  await blocked.clock.quiet();
  const stopped = blocked.troupe.stop({ deadline: 1 });
  await blocked.clock.advance(1);
  await stopped;
  const after = defineBot({ id: 'bot', input: z.unknown(), work: () => 'answer' });
  const { troupe } = await teamOf([lead, after], { journal });
  const run = await troupe.get(lead, 'l');
  expect(await run?.result()).toEqual([1, 'answer']);
  expect(calls).toEqual(['own']);
});

test('a child that was started is found again by the next attempt', async () => {
  const { bot, gateOf } = gated('bot');
  const lead = defineBot({
    id: 'lead',
    retry: { attempts: 2, backoff: 0 },
    async work({ step, attempt }) {
      const child = step('ask', bot, 1);
      if (attempt === 1) {
        await step('own', () => 1);
        throw new Error('once');
      }
      return child;
    },
  });
  const journal = memoryJournal();
  const { troupe, clock } = await teamOf([lead, bot], { journal });
  const run = await troupe.start(lead, undefined, { id: 'l' });
  await clock.advance(10);
  const child = journal.byAddress('run/lead/l/ask');
  expect(child?.status).toBe('IN_PROGRESS');
  gateOf('lead/l/ask').resolve('answer');
  expect(await run.outcome()).toMatchObject({ result: 'answer', attempts: 2 });
});

test.each([
  ['completes', () => 'done', 'COMPLETED'],
  [
    'fails',
    () => {
      throw new Error('no');
    },
    'FAILED',
  ],
])('children that nobody waits for are cancelled when the work %s', async (_, end, status) => {
  const { bot } = gated('bot');
  const lead = defineBot({
    id: 'lead',
    retry: false,
    async work({ step }) {
      void step('left', bot, 1);
      await step('own', () => 1);
      return end();
    },
  });
  const journal = memoryJournal();
  const { troupe, clock } = await teamOf([lead, bot], { journal });
  const run = await troupe.start(lead, undefined, { id: 'l' });
  expect((await run.outcome()).status).toBe(status);
  await clock.quiet();
  expect(journal.byAddress('run/lead/l/left')?.status).toBe('CANCELLED');
});

test('a failed child fails the work at once, unless the work goes on without it', async () => {
  const failing = defineBot({
    id: 'failing',
    retry: false,
    work: () => {
      throw new Error('no');
    },
  });
  const strict = defineBot({ id: 'strict', work: ({ step }) => step('ask', failing, undefined) });
  const lenient = defineBot({
    id: 'lenient',
    work: ({ step }) => step('ask', failing, undefined).catch(() => 'without'),
  });
  const { troupe } = await teamOf([strict, lenient, failing]);
  expect(await refused(troupe.run(strict, undefined))).toMatchObject({
    outcome: { attempts: 1, error: { code: 'RUN_FAILED', cause: { message: 'no' } } },
  });
  expect(await troupe.run(lenient, undefined)).toBe('without');
});

test.each<[string, (step: WorkContext['step']) => Promise<unknown>, string]>([
  ['an input that does not fit', (step) => step('a', adder, 'x' as never), 'INVALID'],
  ['an input that is no JSON', (step) => step('a', adder, 1n as never), 'NOT_JSON'],
  ['work that is not registered', (step) => step('a', defineBot({ ...bare }), 1), 'NOT_REGISTERED'],
  ['an option of runs only', (step) => step('a', adder, 1, { id: 'x' } as never), 'BAD_OPTION'],
  ['an unknown option', (step) => step('a', adder, 1, { prio: 1 } as never), 'BAD_OPTION'],
])('%s is refused in the work', async (_, call, code) => {
  const lead = defineBot({ id: 'lead', retry: false, work: ({ step }) => call(step) });
  const { troupe } = await teamOf([lead, adder]);
  expect(await refused(troupe.run(lead, undefined))).toMatchObject({
    outcome: { error: { code } },
  });
});
const bare = { id: 'bare', input: z.number(), work: () => 1 };

test('given another input under one name after a restart, then the work is refused', async () => {
  const { bot } = gated('bot');
  const lead = defineBot({
    id: 'lead',
    retry: { attempts: 2, backoff: 0 },
    async work({ step, attempt }) {
      const child = step('ask', bot, attempt);
      await step('own', () => 1);
      if (attempt === 1) throw new Error('once');
      return child;
    },
  });
  const { troupe, clock } = await teamOf([lead, bot]);
  const run = await troupe.start(lead, undefined, { id: 'l' });
  await clock.advance(1);
  expect(await run.outcome()).toMatchObject({
    status: 'FAILED',
    error: { code: 'RUN_CONFLICT' },
  });
});
