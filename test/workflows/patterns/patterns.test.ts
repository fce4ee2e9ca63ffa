/** Patterns by example: what each gives, what becomes of failures, and a restart on a real file. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import {
  createTroupe,
  type Definition,
  defineApproval,
  defineBot,
  defineTask,
  defineWorkflow,
  type Failure,
  forkJoin,
  hierarchy,
  parallel,
  pipeline,
  repeat,
  scatterGather,
  sequence,
  TerminalError,
} from '../../../src/index.ts';
import { teamOf, testClock } from '../../troupe/team.ts';

const plus = defineBot({ id: 'plus', input: z.number(), work: ({ input }) => input + 1 });
const times = defineBot({ id: 'times', input: z.number(), work: ({ input }) => input * 2 });
const text = defineBot({ id: 'text', input: z.number(), work: ({ input }) => `<${input}>` });
const odd = defineBot({
  id: 'odd',
  input: z.number(),
  work: ({ input }) => {
    if (input % 2 === 1) return input;
    throw new TerminalError(`${input} is even`);
  },
});

const listing = (n: number): number[] => Array.from({ length: n }, (_, index) => index);

async function outcomeOf<In, Out>(work: Definition<In, Out>, input: In) {
  const { troupe } = await teamOf([work]);
  const run = await troupe.start(work, input);
  const outcome = await run.outcome();
  return outcome.status === 'FAILED' ? { ...outcome, root: rootOf(outcome.error) } : outcome;
}

/** What failed first. */
const rootOf = (failure: Failure): Failure =>
  failure.cause === undefined ? failure : rootOf(failure.cause);

const given: readonly (readonly [string, () => Promise<unknown>, unknown])[] = [
  ['sequence', () => outcomeOf(sequence('s', plus, times, plus, text), 1), '<5>'],
  ['sequence of one', () => outcomeOf(sequence('s', plus), 1), 2],
  ['parallel', () => outcomeOf(parallel('p', { plus, times }), 3), { plus: 4, times: 6 }],
  [
    'parallel with inputs',
    () =>
      outcomeOf(
        parallel(
          'p',
          { plus, text },
          { input: z.string().transform(Number), inputs: { text: (n) => n * 100 } },
        ),
        '3',
      ),
    { plus: 4, text: '<300>' },
  ],
  [
    'parallel with an input of its own',
    () =>
      outcomeOf(
        parallel(
          'p',
          {
            plus,
            shout: defineBot({ id: 'shout', input: z.string(), work: ({ input }) => input }),
          },
          { inputs: { plus: (said) => said.length } },
        ),
        'abc',
      ),
    { plus: 4, shout: 'abc' },
  ],
  ['pipeline', () => outcomeOf(pipeline('p', [plus, times]), [1, 2, 3]), [4, 6, 8]],
  ['pipeline of nothing', () => outcomeOf(pipeline('p', [plus]), []), []],
  ['scatter-gather', () => outcomeOf(scatterGather('s', [plus, times, plus]), 5), [6, 10, 6]],
  [
    'scatter-gather, merged',
    () => outcomeOf(scatterGather('s', [plus, times], { gather: (all) => all.join('+') }), 5),
    '6+10',
  ],
  [
    'fork-join',
    () =>
      outcomeOf(
        forkJoin('f', {
          split: listing,
          branch: plus,
          join: async (all, { input }) => `${input}: ${all.join()}`,
        }),
        3,
      ),
    '3: 1,2,3',
  ],
  ['fork-join of nothing', () => outcomeOf(forkJoin('f', { split: listing, branch: plus }), 0), []],
  [
    'fork-join of works',
    () =>
      outcomeOf(
        forkJoin('f', {
          split: defineBot({ id: 'split', input: z.number(), work: ({ input }) => [input, 9] }),
          branch: sequence('branch', plus, times),
          join: defineBot({
            id: 'join',
            input: z.array(z.number()),
            work: ({ input }) => Math.max(...input),
          }),
        }),
        3,
      ),
    20,
  ],
  [
    'hierarchy',
    () =>
      outcomeOf(
        hierarchy('h', {
          lead: (n: number) => [
            { to: 'more', input: n },
            { to: 'twice', input: n },
          ],
          workers: { more: plus, twice: times },
          review: ({ input, round, reports }, { attempt, input: whole }) =>
            round === 1
              ? { again: [{ to: 'more', input: 7 }] }
              : {
                  result: {
                    input,
                    whole,
                    attempt,
                    of: reports.map((one) => [one.round, one.result]),
                  },
                },
        }),
        3,
      ),
    {
      input: 3,
      whole: 3,
      attempt: 1,
      of: [
        [1, 4],
        [1, 6],
        [2, 8],
      ],
    },
  ],
  [
    'repeat',
    () =>
      outcomeOf(
        repeat('r', plus, { until: (n, from) => n > 5 && from < n, again: (n) => n, max: 5 }),
        1,
      ),
    6,
  ],
];

