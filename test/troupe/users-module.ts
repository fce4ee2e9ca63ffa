/**
 * A module as a user writes one: everything that it exports has an inferred type, which a compiler
 * must be able to write down with the package's public names alone.
 */
import {
  createTroupe,
  defineBot,
  defineTask,
  defineWorkflow,
  graph,
  handler,
  memoryJournal,
  openJournal,
  simulatedClock,
  systemClock,
} from 'troupe';
import { z } from 'zod';

export const finder = defineBot({
  id: 'finder',
  input: z.object({ question: z.string() }),
  work: async ({ input, step }) => step('search', () => [input.question]),
});
export const trader = defineBot({
  id: 'trader',
  capabilities: ['trade'],
  on: { quote: handler(z.object({ symbol: z.string() }), ({ payload }) => payload.symbol) },
});
export const quote = handler(z.string(), ({ payload }) => payload.length);
export const pinned = defineTask({ id: 'pinned', bot: finder });
export const routed = defineTask({
  id: 'routed',
  capability: 'x',
  input: z.string(),
  output: z.number(),
});
export const empty = defineWorkflow({ id: 'empty' });
export const answer = defineWorkflow({ id: 'answer', input: z.object({ question: z.string() }) })
  .step('find', finder, ({ input }) => input)
  .step('count', ({ find }) => find.length)
  .step('publish', ({ count, key }) => ({ count, key }), { after: ['count'] });
export const ended = answer.output(({ publish }) => publish.key);
export const addStep = answer.step;
export const plan = graph('plan', {
  a: { work: finder, input: ({ input }) => ({ question: String(input) }) },
});

export const team = () => createTroupe({ definitions: [finder, answer] });
export const { send, run, start, get, register, parked, stop } = await team();
export const started = await start(answer, { question: '?' }, { id: 'x' });
export const { result, outcome, snapshot, events, cancel, actor } = started;
export const ending = await started.outcome({ timeout: '1s' });
export const shown = await started.snapshot();
export const told = started.events({ since: 1 });
export const waiting = await parked.list();

export const journals = [memoryJournal({ rows: 1 }), openJournal] as const;
export const clocks = [simulatedClock(1, { shuffle: true }), systemClock()] as const;
export const { work, on, capabilities, retry } = finder;
export const { steps } = answer;
export const { route } = routed;
export const takesContext = (context: Parameters<NonNullable<typeof finder.work>>[0]) => context;
export const options = (given: Parameters<typeof createTroupe>[0]) => given;
export const runOptions = (given: Parameters<typeof start>[2]) => given;
export const makeBot = <Id extends string>(id: Id) => defineBot({ id, work: () => id });
