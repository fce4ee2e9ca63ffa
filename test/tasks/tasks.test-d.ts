/**
 * Type tests of tasks: types that come from the bot or from schemas, and one way of routing.
 */
import { z } from 'zod';
import { defineBot } from '../../src/bots/index.ts';
import type { InputOf, OutputOf, Runnable } from '../../src/protocol/index.ts';
import { defineTask } from '../../src/tasks/define-task.ts';
import type { Equal, Expect } from '../type-tests/equal.ts';

declare function run<W extends Runnable>(work: W, input: InputOf<W>): Promise<OutputOf<W>>;

const bot = defineBot({
  id: 'finder',
  input: z.object({ question: z.string() }),
  work: ({ input }) => [input.question],
});

const byBot = defineTask({ id: 'find', bot });
const narrowed = defineTask({
  id: 'find',
  bot,
  input: z.string().transform((question) => ({ question })),
  output: z.array(z.string()).transform((found) => found.length),
});
const open = defineTask({ id: 'find', capability: 'web-search' });
const typed = defineTask({
  id: 'find',
  domain: 'news',
  input: z.object({ day: z.string().transform(Number) }),
  output: z.object({ lines: z.array(z.string()).default([]) }),
});

export type Types = [
  Expect<Equal<InputOf<typeof byBot>, { question: string }>>,
  Expect<Equal<OutputOf<typeof byBot>, string[]>>,
  Expect<Equal<InputOf<typeof narrowed>, string>>,
  Expect<Equal<OutputOf<typeof narrowed>, number>>,
  Expect<Equal<InputOf<typeof open>, undefined>>,
  Expect<Equal<OutputOf<typeof open>, unknown>>,
  Expect<Equal<InputOf<typeof typed>, { day: string }>>,
  Expect<Equal<OutputOf<typeof typed>, { lines: string[] }>>,
];

run(byBot, { question: '?' });
// @ts-expect-error: the task is held to what its bot takes
run(byBot, { question: 1 });
// @ts-expect-error: without a schema the input is undefined
run(open, { question: '?' });

defineTask({ id: 'a', choose: (candidates) => candidates[0]?.id ?? 'nobody' });
// @ts-expect-error: one way to find the bot is needed
defineTask({ id: 'a' });
// @ts-expect-error: two ways are one too many
defineTask({ id: 'a', bot, capability: 'web-search' });
// @ts-expect-error: also these two
defineTask({ id: 'a', domain: 'news', capability: 'web-search' });
// @ts-expect-error: a bot is named by its definition
defineTask({ id: 'a', bot: 'finder' });
// @ts-expect-error: a task is no bot
defineTask({ id: 'a', bot: byBot });
// @ts-expect-error: a choice is an id
defineTask({ id: 'a', choose: (candidates) => candidates[0] });
// @ts-expect-error: what the schema gives, the bot does not take
defineTask({ id: 'a', bot, input: z.object({ question: z.number() }) });
// @ts-expect-error: what the bot gives, the schema does not take
defineTask({ id: 'a', bot, output: z.array(z.number()) });
// @ts-expect-error: an option that comes later is none yet
defineTask({ id: 'a', bot, when: () => true });
