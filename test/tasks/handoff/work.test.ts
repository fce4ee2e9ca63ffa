/** `handoff` in work: asked for once, waited for without a slot, found again after a restart. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  defineBot,
  type HandoffRequest,
  isTroupeError,
  memoryJournal,
} from '../../../src/index.ts';
import { simulatedDisk } from '../../../src/journal/index.ts';
import { newFile } from '../../journal/files.ts';
import { refused } from '../../refusal.ts';
import { teamOf, testClock } from '../../troupe/team.ts';

const N = z.object({ n: z.number() });
const ann = defineBot({ id: 'ann', input: N });

const codeOf = (error: unknown): unknown =>
  isTroupeError(error) ? [error.code, error.data] : error;

/** A bot that hands its run to ann, and tells what came of it. */
function asker(timeout: string | number = '1d', concurrency = 1) {
  const begun: number[] = [];
  const settled: unknown[] = [];
  const bot = defineBot({
    id: 'asker',
    input: N,
    concurrency,
    work: async ({ attempt, handoff, step }) => {
      begun.push(attempt);
      await step('before', () => 'before');
      const wanted = { to: ann, reason: 'blocked', context: { a: 1 }, timeout } as const;
      try {
        return await handoff(wanted);
      } catch (error) {
        settled.push(codeOf(error));
        if (isTroupeError(error, 'ABORTED')) throw error;
        return step('after', () => codeOf(error));
      }
    },
  });
  return { bot, begun, settled };
}

test('accepted, the work is aborted and the run is at the other bot', async () => {
  const { bot, settled } = asker();
  const { troupe, clock, logged } = await teamOf([bot, ann]);
  const run = await troupe.start(bot, { n: 1 }, { id: 'x' });
  const next = await troupe.start(bot, { n: 2 }, { id: 'y' });
  await clock.quiet();
  expect((await run.snapshot()).status).toBe('BLOCKED');
  const open = await troupe.handoffs.list({ status: 'OPEN' });
  expect(open.map(({ id }) => id)).toEqual(['asker/x/1', 'asker/y/1']);
  await troupe.handoffs.accept('asker/x/1');
  await clock.quiet();
  expect(settled).toEqual([['ABORTED', { run: 'asker/x', reason: 'handed off' }]]);
  expect(await run.snapshot()).toMatchObject({ status: 'ASSIGNED', assignedTo: 'ann' });
  expect((await next.snapshot()).status).toBe('BLOCKED');
  await run.begin();
  await run.complete({ result: 'by ann' });
  expect(await run.result()).toBe('by ann');
  expect(logged).toEqual([]);
});

test('declined, the work goes on where it was, and is told by whom and why', async () => {
  const { bot, begun } = asker();
  const { troupe, clock } = await teamOf([bot, ann]);
  const run = await troupe.start(bot, { n: 1 }, { id: 'x' });
  await clock.quiet();
  await troupe.handoffs.decline('asker/x/1', { reason: 'not mine' });
  expect(await run.result()).toEqual([
    'HANDOFF_DECLINED',
    { run: 'asker/x', to: 'ann', by: 'ann', note: 'not mine' },
  ]);
  expect(begun).toEqual([1]);
  expect(await run.snapshot()).toMatchObject({ attempts: 1, assignedTo: 'asker' });
});

test('given no answer for days, then it expires on time, though it was suspended', async () => {
  const { bot, begun } = asker('3d');
  const { troupe, clock } = await teamOf([bot, ann]);
  const run = await troupe.start(bot, { n: 1 }, { id: 'x' });
  await clock.advance(3 * 86_400_000 - 1);
  expect([(await run.snapshot()).status, begun]).toEqual(['BLOCKED', [1]]);
  await clock.advance(1);
  expect(await run.result()).toEqual([
    'HANDOFF_EXPIRED',
    { run: 'asker/x', to: 'ann', afterMs: 3 * 86_400_000 },
  ]);
  expect(begun).toEqual([1, 1]);
  expect(await troupe.handoffs.list()).toMatchObject([{ status: 'EXPIRED' }]);
});

