/** Each pattern draws itself: the regions of its steps, and what is said of them. */
import { expect, test } from 'vitest';
import { createMachine } from 'xstate';
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
  type Workflow,
} from '../../../src/index.ts';

const plus = defineBot({ id: 'plus', input: z.number(), work: ({ input }) => input + 1 });
const times = defineBot({ id: 'times', input: z.number(), work: ({ input }) => input * 2 });

const patterns: readonly Workflow[] = [
  sequence('sequence', plus, times),
  parallel('parallel', { plus, times }),
  pipeline('pipeline', [plus, times]),
  scatterGather('scatter', [plus, times], { gather: (all) => all.join() }),
  forkJoin('fork', { split: (n: number) => [n], branch: plus, join: (all) => all.length }),
  repeat('repeat', plus, { until: (n) => n > 5, max: 10 }),
  hierarchy('hierarchy', {
    lead: (n: number) => [{ to: 'plus', input: n }],
    workers: { plus },
    review: ({ reports }) => ({ result: reports.length }),
  }),
];

const drawn = (workflow: Workflow) =>
  Object.entries(workflow.toMachine().config.states?.IN_PROGRESS?.states?.steps?.states ?? {}).map(
    ([name, { description }]) => `${name}: ${description?.replaceAll('\n', ', ')}`,
  );

test.each(patterns.map((pattern) => [pattern.id, pattern] as const))(
  'the picture of a %s is a machine of its steps',
  (id, pattern) => {
    const { config } = pattern.toMachine();
    expect(createMachine(JSON.parse(JSON.stringify(config))).id).toBe(id);
    expect(drawn(pattern)).toHaveLength(pattern.steps.length);
  },
);

test('what a pattern does is said in its picture', () => {
  const said = patterns.map((pattern) => [pattern.id, drawn(pattern)]);
  expect(Object.fromEntries(said)).toEqual({
    sequence: ['plus: bot plus', 'times: bot times, after plus'],
    parallel: ['plus: bot plus', 'times: bot times'],
    pipeline: ['items: for each item: workflow pipeline.item (plus, times)'],
    scatter: ['answers: for each item: bot plus or bot times', 'gather: a function, after answers'],
    fork: [
      'split: a function',
      'branches: for each item: bot plus, after split',
      'join: a function, after branches',
    ],
    repeat: ['work: bot plus, again until it is good, 10 times at most'],
    hierarchy: [
      'lead: a function',
      'rounds: workflow hierarchy.round (work, review), after lead, ' +
        'again until it is good, 3 times at most',
    ],
  });
});
