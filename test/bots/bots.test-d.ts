/**
 * Type tests of bots: what callers pass and get, what `work` and handlers see, what can be sent.
 */
import { z } from 'zod';
import { defineBot, handler } from '../../src/bots/index.ts';
import type {
  Bot,
  HandlerContext,
  InputOf,
  MessageOf,
  OutputOf,
  Recipient,
  Runnable,
  Step,
  WorkContext,
} from '../../src/protocol/index.ts';
import type { Equal, Expect } from '../type-tests/equal.ts';

declare function run<W extends Runnable>(work: W, input: InputOf<W>): Promise<OutputOf<W>>;
declare function send<R extends Recipient>(to: R, message: MessageOf<R>): Promise<void>;
declare function search(question: string, options: { signal: AbortSignal }): Promise<string[]>;

const finder = defineBot({
  id: 'finder',
  input: z.object({ question: z.string() }),
  async work({ input, step }) {
    return step('search', ({ signal }) => search(input.question, { signal }));
  },
});

export type Finder = [
  Expect<Equal<InputOf<typeof finder>, { question: string }>>,
  Expect<Equal<OutputOf<typeof finder>, string[]>>,
];

const hits = run(finder, { question: 'What is new?' });
export type Hits = Expect<Equal<typeof hits, Promise<string[]>>>;

// @ts-expect-error: the question is a text
run(finder, { question: 1 });
// @ts-expect-error: a question is needed
run(finder, {});
// @ts-expect-error: an input is needed
run(finder, undefined);
// @ts-expect-error: nothing else is asked
run(finder, { question: '?', answer: '!' });
// @ts-expect-error: a string is nothing that runs
run('finder', { question: '?' });

/** A schema that transforms: callers see one side, the work the other. */
const counter = defineBot({
  id: 'counter',
  input: z.object({ count: z.string().transform(Number), step: z.number().default(1) }),
  output: z.object({ count: z.number().transform(String) }),
  work: ({ input }) => {
    const typed: Expect<Equal<typeof input, { count: number; step: number }>> = true;
    return { count: input.count + input.step, typed };
  },
});

export type Counter = [
  Expect<Equal<InputOf<typeof counter>, { count: string; step?: number | undefined }>>,
  Expect<Equal<OutputOf<typeof counter>, { count: string }>>,
];

const output = z.object({ count: z.number() });
const given = Promise.resolve({ count: 1 });
export const whole = defineBot({ id: 'c', output, work: () => ({ count: 1 }) });
export const later = defineBot({ id: 'c', output, work: async () => ({ count: 1 }) });
export const passed = defineBot({ id: 'c', output, work: () => given });
// @ts-expect-error: work returns what the output schema takes
export const wrong = defineBot({ id: 'c', output, work: () => ({ count: 'one' }) });
// @ts-expect-error: also when it returns it later
export const wrongLater = defineBot({ id: 'c', output, work: async () => ({ count: 'one' }) });
// @ts-expect-error: and nothing is not enough
export const nothing = defineBot({ id: 'c', output, work: () => {} });

/** Without schemas: nothing in, whatever `work` returns out. */
const ping = defineBot({ id: 'ping', work: ({ attempt }) => (attempt > 1 ? 'late' : 7) });
export type Ping = [
  Expect<Equal<InputOf<typeof ping>, undefined>>,
  Expect<Equal<OutputOf<typeof ping>, 'late' | 7>>,
];
run(ping, undefined);
// @ts-expect-error: it takes no input
run(ping, { question: '?' });

/** The parts of a context, wherever `work` stands among the options. */
export const early = defineBot({
  work: (context) => {
    const typed: Expect<Equal<typeof context, WorkContext<{ question: string }>>> = true;
    return typed;
  },
  id: 'early',
  input: z.object({ question: z.string() }),
});

export async function steps(step: Step): Promise<void> {
  const text = await step('a', async ({ key, attempt }) => `${key} ${attempt}`);
  const found = await step('b', finder, { question: text });
  const many: string[] = await step('c', finder, { question: '?' }, { priority: 8 });
  const none = await step('d', ping, undefined);
  const typed: [
    Expect<Equal<typeof text, string>>,
    Expect<Equal<typeof found, string[]>>,
    Expect<Equal<typeof none, 'late' | 7>>,
  ] = [true, true, true];
  // @ts-expect-error: a child is held to its input too
  await step('e', finder, { question: 5 });
  // @ts-expect-error: so is a function to its context
  await step('f', ({ question }) => question, typed, many);
}

const Quote = z.object({ symbol: z.string(), limit: z.number().optional() });
const trader = defineBot({
  id: 'trader',
  on: {
    quote: handler(Quote, ({ payload }) => {
      const typed: Expect<Equal<typeof payload, { symbol: string; limit?: number | undefined }>> =
        true;
      return { cents: payload.symbol.length, typed };
    }),
    stop: handler(z.undefined(), async ({ message, send }) => {
      await send('finder', { type: 'any', payload: message.from });
      await send(trader, { type: 'quote', payload: { symbol: 'ABC' } });
    }),
    parsed: handler(z.string().transform(Number), (context) => {
      const typed: Expect<Equal<typeof context, HandlerContext<number>>> = true;
      return typed;
    }),
  },
});

send(trader, { type: 'quote', payload: { symbol: 'ABC' }, priority: 8, expiresIn: '2s' });
send(trader, { type: 'stop' });
send(trader, { type: 'parsed', payload: '7' });
// @ts-expect-error: there is no such message
send(trader, { type: 'quotes', payload: { symbol: 'ABC' } });
// @ts-expect-error: the payload is that of another message
send(trader, { type: 'parsed', payload: { symbol: 'ABC' } });
// @ts-expect-error: the payload is what the schema takes, not what it gives
send(trader, { type: 'parsed', payload: 7 });
// @ts-expect-error: a payload is needed
send(trader, { type: 'quote' });
// @ts-expect-error: a message has no such field
send(trader, { type: 'stop', prio: 8 });
// @ts-expect-error: a bot without handlers takes no message
send(finder, { type: 'quote', payload: { symbol: 'ABC' } });

export type Messages = [
  Expect<Equal<MessageOf<typeof trader>['type'], 'quote' | 'stop' | 'parsed'>>,
  Expect<Equal<MessageOf<typeof finder>, never>>,
  Expect<Equal<InputOf<typeof trader>, undefined>>,
];

/** Bots of any types are bots, and can be run and listed. */
export const team: readonly Bot[] = [finder, counter, ping, trader];
export const runnable: readonly Runnable[] = team;

// @ts-expect-error: an option that comes later is none yet
defineBot({ id: 'a', work: () => 1, persona: 'kind' });
// @ts-expect-error: an id is needed
defineBot({ work: () => 1 });
// @ts-expect-error: a schema is a Standard Schema
defineBot({ id: 'a', input: { type: 'object' }, work: () => 1 });
// @ts-expect-error: handlers are made by handler()
defineBot({ id: 'a', on: { quote: () => 1 } });
// @ts-expect-error: a retry is false or an object
defineBot({ id: 'a', work: () => 1, retry: 3 });
// @ts-expect-error: what is declared is not changed
finder.id = 'other';
