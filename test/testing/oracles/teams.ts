/** Teams that use much of what the runtime promises; nothing in them is wrong. */
import { assign, fromPromise, setup } from 'xstate';
import { z } from 'zod';
import {
  defineApproval,
  defineBot,
  defineTask,
  defineWorkflow,
  graph,
  handler,
  parallel,
  repeat,
  TerminalError,
} from '../../../src/index.ts';
import { type Play, stub } from '../../../src/testing/simulation/index.ts';

const N = z.object({ n: z.number() });
const Note = z.object({ id: z.string() });
const Text = z.object({ text: z.string() });

const limit = { timeout: '5s' };

const trader = defineBot({
  id: 'trader',
  timeout: '5s',
  concurrency: 1,
  on: {
    note: handler(Note, () => null),
    quote: handler(Note, ({ payload }) => payload.id),
    broken: handler(Note, () => {
      throw new TerminalError('it can not be handled');
    }),
  },
});

/** Steps, sends, a report, an ask. */
const finder = defineBot({
  id: 'finder',
  timeout: '20s',
  concurrency: 2,
  input: N,
  work: async ({ input: { n }, step, send, ask, report }) => {
    const found = await step('search', () => n + 1, limit);
    for (const id of ['a', 'b']) await send(trader, { type: 'note', payload: { id: id + n } });
    await report({ progress: 0.5, cost: 1 });
    const quoted = await ask(trader, { type: 'quote', payload: { id: `q${n}` } });
    const rated = await step('rate', () => found * 2, limit);
    return { found, quoted, rated };
  },
});

const editor = defineApproval({
  id: 'editor',
  input: Text,
  remindEvery: '4h',
  expiresIn: '2d',
});

/** A person decides in the middle; what was done is undone. */
const answer = defineWorkflow({ id: 'answer', input: N, concurrency: 2 })
  .step('write', ({ input }) => ({ text: `text ${input.n}` }), { ...limit, undo: () => undefined })
  .step('release', editor, ({ write }) => write)
  .step('check', finder, ({ input }) => input, { after: [], optional: true })
  .step('publish', ({ key }) => key, { after: ['release', 'check'], ...limit });

/** Steps side by side under a limit. */
const mesh = graph(
  'mesh',
  {
    a: { work: finder, input: { n: 1 } },
    b: { work: finder, input: { n: 2 } },
    c: { work: finder, input: { n: 3 } },
    d: { work: finder, input: { n: 4 }, after: ['a', 'c'], runsWhen: 'always' },
    e: { work: finder, input: { n: 5 }, after: ['b'] },
  },
  { concurrency: 2, onFailure: 'continue' },
);

const worker = defineBot({
  id: 'worker',
  timeout: '5s',
  work: ({ step }) => step('do', () => ({ ok: true })),
});

/** A loop, a parallel, a fallback, and a failure after all of them. */
const saga = defineWorkflow({ id: 'saga', timeout: '1h' })
  .step('one', () => 1, { ...limit, undo: () => undefined })
  .step('two', worker, { after: [], undo: () => undefined, ...limit })
  .step('loop', repeat('round', worker, { until: ({ ok }) => ok, max: 3 }), { after: ['one'] })
  .step('both', parallel('both', { left: worker, right: worker }), { after: ['two'] })
  .step(
    'bad',
    () => {
      throw new TerminalError('it fails');
    },
    { after: ['loop', 'both'], ...limit },
  );

const notary = defineBot({ id: 'notary', concurrency: 1, timeout: '1h', input: N });

/** It sleeps, then somebody has to stamp it. */
const lead = defineBot({
  id: 'lead',
  timeout: '10h',
  work: async ({ step, sleep }) => {
    await sleep('nap', 400);
    const stamp = await step('stamp', notary, { n: 1 });
    return [stamp, await step('file', () => 'filed', limit)];
  },
});

