/**
 * `defineWorkflow`: a chain that refuses what it can't run, and never changes what it gave before.
 */
import { describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { defineBot } from '../../src/bots/index.ts';
import { defineWorkflow } from '../../src/workflows/index.ts';
import { refusal } from '../refusal.ts';

const bot = defineBot({ id: 'finder', input: z.string(), work: ({ input }) => [input] });
const ping = defineBot({ id: 'ping', work: () => 1 });
const chain = () =>
  defineWorkflow({ id: 'flow' })
    .step('a', () => 1)
    .step('b', () => 2);
/** Adds a step that the types would not let through, as JavaScript can. */
const stepped = (...given: unknown[]) => Reflect.apply(chain().step, undefined, given);
const declared = (options: unknown) => Reflect.apply(defineWorkflow, undefined, [options]);

describe('refused', () => {
  test.each([[undefined], [''], [3]])('the id %j', (id) => {
    expect(refusal(() => declared({ id }))).toMatchObject({ code: 'BAD_ID', what: 'workflow id' });
  });

  test.each([
    [{ output: z.string() }, 'output'],
    [{ onFailure: 'sometimes' }, 'onFailure'],
    [{ budget: -1 }, 'budget'],
    [{ budget: '9' }, 'budget'],
    [{ concurrency: 0 }, 'concurrency'],
    [{ input: 'text' }, 'input'],
    [{ retry: { attempts: -1 } }, 'retry.attempts'],
    [{ timeout: '1 week' }, 'timeout'],
  ])('the options %j', (options, field) => {
    expect(refusal(() => declared({ id: 'flow', ...options }))).toMatchObject({
      code: 'BAD_OPTION',
      where: 'workflow flow',
      field,
    });
  });

  test.each([[''], [undefined], [7], ['x'.repeat(513)]])('the name %j', (name) => {
    expect(refusal(() => stepped(name, ping))).toMatchObject({
      code: 'BAD_ID',
      what: 'name of a step of workflow flow',
    });
  });

  test.each(['input', 'key', 'signal', 'result', 'attempt', 'parent', '__proto__'])(
    'the reserved name %s',
    (name) => {
      expect(refusal(() => stepped(name, ping))).toMatchObject({
        code: 'BAD_OPTION',
        field: `step ${name}`,
      });
    },
  );

  test('a name that there is', () => {
    expect(refusal(() => stepped('a', ping))).toEqual({
      code: 'STEP_NAME_TAKEN',
      run: 'workflow flow',
      step: 'a',
    });
  });

  test.each([
    [[ping, { when: true }], 'when'],
    [[ping, { when: async () => true }], 'when'],
    [[ping, { runsWhen: 3 }], 'runsWhen'],
    [[ping, { runsWhen: 'never' }], 'runsWhen'],
    [[ping, { after: ['a'], runsWhen: { step: 'b', is: ['FAILED'] } }], 'runsWhen'],
    [[ping, { runsWhen: { any: ['b', { all: ['a'] }] } }], 'runsWhen'],
    [[ping, { runsWhen: { step: 'b', is: ['LATE'] } }], 'runsWhen.is[0]'],
    [[ping, { optional: 'yes' }], 'optional'],
    [[ping, { fallback: 7 }], 'fallback'],
    [[ping, { fallback: [ping, {}] }], 'fallback'],
    [[() => 1, { fallback: ping }], 'fallback'],
    [[ping, { estimate: 'long' }], 'estimate'],
    [[ping, { cost: -1 }], 'cost'],
    [[ping, { each: true }], 'each'],
    [[bot, () => ['?'], { each: { need: 0 } }], 'each.need'],
    [[bot, () => ['?'], { each: { works: { one: 1 } } }], 'each.works.one'],
    [[ping, { after: 'a' }], 'after'],
    [[ping, { after: [1] }], 'after[0]'],
    [[ping, { after: ['a', 'a'] }], 'after'],
    [[ping, { retry: 2 }], 'retry'],
    [[ping, { timeout: 0 }], 'timeout'],
    [[ping, 'b'], 'options'],
    [[ping, null], 'options'],
    [[bot, 'text', {}], 'input'],
    [[bot, { question: '?' }, {}], 'input'],
    [[bot, async () => 'text'], 'input'],
    [[bot, () => 'text', { undo: 1 }], 'undo'],
    [[bot, () => 'text', {}, {}], 'arguments'],
    [[() => 1, () => 2], 'input'],
    [[() => 1, {}, {}], 'arguments'],
    [['ping'], 'work'],
    [[undefined], 'work'],
    [[{ kind: 'bot' }], 'work'],
    [[function* () {}], 'work'],
  ])('the step %j', (given, field) => {
    expect(refusal(() => stepped('c', ...given))).toMatchObject({
      code: 'BAD_OPTION',
      where: 'workflow flow, step c',
      field,
    });
  });

  test.each(['c', 'later', ''])('waiting for %j, which is no earlier step', (unknown) => {
    expect(refusal(() => stepped('c', ping, { after: ['a', unknown] }))).toEqual({
      code: 'UNKNOWN_STEP',
      workflow: 'flow',
      step: 'c',
      unknown,
    });
  });

  test.each([[undefined], ['text'], [async () => 1], [function* () {}]])('the output %j', (fn) => {
    expect(refusal(() => Reflect.apply(chain().output, undefined, [fn]))).toMatchObject({
      code: 'BAD_OPTION',
      where: 'output of workflow flow',
      field: 'result',
    });
  });
});

test('a workflow without steps can be run too', () => {
  expect(defineWorkflow({ id: 'flow' })).toMatchObject({
    kind: 'workflow',
    id: 'flow',
    version: '1',
    concurrency: 10,
    retry: { attempts: 3 },
    steps: [],
  });
});

test('a step waits for the one above, for none, or for those it names', () => {
  const { steps } = chain()
    .step('c', ping, { after: [] })
    .step('d', ping, { after: ['a', 'c'] })
    .step('e', bot, ({ d }) => String(d))
    .step('f', ping);
  expect(steps.map(({ name, after }) => [name, after])).toEqual([
    ['a', []],
    ['b', ['a']],
    ['c', []],
    ['d', ['a', 'c']],
    ['e', ['d']],
    ['f', ['e']],
  ]);
});

test('each part of a step is where the runtime reads it', () => {
  const makeInput = ({ a }: { a: number }) => String(a);
  const work = () => 3;
  const { steps } = defineWorkflow({ id: 'flow', retry: { attempts: 7 } })
    .step('a', work)
    .step('b', bot, makeInput)
    .step('c', bot, () => 'x', { after: ['b'], retry: false, timeout: '1m' })
    .step('d', ping, undefined)
    .step('e', work, { retry: { attempts: 2, backoff: 0 }, timeout: 5 });
  const own = { attempts: 2, backoffMs: 0, backoffMsMax: 30_000 };
  expect(steps).toEqual([
    { name: 'a', work, after: [], retry: { ...own, attempts: 7, backoffMs: 200 } },
    { name: 'b', work: bot, after: ['a'], input: makeInput },
    {
      name: 'c',
      work: bot,
      after: ['b'],
      input: expect.any(Function),
      retry: { ...own, attempts: 1, backoffMs: 200 },
      timeoutMs: 60_000,
    },
    { name: 'd', work: ping, after: ['c'] },
    { name: 'e', work, after: ['d'], retry: own, timeoutMs: 5 },
  ]);
});

test('each call leaves the workflow it was made on as it is', () => {
  const start = defineWorkflow({ id: 'flow', input: z.string() });
  const one = start.step('a', () => 1);
  const left = one.step('b', () => 2);
  const right = one.step('b', ping).step('c', () => 3);
  const result = () => 4;
  const ended = right.output(result);
  expect([start, one, left, right, ended].map(({ steps }) => steps.length)).toEqual([
    0, 1, 2, 3, 3,
  ]);
  expect([one.result, right.result, ended.result]).toEqual([undefined, undefined, result]);
  expect([left.steps[1]?.work === ping, right.steps[1]?.work === ping]).toEqual([false, true]);
  expect('step' in ended).toBe(false);
  for (const part of [start, one, left, ended, ended.steps, ended.steps[0], ended.steps[0]?.after])
    expect(Object.isFrozen(part)).toBe(true);
});

test('the options of a step are neither changed nor kept', () => {
  const after: 'a'[] = ['a'];
  const grown = chain().step('c', ping, { after });
  after.pop();
  expect(grown.steps[2]?.after).toEqual(['a']);
});

test('declaring runs nothing', () => {
  const spy = vi.fn();
  chain().step('c', spy).step('d', bot, spy).output(spy);
  expect(spy).not.toHaveBeenCalled();
});

test('a workflow is work for another', () => {
  const inner = defineWorkflow({ id: 'inner', input: z.number() }).step('a', ({ input }) => input);
  const outer = chain().step('inner', inner, ({ b }) => b);
  expect(outer.steps[2]).toMatchObject({ name: 'inner', work: inner, after: ['b'] });
});
