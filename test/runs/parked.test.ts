/**
 * Parked runs: kept whole when their definition is missing or changed, tried again or given up, and
 * nobody is held up by them.
 */
import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  type Definition,
  defineBot,
  defineTask,
  defineWorkflow,
  graph,
  handler,
  type WorkContext,
} from '../../src/index.ts';
import { newFile } from '../journal/files.ts';
import { refused } from '../refusal.ts';
import { type Team, teamOf, testClock } from '../troupe/team.ts';

const flowChanged = 'its definition flow version 1 has changed: raise its version and list both';

/** A journal, and the teams that come after each other on it. */
function onePlace() {
  const journal = newFile();
  const clock = testClock();
  let last: Team | undefined;
  return {
    /** Ends the team before, with what it is doing, and makes the next one. */
    async next(...definitions: Definition[]): Promise<Team> {
      const stopped = last?.troupe.stop({ deadline: 1 });
      await clock.advance(1);
      await stopped;
      last = await teamOf(definitions, { journal, clock });
      await clock.quiet();
      return last;
    },
    clock,
  };
}

/** A bot that waits at its first gate until one of its kind is told to go on. */
const botOf = (id: string, work: (context: WorkContext) => unknown, concurrency = 10) =>
  defineBot({ id, concurrency, work });
const never = () => new Promise(() => {});

test('a run whose definition is missing is parked, listed and logged; others go on', async () => {
  const place = onePlace();
  const lost = botOf('lost', never);
  const kept = botOf('kept', never);
  const first = await place.next(lost, kept);
  await first.troupe.start(lost, undefined, { id: 'x' });
  await first.troupe.start(kept, undefined, { id: 'y' });
  const keptNow = botOf('kept', () => 'went on');
  const { troupe, logged } = await place.next(keptNow);
  expect(await (await troupe.get(keptNow, 'y'))?.result()).toBe('went on');
  const parked = {
    runId: 'lost/x',
    definition: 'lost',
    version: '1',
    status: 'IN_PROGRESS',
    reason: 'its definition lost version 1 is not registered',
  };
  expect(await troupe.parked.list()).toEqual([parked]);
  expect(logged.map(({ level, text, facts }) => [level, text, facts?.actor])).toContainEqual([
    'warn',
    `a run is parked: ${parked.reason}`,
    'run/lost/x',
  ]);
  const run = await troupe.get(lost, 'x');
  expect(await run?.snapshot()).toMatchObject({ status: 'IN_PROGRESS', parked: parked.reason });
  for (const call of [run?.outcome(), run?.result(), run?.cancel()])
    expect(await refused(call ?? never())).toEqual({
      code: 'PARKED',
      run: 'lost/x',
      reason: parked.reason,
    });
});

test('given its definition again, then a parked run goes on and repeats no step', async () => {
  const place = onePlace();
  const calls: string[] = [];
  const botThat = (ends: () => unknown) =>
    botOf('bot', async ({ step, attempt }) => [
      await step('one', () => calls.push('one')),
      await step('two', ends),
      attempt,
    ]);
  const before = botThat(never);
  const first = await place.next(before);
  await first.troupe.start(before, undefined, { id: 'x' });
  const { troupe, clock } = await place.next();
  const after = botThat(() => 'two');
  await troupe.register(after);
  await clock.quiet();
  expect(await troupe.parked.list()).toHaveLength(1);
  const run = await troupe.get(after, 'x');
  await troupe.parked.retry(run ?? '');
  expect(await run?.outcome()).toMatchObject({ result: [1, 'two', 1], attempts: 1 });
  expect(calls).toEqual(['one']);
  expect(await troupe.parked.list()).toEqual([]);
  expect(await refused(troupe.parked.retry('bot/x'))).toMatchObject({
    code: 'ILLEGAL_MOVE',
    state: 'ended',
  });
});

