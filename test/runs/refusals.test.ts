/**
 * What is refused before a run begins: each misuse has a code and names the field, and nothing is
 * left behind.
 */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineBot, defineTask, defineWorkflow, graph, handler } from '../../src/index.ts';
import { refused, refusedError } from '../refusal.ts';
import { type Team, teamOf } from '../troupe/team.ts';

const finder = defineBot({
  id: 'finder',
  input: z.object({ question: z.string(), tags: z.array(z.string()).optional() }),
  work: ({ input }) => input.question,
});
const echo = defineBot({ id: 'echo', input: z.unknown(), work: ({ input }) => input });
const trader = defineBot({ id: 'trader', on: { quote: handler(z.string(), () => 1) } });

/** Calls what the types would not let through, as JavaScript can. */
const loosely = async ({ troupe }: Team, call: 'run' | 'start' | 'get', ...given: unknown[]) =>
  Reflect.apply(troupe[call], troupe, given);

test.each([[undefined], [null], ['finder'], [{}], [{ id: 'finder' }], [() => finder], [7]])(
  'given %j instead of a definition, then the call is refused',
  async (work) => {
    const team = await teamOf([finder]);
    for (const call of ['run', 'start', 'get'] as const) {
      expect(await refused(loosely(team, call, work, 'x'))).toMatchObject({
        code: 'BAD_OPTION',
        field: 'work',
      });
    }
  },
);

test.each<[object | string | number | null, string]>([
  [{ id: 7 }, 'id'],
  [{ idd: 'x' }, 'idd'],
  [{ priority: 11 }, 'priority'],
  [{ priority: 2.5 }, 'priority'],
  [{ priority: 'HIGH' }, 'priority'],
  [{ due: 'tomorrow' }, 'due'],
  [{ due: Number.NaN }, 'due'],
  [{ due: 1.5 }, 'due'],
  [{ due: new Date('never') }, 'due'],
  [{ due: '1s' }, 'due'],
  [{ due: 5_000 }, 'due'],
  [{ due: -1 }, 'due'],
  [{ notBefore: 0 }, 'notBefore'],
  [{ notBefore: 99_999_999_999 }, 'notBefore'],
  [{ after: 'finder/1' }, 'after'],
  [{ after: [7] }, 'after[0]'],
  [{ after: [''] }, 'after[0]'],
  [{ onDependencyFailure: 'retry' }, 'onDependencyFailure'],
  [{ retry: { attempts: 0 } }, 'retry.attempts'],
  [{ retry: { atempts: 1 } }, 'retry.atempts'],
  [{ timeout: '1 fortnight' }, 'timeout'],
  [{ timeout: 0 }, 'timeout'],
  [{ signal: {} }, 'signal'],
  [{ title: '' }, 'title'],
  [{ requirements: 'fast' }, 'requirements'],
  [{ constraints: [1] }, 'constraints[0]'],
  [{ parent: 'run/x' }, 'parent'],
  ['x', 'options'],
  [null, 'options'],
  [7, 'options'],
])('options %j are refused by their field', async (options, field) => {
  const team = await teamOf([echo]);
  expect(await refused(loosely(team, 'start', echo, 1, options))).toMatchObject({
    code: 'BAD_OPTION',
    field,
  });
});

test.each(['due', 'notBefore'])('a duration as %s is told from a time', async (field) => {
  const { troupe } = await teamOf([echo]);
  const time = 100_000_000_000;
  for (const given of [5_000, time - 1]) {
    const error = await refusedError(troupe.start(echo, 1, { [field]: given }));
    expect(error.message).toContain('milliseconds since 1970');
  }
  for (const given of [time, new Date(0)]) await troupe.start(echo, 1, { [field]: given });
});

test.each([
  ['', 'it is empty'],
  ['x'.repeat(10_240), 'it has 10240 characters of 512'],
  ['\ud800', 'it holds a lone surrogate'],
])('the id %# is refused', async (id, problem) => {
  const { troupe } = await teamOf([echo]);
  const refusal = { code: 'BAD_ID', what: 'id of the run', problem };
  expect(await refused(troupe.start(echo, 1, { id }))).toEqual(refusal);
  expect(await refused(troupe.get(echo, id))).toEqual(refusal);
});

test.each([[undefined], [null], [7], [{}]])('get refuses the id %j', async (id) => {
  const team = await teamOf([echo]);
  expect(await refused(loosely(team, 'get', echo, id))).toMatchObject({ code: 'BAD_ID' });
});

const cyclic: unknown[] = [];
cyclic.push(cyclic);

test.each<[unknown, string]>([
  [() => 1, '(the value itself)'],
  [1n, '(the value itself)'],
  [Number.NaN, '(the value itself)'],
  [Symbol('s'), '(the value itself)'],
  [{ at: new Date(0) }, '.at'],
  [{ list: [1, undefined] }, '.list[1]'],
  [{ a: { b: [{ c: Number.POSITIVE_INFINITY }] } }, '.a.b[0].c'],
  [new Map(), '(the value itself)'],
  [Promise.resolve(1), '(the value itself)'],
  [cyclic, expect.stringMatching(/^\[0\]/)],
])('the input %# is refused as no JSON, with its path', async (input, path) => {
  const { troupe } = await teamOf([echo]);
  expect(await refused(troupe.run(echo, input))).toMatchObject({
    code: 'NOT_JSON',
    what: 'input of echo',
    path,
  });
});

