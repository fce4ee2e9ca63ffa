/** Patterns by example: what each gives. */
import { expect, test } from 'vitest';
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
import { teamOf } from '../../troupe/team.ts';

const plus = defineBot({ id: 'plus', input: z.number(), work: ({ input }) => input + 1 });
const times = defineBot({ id: 'times', input: z.number(), work: ({ input }) => input * 2 });
const text = defineBot({ id: 'text', input: z.number(), work: ({ input }) => `<${input}>` });

test('patterns', async () => {
  const seq = sequence('seq', plus, times, plus, text);
  const par = parallel('par', { plus, times });
  const pipe = pipeline('pipe', [plus, times], { concurrency: 2 });
  const scatter = scatterGather('scatter', [plus, times, plus], { gather: (all) => all.join() });
  const some = scatterGather('some', [plus, times], { need: 1 });
  const fork = forkJoin('fork', {
    split: (n: number) => Array.from({ length: n }, (_, i) => i),
    branch: plus,
    join: (all, { input }) => `${input}:${all.join()}`,
  });
  const rep = repeat('rep', plus, { until: (n) => n > 5, again: (n) => n, max: 10 });
  const hier = hierarchy('hier', {
    lead: (n: number) => [
      { to: 'plus', input: n },
      { to: 'times', input: n },
    ],
    workers: { plus, times },
    review: ({ reports, round }) =>
      round === 2
        ? { result: reports.map((r) => r.result) }
        : { again: [{ to: 'plus', input: 7 }] },
  });
  const { troupe } = await teamOf([seq, par, pipe, scatter, some, fork, rep, hier]);
  expect(await troupe.run(seq, 1)).toBe('<5>');
  expect(await troupe.run(par, 3)).toEqual({ plus: 4, times: 6 });
  expect(await troupe.run(pipe, [1, 2, 3])).toEqual([4, 6, 8]);
  expect(await troupe.run(pipe, [])).toEqual([]);
  expect(await troupe.run(scatter, 5)).toEqual('6,10,6');
  expect(await troupe.run(some, 5)).toContain(6);
  expect(await troupe.run(fork, 3)).toBe('3:1,2,3');
  expect(await troupe.run(rep, 1)).toBe(6);
  expect(await troupe.run(hier, 3)).toEqual([4, 6, 8]);
});
