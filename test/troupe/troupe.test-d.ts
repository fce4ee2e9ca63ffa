/**
 * Type tests of the troupe: what can be started, sent and read, with types from end to end.
 */
import { toPromise, waitFor } from 'xstate';
import { z } from 'zod';
import {
  createTroupe,
  defineBot,
  defineTask,
  defineWorkflow,
  type Failure,
  graph,
  handler,
  type Outcome,
  type Parked,
  type ParkedRun,
  type Run,
  type RunActor,
  type RunEvent,
  type RunOf,
  type RunOutcome,
  type RunSnapshot,
  type RunStatus,
  type StepOutcome,
  type Troupe,
} from '../../src/index.ts';
import type { Equal, Expect } from '../type-tests/equal.ts';

const finder = defineBot({
  id: 'finder',
  input: z.object({ question: z.string(), depth: z.number().default(1) }),
  work: ({ input, step }) => step('search', () => [input.question, input.depth] as const),
});
const plain = defineBot({ id: 'plain', work: async () => ({ n: 1 }) });
const trader = defineBot({
  id: 'trader',
  on: {
    quote: handler(z.object({ symbol: z.string() }), ({ payload }) => payload.symbol.length),
    ping: handler(z.undefined(), () => 'pong'),
  },
});
const routed = defineTask({
  id: 'routed',
  capability: 'x',
  input: z.string().transform(Number),
  output: z.number().transform(String),
});
const pinned = defineTask({ id: 'pinned', bot: finder });
const answer = defineWorkflow({ id: 'answer', input: z.object({ question: z.string() }) })
  .step('find', finder, ({ input }) => input)
  .step('count', ({ find }) => find.length);
const ended = answer.output(({ find, count }) => ({ first: find[0], count }));
const plan = graph('plan', { one: { work: 'plain' } });

export const troupe = await createTroupe({ definitions: [finder, plain, trader, answer] });
export type Made = Expect<Equal<typeof troupe, Troupe>>;

// What is run, and what comes back.
const found = await troupe.run(finder, { question: '?' }, { id: 'q-1' });
const foundDeep = await troupe.run(finder, { question: '?', depth: 2 });
const plainly = await troupe.run(plain, undefined);
const quoted = await troupe.run(routed, '41');
const pinnedly = await troupe.run(pinned, { question: '?' });
const counted = await troupe.run(answer, { question: '?' });
const shaped = await troupe.run(ended, { question: '?' });
const planned = await troupe.run(plan, undefined);
export type Results = [
  Expect<Equal<typeof found, readonly [string, number]>>,
  Expect<Equal<typeof foundDeep, typeof found>>,
  Expect<Equal<typeof plainly, { n: number }>>,
  Expect<Equal<typeof quoted, string>>,
  Expect<Equal<typeof pinnedly, readonly [string, number]>>,
  Expect<Equal<typeof counted, 2>>,
  Expect<Equal<typeof shaped, { first: string; count: 2 }>>,
  Expect<Equal<typeof planned, unknown>>,
];

// @ts-expect-error: the question is a text
troupe.run(finder, { question: 1 });
// @ts-expect-error: a question is needed
troupe.start(finder, {});
// @ts-expect-error: an input is needed, though it be undefined
troupe.run(plain);
// @ts-expect-error: it takes no input
troupe.run(plain, {});
// @ts-expect-error: callers see the input side of a schema
troupe.run(routed, 41);
// @ts-expect-error: nothing else is asked
troupe.run(answer, { question: '?', depth: 2 });
// @ts-expect-error: an id is nothing that runs
troupe.run('finder', { question: '?' });
// @ts-expect-error: there is no such option
troupe.start(plain, undefined, { prio: 1 });
// @ts-expect-error: options have types
troupe.start(plain, undefined, { after: 'plain/1' });

// Runs and what they tell.
export const run = await troupe.start(finder, { question: '?' }, { after: [], signal: undefined });
const got = await troupe.get(answer, 'a-1');
const outcome = await run.outcome({ timeout: '30s' });
const snapshot = await run.snapshot();
export type Runs = [
  Expect<Equal<typeof run, RunOf<typeof finder>>>,
  Expect<Equal<typeof run, Run<readonly [string, number], RunActor>>>,
  Expect<Equal<typeof got, Run<2, RunActor, Readonly<Record<never, never>>> | undefined>>,
  Expect<Equal<typeof outcome, RunOutcome<readonly [string, number]>>>,
  Expect<Equal<typeof snapshot, RunSnapshot<readonly [string, number]>>>,
  Expect<Equal<typeof snapshot.result, readonly [string, number] | undefined>>,
  Expect<Equal<typeof snapshot.status, RunStatus>>,
  Expect<Equal<typeof run.id, string>>,
  Expect<Equal<Troupe['parked'], Parked>>,
  Expect<Equal<Awaited<ReturnType<Parked['list']>>, ParkedRun[]>>,
];