test('given restarts, then it is asked for once and the answer finds the work', async () => {
  for (const answer of ['decline', 'accept', 'expire'] as const) {
    const journal = newFile();
    const clock = testClock();
    const first = await teamOf([asker('1h').bot, ann], { journal, clock });
    await first.troupe.start(asker().bot, { n: 1 }, { id: 'x' }).catch(() => undefined);
    const { bot } = asker('1h');
    await first.troupe.stop({ deadline: 0 });
    const second = await teamOf([bot, ann], { journal, clock });
    await second.troupe.start(bot, { n: 1 }, { id: 'x' });
    await clock.quiet();
    await second.troupe.stop({ deadline: 0 });
    if (answer === 'expire') await clock.advance(3_600_000);
    const third = await teamOf([bot, ann], { journal, clock });
    await clock.advance(0);
    const { handoffs } = third.troupe;
    expect(await handoffs.list()).toHaveLength(1);
    if (answer === 'decline') await handoffs.decline('asker/x/1', { reason: 'no' });
    if (answer === 'accept') await handoffs.accept('asker/x/1');
    await clock.quiet();
    const run = await third.troupe.get(bot, 'x');
    if (answer === 'accept') expect((await run?.snapshot())?.assignedTo).toBe('ann');
    else {
      const code = answer === 'decline' ? 'HANDOFF_DECLINED' : 'HANDOFF_EXPIRED';
      expect(await run?.result()).toMatchObject([code, {}]);
    }
    await third.troupe.stop({ deadline: 0 });
  }
});

test('an answer is recorded: a later attempt is told the same, and asks nobody again', async () => {
  const bot = defineBot({
    id: 'bot',
    input: N,
    retry: { attempts: 3, backoff: 10 },
    work: async ({ handoff, attempt }) => {
      await handoff({ to: ann, reason: 'overloaded' }).catch((error: unknown) => {
        if (!isTroupeError(error, 'HANDOFF_DECLINED')) throw error;
      });
      if (attempt === 1) throw new Error('once');
      return handoff({ to: ann, reason: 'overloaded' }).catch(codeOf);
    },
  });
  const { troupe, clock } = await teamOf([bot, ann]);
  const run = await troupe.start(bot, { n: 1 }, { id: 'x' });
  await clock.quiet();
  await troupe.handoffs.decline('bot/x/1', { reason: 'no' });
  await clock.advance(1_000);
  const known = await troupe.handoffs.list();
  expect(known.map(({ id, status }) => [id, status])).toEqual([
    ['bot/x/1', 'DECLINED'],
    ['bot/x/2', 'OPEN'],
  ]);
  await troupe.handoffs.decline('bot/x/2', { reason: 'still no' });
  expect(await run.result()).toMatchObject(['HANDOFF_DECLINED', { note: 'still no' }]);
});

test('a failed attempt leaves the handoff open; the next one waits for the same', async () => {
  let isFirst = true;
  const bot = defineBot({
    id: 'bot',
    input: N,
    retry: { attempts: 2, backoff: 10 },
    work: async ({ handoff, sleep }) => {
      const asked = handoff({ to: ann, reason: 'overloaded' });
      await sleep('nap', 50);
      if (isFirst) {
        isFirst = false;
        throw new Error('once');
      }
      return asked;
    },
  });
  const { troupe, clock } = await teamOf([bot, ann]);
  const run = await troupe.start(bot, { n: 1 }, { id: 'x' });
  await clock.advance(10_000);
  expect(await run.snapshot()).toMatchObject({ status: 'BLOCKED', attempts: 2 });
  expect(await troupe.handoffs.list()).toMatchObject([{ id: 'bot/x/1', status: 'OPEN' }]);
  await troupe.handoffs.accept('bot/x/1');
  expect((await run.snapshot()).assignedTo).toBe('ann');
});

test('what nobody was asked for is refused in the work, with the same codes', async () => {
  const seen: unknown[] = [];
  const bot = defineBot({
    id: 'bot',
    input: N,
    work: async ({ handoff }) => {
      const wanted: readonly unknown[] = [
        { to: 'nobody', reason: 'blocked' },
        { to: 'bot', reason: 'blocked' },
        { to: 'poet', reason: 'blocked' },
        { to: ann, reason: 'bored' },
        undefined,
      ];
      for (const one of wanted) {
        const call = Reflect.apply(handoff, undefined, [one]);
        seen.push((await refused(call)).code);
      }
      const first = handoff({ to: ann, reason: 'blocked' });
      seen.push((await refused(handoff({ to: ann, reason: 'overloaded' }))).code);
      return first;
    },
  });
  const poet = defineBot({ id: 'poet', input: z.string(), work: () => '' });
  const { troupe, clock } = await teamOf([bot, ann, poet]);
  await troupe.start(bot, { n: 1 }, { id: 'x' });
  await clock.quiet();
  expect(seen).toEqual([
    'NOT_REGISTERED',
    'ILLEGAL_MOVE',
    'INVALID',
    'BAD_OPTION',
    'BAD_OPTION',
    'HANDOFF_OPEN',
  ]);
  expect(await troupe.handoffs.list()).toHaveLength(1);
});

