/** What patterns refuse when they are declared: the error names the pattern and the field. */
import { expect, test } from 'vitest';
import { setup } from 'xstate';
import { z } from 'zod';
import {
  defineBot,
  forkJoin,
  hierarchy,
  parallel,
  pipeline,
  repeat,
  scatterGather,
  sequence,
} from '../../../src/index.ts';
import { refusal } from '../../refusal.ts';
import { teamOf } from '../../troupe/team.ts';

const plus = defineBot({ id: 'plus', input: z.number(), work: ({ input }) => input + 1 });
/** As callers without types write. */
const loose =
  (make: unknown) =>
  (...given: unknown[]) =>
    typeof make === 'function' ? Reflect.apply(make, undefined, given) : undefined;
const review = () => ({ result: 1 });
const lead = () => [];
const good = { until: () => true, max: 1 };

const refusals: readonly (readonly [string, () => unknown, object])[] = [
  ['no id', () => loose(sequence)(undefined, plus), { code: 'BAD_ID' }],
  ['an empty id', () => loose(repeat)('', plus, good), { code: 'BAD_ID' }],
  [
    'an id that is too long for its parts',
    () => loose(pipeline)('x'.repeat(511), [plus]),
    { code: 'BAD_ID' },
  ],
  ['no work', () => loose(sequence)('s'), { where: 'sequence s', field: 'works' }],
  ['only options', () => loose(sequence)('s', { timeout: 1 }), { field: 'works[0]' }],
  ['no work in a row', () => loose(sequence)('s', plus, 7, plus), { field: 'works[1]' }],
  ['options in the middle', () => loose(sequence)('s', plus, {}, plus), { field: 'works[1]' }],
  ['a function as work', () => loose(sequence)('s', () => 1), { field: 'works[0]' }],
  ['an unknown option', () => loose(sequence)('s', plus, { timeot: 1 }), { field: 'timeot' }],
  [
    'gaps in a sequence',
    () => loose(sequence)('s', plus, { onFailure: 'best-effort' }),
    { field: 'onFailure' },
  ],
  [
    'an unknown mode',
    () => loose(pipeline)('p', [plus], { onFailure: 'x' }),
    { field: 'onFailure' },
  ],
  ['no list of stages', () => loose(pipeline)('p', plus), { field: 'stages' }],
  ['no stages', () => loose(pipeline)('p', []), { field: 'stages' }],
  ['a stage that is no work', () => loose(pipeline)('p', [plus, 'x']), { field: 'stages[1]' }],
  [
    'an input of a pipeline',
    () => loose(pipeline)('p', [plus], { input: z.any() }),
    { field: 'input' },
  ],
  ['no record of works', () => loose(parallel)('p', [plus]), { field: 'works' }],
  ['one work', () => loose(parallel)('p', plus), { field: 'works' }],
  ['no works by name', () => loose(parallel)('p', {}), { field: 'works' }],
  ['no work by name', () => loose(parallel)('p', { a: 1 }), { field: 'works.a' }],
  ['a reserved name', () => loose(parallel)('p', { input: plus }), { field: 'step input' }],
  ['a name of later runs', () => loose(parallel)('p', { 'a~2': plus }), { field: 'step a~2' }],
  [
    'the input of nobody',
    () => loose(parallel)('p', { plus }, { inputs: { minus: () => 1 } }),
    { field: 'inputs.minus' },
  ],
  [
    'an input that waits',
    () => loose(parallel)('p', { plus }, { inputs: { plus: async () => 1 } }),
    { field: 'inputs.plus' },
  ],
  ['no works to scatter to', () => loose(scatterGather)('s', []), { field: 'works' }],
  [
    'more answers than works',
    () => loose(scatterGather)('s', [plus], { need: 2 }),
    { field: 'need' },
  ],
  ['no answers', () => loose(scatterGather)('s', [plus], { need: 0 }), { field: 'need' }],
  [
    'a gather that is none',
    () => loose(scatterGather)('s', [plus], { gather: 1 }),
    { field: 'gather' },
  ],
  ['no parts', () => loose(forkJoin)('f'), { code: 'BAD_OPTION', where: 'fork-join f' }],
  ['no split', () => loose(forkJoin)('f', { branch: plus }), { field: 'split' }],
  ['no branch', () => loose(forkJoin)('f', { split: lead }), { field: 'branch' }],
  [
    'a generator as split',
    () =>
      loose(forkJoin)('f', {
        branch: plus,
        *split() {
          yield 1;
        },
      }),
    { field: 'split' },
  ],
  [
    'a part that is none',
    () => loose(forkJoin)('f', { split: lead, branch: plus, joyn: lead }),
    { field: 'joyn' },
  ],
  ['no lead', () => loose(hierarchy)('h', { workers: { plus }, review }), { field: 'lead' }],
  ['no workers', () => loose(hierarchy)('h', { lead, workers: {}, review }), { field: 'workers' }],
  [
    'no worker',
    () => loose(hierarchy)('h', { lead, workers: { a: 1 }, review }),
    { field: 'workers.a' },
  ],
  ['no review', () => loose(hierarchy)('h', { lead, workers: { plus } }), { field: 'review' }],
  [
    'no rounds',
    () => loose(hierarchy)('h', { lead, workers: { plus }, review }, { max: 0 }),
    { field: 'max' },
  ],
  ['no end', () => loose(repeat)('r', plus, { until: () => true }), { field: 'max' }],
  ['no condition', () => loose(repeat)('r', plus, { max: 1 }), { field: 'until' }],
  [
    'a condition that waits',
    () => loose(repeat)('r', plus, { until: async () => true, max: 1 }),
    { field: 'until' },
  ],
  [
    'a gap in a repeat',
    () => loose(repeat)('r', plus, { ...good, onFailure: 'best-effort' }),
    { field: 'onFailure' },
  ],
  [
    'a gap in a hierarchy',
    () => loose(hierarchy)('h', { lead, workers: { plus }, review }, { onFailure: 'best-effort' }),
    { field: 'onFailure' },
  ],
  ['no options', () => loose(repeat)('r', plus), { code: 'BAD_OPTION', where: 'repeat r' }],
  ['nothing to repeat', () => loose(repeat)('r', undefined, good), { field: 'work' }],
];