test('what is not fit yet stays parked, and goes on by itself after a restart', async () => {
  const place = onePlace();
  const bot = botOf('bot', never);
  const first = await place.next(bot);
  await first.troupe.start(bot, undefined, { id: 'x' });
  const without = await place.next();
  const reason = 'its definition bot version 1 is not registered';
  expect(await refused(without.troupe.parked.retry('bot/x'))).toEqual({
    code: 'PARKED',
    run: 'bot/x',
    reason,
  });
  const still = await place.next();
  expect(await still.troupe.parked.list()).toMatchObject([{ runId: 'bot/x', reason }]);
  const done = botOf('bot', () => 'done');
  const { troupe } = await place.next(done);
  expect(await troupe.parked.list()).toEqual([]);
  expect(await (await troupe.get(done, 'x'))?.result()).toBe('done');
});

const flowOf = (version: string, names: readonly string[], last: () => unknown) => {
  const steps = names.map((name, index) => [
    name,
    { work: index === 0 ? () => 1 : last, after: names.slice(0, index).slice(-1) },
  ]);
  return graph('flow', Object.fromEntries(steps), { version });
};

test('a workflow that changed under one version is parked, with its steps', async () => {
  const place = onePlace();
  const before = flowOf('1', ['a', 'b'], never);
  const first = await place.next(before);
  await first.troupe.start(before, undefined, { id: 'f' });
  await place.clock.quiet();
  const changed = flowOf('1', ['a', 'c'], () => 2);
  const { troupe } = await place.next(changed);
  // Its function steps are parts of it, and go on with it.
  expect(await troupe.parked.list()).toMatchObject([{ runId: 'flow/f', reason: flowChanged }]);
  expect(await refused(troupe.parked.retry('flow/f'))).toMatchObject({ code: 'PARKED' });
  expect(await troupe.run(changed, undefined, { id: 'new' })).toBe(2);
});

test('code may change freely: functions, bots, descriptions, concurrency', async () => {
  const place = onePlace();
  const before = flowOf('1', ['a', 'b'], never);
  const first = await place.next(before);
  await first.troupe.start(before, undefined, { id: 'f' });
  const after = graph(
    'flow',
    { a: { work: () => 'other' }, b: { work: ({ a }) => [a, 'new code'], after: ['a'] } },
    { description: 'new', concurrency: 1 },
  );
  const { troupe } = await place.next(after);
  expect(await (await troupe.get(after, 'f'))?.result()).toEqual([1, 'new code']);
});

test('versions side by side: old runs keep theirs, new ones take the last', async () => {
  const place = onePlace();
  const old = flowOf('1', ['a', 'b'], never);
  const first = await place.next(old);
  await first.troupe.start(old, undefined, { id: 'old' });
  const oldNow = flowOf('1', ['a', 'b'], () => 'version 1');
  const next = flowOf('2', ['a', 'c'], () => 'version 2');
  const { troupe, logged } = await place.next(oldNow, next);
  expect(await (await troupe.get(oldNow, 'old'))?.result()).toBe('version 1');
  const plan = graph('plan', { go: { work: 'flow' } });
  expect(await troupe.run(plan, undefined)).toBe('version 2');
  expect(await troupe.run(oldNow, undefined)).toBe('version 1');
  expect(logged).toEqual([]);
});

test('a parked run takes the mail that comes for it, and goes on with it', async () => {
  const place = onePlace();
  const gate = Promise.withResolvers<string>();
  const child = botOf('child', () => gate.promise);
  const leadThat = () => botOf('lead', ({ step }) => step('ask', child, undefined));
  const first = await place.next(leadThat(), child);
  const lead = leadThat();
  await first.troupe.stop();
  const second = await place.next(lead, child);
  await second.troupe.start(lead, undefined, { id: 'l' });
  const childNow = botOf('child', () => 'answer');
  const { troupe, clock } = await place.next(childNow);
  await clock.quiet();
  expect(await troupe.parked.list()).toMatchObject([{ runId: 'lead/l', status: 'BLOCKED' }]);
  const leadNow = botOf('lead', ({ step }) => step('ask', childNow, undefined));
  await troupe.register(leadNow);
  await troupe.parked.retry('lead/l');
  expect(await (await troupe.get(leadNow, 'l'))?.result()).toBe('answer');
});

