/**
 * Type tests of patterns: what each takes and gives, link by link, and what does not compile.
 */
import { z } from 'zod';
import {
  type Approval,
  defineBot,
  defineWorkflow,
  forkJoin,
  hierarchy,
  type InputOf,
  type OutputOf,
  parallel,
  pipeline,
  type RunOf,
  repeat,
  scatterGather,
  sequence,
} from '../../../src/index.ts';
import type { Equal, Expect } from '../../type-tests/equal.ts';

interface Judged {
  text: string;
  ok: boolean;
  notes: string;
}
declare function write(draft: { facts: string[]; notes?: string | undefined }): Promise<{
  text: string;
}>;
declare function judge(draft: { text: string }): Promise<Judged>;
declare function post(text: string, key: string): Promise<{ url: string }>;
declare function unpost(url: string): Promise<void>;
declare const editor: Approval<{ text: string }, { approve: true; by: string }, undefined>;

const Text = z.object({ text: z.string() });
const Draft = z.object({ facts: z.array(z.string()), notes: z.string().optional() });
const finder = defineBot({
  id: 'finder',
  input: z.object({ question: z.string() }),
  work: ({ input }) => [input.question],
});
const writer = defineBot({ id: 'writer', input: Draft, work: ({ input }) => write(input) });
const critic = defineBot({ id: 'critic', input: Text, work: ({ input }) => judge(input) });
const length = defineBot({ id: 'length', input: Text, work: ({ input }) => input.text.length });
const half = defineBot({ id: 'half', input: z.number(), work: ({ input }) => input / 2 });
const ping = defineBot({ id: 'ping', work: () => 7 });
const whole = z.object({ text: z.string(), size: z.string().transform(Number) });

/** A draft that is polished until it is good, then released and published. */
const polish = repeat('polish', sequence('draft', writer, critic), {
  until: (draft) => draft.ok,
  again: (draft, input) => ({ ...input, notes: draft.notes }),
  max: 3,
});
const answer = defineWorkflow({ id: 'answer', input: z.object({ question: z.string() }) })
  .step('find', finder, ({ input }) => input)
  .step('polish', polish, ({ find }) => ({ facts: find }))
  .step('release', editor, ({ polish }) => polish)
  .step('publish', ({ polish, key }) => post(polish.text, key), {
    after: ['polish', 'release'],
    undo: ({ result }) => unpost(result.url),
  });
export type Answer = [
  Expect<Equal<InputOf<typeof polish>, { facts: string[]; notes?: string | undefined }>>,
  Expect<Equal<OutputOf<typeof polish>, Judged>>,
  Expect<Equal<OutputOf<typeof answer>, { url: string }>>,
];

/** Sequence: link by link. */
const linked = sequence('linked', writer, length, half, { timeout: '1m', title: 'Half' });
export type Sequences = [
  Expect<Equal<InputOf<typeof linked>, InputOf<typeof writer>>>,
  Expect<Equal<OutputOf<typeof linked>, number>>,
];
// @ts-expect-error: the second does not take what the first gives
sequence('s', writer, half);
// @ts-expect-error: nor the third what the second gives
sequence('s', writer, critic, half);
// @ts-expect-error: no work at all
sequence('s');
// @ts-expect-error: no such option
sequence('s', writer, { timeot: 1 });
// @ts-expect-error: options come last
sequence('s', writer, { timeout: 1 }, critic);
// @ts-expect-error: the next work needs a result
sequence('s', writer, critic, { onFailure: 'best-effort' });

// @ts-expect-error: the result has no such field
repeat('r', critic, { until: (result) => result.fine, max: 2 });
// @ts-expect-error: the next input is not what the work takes
repeat('r', critic, { until: ({ ok }) => ok, again: ({ ok }) => ({ text: ok }), max: 2 });
// @ts-expect-error: an end is needed
repeat('r', critic, { until: ({ ok }) => ok });
// @ts-expect-error: pure, so it does not wait
repeat('r', critic, { until: async ({ ok }) => ok, max: 2 });

/** Parallel: the same input for all, or a function for some. */
const both = parallel('both', { critic, length, ping });
const own = parallel('own', { critic, half }, { inputs: { half: ({ text }) => text.length } });
const parsed = parallel(
  'parsed',
  { critic, half },
  { input: whole, inputs: { half: ({ size }) => size } },
);
const effort = parallel('effort', { critic, length }, { onFailure: 'best-effort' });
export type Parallels = [
  Expect<Equal<InputOf<typeof both>, { text: string }>>,
  Expect<
    Equal<
      OutputOf<typeof both>,
      { readonly critic: Judged; readonly length: number; readonly ping: number }
    >
  >,
  Expect<Equal<InputOf<typeof own>, { text: string }>>,
  Expect<Equal<InputOf<typeof parsed>, { text: string; size: string }>>,
  Expect<Equal<OutputOf<typeof effort>['length'], number | undefined>>,
];
const asking = parallel('asking', { editor, critic });
declare const run: RunOf<typeof asking>;
run.decide('editor', { approve: true, by: 'ann' });
// @ts-expect-error: nobody is asked there
run.decide('critic', { approve: true, by: 'ann' });
// @ts-expect-error: this one does not take the input of the whole
parallel('p', { critic, half }, { input: Text });
// @ts-expect-error: the input function gives something else
parallel('p', { critic, half }, { inputs: { half: ({ text }) => text } });
// @ts-expect-error: no such work
parallel('p', { critic }, { inputs: { half: () => 7 } });
// @ts-expect-error: no work
parallel('p', { critic, seven: 7 });

