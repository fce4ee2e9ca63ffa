/**
 * Type tests of workflows: names, views, inputs and results of a chain; graphs from data.
 */
import { z } from 'zod';
import { defineBot } from '../../src/bots/index.ts';
import type { InputOf, OutputOf, Runnable, Workflow } from '../../src/protocol/index.ts';
import { defineTask } from '../../src/tasks/define-task.ts';
import { defineWorkflow, graph } from '../../src/workflows/index.ts';
import type { Equal, Expect } from '../type-tests/equal.ts';

declare function run<W extends Runnable>(work: W, input: InputOf<W>): Promise<OutputOf<W>>;
declare function post(text: string, key: string): Promise<{ url: string }>;

const Draft = z.object({ facts: z.array(z.string()), notes: z.string().optional() });
const Question = z.object({ question: z.string(), limit: z.string().transform(Number) });
const finder = defineBot({
  id: 'finder',
  input: z.object({ question: z.string() }),
  work: async ({ input }) => [input.question],
});
const writer = defineBot({ id: 'writer', input: Draft, work: () => ({ text: '', ok: true }) });
const ping = defineBot({ id: 'ping', work: () => 7 });

const start = defineWorkflow({ id: 'answer', input: Question });
const found = start.step('find', finder, ({ input }) => {
  const typed: Expect<Equal<typeof input, { question: string; limit: number }>> = true;
  return { question: `${input.question} ${typed}` };
});
const drafted = found.step('draft', writer, ({ find }) => ({ facts: find }));
const answer = drafted.step('publish', ({ draft, find, key }) => post(draft.text + find, key), {
  after: ['draft', 'find'],
});

export type Results = [
  Expect<Equal<InputOf<typeof start>, { question: string; limit: string }>>,
  Expect<Equal<OutputOf<typeof start>, undefined>>,
  Expect<Equal<OutputOf<typeof found>, string[]>>,
  Expect<Equal<OutputOf<typeof drafted>, { text: string; ok: boolean }>>,
  Expect<Equal<OutputOf<typeof answer>, { url: string }>>,
  Expect<Equal<InputOf<typeof answer>, { question: string; limit: string }>>,
];

run(answer, { question: '?', limit: '3' }).then(({ url }) => url);
// @ts-expect-error: callers pass what the schema takes, not what it gives
run(answer, { question: '?', limit: 3 });
// @ts-expect-error: the result is that of the last step
run(answer, { question: '?', limit: '3' }).then(({ text }) => text);

/** The result may be made of everything. */
const whole = answer.output(({ input, find, draft, publish }) => ({
  limit: input.limit,
  text: draft.text,
  found: find.length,
  ...publish,
}));
export type Whole = Expect<
  Equal<OutputOf<typeof whole>, { url: string; limit: number; text: string; found: number }>
>;
// @ts-expect-error: a chain that ended does not grow
whole.step('more', ping);
// @ts-expect-error: there is no such result
answer.output(({ polish }) => polish);

/** What a step sees: the step above, those it names, or none. */
export const views = answer
  .step('above', (view) => {
    const typed: Expect<
      Equal<keyof typeof view, 'input' | 'publish' | 'key' | 'signal' | 'attempt'>
    > = true;
    return typed;
  })
  .step('none', (view) => Object.keys(view).length, { after: [] })
  .step(
    'named',
    writer,
    (view) => {
      const typed: Expect<Equal<keyof typeof view, 'input' | 'find' | 'draft'>> = true;
      return { facts: view.find, notes: `${view.draft.text} ${typed}` };
    },
    { after: ['find', 'draft'], retry: false, timeout: '1m' },
  );

