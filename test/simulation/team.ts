/**
 * A small team with all that this runtime promises: steps with retries, time-outs, back-off, child
 * runs, suspension, routing, a chain, a graph, messages, failures and cancellation, sleep, pauses
 * and runs that are driven by hand.
 */
import { z } from 'zod';
import {
  defineBot,
  defineTask,
  defineWorkflow,
  graph,
  handler,
  RunError,
  TerminalError,
} from '../../src/index.ts';
import type { World } from './world.ts';

const N = z.object({ n: z.number() });
const Text = z.object({ text: z.string() });
const Note = z.object({ id: z.string() });

/** The definitions of a team that acts on a world. */
export function teamOn(world: World) {
  const workers = workersOn(world);
  const writing = writingOn(world);
  const leads = leadsOn(world, workers, writing);
  const office = officeOn(world);
  const plans = plansOn(world, workers, writing);
  const { writers, ...rest } = writing;
  const named = { ...workers, ...rest, ...leads, ...plans, ...office };
  return { definitions: [...writers, ...Object.values(named)], ...named };
}

type Workers = ReturnType<typeof workersOn>;
type Writing = ReturnType<typeof writingOn>;

function workersOn(world: World) {
  const scout = defineBot({
    id: 'scout',
    concurrency: 2,
    input: N,
    retry: { attempts: 3, backoff: 100 },
    work: async ({ input: { n }, step, report, attempt, runId, signal }) => {
      const rest = world.works(runId, signal);
      const found = await step('look', ({ key }) => world.step({ key, value: n * 10 }));
      const checked = await step(
        'check',
        (context) => world.step({ key: context.key, value: 1, fails: context.attempt < 2 }),
        { retry: { attempts: 3, backoff: 20 } },
      );
      await report({ progress: 0.5, learnings: [`${runId} attempt ${attempt}`] });
      rest();
      if (n % 3 === 0 && attempt === 1) throw new RangeError('multiples of three fail at first');
      return found + checked;
    },
  });

  const hasty = defineBot({
    id: 'hasty',
    timeout: 1_000,
    work: async ({ step, attempt, runId, signal }) => {
      world.works(runId, signal);
      const first = await step('first', ({ key }) => world.step({ key, value: 'first' }));
      if (attempt === 1) await world.hang(signal);
      const second = await step('second', ({ key }) => world.step({ key, value: 'second' }));
      return [first, second, attempt];
    },
  });

  const sleeper = defineBot({
    id: 'sleeper',
    input: N,
    work: ({ input, step }) =>
      step('sleep', ({ key }) => world.step({ key, value: `slept ${input.n}`, ms: input.n })),
  });

  const doomed = defineBot({
    id: 'doomed',
    retry: { attempts: 2, backoff: 50 },
    work: async ({ step }) => {
      await step('try', ({ key }) => world.step({ key, value: 0, fails: true }));
    },
  });
  return { scout, hasty, sleeper, doomed };
}

function writingOn(world: World) {
  const writers = ['writer', 'editor'].map((id) =>
    defineBot({
      id,
      concurrency: 1,
      capabilities: ['write@1.2.0'],
      input: Text,
      output: z.string(),
      work: ({ input, step }) =>
        step('write', ({ key }) => world.step({ key, value: `${input.text}!` })),
    }),
  );

  const brief = defineTask({
    id: 'brief',
    capability: 'write@1.1.0',
    input: Text,
    output: z.string(),
  });

  const desk = defineBot({
    id: 'desk',
    concurrency: 1,
    retry: { attempts: 2, backoff: 30 },
    on: {
      note: handler(Note, ({ payload }) => world.handle({ key: payload.id, value: null })),
      fragile: handler(Note, ({ payload, attempt }) =>
        world.handle({ key: payload.id, value: null, fails: attempt === 1 }),
      ),
      count: handler(Note, ({ payload }) =>
        world.handle({ key: payload.id, value: payload.id.length, ms: 1_200 }),
      ),
      relay: handler(Note, async ({ payload, ask }) => {
        const asked = { type: 'look', payload: { id: `${payload.id} on` } };
        return [payload.id, await ask('clerk', asked)];
      }),
      broken: handler(Note, ({ payload }) => {
        throw new TerminalError(`${payload.id} can't be handled`);
      }),
    },
  });
  const clerk = defineBot({
    id: 'clerk',
    concurrency: 1,
    on: { look: handler(Note, ({ payload }) => world.handle({ key: payload.id, value: 'seen' })) },
  });
  return { writers, brief, desk, clerk };
}

