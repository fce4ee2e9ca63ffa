/** A task moves whole: what goes with it, from each state that it can be in; what stays apart. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  defineBot,
  defineTask,
  defineWorkflow,
  type Run,
  type RunEvent,
} from '../../../src/index.ts';
import { newFile } from '../../journal/files.ts';
import { refused } from '../../refusal.ts';
import { teamOf, testClock } from '../../troupe/team.ts';

const N = z.object({ n: z.number() });
const blocked = { reason: 'blocked' } as const;

const ann = defineBot({ id: 'ann', input: N, concurrency: 1 });
const bob = defineBot({ id: 'bob', input: N, concurrency: 1, handoffs: 'accept' });
const never = (): Promise<never> => new Promise(() => {});

async function allOf(run: Run<unknown>): Promise<RunEvent[]> {
  const seen: RunEvent[] = [];
  for await (const event of run.events()) seen.push(event);
  return seen;
}

test('a move gives one slot back and waits for another, in its priority', async () => {
  const { troupe, clock } = await teamOf([ann, bob]);
  const busy = await troupe.start(bob, { n: 0 }, { id: 'busy' });
  const low = await troupe.start(bob, { n: 0 }, { id: 'low', priority: 1 });
  const run = await troupe.start(ann, { n: 1 }, { id: 'x', priority: 9 });
  const next = await troupe.start(ann, { n: 2 }, { id: 'y' });
  await clock.quiet();
  await run.begin();
  await run.report({ progress: 0.5, note: 'half', learnings: ['a'], cost: 2, confidence: 0.3 });
  const { id, status } = await troupe.handoffs.request(run, { to: bob, ...blocked, state: [1] });
  expect([id, status]).toEqual(['ann/x/1', 'ACCEPTED']);
  await clock.quiet();
  expect(await run.snapshot()).toMatchObject({
    id: 'x',
    status: 'PENDING',
    assignedTo: 'bob',
    handoffs: 1,
    input: { n: 1 },
    priority: 9,
    progress: 0.5,
    note: 'half',
    learnings: ['a'],
    cost: 2,
    confidence: 0.3,
    attempts: 1,
  });
  expect((await next.snapshot()).status).toBe('ASSIGNED');
  await busy.begin();
  await busy.complete({ result: 0 });
  expect((await run.snapshot()).status).toBe('ASSIGNED');
  expect((await low.snapshot()).status).toBe('PENDING');
  expect(await run.begin()).toBe(2);
  expect(await refused(run.complete({ attempt: 1 }))).toMatchObject({ code: 'STALE_ATTEMPT' });
  await run.complete({ result: 'done' });
  expect(await run.outcome()).toMatchObject({ result: 'done', attempts: 2, cost: 2 });
});

test('events tell of each handoff: asked, taken, declined', async () => {
  const { troupe, clock } = await teamOf([ann, bob]);
  const run = await troupe.start(bob, { n: 1 }, { id: 'x' });
  const reason = { own: 'lunch' };
  const { id } = await troupe.handoffs.request(run, { to: ann, reason });
  await troupe.handoffs.decline(id, { reason: 'lunch here, too' });
  const late = await troupe.handoffs.request(run, { to: ann, ...blocked, timeout: 10 });
  await clock.advance(10);
  expect((await troupe.handoffs.get(late.id))?.status).toBe('EXPIRED');
  await troupe.handoffs.accept((await troupe.handoffs.request(run, { to: ann, reason })).id);
  await run.cancel('enough');
  const told = (await allOf(run)).flatMap((event) =>
    event.type === 'handoff' ? [[event.from, event.to, event.reason, event.status]] : [],
  );
  expect(told).toEqual([
    ['bob', 'ann', reason, 'OPEN'],
    ['bob', 'ann', reason, 'DECLINED'],
    ['bob', 'ann', 'blocked', 'OPEN'],
    ['bob', 'ann', 'blocked', 'EXPIRED'],
    ['bob', 'ann', reason, 'OPEN'],
    ['bob', 'ann', reason, 'ACCEPTED'],
  ]);
});

test('steps and child runs of two bots are apart; the later one reads those before', async () => {
  const seen: unknown[] = [];
  const keys: string[] = [];
  const child = defineBot({ id: 'child', input: N, work: ({ input }) => input.n + 1 });
  const second = defineBot({
    id: 'second',
    input: N,
    work: async ({ step, attempt, takenOver }) => {
      seen.push(takenOver);
      const found = await step('find', ({ key }) => keys.push(key));
      const below = await step('below', child, { n: 20 });
      if (attempt === 1) throw new Error('once');
      return [found, below, attempt];
    },
  });
  const first = defineBot({
    id: 'first',
    input: N,
    work: async ({ step, handoff, runId }) => {
      await step('find', ({ key }) => keys.push(key) * 100);
      await step('below', child, { n: 10 });
      await step('__proto__', () => runId);
      await handoff({ to: 'second', reason: 'out-of-scope', context: { why: 1 }, state: 2 });
    },
  });
  const { troupe, clock } = await teamOf([first, second, child]);
  const run = await troupe.start(first, { n: 1 }, { id: 'x' });
  await clock.advance(1_000);
  expect(await run.result()).toEqual([2, 21, 2]);
  expect(keys).toEqual(['first/x/find', 'first/x/find~h1']);
  const facts = {
    number: 1,
    from: 'first',
    reason: 'out-of-scope',
    context: { why: 1 },
    state: 2,
    steps: JSON.parse('{"find":100,"below":11,"__proto__":"first/x"}'),
  };
  expect(seen.length).toBeGreaterThanOrEqual(2);
  for (const one of seen) expect(one).toEqual(facts);
  const below = await troupe.runs.get('first/x/below~h1');
  expect(await below?.snapshot()).toMatchObject({ status: 'COMPLETED', parent: 'first/x' });
  expect(await run.snapshot()).toMatchObject({ attempts: 3, assignedTo: 'second' });
});

test('names that look like those of a later bot are refused', async () => {
  const bot = defineBot({ id: 'bot', work: ({ step }) => step('find~h1', () => 1) });
  const { troupe } = await teamOf([bot]);
  expect(await (await troupe.start(bot, undefined)).outcome()).toMatchObject({
    status: 'FAILED',
    error: { code: 'BAD_ID' },
  });
});

test('of three bots the last reads the newest of each name, also the first again', async () => {
  const asked: unknown[] = [];
  const chain = ['c', 'a'];
  const botOf = (id: string) =>
    defineBot({
      id,
      work: async ({ step, handoff, takenOver }) => {
        asked.push([id, takenOver?.from, takenOver?.number, takenOver?.steps]);
        await step('find', () => id);
        await step(`by ${id}`, () => true);
        const to = takenOver === undefined ? 'b' : chain.shift();
        if (to !== undefined) await handoff({ to, reason: 'overloaded' });
        return id;
      },
    });
  const bots = ['a', 'b', 'c'].map(botOf);
  const [a] = bots;
  const { troupe } = await teamOf(bots);
  if (a === undefined) return;
  const run = await troupe.start(a, undefined);
  expect(await run.result()).toBe('a');
  expect(asked).toEqual([
    ['a', undefined, undefined, undefined],
    ['b', 'a', 1, { find: 'a', 'by a': true }],
    ['c', 'b', 2, { find: 'b', 'by a': true, 'by b': true }],
    ['a', 'c', 3, { find: 'c', 'by a': true, 'by b': true, 'by c': true }],
  ]);
  expect(await run.snapshot()).toMatchObject({ handoffs: 3, assignedTo: 'a', attempts: 4 });
});

test('open child runs of the bot before are cancelled, and what they cost is counted', async () => {
  const slow = defineBot({
    id: 'slow',
    work: async ({ report, signal }) => {
      await report({ cost: 3 });
      await new Promise((_, reject) => signal.addEventListener('abort', reject));
    },
  });
  const lead = defineBot({ id: 'lead', input: N, work: ({ step }) => step('s', slow, undefined) });
  const { troupe, clock } = await teamOf([lead, slow, ann]);
  const run = await troupe.start(lead, { n: 1 }, { id: 'x' });
  await clock.advance(2_000);
  expect((await run.snapshot()).status).toBe('BLOCKED');
  const { id } = await troupe.handoffs.request(run, { to: ann, ...blocked });
  await troupe.handoffs.accept(id);
  await clock.quiet();
  expect(await run.snapshot()).toMatchObject({ status: 'ASSIGNED', assignedTo: 'ann', cost: 3 });
  expect(await (await troupe.runs.get('lead/x/s'))?.snapshot()).toMatchObject({
    status: 'CANCELLED',
    reason: 'its run was handed off',
  });
});

test('the retry policy counts for each bot anew, attempts are numbered on', async () => {
  const tries: unknown[] = [];
  const failing = (id: string) =>
    defineBot({
      id,
      input: N,
      retry: { attempts: 2, backoff: 1_000 },
      work: ({ attempt }) => {
        tries.push([id, attempt]);
        throw new Error('no');
      },
    });
  const [one, two] = [failing('one'), failing('two')];
  const { troupe, clock } = await teamOf([one, two]);
  const run = await troupe.start(one, { n: 1 });
  await clock.quiet();
  expect((await run.snapshot()).status).toBe('PENDING');
  await troupe.handoffs.request(run, { to: two, ...blocked });
  await clock.advance(60_000);
  expect(await run.outcome()).toMatchObject({ status: 'FAILED', attempts: 3 });
  expect(tries).toEqual([
    ['one', 1],
    ['two', 1],
    ['two', 2],
  ]);
});

test('the result fits what the new bot says, then what the definition promised', async () => {
  const Promised = z.object({ text: z.string() });
  const asked = defineBot({ id: 'asked', input: N, output: Promised, work: never });
  const good = defineBot({
    id: 'good',
    input: N,
    output: z.object({ text: z.string().trim() }),
    work: ({ input }) => ({ text: ` ${input.n} ` }),
  });
  const bad = defineBot({ id: 'bad', input: N, retry: false, work: () => ({ title: 'x' }) });
  const { troupe, clock } = await teamOf([asked, good, bad]);
  const outcomes = [];
  for (const to of [good, bad]) {
    const run = await troupe.start(asked, { n: 1 }, { id: to.id });
    await clock.quiet();
    await troupe.handoffs.request(run, { to, ...blocked });
    await clock.advance(60_000);
    outcomes.push(await run.outcome());
  }
  expect(outcomes).toMatchObject([
    { status: 'COMPLETED', result: { text: '1' } },
    { status: 'FAILED', error: { code: 'INVALID' } },
  ]);
});

test("a task's own schemas hold at the new bot, a shared one is asked once", async () => {
  const Doubling = z.number().transform((n) => n * 2);
  const asks = z.object({ n: z.string() }).transform(({ n }) => ({ n: Number(n) }));
  const one = defineBot({ id: 'one', input: N, output: Doubling, work: never });
  const two = defineBot({ id: 'two', input: N, output: Doubling, work: ({ input }) => input.n });
  const task = defineTask({ id: 'task', bot: one, input: asks });
  const { troupe, clock } = await teamOf([one, two, task]);
  const run = await troupe.start(task, { n: '4' });
  await clock.quiet();
  await troupe.handoffs.request(run, { to: two, ...blocked });
  expect(await run.result()).toBe(8);
});

test('a paused task moves and stays paused; resumed, it begins at its new bot', async () => {
  const { troupe, clock } = await teamOf([ann, bob]);
  const run = await troupe.start(ann, { n: 1 });
  await clock.quiet();
  await run.pause();
  await troupe.handoffs.request(run, { to: bob, ...blocked });
  await clock.advance(60_000);
  expect(await run.snapshot()).toMatchObject({
    status: 'BLOCKED',
    paused: true,
    assignedTo: 'bob',
  });
  await run.resume();
  await clock.quiet();
  expect(await run.snapshot()).toMatchObject({ status: 'ASSIGNED', assignedTo: 'bob' });
});

test('a task moves before it began: waiting for others, for its time, for a slot', async () => {
  const { troupe, clock } = await teamOf([ann, bob]);
  const first = await troupe.start(ann, { n: 1 }, { id: 'first' });
  const waits = await troupe.start(ann, { n: 2 }, { id: 'waits', after: [first] });
  const early = await troupe.start(ann, { n: 3 }, { notBefore: clock.now() + 5_000 });
  const queued = await troupe.start(ann, { n: 4 });
  await clock.quiet();
  for (const run of [waits, early, queued]) {
    await troupe.handoffs.request(run, { to: bob, ...blocked });
  }
  await clock.quiet();
  const states = async () =>
    Promise.all([waits, early, queued].map(async (run) => (await run.snapshot()).status));
  expect(await states()).toEqual(['BLOCKED', 'PENDING', 'ASSIGNED']);
  await queued.begin();
  await queued.complete({ result: 1 });
  await clock.advance(5_000);
  expect(await states()).toEqual(['BLOCKED', 'ASSIGNED', 'COMPLETED']);
  await early.cancel('not now');
  await first.begin();
  await first.complete({ result: 1 });
  await clock.quiet();
  expect(await states()).toEqual(['ASSIGNED', 'CANCELLED', 'COMPLETED']);
});

test('a routed task that its bot declines is routed anew, and the handoff withdrawn', async () => {
  const able = { input: N, capabilities: ['answer'], concurrency: 1 };
  const [x, y] = [defineBot({ id: 'x', ...able }), defineBot({ id: 'y', ...able })];
  const task = defineTask({ id: 'task', capability: 'answer', input: N });
  const { troupe, clock } = await teamOf([x, y, ann, task]);
  const run = await troupe.start(task, { n: 1 });
  await clock.quiet();
  const { id } = await troupe.handoffs.request(run, { to: ann, ...blocked });
  await run.decline('not mine');
  await clock.advance(60_000);
  expect(await run.snapshot()).toMatchObject({ status: 'ASSIGNED', assignedTo: 'y' });
  expect(await troupe.handoffs.get(id)).toMatchObject({
    status: 'WITHDRAWN',
    note: 'x declined it',
  });
  const next = await troupe.handoffs.request(run, { to: ann, ...blocked });
  expect(next.id).toBe(id.replace(/1$/, '2'));
  await troupe.handoffs.accept(next.id);
  expect((await run.snapshot()).assignedTo).toBe('ann');
});

test('a step of a workflow moves like any run; the workflow gets its result', async () => {
  const flow = defineWorkflow({ id: 'flow', input: N })
    .step('ask', ann, ({ input }) => input)
    .step('tell', ({ ask }) => `told ${ask}`);
  const { troupe, clock } = await teamOf([ann, bob, flow]);
  const run = await troupe.start(flow, { n: 1 }, { id: 'f' });
  await clock.quiet();
  await troupe.handoffs.request('flow/f/ask', { to: bob, ...blocked });
  await clock.quiet();
  const step = await troupe.runs.get('flow/f/ask');
  await step?.begin();
  await step?.complete({ result: 7 });
  expect(await run.result()).toBe('told 7');
});

test('given a restart without the new bot, then the run is parked until it is back', async () => {
  const journal = newFile();
  const clock = testClock();
  const works = defineBot({ id: 'works', input: N, work: ({ input }) => input.n });
  const lost = { ...bob, id: 'lost' };
  const first = await teamOf([works, ann, lost], { journal, clock });
  const run = await first.troupe.start(ann, { n: 1 }, { id: 'x' });
  await first.troupe.handoffs.request(run, { to: 'lost', ...blocked });
  await first.troupe.stop();
  const second = await teamOf([works, ann], { journal, clock });
  expect(await second.troupe.parked.list()).toMatchObject([
    { runId: 'ann/x', reason: 'the bot lost is not registered' },
  ]);
  await second.troupe.register(lost);
  await second.troupe.parked.retry('ann/x');
  await clock.quiet();
  const back = await second.troupe.get(ann, 'x');
  expect(await back?.snapshot()).toMatchObject({ status: 'ASSIGNED', assignedTo: 'lost' });
  await second.troupe.handoffs.request('ann/x', { to: works, ...blocked });
  expect(await back?.result()).toBe(1);
  await second.troupe.stop();
  const third = await teamOf([works, ann, lost], { journal, clock });
  expect(await third.troupe.parked.list()).toEqual([]);
});