test('a parked run holds up nobody: its slot and its place in the queue go to others', async () => {
  const place = onePlace();
  const one = botOf('one', never, 1);
  const gone = defineTask({ id: 'gone', bot: one });
  const first = await place.next(gone, one);
  for (const id of ['working', 'queued']) await first.troupe.start(gone, undefined, { id });
  const oneNow = botOf('one', ({ runId }) => runId, 1);
  const { troupe, clock } = await place.next(oneNow);
  expect((await troupe.parked.list()).map(({ status }) => status)).toEqual([
    'IN_PROGRESS',
    'PENDING',
  ]);
  const others = [1, 2, 3].map(() => troupe.run(oneNow, undefined));
  expect(await Promise.all(others)).toHaveLength(3);
  const goneNow = defineTask({ id: 'gone', bot: oneNow });
  await troupe.register(goneNow);
  for (const id of ['queued', 'working']) {
    await troupe.parked.retry(`gone/${id}`);
    expect(await (await troupe.get(goneNow, id))?.outcome()).toMatchObject({
      result: `gone/${id}`,
      attempts: 1,
    });
  }
  await clock.quiet();
  expect(await troupe.run(oneNow, undefined, { id: 'last' })).toBe('one/last');
});

test('a discarded run is cancelled for good, with what is parked below it', async () => {
  const place = onePlace();
  const child = botOf('child', never);
  const lead = botOf('lead', ({ step }) => step('ask', child, undefined));
  const first = await place.next(lead, child);
  await first.troupe.start(lead, undefined, { id: 'l' });
  const { troupe, clock } = await place.next();
  expect(await troupe.parked.list()).toHaveLength(2);
  await troupe.parked.discard('lead/l', 'nobody needs it');
  await clock.quiet();
  expect(await troupe.parked.list()).toEqual([]);
  expect(await (await troupe.get(lead, 'l'))?.outcome()).toMatchObject({
    status: 'CANCELLED',
    reason: 'nobody needs it',
  });
  expect(await refused(troupe.parked.discard('lead/l'))).toEqual({
    code: 'ILLEGAL_MOVE',
    run: 'lead/l',
    state: 'ended',
    event: 'discard',
  });
});

test('only a parked run is tried again or discarded', async () => {
  const bot = botOf('bot', never);
  const { troupe } = await teamOf([bot]);
  const run = await troupe.start(bot, undefined, { id: 'x' });
  const { retry, discard } = troupe.parked;
  for (const [call, event] of [
    [retry, 'retry'],
    [discard, 'discard'],
  ] as const) {
    expect(await refused(call(run))).toEqual({
      code: 'ILLEGAL_MOVE',
      run: 'bot/x',
      state: 'not parked',
      event,
    });
    expect(await refused(call('bot/none'))).toEqual({ code: 'UNKNOWN_RUN', run: 'bot/none' });
    for (const given of [undefined, null, 7, {}, ''])
      expect(await refused(Reflect.apply(call, undefined, [given]))).toMatchObject({
        code: 'BAD_OPTION',
      });
  }
});

test('a routed task whose bot is gone is parked, and goes on when that is back', async () => {
  const place = onePlace();
  const task = defineTask({ id: 'task', capability: 'look' });
  const looker = (work: () => unknown) => defineBot({ id: 'looker', capabilities: ['look'], work });
  const first = await place.next(task, looker(never));
  await first.troupe.start(task, undefined, { id: 'x' });
  const { troupe } = await place.next(task);
  expect(await troupe.parked.list()).toMatchObject([
    { runId: 'task/x', reason: 'the bot looker is not registered' },
  ]);
  await troupe.register(looker(() => 'found'));
  await troupe.parked.retry('task/x');
  expect(await (await troupe.get(task, 'x'))?.result()).toBe('found');
});