if (outcome.status === 'COMPLETED') {
  const result: Expect<Equal<typeof outcome.result, readonly [string, number]>> = true;
  // @ts-expect-error: what completed has no error
  console.log(result, outcome.error);
} else if (outcome.status === 'FAILED') {
  const error: Expect<Equal<typeof outcome.error, Failure>> = true;
  // @ts-expect-error: what failed has no result
  console.log(error, outcome.result);
} else {
  const reason: Expect<Equal<typeof outcome.reason, string>> = true;
  console.log(reason);
}
export type Steps = Expect<
  Equal<typeof outcome.steps, Readonly<Record<string, StepOutcome>> | undefined>
>;

for await (const event of run.events({ since: 3 })) {
  const known: Expect<Equal<typeof event, RunEvent>> = true;
  if (event.type === 'status') console.log(known, event.path.length, event.status);
  else if (event.type === 'step') console.log(event.step, event.status, event.error?.code);
  else if (event.type === 'progress') console.log(event.progress + 1, event.note);
  else if (event.type === 'note') console.log(event.note.length);
  else if (event.type === 'emitted') console.log(event.event.type);
  else if (event.type === 'part') console.log(event.ordinal + 1);
  else if (event.type === 'approval') console.log(event.approval.length, event.step);
  else if (event.type === 'handoff') console.log(event.from, event.status);
  else console.log(event.type satisfies 'overdue' | 'reminder' | 'stage' | 'cut');
  // @ts-expect-error: only progress has progress
  console.log(event.progress);
}

// @ts-expect-error: waiting has its own options
run.outcome({ deadline: '1s' });
// @ts-expect-error: a run is read, not written
run.id = 'other';
// @ts-expect-error: the reason is a text
run.cancel(new Error('x'));
// @ts-expect-error: a failure says what happened
run.fail({});
// @ts-expect-error: progress is a number
run.report({ progress: 'half' });

// What XState's own functions make of the reference.
const output = await toPromise(run.actor);
const matched = await waitFor(run.actor, (state) => state.matches('COMPLETED'));
run.actor.subscribe((state) => console.log(state.value, state.output?.status));
export type Actors = [
  Expect<Equal<typeof output, Outcome>>,
  Expect<Equal<typeof matched.context.spec.run, string>>,
];

// What can be sent.
await troupe.send(trader, { type: 'quote', payload: { symbol: 'ABC' }, priority: 8 });
await troupe.send(trader, { type: 'ping' });
await troupe.send('trader', { type: 'anything', payload: [1] });
// @ts-expect-error: the symbol is a text
troupe.send(trader, { type: 'quote', payload: { symbol: 1 } });
// @ts-expect-error: a payload is needed
troupe.send(trader, { type: 'quote' });
// @ts-expect-error: it has no such handler
troupe.send(trader, { type: 'order', payload: {} });
// @ts-expect-error: a bot without handlers takes no message
troupe.send(plain, { type: 'ping' });
// @ts-expect-error: a workflow takes no message
troupe.send(answer, { type: 'ping' });
// @ts-expect-error: the runtime says who sends
troupe.send('trader', { type: 'ping', from: 'bot/x' });

// Definitions of any kind are registered, nothing else.
await troupe.register(finder, routed, answer, plan, trader);
// @ts-expect-error: an array is no definition
troupe.register([finder]);
// @ts-expect-error: there is no such option
createTroupe({ definition: finder });
// @ts-expect-error: a journal is a path or a journal
createTroupe({ journal: 7 });
await troupe.stop({ deadline: '5s' });
// @ts-expect-error: there is no such option
troupe.stop({ timeout: '5s' });

// The same in work: steps are typed by what they run, messages by who takes them.
export const lead = defineBot({
  id: 'lead',
  async work({ step, send, report }) {
    const typed: [
      Expect<Equal<Awaited<ReturnType<typeof askFinder>>, readonly [string, number]>>,
      Expect<Equal<Awaited<ReturnType<typeof count>>, number>>,
    ] = [true, true];
    const askFinder = () => step('ask', finder, { question: '?' }, { priority: 9 });
    const count = () => step('count', async () => 1, { retry: { attempts: 2 }, timeout: '1s' });
    // @ts-expect-error: the question is a text
    step('wrong', finder, { question: 1 });
    // @ts-expect-error: a child has no id of its own
    step('wrong', finder, { question: '?' }, { id: 'x' });
    // @ts-expect-error: a step has no such option
    step('wrong', () => 1, { attempts: 2 });
    await send(trader, { type: 'quote', payload: { symbol: 'ABC' } });
    // @ts-expect-error: the symbol is a text
    await send(trader, { type: 'quote', payload: { symbol: 1 } });
    await report({ progress: 0.5, learnings: ['a'] });
    // @ts-expect-error: there is no such field
    await report({ percent: 50 });
    return typed.length;
  },
});
