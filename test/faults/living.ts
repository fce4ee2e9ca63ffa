/**
 * A team that lives: rounds of everything that begins and ends, each round leaving nothing behind.
 * Whoever counts what is reachable after some rounds and after many sees what leaks.
 */
import { assign, fromPromise, setup } from 'xstate';
import { z } from 'zod';
import {
  type Definition,
  defineApproval,
  defineBot,
  defineWorkflow,
  handler,
  type MachineDefinition,
  type Troupe,
} from '../../src/index.ts';

const many = 1_000;

const echo = defineBot({
  id: 'echo',
  input: z.unknown(),
  concurrency: 100,
  retry: false,
  mailbox: { capacity: 100_000 },
  on: {
    note: handler(z.number(), () => undefined),
    ask: handler(z.number(), ({ payload }) => payload + 1),
    parts: handler(z.number(), async function* ({ payload }) {
      for (let part = 0; part < payload; part += 1) yield part;
    }),
    fail: handler(z.unknown(), () => {
      throw new RangeError('no');
    }),
    never: handler(z.unknown(), ({ signal }) => until(signal)),
  },
  work: async ({ input, step, send }) => {
    await step('one', ({ key }) => key);
    await send('echo', { type: 'note', payload: 1 });
    return input;
  },
});

const never = defineBot({
  id: 'never',
  concurrency: 100,
  work: ({ signal }) => until(signal),
});

const asker = defineBot({
  id: 'asker',
  concurrency: 100,
  work: async ({ ask, sleep, step }) => {
    await sleep('nap', '1ms');
    await step('child', echo, { a: 1 });
    return ask('echo', { type: 'ask', payload: 1 });
  },
});

const hand = defineBot({ id: 'hand', concurrency: 100 });
const yes = defineApproval({ id: 'yes', input: z.number(), expiresIn: '2d', remindEvery: '1d' });

const plan = defineWorkflow({ id: 'plan', input: z.number() })
  .step('echo', echo, ({ input }) => input, { undo: () => undefined })
  .step('both', ({ echo: given }) => [given])
  .step('fails', echo, () => ({}), {
    optional: true,
    when: () => false,
  });

const broken = defineWorkflow({ id: 'broken', input: z.number() })
  .step('done', ({ input }) => input, { undo: () => undefined })
  .step('fails', () => {
    throw new RangeError('no');
  });

const child = setup({}).createMachine({
  id: 'child',
  initial: 'waits',
  states: { waits: { on: { GO: 'done' }, after: { 100000000: 'done' } }, done: { type: 'final' } },
});

const parent = setup({
  types: {
    context: {} as { count: number },
    events: {} as { type: 'GO' } | { type: 'BOOM' } | { type: 'MORE' },
    emitted: {} as { type: 'told' },
  },
  actors: { child, promise: fromPromise(async () => 1) },
  actions: {
    boom: () => {
      throw new RangeError('boom');
    },
  },
}).createMachine({
  id: 'parent',
  context: { count: 0 },
  initial: 'first',
  states: {
    first: { invoke: { src: 'promise', onDone: 'second' } },
    second: {
      invoke: { src: 'child', id: 'c', systemId: 'the-child' },
      after: { 50000000: 'end' },
      on: {
        MORE: { actions: assign({ count: ({ context }) => context.count + 1 }) },
        BOOM: { actions: 'boom' },
        GO: 'end',
      },
    },
    end: { type: 'final' },
  },
});

/** All that the rounds use. */
export const definitions: readonly (Definition | MachineDefinition | typeof parent)[] = [
  echo,
  never,
  asker,
  hand,
  yes,
  plan,
  broken,
  parent,
];

const until = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