test('an input above the limit is refused with the figures', async () => {
  const { troupe } = await teamOf([echo], { limits: { payloadChars: 100 } });
  expect(await refused(troupe.run(echo, 'x'.repeat(99)))).toEqual({
    code: 'TOO_LARGE',
    what: 'input of echo',
    chars: 101,
    charsMax: 100,
  });
  expect(await troupe.run(echo, 'x'.repeat(98))).toHaveLength(98);
});

test('an input that does not fit is refused with every issue', async () => {
  const team = await teamOf([finder]);
  const input = { question: 7, tags: ['a', 2], other: 1 };
  expect(await refused(loosely(team, 'run', finder, input))).toMatchObject({
    code: 'INVALID',
    what: 'input of finder',
    issues: [{ path: 'question' }, { path: 'tags.1' }],
  });
  expect(await team.troupe.get(finder, 'x')).toBeUndefined();
});

test('a schema that validates asynchronously is refused', async () => {
  const slow = z.string().refine(async () => true);
  const bot = defineBot({ id: 'slow', input: slow, work: () => 1 });
  const { troupe } = await teamOf([bot]);
  expect(await refused(troupe.run(bot, 'x'))).toEqual({
    code: 'SCHEMA_ASYNC',
    what: 'input of slow',
  });
});

test('a schema that throws does not take the input', async () => {
  const reason = new Error('out of memory');
  const throwing = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: () => {
        throw reason;
      },
    },
  } as const;
  const bot = defineBot({ id: 'odd', input: throwing, work: () => 1 });
  const team = await teamOf([bot]);
  const error = await refusedError(loosely(team, 'run', bot, 'x'));
  expect(error).toMatchObject({ code: 'INVALID', cause: reason });
});

test('work that is not registered is refused, also another value of a registered id', async () => {
  const other = defineBot({ id: 'echo', input: z.unknown(), work: () => 'another' });
  const { troupe } = await teamOf([echo]);
  for (const work of [finder, other, defineTask({ id: 't', bot: other })]) {
    expect(await refused(troupe.start(work, { question: '?' }))).toMatchObject({
      code: 'NOT_REGISTERED',
      definition: work.id,
      known: ['echo'],
    });
  }
});

test('a bot without work is refused, alone and as a step', async () => {
  const flow = defineWorkflow({ id: 'flow' }).step('trade', trader);
  const team = await teamOf([flow]);
  for (const work of [trader, flow, graph('g', { a: { work: 'trader' } })]) {
    expect(await refused(loosely(team, 'start', work, undefined))).toMatchObject({
      code: 'BAD_OPTION',
      where: 'bot trader',
      field: 'work',
    });
  }
});

test('a run that waits for an unknown one is refused, also one that waits for itself', async () => {
  const { troupe } = await teamOf([echo]);
  expect(await refused(troupe.start(echo, 1, { after: ['echo/none'] }))).toEqual({
    code: 'UNKNOWN_RUN',
    run: 'echo/none',
  });
  const own = troupe.start(echo, 1, { id: 'self', after: ['echo/self'] });
  expect(await refused(own)).toEqual({ code: 'UNKNOWN_RUN', run: 'echo/self' });
  expect(await troupe.get(echo, 'self')).toBeUndefined();
});

test('given a signal that was aborted before, then nothing begins', async () => {
  const { troupe } = await teamOf([echo]);
  const signal = AbortSignal.abort(new Error('too late'));
  const error = await refusedError(troupe.run(echo, 1, { id: 'x', signal }));
  expect(error).toMatchObject({ code: 'ABORTED', data: { run: 'echo/x' }, cause: signal.reason });
  expect(await troupe.get(echo, 'x')).toBeUndefined();
});

test('a refused start names what to do, and can be tried again', async () => {
  const { troupe } = await teamOf([echo]);
  const later = defineBot({ id: 'later', work: () => 'now' });
  const error = await refusedError(troupe.start(later, undefined, { id: 'x' }));
  expect(error.message).toContain('troupe.register()');
  await troupe.register(later);
  expect(await troupe.run(later, undefined, { id: 'x' })).toBe('now');
});

test('attempts of a workflow as a whole are refused, where they would be lost', async () => {
  const flow = defineWorkflow({ id: 'flow' }).step('one', () => 1);
  const lead = defineBot({
    id: 'lead',
    work: ({ step }) => step('flow', flow, undefined, { retry: { attempts: 2 } }),
  });
  const { troupe } = await teamOf([flow, lead]);
  const options = { retry: { attempts: 2 } };
  expect(await refused(troupe.start(flow, undefined, options))).toMatchObject({
    code: 'BAD_OPTION',
    field: 'retry',
  });
  expect(await refused(troupe.run(lead, undefined))).toMatchObject({
    outcome: { error: { code: 'BAD_OPTION' } },
  });
});