/** Pipeline: a list through stages. */
const lengths = pipeline('lengths', [critic, length, half], { concurrency: 3 });
const some = pipeline('some', [critic], { onFailure: 'best-effort' });
export type Pipelines = [
  Expect<Equal<InputOf<typeof lengths>, readonly { text: string }[]>>,
  Expect<Equal<OutputOf<typeof lengths>, number[]>>,
  Expect<Equal<OutputOf<typeof some>, (Judged | null)[]>>,
];
// @ts-expect-error: a stage does not take what the one before gives
pipeline('p', [length, critic]);
// @ts-expect-error: no stage
pipeline('p', []);

/** Scatter-gather: the same input to many, their answers merged. */
const answers = scatterGather('answers', [critic, length], { need: 1 });
const merged = scatterGather('merged', [length, length], {
  gather: (all, { input }) => `${input.text} ${all.map((one) => one.toFixed())}`,
});
const gathered = scatterGather('gathered', [half, half], {
  gather: defineBot({ id: 'sum', input: z.array(z.number()), work: () => ({ sum: 1 }) }),
});
export type Scatters = [
  Expect<Equal<InputOf<typeof answers>, { text: string }>>,
  Expect<Equal<OutputOf<typeof answers>, (number | Judged)[]>>,
  Expect<Equal<OutputOf<typeof merged>, string>>,
  Expect<Equal<OutputOf<typeof gathered>, { sum: number }>>,
];
// @ts-expect-error: the work does not take the answers
scatterGather('s', [critic, critic], { gather: half });
// @ts-expect-error: answers are numbers
scatterGather('s', [length], { gather: (all) => all[0]?.text });

/** Fork-join: split at run time, a branch for each part, joined. */
const words = forkJoin('words', {
  split: (input: { line: string }) => input.line.split(' ').map((text) => ({ text })),
  branch: length,
  join: (sizes, { input }) => `${input.line}: ${sizes.map((size) => size.toFixed()).join()}`,
});
const checked = forkJoin(
  'checked',
  { split: async ({ size }) => Array.from({ length: size }, () => size), branch: half },
  { input: whole },
);
const listed = forkJoin(
  'listed',
  {
    split: defineBot({ id: 'split', input: Text, work: ({ input }) => [input] }),
    branch: critic,
    join: defineBot({ id: 'join', input: z.array(Text.nullable()), work: () => 'joined' }),
  },
  { onFailure: 'best-effort' },
);
export type Forks = [
  Expect<Equal<InputOf<typeof words>, { line: string }>>,
  Expect<Equal<OutputOf<typeof words>, string>>,
  Expect<Equal<InputOf<typeof checked>, { text: string; size: string }>>,
  Expect<Equal<OutputOf<typeof checked>, number[]>>,
  Expect<Equal<InputOf<typeof listed>, { text: string }>>,
  Expect<Equal<OutputOf<typeof listed>, string>>,
];
// @ts-expect-error: parts are no inputs of the branch
forkJoin('f', { split: (input: string) => input.split(' '), branch: length });
// @ts-expect-error: one part is no list
forkJoin('f', { split: (input: string) => ({ text: input }), branch: length });
forkJoin(
  'f',
  {
    split: (text: string) => [{ text }],
    branch: length,
    // @ts-expect-error: a result may be missing
    join: (all) => all.map((size) => size.toFixed()),
  },
  { onFailure: 'best-effort' },
);

/** Hierarchy: assignments are typed by worker. */
const report = hierarchy(
  'report',
  {
    lead: ({ question }) => [{ to: 'find', input: { question } }],
    workers: { find: finder, write: writer },
    review: ({ reports, round, input }) => {
      const [first] = reports;
      if (first?.to === 'find' && round === 1) {
        return { again: [{ to: 'write', input: { facts: first.result } }] };
      }
      return { result: `${input.question} ${reports.length}` };
    },
  },
  { input: z.object({ question: z.string() }), max: 2 },
);
export type Hierarchies = [
  Expect<Equal<InputOf<typeof report>, { question: string }>>,
  Expect<Equal<OutputOf<typeof report>, string>>,
];
const reviewed = hierarchy('reviewed', {
  lead: defineBot({
    id: 'lead',
    input: Text,
    work: () => [{ to: 'read' as const, input: { text: '' } }],
  }),
  workers: { read: critic },
  review: defineBot({
    id: 'review',
    input: z.object({ round: z.number(), reports: z.array(z.unknown()) }),
    work: ({ input }) =>
      input.round > 1
        ? { result: input.reports.length }
        : { again: [{ to: 'read' as const, input: { text: '' } }] },
  }),
});
export type Reviewed = [
  Expect<Equal<InputOf<typeof reviewed>, { text: string }>>,
  Expect<Equal<OutputOf<typeof reviewed>, number>>,
];
const workers = { read: critic, size: half };
hierarchy('h', {
  // @ts-expect-error: no such worker
  lead: (text: string) => [{ to: 'write', input: { text } }],
  workers,
  review: () => ({ result: 1 }),
});
hierarchy('h', {
  // @ts-expect-error: the input of another worker
  lead: (text: string) => [{ to: 'size', input: { text } }],
  workers,
  review: () => ({ result: 1 }),
});
hierarchy('h', {
  lead: (text: string) => [{ to: 'read', input: { text } }],
  workers,
  // @ts-expect-error: neither a result nor assignments
  review: () => ({ done: true }),
});
hierarchy('h', {
  lead: (text: string) => [{ to: 'read', input: { text } }],
  workers,
  // @ts-expect-error: work that takes something else
  review: half,
});
