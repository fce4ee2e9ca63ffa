/**
 * How runs end: outcomes as data, with the chain of causes through any nesting, and waiting that
 * ends without them.
 */
import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  type Bot,
  defineBot,
  defineTask,
  defineWorkflow,
  type Failure,
  RunError,
  TerminalError,
} from '../../src/index.ts';
import { limits } from '../../src/protocol/index.ts';
import { newFile } from '../journal/files.ts';
import { refused, refusedError } from '../refusal.ts';
import { teamOf } from '../troupe/team.ts';

const once = { retry: false } as const;
const codesOf = (error: Failure | undefined): string[] =>
  error === undefined ? [] : [error.code, ...codesOf(error.cause)];

test('a completed run tells result, attempts, time, and what the work reported', async () => {
  const bot = defineBot({
    id: 'bot',
    async work({ report }) {
      await report({ progress: 0.5, confidence: 0.4, cost: 2, learnings: ['a'] });
      await report({ confidence: 0.8, cost: 0.5, learnings: ['b', 'c'], note: 'nearly' });
      return { n: 1 };
    },
  });
  const { troupe } = await teamOf([bot]);
  const run = await troupe.start(bot, undefined);
  expect(await run.outcome()).toEqual({
    status: 'COMPLETED',
    result: { n: 1 },
    attempts: 1,
    confidence: 0.8,
    learnings: ['a', 'b', 'c'],
    cost: 2.5,
    elapsedMs: 0,
  });
});

test('failure is data: code, message, place, recovery and causes', async () => {
  const bot = defineBot({
    id: 'bot',
    ...once,
    work: () => {
      const root = Object.assign(new TypeError('no route'), { code: 'EHOSTUNREACH' });
      const error = new Error('search failed', { cause: root });
      throw Object.assign(error, { recovery: 'plug the cable in' });
    },
  });
  const { troupe } = await teamOf([bot]);
  const run = await troupe.start(bot, undefined, { id: 'x' });
  const outcome = await run.outcome();
  expect(outcome).toMatchObject({
    status: 'FAILED',
    attempts: 1,
    error: {
      code: 'WORK_FAILED',
      message: 'search failed',
      retryable: true,
      at: 'run/bot/x',
      recovery: 'plug the cable in',
      cause: { code: 'EHOSTUNREACH', message: 'no route' },
    },
  });
  expect(await run.snapshot()).toMatchObject({ status: 'FAILED', recovery: 'plug the cable in' });
  const error = await refusedError(run.result());
  expect(error.code).toBe('RUN_FAILED');
  expect(error instanceof RunError && error.outcome).toEqual(outcome);
  expect(error.message).toContain('search failed');
});

test('causes travel from a child of a bot through a task and two workflows', async () => {
  const child = defineBot({
    id: 'child',
    ...once,
    work: ({ step }) =>
      step('fetch', () => {
        throw new TerminalError('gone', { cause: new RangeError('410') });
      }),
  });
  const task = defineTask({ id: 'task', bot: child, ...once });
  const lead = defineBot({ id: 'lead', ...once, work: ({ step }) => step('ask', task, undefined) });
  const inner = defineWorkflow({ id: 'inner' }).step('go', lead);
  const outer = defineWorkflow({ id: 'outer' }).step('in', inner);
  const { troupe } = await teamOf([outer, task]);
  const run = await troupe.start(outer, undefined, { id: 'o' });
  const outcome = await run.outcome();
  expect(outcome.status).toBe('FAILED');
  const error = outcome.status === 'FAILED' ? outcome.error : undefined;
  expect(codesOf(error)).toEqual([
    'STEP_FAILED',
    'STEP_FAILED',
    'RUN_FAILED',
    'TERMINAL',
    'RangeError',
  ]);
  expect(error?.at).toBe('run/outer/o/in');
  expect(error?.cause?.at).toBe('run/outer/o/in/go');
  expect(error?.cause?.cause?.cause?.at).toBe('run/outer/o/in/go/ask');
});

test('however deep a failure lies, its chain is bounded and its root is told', async () => {
  const input = z.object({ depth: z.int() });
  const nested: Bot<{ depth: number }, unknown> = defineBot({
    id: 'nested',
    ...once,
    input,
    work: ({ input: { depth }, step }): unknown => {
      if (depth === 0) throw new RangeError('the bottom');
      return step('below', nested, { depth: depth - 1 });
    },
  });
  const { troupe } = await teamOf([nested]);
  const run = await troupe.start(nested, { depth: limits.runDepth - 1 });
  const outcome = await run.outcome();
  const error = outcome.status === 'FAILED' ? outcome.error : undefined;
  const codes = codesOf(error);
  expect(codes.length).toBe(limits.failureCauses);
  expect(codes.at(-1)).toBe('RangeError');
  expect(error?.message).toContain('[RangeError] the bottom');
  expect(JSON.stringify(outcome).length).toBeLessThan(100_000);
});