test('a bot says by its policy whether it takes a task: accept, ask, or a function', async () => {
  const requests: HandoffRequest[] = [];
  const works = { input: N, work: ({ input }: { input: { n: number } }) => input.n };
  const bots = [
    defineBot({ id: 'plain', ...works }),
    defineBot({ id: 'asks', ...works, handoffs: 'ask' }),
    defineBot({ id: 'takes', input: N, handoffs: 'accept' }),
    defineBot({
      id: 'chooses',
      ...works,
      handoffs: (request) => {
        requests.push(request);
        return request.reason === 'blocked';
      },
    }),
    defineBot({
      id: 'throws',
      ...works,
      handoffs: () => {
        throw new Error('oh');
      },
    }),
    // @ts-expect-error: neither yes nor no
    defineBot({ id: 'vague', ...works, handoffs: () => 1 }),
  ];
  const { troupe } = await teamOf([ann, ...bots]);
  const answers: unknown[] = [];
  for (const { id } of [...bots, { id: 'chooses' }]) {
    const run = await troupe.start(ann, { n: 1 }, { id: String(answers.length) });
    const reason = answers.length === 3 ? 'blocked' : 'overloaded';
    const { status, note } = await troupe.handoffs.request(run, { to: id, reason, state: [id] });
    answers.push([id, status, note ?? '']);
  }
  expect(answers).toEqual([
    ['plain', 'ACCEPTED', ''],
    ['asks', 'OPEN', ''],
    ['takes', 'ACCEPTED', ''],
    ['chooses', 'ACCEPTED', ''],
    ['throws', 'DECLINED', 'its handoffs function threw: oh'],
    ['vague', 'DECLINED', 'its handoffs function must return true or false'],
    ['chooses', 'DECLINED', 'its handoffs function said no'],
  ]);
  expect(requests[0]).toEqual({
    id: 'ann/3/1',
    runId: 'ann/3',
    from: 'ann',
    to: 'chooses',
    reason: 'blocked',
    state: ['chooses'],
    input: { n: 1 },
    priority: 5,
  });
});

test('options of a bot that are no policy are refused', () => {
  for (const handoffs of ['yes', true, async () => true, {}]) {
    expect(() => Reflect.apply(defineBot, undefined, [{ id: 'x', handoffs }])).toThrow(/handoffs/);
  }
});

test('works in memory, too', async () => {
  const { bot } = asker();
  const disk = simulatedDisk();
  for (const journal of [memoryJournal(), disk.open()]) {
    const { troupe, clock } = await teamOf([bot, ann], { journal });
    const run = await troupe.start(bot, { n: 1 }, { id: 'x' });
    await clock.quiet();
    await troupe.handoffs.accept('asker/x/1', { by: 'ann' });
    await clock.quiet();
    expect(await run.snapshot()).toMatchObject({ status: 'ASSIGNED', assignedTo: 'ann' });
  }
});

test('asked again in other words, after a failure and a restart, its answer is heard', async () => {
  const disk = simulatedDisk();
  const clock = testClock();
  const heard: unknown[] = [];
  let calls = 0;
  const worried = defineBot({
    id: 'worried',
    input: N,
    retry: { attempts: 2, backoff: 0 },
    work: async ({ attempt, handoff, step, signal }) => {
      calls += 1;
      const words = { reason: { own: `try ${attempt}` }, context: { calls } } as const;
      const asked = handoff({ to: 'ann', ...words, timeout: `${calls}h` });
      asked.catch(() => undefined);
      await step('wait', () => 'asked by now');
      if (calls === 1) throw new Error('first');
      const first = await asked.catch(codeOf);
      if (signal.aborted) return;
      heard.push(first);
      return step('second', () => 'stays').then(() => handoff({ to: 'ann', ...words }));
    },
  });
  const one = await teamOf([worried, ann], { journal: disk.open(), clock });
  await one.troupe.start(worried, { n: 1 }, { id: 'x' });
  await clock.advance(1_000);
  expect(calls).toBe(2);
  const two = await teamOf([worried, ann], { journal: disk.open(), clock });
  await clock.quiet();
  const asked = await two.troupe.handoffs.list();
  expect(asked).toMatchObject([{ status: 'OPEN', reason: { own: 'try 1' } }]);
  await two.troupe.handoffs.decline('worried/x/1', { reason: 'busy' });
  await clock.quiet();
  expect(heard).toMatchObject([['HANDOFF_DECLINED', { note: 'busy' }]]);
  const open = await two.troupe.handoffs.list({ status: 'OPEN' });
  expect(open.map(({ id }) => id)).toEqual(['worried/x/2']);
  await two.troupe.handoffs.accept('worried/x/2');
  expect(await two.troupe.handoffs.list()).toHaveLength(2);
});