test.each(given)('a %s gives its result', async (_, play, result) => {
  expect(await play()).toMatchObject({ status: 'COMPLETED', result });
});

const failing: readonly (readonly [string, () => Promise<unknown>, object])[] = [
  [
    'the failure of a link',
    () => outcomeOf(sequence('s', plus, odd), 1),
    { status: 'FAILED', root: { message: expect.stringContaining('2 is even') } },
  ],
  [
    'repeat without end',
    () => outcomeOf(repeat('r', plus, { until: () => false, max: 2 }), 1),
    { status: 'FAILED', root: { code: 'REPEAT_EXHAUSTED' } },
  ],
  [
    'a hierarchy without end',
    () =>
      outcomeOf(
        hierarchy(
          'h',
          { lead: () => [], workers: { plus }, review: () => ({ again: [] }) },
          { max: 2 },
        ),
        undefined,
      ),
    { status: 'FAILED', root: { code: 'REPEAT_EXHAUSTED' } },
  ],
  [
    'an item of a pipeline',
    () => outcomeOf(pipeline('p', [odd, plus]), [1, 2]),
    { status: 'FAILED', root: { message: expect.stringContaining('2 is even') } },
  ],
  [
    'an item of a pipeline, best effort',
    () => outcomeOf(pipeline('p', [odd, plus], { onFailure: 'best-effort' }), [1, 2, 3]),
    { status: 'COMPLETED', result: [2, null, 4] },
  ],
  [
    'a branch of a fork-join, best effort',
    () =>
      outcomeOf(forkJoin('f', { split: listing, branch: odd }, { onFailure: 'best-effort' }), 3),
    { status: 'COMPLETED', result: [null, 1, null] },
  ],
  [
    'the split, though branches may fail',
    () =>
      outcomeOf(
        forkJoin(
          'f',
          {
            split: (): number[] => {
              throw new TerminalError('nothing to split');
            },
            branch: odd,
          },
          { onFailure: 'best-effort' },
        ),
        undefined,
      ),
    { status: 'FAILED', root: { message: expect.stringContaining('nothing to split') } },
  ],
  [
    'a work of a parallel, best effort',
    () => outcomeOf(parallel('p', { odd, plus }, { onFailure: 'best-effort' }), 2),
    { status: 'COMPLETED', result: { plus: 3 } },
  ],
  [
    'an answer, when enough others are there',
    () => outcomeOf(scatterGather('s', [odd, plus, times], { need: 2 }), 2),
    { status: 'COMPLETED', result: [3, 4] },
  ],
  [
    'too few answers',
    () => outcomeOf(scatterGather('s', [odd, odd, times], { need: 2 }), 2),
    { status: 'FAILED' },
  ],
  [
    'answers, best effort',
    () => outcomeOf(scatterGather('s', [odd, plus], { onFailure: 'best-effort' }), 2),
    { status: 'COMPLETED', result: [3] },
  ],
  [
    'an assignment to nobody',
    () =>
      outcomeOf(
        hierarchy('h', {
          lead: defineBot({
            id: 'lead',
            work: () => JSON.parse('[{"to":"nobody","input":1}]'),
          }),
          workers: { plus },
          review: () => ({ result: 1 }),
        }),
        undefined,
      ),
    { status: 'FAILED', root: { code: 'BAD_OPTION' } },
  ],
  [
    'a split that gives no list',
    () => outcomeOf(forkJoin('f', { split: () => JSON.parse('7'), branch: plus }), undefined),
    { status: 'FAILED', root: { code: 'BAD_OPTION' } },
  ],
];

