/**
 * The team whose journals lie in the folders beside this file, and its story: what is asked of it
 * in its first process, and what comes in its last, in which everything ends.
 *
 * It must not change any more: the journals were made of it. A new format may have a new team.
 */
import { assign, createMachine, setup } from 'xstate';
import { z } from 'zod';
import {
  defineApproval,
  defineBot,
  defineTask,
  defineWorkflow,
  handler,
  repeat,
  sequence,
  type Troupe,
} from '../../../src/index.ts';

const Text = z.object({ text: z.string() });
const never = (): Promise<never> => new Promise(() => {});

/** Finishes at once. */
const finder = defineBot({
  id: 'finder',
  input: z.object({ question: z.string() }),
  work: ({ input }) => [`a fact about ${input.question}`],
});
/** Has recorded a step, and works on: it ends in the third process. */
const slow = defineBot({
  id: 'slow',
  concurrency: 1,
  work: async ({ step, report }) => {
    const first = await step('first', () => `recorded in process ${life.number}`);
    await report({ progress: 0.5, note: 'half of it', cost: 2 });
    if (life.number < 3) await never();
    return { first, second: await step('second', () => `recorded in process ${life.number}`) };
  },
});
/** Which process it is, from 1. */
export const life = { number: 1 };

const sleeper = defineBot({
  id: 'sleeper',
  work: async ({ step, sleep }) => {
    await step('lie down', () => 'lying');
    await sleep('nap', '1d');
    return 'rested';
  },
});
const clerk = defineBot({
  id: 'clerk',
  on: {
    note: handler(z.object({ text: z.string() })),
    broken: handler(z.string(), () => {
      throw new Error('this handler is broken');
    }),
  },
  retry: { attempts: 1 },
});
const outside = defineBot({ id: 'outside', input: z.string(), concurrency: 1 });
const expert = defineBot({ id: 'expert', input: z.string() });
const editor = defineApproval({ id: 'editor', input: Text, remindEvery: '4h', expiresIn: '9d' });
const review = defineTask({ id: 'review', bot: outside, input: z.string() });
const critic = defineBot({
  id: 'critic',
  input: Text,
  work: ({ input }) => ({ ...input, ok: true }),
});

const polish = repeat('polish', sequence('judge', critic), {
  until: (draft) => draft.ok,
  again: (draft) => draft,
  max: 3,
});
/** Waits for a person in its middle. */
const answer = defineWorkflow({ id: 'answer', input: z.object({ question: z.string() }) })
  .step('find', finder, ({ input }) => input)
  .step('polish', polish, ({ find }) => ({ text: find.join() }))
  .step('release', editor, ({ polish }) => polish)
  .step('publish', ({ polish, key }) => `${polish.text} [${key}]`, {
    after: ['polish', 'release'],
    undo: () => {},
  });
/** Each item of a list, one of which waits for an outside bot. */
const fan = defineWorkflow({ id: 'fan', input: z.array(z.string()) })
  .step('each', review, ({ input }) => input, { each: true })
  .step('count', ({ each }) => each.length);
/** Fails after a step that can be undone, which then can't be undone. */
const stained = defineWorkflow({ id: 'stained' })
  .step('stain', () => 'stained', {
    undo: () => {
      throw new Error('it does not come off');
    },
    undoRetry: { attempts: 1 },
  })
  .step(
    'fail',
    (): never => {
      throw new Error('as told');
    },
    { retry: { attempts: 1 } },
  );
/** Its definition is gone in the second process. */
export const lost = defineBot({ id: 'lost', work: () => 'found again' });
const lostStep = defineWorkflow({ id: 'lost-step', input: z.string() })
  .step('wait', outside, ({ input }) => input)
  .step('end', ({ wait }) => wait);

/** Counts down by a timer, with a child that is known by name in its tree. */
const child = createMachine({
  id: 'child',
  context: { heard: 0 },
  on: { POKE: { actions: assign({ heard: ({ context }) => context.heard + 1 }) } },
});
export const machine = setup({
  types: {} as { context: { ticks: number }; events: { type: 'TICK' } | { type: 'END' } },
  actors: { child },
  delays: { hour: 3_600_000 },
}).createMachine({
  id: 'machine',
  context: { ticks: 0 },
  initial: 'waiting',
  invoke: { src: 'child', id: 'listener', systemId: 'listener' },
  on: {
    TICK: {
      actions: [
        assign({ ticks: ({ context }) => context.ticks + 1 }),
        ({ system }) => system.get('listener')?.send({ type: 'POKE' }),
      ],
    },
  },
  states: {
    waiting: { after: { hour: 'late' } },
    late: { on: { END: 'over' } },
    over: { type: 'final' },
  },
  output: ({ context }) => ({ ticks: context.ticks }),
});