const settled = (call: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(call).then(
    (value) => value,
    (error: unknown) => error,
  );

/** One kind of life; `n` is a number of its own, `signal` one that never ends. */
export type Life = (troupe: Troupe, n: number, signal: AbortSignal) => Promise<unknown>;

/** Each kind by its name. */
export const lives: Readonly<Record<string, Life>> = {
  'a message': (troupe) => troupe.send(echo, { type: 'note', payload: 1 }),
  'a batch': (troupe) =>
    troupe.sendAll([
      { to: echo, type: 'note', payload: 1 },
      { to: echo, type: 'note', payload: 2 },
    ]),
  'an ask': (troupe, n, signal) => troupe.ask(echo, { type: 'ask', payload: n }, { signal }),
  parts: async (troupe, _, signal) => {
    for await (const _ of troupe.askStream(echo, { type: 'parts', payload: 3 }, { signal }));
  },
  'parts that nobody takes': async (troupe) => {
    for await (const _ of troupe.askStream(echo, { type: 'parts', payload: 30 })) break;
  },
  'an ask that fails': (troupe) => settled(troupe.ask(echo, { type: 'fail' })),
  'an ask that nobody waits for': async (troupe) => {
    const ends = new AbortController();
    const asked = settled(troupe.ask(echo, { type: 'never' }, { signal: ends.signal }));
    ends.abort();
    await asked;
  },
  'a letter': async (troupe) => {
    await settled(troupe.send('nobody', { type: 'note' }));
    for (const { id } of await troupe.deadLetters.list()) await troupe.deadLetters.discard(id);
  },
  'a run': (troupe, n, signal) => troupe.run(echo, n, { signal }),
  'a run that asks': (troupe) => troupe.run(asker, undefined),
  'a run by hand': async (troupe) => {
    const run = await troupe.start(hand, undefined);
    await run.begin();
    await run.report({ progress: 0.5 });
    await run.complete({ result: 1 });
    await run.result();
  },
  'a run that is cancelled': async (troupe, _, signal) => {
    const run = await troupe.start(never, undefined, { signal });
    const waits = settled(run.result({ signal, timeout: '1d' }));
    await run.cancel();
    await waits;
  },
  'a run that nobody waits for any more': async (troupe) => {
    const run = await troupe.start(never, undefined);
    const ends = new AbortController();
    const waits = settled(run.outcome({ signal: ends.signal }));
    ends.abort();
    await waits;
    for await (const _ of run.events()) break;
    await run.cancel();
    await run.outcome();
  },
  'a run that is paused': async (troupe) => {
    const run = await troupe.start(never, undefined);
    await run.pause();
    await run.resume();
    await run.cancel();
    await run.outcome();
  },
  'a plan': (troupe, n) => troupe.run(plan, n),
  'a plan that fails': (troupe, n) => settled(troupe.run(broken, n)),
  'an approval': async (troupe, n) => {
    const run = await troupe.start(yes, n);
    await troupe.approvals.list();
    await run.decide({ approve: true, by: 'ann' });
    await run.result();
  },
  'a machine': async (troupe) => {
    const run = await troupe.start(parent, undefined);
    const watched = run.actor.subscribe(() => {});
    const told = run.actor.on('told', () => {});
    while (run.actor.getSnapshot().value !== 'second') {
      await new Promise((resolve) => setImmediate(resolve));
    }
    await troupe.send(run, { type: 'MORE' });
    await troupe.send(run, { type: 'GO' });
    await run.outcome();
    watched.unsubscribe();
    told.unsubscribe();
  },
  'a machine that throws': async (troupe) => {
    const run = await troupe.start(parent, undefined, {
      supervision: { restart: 'transient', intensity: { max: 1, within: '5s' } },
    });
    while (run.actor.getSnapshot().value !== 'second') {
      await new Promise((resolve) => setImmediate(resolve));
    }
    run.actor.subscribe({ error: () => {} });
    for (let time = 0; time < 4; time += 1) await settled(troupe.send(run, { type: 'BOOM' }));
    await run.outcome();
    for (const { id } of await troupe.incidents.list()) {
      await troupe.incidents.close(id, { by: 'ann' });
    }
  },
  'a supervisor': async (troupe, n) => {
    const supervisor = await troupe.supervise({
      id: `s-${n}`,
      strategy: 'simple-one-for-one',
      template: { work: never },
    });
    await supervisor.start({ id: 'a' });
    await supervisor.start({ id: 'b' });
    await supervisor.restart('a').catch(() => {});
    await supervisor.terminate('a');
    await supervisor.stop();
    await supervisor.outcome();
  },
};

/** So many messages, a thousand at a time. */
export async function messages(troupe: Troupe, count: number): Promise<void> {
  for (let sent = 0; sent < count; sent += many) {
    await troupe.sendAll(
      Array.from({ length: Math.min(many, count - sent) }, () => ({
        to: echo,
        type: 'note' as const,
        payload: sent,
      })),
    );
    await troupe.ask(echo, { type: 'ask', payload: 1 });
  }
}