test.each(failing)('failure: %s', async (_, play, outcome) => {
  expect(await play()).toMatchObject(outcome);
});

test('items stream: one goes on to the next stage while another is in the first', async () => {
  const clock = testClock();
  const seen: string[] = [];
  const stage = (id: string, ms: (item: number) => number) =>
    defineBot({
      id,
      input: z.number(),
      work: async ({ input }) => {
        seen.push(`${id} ${input}`);
        await new Promise<void>((resolve) => void clock.after(ms(input), resolve));
        return input;
      },
    });
  const pipe = pipeline('pipe', [stage('a', (item) => item * 10), stage('b', () => 5)], {
    concurrency: 2,
  });
  const { troupe } = await teamOf([pipe], { clock });
  const run = await troupe.start(pipe, [9, 1, 2]);
  await clock.advance(200);
  expect(await run.result()).toEqual([9, 1, 2]);
  expect(seen).toEqual(['a 9', 'a 1', 'b 1', 'a 2', 'b 2', 'b 9']);
});

test('workers of a hierarchy and branches keep to the limit of the whole', async () => {
  let underWay = 0;
  let most = 0;
  const slow = defineBot({
    id: 'slow',
    input: z.number(),
    work: async ({ input }) => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
      return input;
    },
  });
  const one = { concurrency: 1 };
  const team = hierarchy(
    'team',
    {
      lead: (n: number) => listing(n).map((input) => ({ to: 'slow' as const, input })),
      workers: { slow },
      review: ({ reports }) => ({ result: reports.length }),
    },
    one,
  );
  const fork = forkJoin('fork', { split: listing, branch: slow }, one);
  const { troupe } = await teamOf([team, fork]);
  expect(await troupe.run(team, 3)).toBe(3);
  expect(await troupe.run(fork, 3)).toEqual([0, 1, 2]);
  expect(most).toBe(1);
});

test('versions of a pattern stand side by side, and its parts have its retries', async () => {
  let reviews = 0;
  const versions = ['1', '2'].map((version) => pipeline('pipe', [plus, times], { version }));
  const team = hierarchy(
    'team',
    {
      lead: () => [],
      workers: { plus },
      review: (): { result: number } => {
        reviews += 1;
        throw new RangeError('not now');
      },
    },
    { retry: { attempts: 2, backoff: 0 } },
  );
  const { troupe, clock } = await teamOf([...versions, team]);
  for (const version of versions) expect(await troupe.run(version, [1])).toEqual([4]);
  const run = await troupe.start(team, undefined);
  await clock.advance(10);
  expect((await run.outcome()).status).toBe('FAILED');
  expect(reviews).toBe(2);
});

test('in the mode retry an item that failed is begun anew, the others are not', async () => {
  const calls: number[] = [];
  const frail = defineBot({
    id: 'frail',
    input: z.number(),
    retry: false,
    work: ({ input }) => {
      calls.push(input);
      if (input === 2 && calls.filter((one) => one === 2).length < 3) throw new RangeError('frail');
      return input;
    },
  });
  const again = { onFailure: 'retry', retry: { attempts: 3, backoff: 0 } } as const;
  const pipe = pipeline('pipe', [frail, plus], again);
  const { troupe, clock } = await teamOf([pipe]);
  const run = await troupe.start(pipe, [1, 2, 3]);
  await clock.advance(10);
  expect(await run.result()).toEqual([2, 3, 4]);
  expect(calls.toSorted()).toEqual([1, 2, 2, 2, 3]);
});