test('what errors say of themselves is kept within bounds', async () => {
  const huge = 'x'.repeat(1_000_000);
  const bot = defineBot({
    id: 'bot',
    ...once,
    work: () => {
      throw Object.assign(new Error(huge), { code: huge, recovery: huge });
    },
  });
  const { troupe } = await teamOf([bot]);
  const outcome = await (await troupe.start(bot, undefined)).outcome();
  expect(JSON.stringify(outcome).length).toBeLessThan(4 * limits.failureChars);
});

test("a child's failure reaches the work as RunError with the child's own outcome", async () => {
  const child = defineBot({
    id: 'child',
    retry: { attempts: 2, backoff: 0 },
    async work({ report, attempt }) {
      await report({ confidence: 0.1 * attempt });
      throw new Error(`no ${attempt}`);
    },
  });
  const seen: unknown[] = [];
  const lead = defineBot({
    id: 'lead',
    async work({ step }) {
      const error: unknown = await step('ask', child, undefined).catch((thrown: unknown) => thrown);
      if (error instanceof RunError) seen.push(error.code, error.data.run, error.outcome);
      return 'went on';
    },
  });
  const { troupe, clock } = await teamOf([lead, child]);
  const run = await troupe.start(lead, undefined, { id: 'l' });
  await clock.advance(1);
  expect(await run.result()).toBe('went on');
  expect(seen).toMatchObject([
    'RUN_FAILED',
    'lead/l/ask',
    { status: 'FAILED', attempts: 2, confidence: 0.2, error: { message: 'no 2' } },
  ]);
});

test.each<[string, () => unknown, object]>([
  ['a text', () => 'just so', { code: 'WORK_FAILED', message: 'just so' }],
  ['undefined', () => undefined, { code: 'WORK_FAILED', message: 'undefined' }],
  ['null', () => null, { code: 'WORK_FAILED', message: 'null' }],
  ['an object without text', () => Object.create(null), { code: 'WORK_FAILED' }],
  ['a bigint', () => 7n, { code: 'WORK_FAILED', message: '7' }],
  ['an error of a class', () => new RangeError('far'), { code: 'RangeError', message: 'far' }],
  [
    'an error whose getters throw',
    () => Object.defineProperty(new Error('x'), 'cause', { get: () => JSON.parse('{') }),
    { code: 'WORK_FAILED' },
  ],
  ['a long text', () => new Error('x'.repeat(100_000)), { message: 'x'.repeat(8_192) }],
])('work can throw %s', async (_, thrown, failure) => {
  const bot = defineBot({
    id: 'bot',
    ...once,
    work: () => {
      throw thrown();
    },
  });
  const { troupe } = await teamOf([bot]);
  const outcome = await (await troupe.start(bot, undefined)).outcome();
  expect(outcome).toMatchObject({ status: 'FAILED', error: failure });
});

test('a chain of causes that has no end is cut', async () => {
  const bot = defineBot({
    id: 'bot',
    ...once,
    work: () => {
      const error = new Error('loop');
      error.cause = error;
      throw error;
    },
  });
  const { troupe } = await teamOf([bot]);
  const outcome = await (await troupe.start(bot, undefined)).outcome();
  expect(codesOf(outcome.status === 'FAILED' ? outcome.error : undefined)).toHaveLength(
    limits.failureCauses + 1,
  );
});

test.each<[string, () => unknown, object]>([
  ['is no JSON', () => ({ at: new Date() }), { code: 'NOT_JSON' }],
  ['is too large', () => 'x'.repeat(200), { code: 'TOO_LARGE' }],
  ['does not fit the output schema', () => ({ n: 'one' }), { code: 'INVALID' }],
])('a result that %s fails the run at once, without another attempt', async (_, give, failure) => {
  const output = z.unknown().refine((value) => !(value instanceof Object && 'n' in value));
  const bot = defineBot({ id: 'bot', output, work: give });
  const { troupe } = await teamOf([bot], { limits: { payloadChars: 100 } });
  const outcome = await (await troupe.start(bot, undefined)).outcome();
  expect(outcome).toMatchObject({ status: 'FAILED', attempts: 1, error: failure });
});

test('undefined, null and false are results', async () => {
  const bot = defineBot({
    id: 'bot',
    input: z.number(),
    work: ({ input }) => [undefined, null, false][input],
  });
  const { troupe } = await teamOf([bot]);
  const results = [0, 1, 2].map((n) => troupe.run(bot, n));
  expect(await Promise.all(results)).toEqual([undefined, null, false]);
});

test('a cancelled run tells why, and its result is refused with that', async () => {
  const bot = defineBot({ id: 'bot', work: () => new Promise(() => {}) });
  const { troupe } = await teamOf([bot]);
  const run = await troupe.start(bot, undefined, { id: 'x' });
  await run.cancel('enough');
  expect(await run.outcome()).toMatchObject({ status: 'CANCELLED', reason: 'enough', attempts: 1 });
  expect(await refused(run.result())).toMatchObject({ code: 'RUN_CANCELLED', run: 'bot/x' });
});