const brief = defineTask({ id: 'brief', capability: 'write', input: N, timeout: '10s' });
const writers = ['ann', 'bob'].map((id) =>
  defineBot({
    id,
    capabilities: ['write'],
    concurrency: 1,
    input: N,
    work: ({ step }) => step('write', () => id),
  }),
);

/** Promises, delays and events. */
const job = setup({
  types: { context: {} as { n: number } },
  actors: { quote: fromPromise(() => Promise.resolve(5)) },
  actions: { count: assign({ n: ({ context }) => context.n + 1 }) },
  guards: { isEarly: ({ context }) => context.n < 3 },
}).createMachine({
  id: 'job',
  initial: 'idle',
  context: { n: 0 },
  states: {
    idle: { on: { go: 'busy' }, after: { 5000: 'busy' } },
    busy: {
      entry: 'count',
      invoke: { src: 'quote', onDone: 'rest', onError: 'rest' },
      after: { 3000: 'rest' },
    },
    rest: { after: { 100: [{ guard: 'isEarly', target: 'busy' }, { target: 'end' }] } },
    end: { type: 'final' },
  },
});

const crashy = defineBot({
  id: 'crashy',
  timeout: '3s',
  work: () => {
    throw new TerminalError('it crashes');
  },
});

/** By name. */
export const teams: Readonly<Record<string, Play>> = {
  approvals: {
    definitions: [answer, trader],
    scenario: async (troupe) => {
      const first = await troupe.start(answer, { n: 1 }, { id: '1' });
      const second = await troupe.start(answer, { n: 2 }, { id: '2' });
      await troupe.start(finder, { n: 3 }, { id: '3', after: [first, second] });
      await first.outcome();
    },
  },
  graphs: {
    definitions: [mesh, trader],
    scenario: async (troupe) => {
      await troupe.start(mesh, undefined, { id: '1' });
      const other = await troupe.start(mesh, undefined, { id: '2' });
      await other.cancel('enough');
    },
  },
  sagas: {
    definitions: [saga],
    scenario: (troupe) => troupe.start(saga, undefined, { id: '1' }),
  },
  messages: {
    definitions: [trader],
    scenario: async (troupe) => {
      const sends = [1, 2, 3, 4, 5].map((n) =>
        troupe.send(trader, { type: 'note', payload: { id: `${n}` }, priority: n % 2 ? 5 : 8 }),
      );
      await Promise.all(sends);
      await troupe.send(trader, { type: 'broken', payload: { id: 'x' } });
      await troupe.ask(trader, { type: 'quote', payload: { id: 'y' } });
      await troupe.sendAll([
        { to: trader, type: 'note', payload: { id: 's' } },
        { to: trader, type: 'note', payload: { id: 't' } },
      ]);
    },
  },
  hands: {
    definitions: [lead, notary],
    stubs: [stub(notary, () => 'stamped')],
    scenario: async (troupe) => {
      for (const id of ['1', '2']) await troupe.start(lead, undefined, { id });
    },
  },
  routes: {
    definitions: [brief, ...writers],
    scenario: async (troupe) => {
      for (const n of [1, 2, 3]) await troupe.start(brief, { n }, { id: `${n}`, priority: n });
    },
  },
  machines: {
    definitions: [job],
    scenario: async (troupe) => {
      const run = await troupe.start(job, undefined, { id: '1' });
      await troupe.send(run, { type: 'go' });
      await troupe.start(job, undefined, { id: '2' });
    },
  },
  supervisors: {
    definitions: [worker, crashy, job],
    scenario: async (troupe) => {
      for (const strategy of ['one-for-one', 'one-for-all'] as const) {
        await troupe.supervise({
          id: strategy,
          strategy,
          intensity: { max: 2, within: '5s' },
          children: [
            { id: 'a', work: worker, restart: 'transient' },
            { id: 'b', work: crashy, restart: 'transient' },
            { id: 'c', work: job, restart: 'transient' },
          ],
        });
      }
    },
  },
};
