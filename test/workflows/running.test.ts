/**
 * Runs of workflows: functions and inputs that throw, failing steps, time-outs, plans stored with
 * their runs, nesting, and restarts at any place.
 */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineBot, defineTask, defineWorkflow, graph, memoryJournal } from '../../src/index.ts';
import { newFile } from '../journal/files.ts';
import { refused } from '../refusal.ts';
import { type Team, teamOf, testClock } from '../troupe/team.ts';

const add = defineBot({ id: 'add', input: z.number(), work: ({ input }) => input + 1 });

async function stopNow({ troupe, clock }: Team): Promise<void> {
  const stopped = troupe.stop({ deadline: 1 });
  await clock.advance(1);
  await stopped;
}

test('a function step gets input, results, key, attempt and signal', async () => {
  const seen: unknown[] = [];
  const flow = defineWorkflow({
    id: 'flow',
    input: z.object({ n: z.string().transform(Number) }),
    retry: { attempts: 2, backoff: 0 },
  })
    .step('one', add, ({ input }) => input.n)
    .step('two', ({ one, input, key, attempt, signal }) => {
      seen.push({ one, input, key, attempt, aborted: signal.aborted });
      if (attempt === 1) throw new Error('once');
      return one * 10;
    });
  const { troupe, clock } = await teamOf([flow]);
  const run = await troupe.start(flow, { n: '4' }, { id: 'f' });
  await clock.advance(1);
  expect(await run.result()).toBe(50);
  const view = { one: 5, input: { n: 4 }, key: 'flow/f/two', aborted: false };
  expect(seen).toEqual([
    { ...view, attempt: 1 },
    { ...view, attempt: 2 },
  ]);
});

test('what a function does to its view reaches no other step and no other attempt', async () => {
  const flow = defineWorkflow({ id: 'flow', input: z.object({ list: z.array(z.number()) }) })
    .step('one', ({ input }) => {
      input.list.push(1);
      return { list: [1] };
    })
    .step('two', ({ one, input }) => {
      one.list.push(2);
      return input.list.length;
    })
    .step('three', ({ one, two }) => [one.list.length, two], { after: ['one', 'two'] });
  const { troupe } = await teamOf([flow]);
  expect(await troupe.run(flow, { list: [] })).toEqual([1, 0]);
});

test('the result is what output makes of input and all results', async () => {
  const flow = defineWorkflow({ id: 'flow', input: z.number() })
    .step('one', ({ input }) => input)
    .step('two', () => 2)
    .output(({ input, one, two }) => ({ sum: input + one + two, gone: undefined }));
  const plan = graph(
    'plan',
    { a: { work: () => 1 }, b: { work: () => 2 } },
    { output: ({ a, b, input }) => [a, b, input ?? null] },
  );
  const { troupe } = await teamOf([flow, plan]);
  expect(await troupe.run(flow, 1)).toEqual({ sum: 4 });
  expect(await troupe.run(plan, undefined)).toEqual([1, 2, null]);
});

test('without steps it completes at once, with undefined or what output makes', async () => {
  const flow = defineWorkflow({ id: 'flow', input: z.number() });
  const out = defineWorkflow({ id: 'out', input: z.number() }).output(({ input }) => input * 2);
  const { troupe } = await teamOf([flow, out]);
  expect(await troupe.run(flow, 1)).toBeUndefined();
  expect(await troupe.run(out, 21)).toBe(42);
});

const boom = (): never => {
  throw new RangeError('boom');
};

test.each([
  ['an input function that throws', boom, 'RangeError'],
  ['an input that does not fit', () => 'x' as never, 'INVALID'],
  ['an input that is no JSON', () => 1n as never, 'NOT_JSON'],
  ['an input function that gives a promise', () => Promise.resolve(1) as never, 'NOT_JSON'],
])('%s fails the step and so the run, not the troupe', async (_, input, code) => {
  const flow = defineWorkflow({ id: 'flow' }).step('one', add, input);
  const { troupe, logged } = await teamOf([flow]);
  const outcome = await (await troupe.start(flow, undefined, { id: 'f' })).outcome();
  expect(outcome).toMatchObject({
    status: 'FAILED',
    error: { code: 'STEP_FAILED', at: 'run/flow/f/one', cause: { code } },
    steps: { one: { status: 'FAILED' } },
  });
  expect(await troupe.run(add, 1)).toBe(2);
  expect(logged.map(({ text }) => text)).toEqual(['a run failed']);
});