function leadsOn(world: World, { scout, sleeper, doomed }: Workers, { brief, desk }: Writing) {
  const lead = defineBot({
    id: 'lead',
    concurrency: 1,
    work: async ({ step, send, ask, runId, signal }) => {
      const rest = world.works(runId, signal);
      const [a, b] = await Promise.all([
        step('a', scout, { n: 1 }).then((found) =>
          step('weigh', ({ key }) => world.step({ key, value: found * 2 })),
        ),
        step('b', scout, { n: 3 }),
      ]);
      await send(desk, { type: 'note', payload: { id: `${runId} note` } });
      await send(desk, { type: 'fragile', payload: { id: `${runId} fragile` }, priority: 8 });
      const slept = await step('slow', sleeper, { n: 5_000 });
      await send(desk, { type: 'broken', payload: { id: `${runId} broken` } });
      const failed = await step('doomed', doomed, undefined).catch(statusOf);
      const [count, relayed, hurt] = await Promise.all([
        ask(desk, { type: 'count', payload: { id: `${runId} count` } }),
        ask(desk, { type: 'relay', payload: { id: `${runId} relay` } }),
        ask(desk, { type: 'broken', payload: { id: `${runId} hurt` } }).catch(codeOf),
      ]);
      const parts = [a, b, slept, failed, count, relayed, hurt];
      const text = await step('brief', brief, { text: parts.join(' ') });
      rest();
      return text;
    },
  });

  /** Child runs of which one settles whenever the step after another one ends. */
  const fan = defineBot({
    id: 'fan',
    concurrency: 1,
    work: ({ step }) =>
      Promise.all(
        [10, 20, 30, 40, 1_500].map(async (n) => {
          const slept = await step(`nap-${n}`, sleeper, { n });
          return step(`note-${n}`, ({ key }) => world.step({ key, value: slept, ms: 10 }));
        }),
      ),
  });

  const branch = defineBot({
    id: 'branch',
    work: async ({ step, signal }) => {
      await step('grow', ({ key }) => world.step({ key, value: true }));
      return world.hang(signal);
    },
  });

  const trunk = defineBot({
    id: 'trunk',
    work: ({ step }) => Promise.all(['x', 'y'].map((name) => step(name, branch, undefined))),
  });
  return { lead, fan, branch, trunk };
}

const codeOf = (error: unknown): unknown => Object(error).code;

function officeOn(world: World) {
  const notary = defineBot({ id: 'notary', concurrency: 1, input: N, heartbeat: 60_000 });

  /** It is paused while it sleeps; then a notary has to stamp what it does. */
  const patient = defineBot({
    id: 'patient',
    concurrency: 1,
    work: async ({ step, sleep, runId, signal }) => {
      const rest = world.works(runId, signal);
      const first = await step('first', ({ key }) => world.step({ key, value: 'first' }));
      await sleep('nap', 400);
      const stamp = await step('stamp', notary, { n: 1 });
      const second = await step('second', ({ key }) => world.step({ key, value: 'second' }));
      rest();
      return [first, stamp, second];
    },
  });
  return { notary, patient };
}

function plansOn(world: World, { scout, doomed }: Workers, { brief }: Writing) {
  const flow = defineWorkflow({ id: 'flow', input: N })
    .step('find', scout, ({ input }) => input)
    .step('double', ({ find, key }) => world.run({ key, value: find * 2 }))
    .step('brief', brief, ({ double }) => ({ text: `doubled ${double}` }));

  const mesh = graph(
    'mesh',
    {
      left: { work: scout, input: { n: 4 } },
      right: { work: scout, input: { n: 6 } },
      both: {
        work: ({ left, right, key }) => world.run({ key, value: `${left} ${right}` }),
        after: ['left', 'right'],
      },
      flow: { work: flow, input: { n: 7 }, after: ['left'] },
      end: { work: brief, input: ({ both }) => ({ text: String(both) }), after: ['both', 'flow'] },
    },
    { concurrency: 2 },
  );

  const ruin = defineWorkflow({ id: 'ruin', input: N })
    .step('find', scout, ({ input }) => input)
    .step('fall', doomed);
  return { flow, mesh, ruin };
}

const statusOf = (error: unknown): string => {
  if (error instanceof RunError) return error.outcome.status;
  throw error;
};
