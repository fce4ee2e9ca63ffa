/**
 * Starting runs: same id, same run; its input is a copy that nobody changes.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineBot, defineTask, defineWorkflow, graph } from '../../src/index.ts';
import { canonicalJson } from '../../src/protocol/index.ts';
import { newFile } from '../journal/files.ts';
import { refused } from '../refusal.ts';
import { teamOf, testClock } from '../troupe/team.ts';

/** A bot that counts how often it worked. */
function finderBot() {
  const questions: string[] = [];
  const finder = defineBot({
    id: 'finder',
    input: z.object({ question: z.string(), depth: z.number().optional() }),
    work: ({ input }) => {
      questions.push(input.question);
      return `found ${input.question}`;
    },
  });
  return { finder, questions };
}

const echo = defineBot({ id: 'echo', input: z.unknown(), work: ({ input }) => input });

test('given a run, when it is started with equal input, then it is the same one', async () => {
  const { finder, questions } = finderBot();
  const { troupe } = await teamOf([finder]);
  const first = await troupe.start(finder, { question: 'new?', depth: 2 }, { id: 'q-1' });
  const again = await troupe.start(finder, { depth: 2, question: 'new?' }, { id: 'q-1' });
  expect(again.runId).toBe(first.runId);
  expect(await Promise.all([first.result(), again.result()])).toEqual(['found new?', 'found new?']);
  expect(questions).toEqual(['new?']);
});

test('given a finished run, when it is run again, then nothing is done again', async () => {
  const { finder, questions } = finderBot();
  const { troupe } = await teamOf([finder]);
  await troupe.run(finder, { question: 'new?', depth: undefined }, { id: 'q-1' });
  expect(await troupe.run(finder, { question: 'new?' }, { id: 'q-1' })).toBe('found new?');
  expect(questions).toHaveLength(1);
});

test('given many starts at once under one id, then there is one run', async () => {
  const { finder, questions } = finderBot();
  const { troupe } = await teamOf([finder]);
  const one = () => troupe.run(finder, { question: 'new?' }, { id: 'q-1' });
  expect(new Set(await Promise.all(Array.from({ length: 20 }, one)))).toEqual(
    new Set(['found new?']),
  );
  expect(questions).toHaveLength(1);
});

test('given a finished run, when the troupe is made anew, then it is still that run', async () => {
  const journal = newFile();
  const { finder, questions } = finderBot();
  const first = await teamOf([finder], { journal });
  await first.troupe.run(finder, { question: 'new?' }, { id: 'q-1' });
  await first.troupe.stop();
  const { troupe } = await teamOf([finder], { journal });
  expect(await troupe.run(finder, { question: 'new?' }, { id: 'q-1' })).toBe('found new?');
  expect(questions).toHaveLength(1);
  expect(await refused(troupe.start(finder, { question: 'old?' }, { id: 'q-1' }))).toEqual({
    code: 'RUN_CONFLICT',
    run: 'finder/q-1',
    definition: 'finder',
  });
  const found = await troupe.get(finder, 'q-1');
  expect(await found?.result()).toBe('found new?');
});

test('given another input, then the id is refused, also for inputs that look alike', async () => {
  const { troupe } = await teamOf([echo]);
  const inputs = [null, undefined, 0, '', '0', [], {}, [null], { a: null }, { a: [] }, false];
  for (const [index, input] of inputs.entries()) {
    const id = `r-${index}`;
    await troupe.start(echo, input, { id });
    for (const other of inputs.filter((one) => one !== input)) {
      expect(await refused(troupe.start(echo, other, { id }))).toMatchObject({
        code: 'RUN_CONFLICT',
      });
    }
    expect((await troupe.start(echo, structuredClone(input), { id })).id).toBe(id);
  }
});

test('given no id, then each call is a new run with an id of its own', async () => {
  const { troupe } = await teamOf([echo]);
  const runs = await Promise.all([troupe.start(echo, 1), troupe.start(echo, 1)]);
  expect(new Set(runs.map((run) => run.runId)).size).toBe(2);
  for (const run of runs) expect((await troupe.get(echo, run.id))?.runId).toBe(run.runId);
});

test('given one id in two definitions, then these are two runs', async () => {
  const { finder } = finderBot();
  const { troupe } = await teamOf([finder, echo]);
  const a = await troupe.start(finder, { question: '?' }, { id: 'x' });
  const b = await troupe.start(echo, { question: '?' }, { id: 'x' });
  expect([a.runId, b.runId]).toEqual(['finder/x', 'echo/x']);
});