test.each<[string, () => unknown, string]>([
  ['throws', boom, 'RangeError'],
  ['is no JSON', () => new Date(0), 'NOT_JSON'],
  ['is a promise', () => Promise.resolve(1), 'NOT_JSON'],
  ['is too large', () => 'x'.repeat(2_000_000), 'TOO_LARGE'],
])('an output that %s fails the run', async (_, output, code) => {
  const flow = defineWorkflow({ id: 'flow' })
    .step('one', () => 1)
    .output(output);
  const { troupe } = await teamOf([flow]);
  const outcome = await (await troupe.start(flow, undefined)).outcome();
  expect(outcome).toMatchObject({
    status: 'FAILED',
    error: { code },
    steps: { one: { status: 'COMPLETED' } },
  });
});

test('given a failing step, then open steps are cancelled and none is started', async () => {
  const aborted: string[] = [];
  const begun: string[] = [];
  const open = (name: string) => ({
    work: ({ signal }: { signal: AbortSignal }) => {
      begun.push(name);
      signal.addEventListener('abort', () => aborted.push(name));
      return new Promise(() => {});
    },
  });
  const gate = Promise.withResolvers<void>();
  const plan = graph(
    'plan',
    {
      open: open('open'),
      failing: { work: () => gate.promise },
      after: { ...open('after'), after: ['failing'] },
      queued: open('queued'),
    },
    { concurrency: 2, retry: false },
  );
  const journal = memoryJournal();
  const { troupe, clock } = await teamOf([plan], { journal });
  const run = await troupe.start(plan, undefined, { id: 'p' });
  await clock.quiet();
  gate.reject(new Error('no'));
  expect(await run.outcome()).toMatchObject({
    status: 'FAILED',
    error: { code: 'STEP_FAILED', cause: { message: 'no' } },
  });
  await clock.quiet();
  expect([begun, aborted]).toEqual([['open'], ['open']]);
  expect(journal.byAddress('run/plan/p/open')?.status).toBe('CANCELLED');
  expect(journal.byAddress('run/plan/p/after')).toBeUndefined();
});

test('a run that takes too long fails, its open steps are cancelled', async () => {
  const seen: string[] = [];
  const flow = defineWorkflow({ id: 'flow', timeout: '1m' })
    .step('one', () => 1)
    .step('two', ({ signal }) => {
      signal.addEventListener('abort', () => seen.push('aborted'));
      return new Promise(() => {});
    });
  const { troupe, clock } = await teamOf([flow]);
  const run = await troupe.start(flow, undefined, { id: 'f' });
  await clock.advance(59_999);
  expect((await run.snapshot()).status).toBe('IN_PROGRESS');
  await clock.advance(1);
  expect(await run.outcome()).toMatchObject({
    status: 'FAILED',
    error: { code: 'WORK_TIMEOUT', at: 'run/flow/f', retryable: false },
    elapsedMs: 60_000,
  });
  await clock.quiet();
  expect(seen).toEqual(['aborted']);
});

test('time-out and retry of a step are those of the step, else of its work', async () => {
  const slow = defineBot({
    id: 'slow',
    timeout: '10s',
    retry: false,
    work: () => new Promise(() => {}),
  });
  const plan = (id: string, step: object) => graph(id, { one: { work: slow, ...step } });
  const plans = [
    plan('own', {}),
    plan('short', { timeout: '1s' }),
    plan('twice', { timeout: '1s', retry: { attempts: 2, backoff: 0 } }),
  ];
  const { troupe, clock } = await teamOf(plans);
  const started = plans.map((one) => troupe.start(one, undefined));
  const runs = await Promise.all(started);
  await clock.advance(60_000);
  const elapsed = runs.map(async (run) => (await run.outcome()).elapsedMs);
  expect(await Promise.all(elapsed)).toEqual([10_000, 1_000, 2_000]);
});