test('a stored plan whose next step calls work that is gone is parked', async () => {
  const place = onePlace();
  const a = botOf('a', never);
  const b = botOf('b', () => 'b');
  const plan = graph('plan', { one: { work: 'a' }, two: { work: 'b', after: ['one'] } });
  const first = await place.next(a, b);
  await first.troupe.start(plan, undefined, { id: 'p' });
  const aNow = botOf('a', () => 'a');
  const { troupe } = await place.next(aNow);
  expect(await troupe.parked.list()).toMatchObject([
    { runId: 'plan/p', reason: 'its step calls b, which is not registered' },
  ]);
  await troupe.register(b);
  await troupe.parked.retry('plan/p');
  expect(await (await troupe.get(plan, 'p'))?.result()).toBe('b');
});

test('a bot without definition keeps its mail until it has one', async () => {
  const place = onePlace();
  const notes: unknown[] = [];
  const deskOf = (end: unknown) =>
    defineBot({
      id: 'desk',
      concurrency: 1,
      on: {
        note: handler(z.string(), async ({ payload }) => {
          notes.push(payload);
          await end;
        }),
      },
    });
  const first = await place.next(deskOf(never()));
  await first.troupe.send('desk', { type: 'note', payload: 'under way' });
  await first.troupe.send('desk', { type: 'note', payload: 'waiting' });
  await place.clock.quiet();
  const { troupe, clock, logged } = await place.next();
  expect(logged.map(({ text }) => text)).toEqual([
    'a bot waits for its definition: the bot desk is not registered',
  ]);
  expect(await troupe.parked.list()).toEqual([]);
  await troupe.send('desk', { type: 'note', payload: 'came meanwhile' });
  await clock.quiet();
  expect(notes).toEqual(['under way']);
  await troupe.register(deskOf(undefined));
  await clock.quiet();
  expect(notes.slice(1)).toEqual(['under way', 'waiting', 'came meanwhile']);
});

test('a workflow of a missing definition is parked before its steps would fail', async () => {
  const place = onePlace();
  const bot = botOf('bot', () => 1);
  const gate = botOf('gate', never);
  const flow = defineWorkflow({ id: 'flow' }).step('gate', gate).step('bot', bot);
  const first = await place.next(flow);
  await first.troupe.start(flow, undefined, { id: 'f' });
  const gateNow = botOf('gate', () => 'opened');
  const { troupe } = await place.next(gateNow);
  await place.clock.quiet();
  expect(await troupe.parked.list()).toMatchObject([{ runId: 'flow/f' }]);
  const flowNow = defineWorkflow({ id: 'flow' }).step('gate', gateNow).step('bot', bot);
  const again = await place.next(flowNow);
  expect(await (await again.troupe.get(flowNow, 'f'))?.outcome()).toMatchObject({
    result: 1,
    steps: { gate: { result: 'opened' } },
  });
});

test('given a parked step, when its workflow is cancelled, then the step is, too', async () => {
  const place = onePlace();
  const before = botOf('bot', never);
  const flow = defineWorkflow({ id: 'flow' }).step('one', before);
  const first = await place.next(flow, before);
  await first.troupe.start(flow, undefined, { id: 'f' });
  await place.clock.quiet();
  const bot = defineBot({ id: 'bot', version: '2', work: never });
  const { troupe } = await place.next(defineWorkflow({ id: 'flow' }).step('one', bot), bot);
  expect((await troupe.parked.list()).map(({ runId }) => runId)).toEqual(['flow/f/one']);
  const run = await troupe.runs.get('flow/f');
  await run?.cancel('enough');
  await place.clock.quiet();
  expect(await run?.outcome()).toMatchObject({ status: 'CANCELLED', reason: 'enough' });
  expect(await troupe.parked.list()).toEqual([]);
  expect(await troupe.incidents.list()).toMatchObject([{ status: 'CLOSED' }]);
  expect(await (await troupe.runs.get('flow/f/one'))?.outcome()).toMatchObject({
    status: 'CANCELLED',
  });
});