test.each([
  ['a/b', 'echo/a%2Fb'],
  ['.', 'echo/%2E'],
  ['..', 'echo/%2E%2E'],
  ['../../system', 'echo/..%2F..%2Fsystem'],
  ['run/echo/a', 'echo/run%2Fecho%2Fa'],
  ['ein Lauf für Ärzte', 'echo/ein%20Lauf%20f%C3%BCr%20%C3%84rzte'],
  ['漢字🎭', 'echo/%E6%BC%A2%E5%AD%97%F0%9F%8E%AD'],
  ['%2F', 'echo/%252F'],
  ['__proto__', 'echo/__proto__'],
  ['constructor', 'echo/constructor'],
  ['x'.repeat(512), `echo/${'x'.repeat(512)}`],
])('the id %j names a run and comes back as it was', async (id, runId) => {
  const { troupe } = await teamOf([echo]);
  const run = await troupe.start(echo, { id }, { id });
  expect([run.id, run.runId]).toEqual([id, runId]);
  expect(await run.result()).toEqual({ id });
  expect((await troupe.get(echo, id))?.runId).toBe(runId);
  const dependent = await troupe.start(echo, 2, { after: [run, runId] });
  expect(await dependent.result()).toBe(2);
});

test.each([
  ['a definition', 'constructor'],
  ['a definition', 'a/b'],
  ['a definition', '..'],
])('%s can be called %j', async (_, id) => {
  const odd = defineBot({ id, work: ({ step }) => step('toString', () => id) });
  const { troupe } = await teamOf([odd]);
  expect(await troupe.run(odd, undefined, { id: 'prototype' })).toBe(id);
});

test('keys of the prototype are ordinary keys of inputs and results', async () => {
  const { troupe } = await teamOf([echo]);
  const input = JSON.parse('{"constructor":1,"toString":{"hasOwnProperty":[]},"valueOf":null}');
  expect(await troupe.run(echo, input, { id: 'a' })).toEqual(input);
  expect(await troupe.run(echo, structuredClone(input), { id: 'a' })).toEqual(input);
});

test('given an input that its caller changes later, then the run has it as it was', async () => {
  const journal = newFile();
  const tags = ['a'];
  const { troupe, clock } = await teamOf([echo], { journal });
  const started = troupe.start(echo, { tags }, { id: 'x', after: [] });
  tags.push('b');
  const run = await started;
  tags.push('c');
  expect(await run.result()).toEqual({ tags: ['a'] });
  const snapshot = await run.snapshot();
  expect(snapshot.input).toEqual({ tags: ['a'] });
  await clock.quiet();
});

test('given work that changes its input, then the next attempt has it as it was', async () => {
  const seen: unknown[] = [];
  const sloppy = defineBot({
    id: 'sloppy',
    input: z.unknown(),
    retry: { backoff: 0 },
    work: ({ input, attempt }) => {
      seen.push(structuredClone(input));
      if (Array.isArray(input)) input.push(attempt);
      if (attempt < 3) throw new Error('again');
      return input;
    },
  });
  const { troupe, clock } = await teamOf([sloppy]);
  const run = await troupe.start(sloppy, ['a'], { id: 'x' });
  const result = run.result();
  await clock.advance(1);
  expect(await result).toEqual(['a', 3]);
  expect(seen).toEqual([['a'], ['a'], ['a']]);
  expect((await troupe.start(sloppy, ['a'], { id: 'x' })).runId).toBe(run.runId);
});

test('callers see the input side of a schema, work the output side', async () => {
  const counter = defineBot({
    id: 'counter',
    input: z.object({ count: z.string().transform(Number), step: z.number().default(1) }),
    output: z.number().transform((count) => `${count}!`),
    work: ({ input }) => input.count + input.step,
  });
  const { troupe } = await teamOf([counter]);
  const run = await troupe.start(counter, { count: '41' });
  expect(await run.result()).toBe('42!');
  expect((await run.snapshot()).input).toEqual({ count: '41' });
});

test("a task's schemas come before its bot's going in, and after them coming out", async () => {
  const bot = defineBot({
    id: 'adder',
    capabilities: ['add'],
    input: z.object({ n: z.number().transform((n) => n + 1) }),
    output: z.number().transform((n) => n * 10),
    work: ({ input }) => input.n,
  });
  const shared = {
    input: z.object({ text: z.string() }).transform(({ text }) => ({ n: Number(text) })),
    output: z.number().transform(String),
  };
  const pinned = defineTask({ id: 'pinned', bot, ...shared });
  const routed = defineTask({ id: 'routed', capability: 'add', ...shared });
  const { troupe } = await teamOf([bot, pinned, routed]);
  expect(await troupe.run(pinned, { text: '1' })).toBe('20');
  expect(await troupe.run(routed, { text: '2' })).toBe('30');
});