test("a workflow's outcome has the results of its steps by name", async () => {
  const flow = defineWorkflow({ id: 'flow', ...once })
    .step('one', () => 1)
    .step('two', ({ one }) => ({ sum: one + 1 }))
    .step('three', () => {
      throw new Error('three is too many');
    })
    .step('four', () => 4);
  const { troupe } = await teamOf([flow]);
  const outcome = await (await troupe.start(flow, undefined, { id: 'f' })).outcome();
  expect(outcome).toMatchObject({
    status: 'FAILED',
    attempts: 1,
    error: { code: 'STEP_FAILED', at: 'run/flow/f/three' },
    steps: {
      one: { status: 'COMPLETED', result: 1 },
      two: { status: 'COMPLETED', result: { sum: 2 } },
      three: { status: 'FAILED', error: { message: 'three is too many' } },
    },
  });
  expect(Object.keys(outcome.steps ?? {})).toEqual(['one', 'two', 'three', 'four']);
  expect(outcome.steps?.four).toEqual({ status: 'OMITTED', runs: 0, iterations: 0, tries: 0 });
});

test('an outcome is the same after a restart, and its time is that of the run', async () => {
  const journal = newFile();
  const bot = defineBot({
    id: 'bot',
    retry: { attempts: 2, backoff: 1_000 },
    work: ({ attempt }) => {
      throw new Error(`attempt ${attempt}`);
    },
  });
  const flow = defineWorkflow({ id: 'flow' }).step('go', bot);
  const first = await teamOf([flow], { journal });
  const run = await first.troupe.start(flow, undefined, { id: 'f' });
  await first.clock.advance(1_000);
  const outcome = await run.outcome();
  expect(outcome).toMatchObject({ status: 'FAILED' });
  expect(outcome.elapsedMs).toBeGreaterThan(0);
  await first.troupe.stop();
  const second = await teamOf([flow], { journal });
  expect(await (await second.troupe.get(flow, 'f'))?.outcome()).toEqual(outcome);
});

test('a caller that changes an outcome changes nothing for others', async () => {
  const bot = defineBot({ id: 'bot', work: () => ({ list: [1] }) });
  const { troupe } = await teamOf([bot]);
  const run = await troupe.start(bot, undefined);
  const waiting = [run.result(), run.result()];
  const [first] = await Promise.all(waiting);
  first?.list.push(2);
  expect(await waiting[1]).toEqual({ list: [1] });
  expect((await run.snapshot()).result).toEqual({ list: [1] });
});

test('a time-out ends the waiting, not the run', async () => {
  const release = Promise.withResolvers<string>();
  const bot = defineBot({ id: 'bot', work: () => release.promise });
  const { troupe, clock } = await teamOf([bot]);
  const run = await troupe.start(bot, undefined, { id: 'x' });
  const waiting = refused(run.result({ timeout: '2s' }));
  await clock.advance(2_000);
  expect(await waiting).toEqual({
    code: 'WAIT_TIMEOUT',
    what: 'the end of bot/x',
    afterMs: 2_000,
  });
  expect((await run.snapshot()).status).toBe('IN_PROGRESS');
  release.resolve('done');
  expect(await run.result({ timeout: '2s' })).toBe('done');
  expect(clock.nextDue()).toBeUndefined();
});

test('a signal ends the waiting, not the run, also one aborted before', async () => {
  const release = Promise.withResolvers<string>();
  const bot = defineBot({ id: 'bot', work: () => release.promise });
  const { troupe } = await teamOf([bot]);
  const run = await troupe.start(bot, undefined, { id: 'x' });
  const controller = new AbortController();
  const waiting = refusedError(run.outcome({ signal: controller.signal }));
  const reason = new Error('no time');
  controller.abort(reason);
  expect(await waiting).toMatchObject({ code: 'WAIT_ABORTED', cause: reason });
  expect(await refused(run.outcome({ signal: controller.signal }))).toEqual({
    code: 'WAIT_ABORTED',
    what: 'the end of bot/x',
  });
  release.resolve('done');
  expect(await run.result()).toBe('done');
  expect(await run.result({ signal: controller.signal })).toBe('done');
});

test.each<[object | string | null, string]>([
  [{ timeout: 'soon' }, 'timeout'],
  [{ timeout: -1 }, 'timeout'],
  [{ signal: 'x' }, 'signal'],
  [{ timout: 1 }, 'timout'],
  ['2s', 'options'],
  [null, 'options'],
])('options of waiting %j are refused by their field', async (options, field) => {
  const bot = defineBot({ id: 'bot', work: () => 1 });
  const { troupe } = await teamOf([bot]);
  const run = await troupe.start(bot, undefined);
  for (const call of [run.result, run.outcome])
    expect(await refused(Reflect.apply(call, run, [options]))).toMatchObject({
      code: 'BAD_OPTION',
      field,
    });
});