/** All definitions; the second process of the making left `lost` and its workflow out. */
export const known = [
  ...[finder, slow, sleeper, clerk, outside, expert, critic],
  ...[editor, review, answer, fan, stained, machine],
];
export const all = [...known, lost, lostStep];

/** What is asked in the first process, at the time `now`. */
export async function begin(troupe: Troupe, now: number): Promise<void> {
  await troupe.run(finder, { question: 'ants' }, { id: 'done' });
  await troupe.start(answer, { question: 'bees' }, { id: 'waits' });
  await troupe.start(answer, { question: 'cats' }, { id: 'said-no' });
  const paused = await troupe.start(answer, { question: 'dogs' }, { id: 'paused' });
  await paused.pause();
  await troupe.start(fan, ['x', 'y', 'z'], { id: 'fan' });
  await troupe.start(stained, undefined, { id: 'stained' });
  await troupe.start(slow, undefined, { id: 'under-way', priority: 9 });
  await troupe.start(slow, undefined, { id: 'queued', priority: 1 });
  const nap = await troupe.start(sleeper, undefined, { id: 'nap' });
  await troupe.start(sleeper, undefined, { id: 'later', notBefore: now + 3 * day });
  await troupe.start(review, 'depends', { id: 'dependent', after: [nap] });
  const ticking = await troupe.start(machine, undefined, { id: 'ticking' });
  await troupe.send(ticking, { type: 'TICK' });
  await troupe.send(clerk, { type: 'note', payload: { text: 'kept' }, priority: 7 });
  await troupe.send(clerk, { type: 'note', payload: { text: 'kept, too' }, expiresIn: '30d' });
  await troupe.send(clerk, { type: 'broken', payload: 'letter' });
  await troupe.start(lostStep, 'lost', { id: 'lost-step' });
  await troupe.start(lost, undefined, { id: 'lost', notBefore: now + 2 * day });
  const handed = await troupe.start(outside, 'to be handed on', { id: 'handed', priority: 10 });
  await troupe.supervise({
    id: 'shift',
    strategy: 'one-for-all',
    intensity: { max: 3, within: '1h' },
    children: [
      { id: 'first', work: machine },
      { id: 'second', work: sleeper },
    ],
  });
  await troupe.handoffs.request(handed, { to: expert, reason: 'needs-specialist' });
}

const day = 86_400_000;

/**
 * What people and time do in the last process, which has all definitions; hours pass by `pass`.
 * Everything ends in it but the supervisor.
 */
export async function end(troupe: Troupe, pass: (hours: number) => Promise<void>): Promise<void> {
  for (const { runId } of await troupe.parked.list()) await troupe.parked.retry(runId);
  const [handoff] = await troupe.handoffs.list({ status: 'OPEN' });
  if (handoff !== undefined) await troupe.handoffs.accept(handoff.id, { by: 'Ann' });
  const notes = [await troupe.inbox(clerk).receive(), await troupe.inbox(clerk).receive()];
  const question = notes.map((note) => JSON.stringify(note?.payload)).join();
  await troupe.start(finder, { question }, { id: 'notes' });
  await (await troupe.get(answer, 'paused'))?.resume();
  await pass(1);
  for (const id of ['waits', 'said-no', 'paused']) {
    const run = await troupe.get(answer, id);
    await run?.decide('release', { approve: id !== 'said-no', by: 'ann', comment: 'as told' });
  }
  for (const id of ['ticking', 'shift/first']) {
    const run = await troupe.get(machine, id);
    if (run !== undefined) await troupe.send(run, { type: 'TICK' });
    if (run !== undefined) await troupe.send(run, { type: 'END' });
  }
  for (let round = 0; round < 12; round += 1) {
    await pass(round < 4 ? 1 : 24);
    await workOutside(troupe);
  }
}

/** What the bots outside have is done, one after the other. */
async function workOutside(troupe: Troupe): Promise<void> {
  const open = await troupe.runs.list({ status: ['PENDING', 'ASSIGNED', 'IN_PROGRESS'] });
  for (const { runId, assignedTo = '' } of open.toReversed()) {
    const run = ['outside', 'expert'].includes(assignedTo)
      ? await troupe.runs.get(runId)
      : undefined;
    if (run === undefined) continue;
    await run.begin();
    await run.complete({ result: `done by ${assignedTo}` });
  }
}