test.each(refusals)('%s is refused', (_, deed, told) => {
  expect(refusal(deed)).toMatchObject(told);
});

test('patterns are frozen, and tell their steps by the names of works', () => {
  const made = sequence(
    's',
    plus,
    plus,
    defineBot({ id: 'input', input: z.number(), work: () => 1 }),
  );
  expect(Object.isFrozen(made)).toBe(true);
  expect(made.steps.map(({ name }) => name)).toEqual(['plus', 'plus-2', 'input-3']);
  expect(pipeline('p', [plus]).steps.map(({ name }) => name)).toEqual(['items']);
});

test('a pattern that is not registered is refused', async () => {
  const { troupe } = await teamOf([plus]);
  const made = sequence('s', plus);
  await expect(troupe.run(made, 1)).rejects.toMatchObject({ code: 'NOT_REGISTERED' });
  await troupe.register(made);
  expect(await troupe.run(made, 1)).toBe(2);
});

test('a machine is work for a pattern', async () => {
  const seven = setup({ types: { output: {} as number } }).createMachine({
    id: 'seven',
    version: '1',
    initial: 'done',
    states: { done: { type: 'final' } },
    output: () => 7,
  });
  const both = parallel('both', { seven, plus });
  const { troupe } = await teamOf([both, sequence('row', seven, plus)]);
  expect(await troupe.run(both, 1)).toEqual({ seven: 7, plus: 2 });
});

test('every pattern draws itself as a machine', () => {
  const patterns = [
    sequence('s', plus),
    parallel('p', { plus }),
    pipeline('l', [plus]),
    scatterGather('g', [plus]),
    forkJoin('f', { split: lead, branch: plus }),
    hierarchy('h', { lead, workers: { plus }, review }),
    repeat('r', plus, good),
  ];
  for (const pattern of patterns) expect(pattern.toMachine().id).toBe(pattern.id);
});