// @ts-expect-error: no such step
answer.step('x', ({ polish }) => polish);
// @ts-expect-error: a step that it does not wait for
answer.step('x', ({ find }) => find);
// @ts-expect-error: a step that it does not wait for, though it could
answer.step('x', ({ find, draft }) => [find, draft], { after: ['draft'] });
// @ts-expect-error: nothing above when it waits for none
answer.step('x', ({ publish }) => publish, { after: [] });
// @ts-expect-error: the input of a bot's step sees as much, and no more
answer.step('x', finder, ({ find }) => ({ question: find[0] ?? '' }));
// @ts-expect-error: an input function has no key
answer.step('x', finder, ({ key }) => ({ question: key }));
// @ts-expect-error: results keep their types
answer.step('x', ({ publish }) => publish.text);

// @ts-expect-error: the input is not what the bot takes
answer.step('x', finder, () => ({ question: 1 }));
// @ts-expect-error: nor is this
answer.step('x', finder, ({ publish }) => publish);
// @ts-expect-error: an input function is pure, so it does not wait
answer.step('x', finder, async () => ({ question: '?' }));
// @ts-expect-error: the bot needs an input
answer.step('x', finder);
// @ts-expect-error: options are no input
answer.step('x', finder, { after: [] });
// @ts-expect-error: the bot takes no input
answer.step('x', ping, () => 1);

// @ts-expect-error: a cycle of one
answer.step('x', ping, { after: ['x'] });
// @ts-expect-error: a cycle of two needs a name that is not there yet
answer.step('x', ping, { after: ['y'] }).step('y', ping, { after: ['x'] });
// @ts-expect-error: functions are held to it too
answer.step('x', () => 1, { after: ['y'] });

// @ts-expect-error: the name is taken
answer.step('find', ping);
// @ts-expect-error: by a function too
answer.step('publish', () => 1);
// @ts-expect-error: reserved
answer.step('input', ping);
// @ts-expect-error: reserved
answer.step('key', ping);
// @ts-expect-error: reserved
answer.step('signal', ping);
// @ts-expect-error: reserved
answer.step('result', ping);
// @ts-expect-error: reserved
answer.step('attempt', ping);
// @ts-expect-error: reserved
answer.step('parent', () => 1);
// @ts-expect-error: reserved, for it is no name in JSON
answer.step('__proto__', ping);
// @ts-expect-error: a name that is only known later
answer.step(String(1), ping);

/** Tasks and workflows are work for a step as bots are. */
const task = defineTask({ id: 'task', bot: finder });
const nested = defineWorkflow({ id: 'nested' })
  .step('ping', ping)
  .step('pong', ping, { after: [] })
  .step('task', task, ({ ping, pong }) => ({ question: `${ping + pong}` }), {
    after: ['ping', 'pong'],
  })
  .step('answer', answer, ({ task }) => ({ question: task[0] ?? '', limit: '1' }));
export type Nested = [
  Expect<Equal<InputOf<typeof nested>, undefined>>,
  Expect<Equal<OutputOf<typeof nested>, { url: string }>>,
];
export const kept: Workflow<undefined, { url: string }> = nested;
export const runnable: readonly Runnable[] = [start, answer, whole, nested, task];

/** Graphs: results are unknown, the input is typed. */
const data = graph(
  'data',
  {
    a: { work: finder, input: ({ input }) => ({ question: input.question }) },
    b: { work: 'elsewhere', input: { list: [1, 'x', null] }, after: ['a'] },
    c: {
      work: ({ a, input, key }) => {
        const typed: Expect<Equal<typeof a, unknown>> = true;
        return [typed, input.limit, key];
      },
      after: ['a', 'b'],
    },
  },
  { input: Question },
);
export type Data = [
  Expect<Equal<InputOf<typeof data>, { question: string; limit: string }>>,
  Expect<Equal<OutputOf<typeof data>, unknown>>,
];
run(data, { question: '?', limit: '1' });
run(graph('empty', {}), undefined);
// @ts-expect-error: the input is what the schema takes
run(data, { question: '?' });
// @ts-expect-error: work is needed
graph('g', { a: { after: [] } });
// @ts-expect-error: an input is JSON or a function
graph('g', { a: { work: 'x', input: new Date(0) } });
// @ts-expect-error: a condition says yes or no
graph('g', { a: { work: 'x', when: () => 1 } });