test('an input of a pinned task that its bot would refuse is refused at the door', async () => {
  const bot = defineBot({ id: 'b', input: z.object({ n: z.number().max(9) }), work: () => 1 });
  const bare = defineTask({ id: 'bare', bot });
  const own = defineTask({ id: 'own', bot, input: z.object({ n: z.number() }) });
  const { troupe } = await teamOf([bare, own]);
  for (const task of [bare, own]) {
    expect(await refused(troupe.start(task, { n: 10 }))).toMatchObject({
      code: 'INVALID',
      issues: [{ path: 'n' }],
    });
  }
});

test('any Standard Schema will do', async () => {
  const even = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value: unknown) =>
        typeof value === 'number' && value % 2 === 0
          ? { value: value / 2 }
          : { issues: [{ message: 'must be even', path: [{ key: 'n' }, 0] }] },
      types: undefined as { input: number; output: number } | undefined,
    },
  } as const;
  const halver = defineBot({ id: 'halver', input: even, work: ({ input }) => input });
  const { troupe } = await teamOf([halver]);
  expect(await troupe.run(halver, 8)).toBe(4);
  expect(await refused(troupe.run(halver, 7))).toEqual({
    code: 'INVALID',
    what: 'input of halver',
    issues: [{ path: 'n.0', message: 'must be even' }],
  });
});

test('a graph from data needs no registration, what it names does', async () => {
  const { troupe } = await teamOf([echo]);
  const plan = graph('plan', { one: { work: 'echo', input: { n: 1 } } });
  expect(await troupe.run(plan, undefined, { id: 'p' })).toEqual({ n: 1 });
  const unknown = graph('plan-2', { one: { work: 'nobody' } });
  expect(await refused(troupe.start(unknown, undefined))).toMatchObject({
    code: 'NOT_REGISTERED',
    definition: 'nobody',
  });
});

test('what is used by a registered definition is registered with it', async () => {
  const { finder } = finderBot();
  const flow = defineWorkflow({ id: 'flow' }).step('find', finder, () => ({ question: '?' }));
  const { troupe } = await teamOf([flow]);
  expect(await troupe.run(finder, { question: 'direct' })).toBe('found direct');
});

test('get gives the run of an id, live or ended, and undefined when there is none', async () => {
  const { finder } = finderBot();
  const { troupe } = await teamOf([finder, echo]);
  await troupe.start(finder, { question: '?' }, { id: 'q' });
  expect((await troupe.get(finder, 'q'))?.runId).toBe('finder/q');
  expect(await troupe.get(finder, 'other')).toBeUndefined();
  expect(await troupe.get(echo, 'q')).toBeUndefined();
});

test('given a schema that changed, then an input that no longer fits fails the run', async () => {
  const journal = newFile();
  const clock = testClock();
  const botOf = (input: z.ZodType<number>) =>
    defineBot({ id: 'bot', input, work: () => new Promise(() => {}) });
  const before = botOf(z.number());
  const first = await teamOf([before], { journal, clock });
  await first.troupe.start(before, 10, { id: 'x' });
  const stopped = first.troupe.stop({ deadline: 1 });
  await clock.advance(1);
  await stopped;
  const after = botOf(z.number().max(9));
  const { troupe } = await teamOf([after], { journal, clock });
  expect(await (await troupe.get(after, 'x'))?.outcome()).toMatchObject({
    status: 'FAILED',
    attempts: 1,
    error: { code: 'INVALID' },
  });
});

/** A copy whose keys stand in reverse, at every depth. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, turned(item)]),
  );
}

test('property: inputs are one when their JSON is, whatever the order of their keys', async () => {
  const { troupe } = await teamOf([echo]);
  let count = 0;
  const body = async (input: unknown, other: unknown) => {
    count += 1;
    const id = `p-${count}`;
    const run = await troupe.start(echo, input, { id });
    expect((await troupe.start(echo, turned(input), { id })).runId).toBe(run.runId);
    expect(await run.result()).toEqual(input);
    const isSame = canonicalJson(input) === canonicalJson(other);
    const again = troupe.start(echo, other, { id });
    if (isSame) expect((await again).runId).toBe(run.runId);
    else expect(await refused(again)).toMatchObject({ code: 'RUN_CONFLICT' });
  };
  const json = fc
    .jsonValue({ maxDepth: 3 })
    .filter((value) => !/__proto__/.test(JSON.stringify(value)));
  await fc.assert(fc.asyncProperty(json, json, body), { numRuns: 100, seed: 3 });
});