test('workflows nest, each with its own steps and results', async () => {
  const inner = defineWorkflow({ id: 'inner', input: z.number() })
    .step('double', ({ input }) => input * 2)
    .step('add', add, ({ double }) => double);
  const outer = defineWorkflow({ id: 'outer', input: z.number() })
    .step('first', inner, ({ input }) => input)
    .step('second', inner, ({ first }) => first)
    .step('both', ({ first, second }) => [first, second], { after: ['first', 'second'] });
  const { troupe } = await teamOf([outer]);
  const run = await troupe.start(outer, 1);
  expect(await run.result()).toEqual([3, 7]);
});

test('a plan from data is stored with its run and goes on without being registered', async () => {
  const journal = newFile();
  const clock = testClock();
  const gate = defineBot({ id: 'gate', input: z.unknown(), work: () => new Promise(() => {}) });
  const plan = graph(
    'plan',
    {
      one: { work: 'add', input: 1 },
      two: { work: 'gate', input: { n: [1, null] }, after: ['one'] },
      three: { work: 'add', input: 41, after: ['two'], retry: false, timeout: '1h' },
    },
    { concurrency: 3, timeout: '1d' },
  );
  const first = await teamOf([add, gate], { journal, clock });
  await first.troupe.start(plan, undefined, { id: 'p' });
  await clock.quiet();
  await stopNow(first);
  const echo = defineBot({ id: 'gate', input: z.unknown(), work: ({ input }) => input });
  const { troupe, logged } = await teamOf([add, echo], { journal, clock });
  const run = await troupe.get(plan, 'p');
  expect(await run?.outcome()).toMatchObject({
    status: 'COMPLETED',
    result: 42,
    steps: { one: { result: 2 }, two: { result: { n: [1, null] } }, three: { result: 42 } },
  });
  expect(logged).toEqual([]);
});

test.each([
  ['a function', { work: () => 1 }, undefined],
  ['an input function', { work: 'add', input: () => 1 }, undefined],
  ['work that is no id', { work: add, input: 1 }, undefined],
  ['an output function', { work: 'add', input: 1 }, { output: () => 1 }],
  ['an input schema', { work: 'add', input: 1 }, { input: z.number() }],
])('a graph with %s must be registered', async (_, step, options) => {
  const plan = Reflect.apply(graph, undefined, ['plan', { one: step }, options]);
  const { troupe } = await teamOf([add]);
  expect(await refused(troupe.start(plan, 1))).toMatchObject({
    code: 'NOT_REGISTERED',
    definition: 'plan',
  });
  await troupe.register(plan);
  expect((await troupe.start(plan, 1)).runId).toMatch(/^plan\//);
});

test('a task is a step as well, also one that is routed', async () => {
  const bot = defineBot({ id: 'bot', capabilities: ['x'], input: z.string(), work: () => 'did' });
  const task = defineTask({ id: 'task', capability: 'x', input: z.string(), output: z.string() });
  const flow = defineWorkflow({ id: 'flow' }).step('go', task, () => 'it');
  const { troupe } = await teamOf([flow, bot]);
  expect(await troupe.run(flow, undefined)).toBe('did');
});

test('given restarts after every step, then each step is done once', async () => {
  const journal = newFile();
  const clock = testClock();
  const done: string[] = [];
  let allowed = 1;
  const stepOf = (name: string) => () => {
    if (done.length >= allowed) return new Promise(() => {});
    done.push(name);
    return name;
  };
  const flow = defineWorkflow({ id: 'flow' })
    .step('a', stepOf('a'))
    .step('b', stepOf('b'))
    .step('c', stepOf('c'))
    .output(({ a, b, c }) => [a, b, c]);
  for (; allowed < 3; allowed += 1) {
    const team = await teamOf([flow], { journal, clock });
    await team.troupe.start(flow, undefined, { id: 'f' });
    await clock.quiet();
    await stopNow(team);
    expect(done).toHaveLength(allowed);
  }
  const { troupe } = await teamOf([flow], { journal, clock });
  expect(await troupe.run(flow, undefined, { id: 'f' })).toEqual(['a', 'b', 'c']);
  expect(done).toEqual(['a', 'b', 'c']);
});