test('the input of a pattern is checked at its start and reaches its work as it came', async () => {
  const size = z.string().transform((given) => given.length);
  const seen = defineBot({ id: 'seen', input: size, work: ({ input }) => input });
  const task = defineTask({ id: 'task', bot: seen });
  const works = [
    sequence('s', seen),
    sequence('of-task', task),
    repeat('r', seen, { until: () => true, max: 1 }),
  ] as const;
  const list = pipeline('p', [seen]);
  const { troupe } = await teamOf([...works, list]);
  for (const work of works) {
    expect(await troupe.run(work, 'four')).toBe(4);
    await expect(troupe.run(work, JSON.parse('7'))).rejects.toMatchObject({ code: 'INVALID' });
  }
  expect(await troupe.run(list, ['four', 'x'])).toEqual([4, 1]);
  await expect(troupe.run(list, JSON.parse('["x", 7]'))).rejects.toMatchObject({
    data: { issues: [{ path: '1' }] },
  });
  await expect(troupe.run(list, JSON.parse('{}'))).rejects.toMatchObject({ code: 'INVALID' });
});

test('an answer is polished until it is good, released by a person, and published', async () => {
  const Text = z.object({ text: z.string() });
  const Draft = z.object({ facts: z.array(z.string()), notes: z.string().optional() });
  const finder = defineBot({
    id: 'finder',
    input: z.object({ question: z.string() }),
    work: ({ input }) => [input.question],
  });
  const writer = defineBot({
    id: 'writer',
    input: Draft,
    work: ({ input }) => ({ text: `${input.facts.join()} ${input.notes ?? ''}` }),
  });
  const critic = defineBot({
    id: 'critic',
    input: Text,
    work: ({ input }) => ({ ...input, ok: input.text.includes('!!'), notes: `${input.text}!` }),
  });
  const editor = defineApproval({
    id: 'editor',
    input: Text,
    remindEvery: '4h',
    expiresIn: '2d',
  });
  const polish = repeat('polish', sequence('draft', writer, critic), {
    until: (draft) => draft.ok,
    again: (draft, input) => ({ ...input, notes: draft.notes }),
    max: 3,
  });
  const answer = defineWorkflow({ id: 'answer', input: z.object({ question: z.string() }) })
    .step('find', finder, ({ input }) => input)
    .step('polish', polish, ({ find }) => ({ facts: find }))
    .step('release', editor, ({ polish }) => polish)
    .step('publish', ({ polish, key }) => ({ url: `${polish.text} ${key}` }), {
      after: ['polish', 'release'],
      undo: ({ result }) => result.url,
    });
  const { troupe, clock } = await teamOf([answer]);
  const run = await troupe.start(answer, { question: '?' }, { id: 'a-1' });
  await clock.quiet();
  await run.decide('release', { approve: true, by: 'ann' });
  const { url } = await run.result();
  expect(url).toMatch(/^\? .*!! answer\/a-1\/publish$/);
});

test('given a file, when the troupe stops in the middle, then a nest goes on there', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-patterns-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const calls: number[] = [];
  const gate = Promise.withResolvers<void>();
  let isHeld = true;
  const slow = defineBot({
    id: 'slow',
    input: z.number(),
    work: ({ input, step }) =>
      step('once', async () => {
        calls.push(input);
        if (isHeld && input > 2) await gate.promise;
        return input;
      }),
  });
  const nest = sequence(
    'nest',
    pipeline('pipe', [plus, slow], { concurrency: 2 }),
    forkJoin('fork', { split: (all: number[]) => all, branch: times }),
  );
  const begin = () =>
    createTroupe({ definitions: [nest], journal: join(folder, 'nest.db'), durability: 'process' });
  const first = await begin();
  const run = await first.start(nest, [1, 2, 3], { id: 'n' });
  while (calls.length < 3) await new Promise((resolve) => setImmediate(resolve));
  await first.stop({ deadline: 1 });
  isHeld = false;
  gate.resolve();
  await using second = await begin();
  expect(run.id).toBe('n');
  expect(await (await second.get(nest, 'n'))?.result()).toEqual([4, 6, 8]);
  expect(calls.filter((call) => call === 2)).toHaveLength(1);
});
