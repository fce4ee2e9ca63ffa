/**
 * Runs of external bots, driven by hand: each move, what is refused, the fence around each attempt,
 * slots, limits in time, and going on in another process.
 */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineBot, defineTask, defineWorkflow, type Run } from '../../src/index.ts';
import { newFile } from '../journal/files.ts';
import { refused } from '../refusal.ts';
import { teamOf, testClock } from '../troupe/team.ts';

const Question = z.object({ text: z.string() });

/** A person who answers questions. */
const ann = defineBot({
  id: 'ann',
  input: Question,
  output: z.object({ answer: z.string().trim() }),
  retry: { attempts: 2, backoff: 0 },
  concurrency: 1,
});

const statusOf = async (run: Run): Promise<string> => (await run.snapshot()).status;

test('a run waits in ASSIGNED, is begun, reports and completes by hand', async () => {
  const { troupe, clock } = await teamOf([ann]);
  const run = await troupe.start(ann, { text: 'why?' }, { id: 'q' });
  await clock.advance(60_000);
  expect(await run.snapshot()).toMatchObject({ status: 'ASSIGNED', attempts: 0 });
  expect(await run.begin()).toBe(1);
  await run.report({ progress: 0.5, note: 'half way', cost: 2 });
  expect(await run.snapshot()).toMatchObject({
    status: 'IN_PROGRESS',
    attempts: 1,
    progress: 0.5,
    note: 'half way',
  });
  await run.complete({ result: { answer: ' so ' }, confidence: 0.9, learnings: ['a'], cost: 1 });
  expect(await run.outcome()).toMatchObject({
    status: 'COMPLETED',
    result: { answer: 'so' },
    confidence: 0.9,
    learnings: ['a'],
    cost: 3,
    attempts: 1,
  });
});

test('each move is refused where it has no place, naming state and event', async () => {
  const { troupe } = await teamOf([ann]);
  const run = await troupe.start(ann, { text: '?' }, { id: 'q' });
  const waiting = await troupe.start(ann, { text: '?' }, { id: 'w' });
  const answer = { result: { answer: 'x' } };
  const illegal = (state: string, event: string) => ({ code: 'ILLEGAL_MOVE', state, event });
  for (const event of ['begin', 'report', 'heartbeat', 'complete', 'fail', 'decline'] as const) {
    const move = () =>
      event === 'fail' ? waiting.fail({ error: 'x' }) : Reflect.apply(waiting[event], waiting, []);
    if (event !== 'report' && event !== 'complete')
      expect(await refused(move())).toMatchObject(illegal('PENDING', event));
  }
  expect(await refused(run.complete(answer))).toMatchObject(illegal('ASSIGNED', 'complete'));
  expect(await refused(run.report({}))).toMatchObject(illegal('ASSIGNED', 'report'));
  await run.begin();
  expect(await refused(run.begin())).toMatchObject(illegal('IN_PROGRESS', 'begin'));
  expect(await refused(run.decline())).toMatchObject(illegal('IN_PROGRESS', 'decline'));
  await run.complete(answer);
  for (const move of [run.begin(), run.complete(answer), run.fail({ error: 'x' })])
    expect(await refused(move)).toMatchObject({ code: 'ILLEGAL_MOVE', state: 'COMPLETED' });
});

test('of two moves at once only the first is done, the other is refused', async () => {
  const { troupe } = await teamOf([ann]);
  const run = await troupe.start(ann, { text: '?' });
  const [first, second] = await Promise.allSettled([run.begin(), run.begin()]);
  expect([first?.status, second?.status]).toEqual(['fulfilled', 'rejected']);
  const answers = ['a', 'b'].map((answer) => run.complete({ result: { answer } }));
  const ends = await Promise.allSettled(answers);
  expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  expect(await run.result()).toEqual({ answer: 'a' });
});

test('what an earlier attempt says is refused and changes nothing', async () => {
  const { troupe, clock } = await teamOf([ann]);
  const run = await troupe.start(ann, { text: '?' }, { id: 'q' });
  const other = await troupe.get(ann, 'q');
  const first = await run.begin();
  await other?.fail({ error: new Error('no time'), recovery: 'ask bob' });
  await clock.advance(10);
  expect(await other?.snapshot()).toMatchObject({
    status: 'ASSIGNED',
    lastError: { message: 'no time', recovery: 'ask bob' },
  });
  expect(await refused(run.fail({ error: 'late' }))).toMatchObject({ code: 'STALE_ATTEMPT' });
  const second = await other?.begin();
  expect([first, second]).toEqual([1, 2]);
  const answer = { result: { answer: 'late' } };
  const stale = { code: 'STALE_ATTEMPT', state: 'IN_PROGRESS', attempt: 1, current: 2 };
  const moves = { report: {}, complete: answer, fail: { error: 'late' }, heartbeat: {} } as const;
  for (const [event, given] of Object.entries(moves)) {
    const move: Run['heartbeat'] = Reflect.get(run, event);
    expect(await refused(Reflect.apply(move, run, [given]))).toMatchObject({ ...stale, event });
    const own: Run['heartbeat'] = Reflect.get(other ?? {}, event);
    const fenced = Reflect.apply(own, other, [{ ...given, attempt: 1 }]);
    expect(await refused(fenced)).toMatchObject(stale);
  }
  expect(await statusOf(run)).toBe('IN_PROGRESS');
  await run.complete({ ...answer, attempt: 2 });
  expect(await run.outcome()).toMatchObject({ status: 'COMPLETED', attempts: 2 });
});

test('a failure has another attempt by the policy, unless it says that is useless', async () => {
  const { troupe, clock } = await teamOf([ann]);
  const run = await troupe.start(ann, { text: '?' });
  for (const attempt of [1, 2]) {
    expect(await run.begin()).toBe(attempt);
    await run.fail({ error: 'busy' });
    await clock.advance(10);
  }
  expect(await run.outcome()).toMatchObject({
    status: 'FAILED',
    attempts: 2,
    error: { code: 'WORK_FAILED', message: 'busy', retryable: true },
  });
  const other = await troupe.start(ann, { text: '?' });
  await other.begin();
  await other.fail({ error: 'never', retryable: false });
  expect(await other.outcome()).toMatchObject({ status: 'FAILED', attempts: 1 });
  const refusing = await troupe.start(ann, { text: '?' });
  await refusing.fail({ error: 'not mine' });
  expect(await refusing.outcome()).toMatchObject({ status: 'FAILED', attempts: 0 });
});

test('a result is held to schema, JSON and size; a refused one changes nothing', async () => {
  const { troupe } = await teamOf([ann], { limits: { payloadChars: 100 } });
  const run = await troupe.start(ann, { text: '?' });
  await run.begin();
  const complete = (result: unknown) => refused(run.complete({ result }));
  expect(await complete({ answer: 7 })).toMatchObject({ code: 'INVALID' });
  expect(await complete({ answer: 'x'.repeat(200) })).toMatchObject({ code: 'TOO_LARGE' });
  const loose = defineBot({ id: 'loose' });
  await troupe.register(loose);
  const free = await troupe.start(loose, undefined);
  await free.begin();
  expect(await refused(free.complete({ result: 1n }))).toMatchObject({ code: 'NOT_JSON' });
  expect(await refused(Reflect.apply(free.complete, free, [{ results: 1 }]))).toMatchObject({
    code: 'BAD_OPTION',
    field: 'results',
  });
  expect(await refused(Reflect.apply(free.report, free, [{ progress: 2 }]))).toMatchObject({
    code: 'INVALID',
  });
  expect(await refused(Reflect.apply(free.fail, free, [{}]))).toMatchObject({
    code: 'BAD_OPTION',
    field: 'error',
  });
  expect(await statusOf(run)).toBe('IN_PROGRESS');
  await free.complete();
  expect(await free.result()).toBeUndefined();
});

test('slots are respected: a run is ASSIGNED when one before gives its slot back', async () => {
  const { troupe, clock } = await teamOf([ann]);
  const [one, two, three] = [
    await troupe.start(ann, { text: '1' }),
    await troupe.start(ann, { text: '2' }),
    await troupe.start(ann, { text: '3' }),
  ];
  const statuses = async () => [await statusOf(one), await statusOf(two), await statusOf(three)];
  expect(await statuses()).toEqual(['ASSIGNED', 'PENDING', 'PENDING']);
  await one.begin();
  await one.complete({ result: { answer: 'x' } });
  await clock.quiet();
  expect(await statuses()).toEqual(['COMPLETED', 'ASSIGNED', 'PENDING']);
  await two.cancel();
  await clock.quiet();
  expect(await statuses()).toEqual(['COMPLETED', 'CANCELLED', 'ASSIGNED']);
  await three.begin();
  await three.cancel();
  const four = await troupe.start(ann, { text: '4' });
  await clock.quiet();
  expect(await statusOf(four)).toBe('ASSIGNED');
});

test('a declined run is asked again after a pause, behind those that waited', async () => {
  const bob = defineBot({ id: 'bob', concurrency: 1, retry: { backoff: 500 } });
  const { troupe, clock } = await teamOf([bob]);
  const [one, two] = [await troupe.start(bob, undefined), await troupe.start(bob, undefined)];
  await one.decline('at lunch');
  await clock.quiet();
  expect([await statusOf(one), await statusOf(two)]).toEqual(['PENDING', 'ASSIGNED']);
  await clock.advance(500);
  await two.begin();
  await two.complete();
  await clock.quiet();
  expect(await one.snapshot()).toMatchObject({ status: 'ASSIGNED', note: 'at lunch', attempts: 0 });
  const notes: unknown[] = [];
  await one.cancel();
  for await (const event of one.events()) if (event.type === 'note') notes.push(event.note);
  expect(notes).toEqual(['at lunch']);
});

test('a declined task goes to another bot; when all declined they are asked again', async () => {
  const people = ['ann', 'bob'].map((id) => defineBot({ id, capabilities: ['review'] }));
  const review = defineTask({ id: 'review', capability: 'review', retry: { backoff: 100 } });
  const { troupe, clock } = await teamOf([...people, review]);
  const run = await troupe.start(review, undefined);
  const asked: unknown[] = [];
  for (let n = 0; n < 3; n += 1) {
    await clock.advance(1_000);
    const { assignedTo, status } = await run.snapshot();
    expect(status).toBe('ASSIGNED');
    asked.push(assignedTo);
    await run.decline(`${assignedTo} has no time`);
    expect(await statusOf(run)).toBe('PENDING');
  }
  expect(asked).toEqual(['ann', 'bob', 'ann']);
  expect((await run.snapshot()).note).toBe('ann has no time');
});

test('the time-out and the heartbeat of an attempt end it, and it is tried again', async () => {
  const slow = defineBot({
    id: 'slow',
    timeout: '10s',
    heartbeat: '3s',
    retry: { attempts: 3, backoff: 0 },
  });
  const { troupe, clock } = await teamOf([slow]);
  const run = await troupe.start(slow, undefined);
  await clock.advance(60_000);
  await run.begin();
  for (let n = 0; n < 3; n += 1) {
    await clock.advance(2_900);
    await (n % 2 === 0 ? run.heartbeat() : run.report({ note: 'alive' }));
  }
  await clock.advance(1_299);
  expect(await statusOf(run)).toBe('IN_PROGRESS');
  await clock.advance(1);
  expect(await run.snapshot()).toMatchObject({
    status: 'ASSIGNED',
    attempts: 1,
    lastError: { code: 'WORK_TIMEOUT' },
  });
  expect(await run.begin()).toBe(2);
  await clock.advance(2_999);
  expect(await statusOf(run)).toBe('IN_PROGRESS');
  await clock.advance(1);
  const { lastError } = await run.snapshot();
  expect(lastError).toMatchObject({ code: 'HEARTBEAT_LOST', retryable: true });
  await run.begin();
  await clock.advance(3_000);
  expect(await run.outcome()).toMatchObject({
    status: 'FAILED',
    attempts: 3,
    error: { code: 'HEARTBEAT_LOST' },
  });
});

test('another process goes on with runs and attempts; downtime is no silence', async () => {
  const journal = newFile();
  const clock = testClock();
  const carl = defineBot({ id: 'carl', concurrency: 2, heartbeat: '5s' });
  const first = await teamOf([carl], { journal, clock });
  await first.troupe.start(carl, undefined, { id: 'waits' });
  const begun = await first.troupe.start(carl, undefined, { id: 'begun' });
  await begun.begin();
  await clock.advance(3_000);
  await begun.heartbeat();
  await first.troupe.stop({ deadline: 0 });
  await clock.advance(60_000);
  const { troupe } = await teamOf([carl], { journal, clock });
  const [waits, goesOn] = [await troupe.get(carl, 'waits'), await troupe.get(carl, 'begun')];
  await clock.advance(4_999);
  expect(await goesOn?.snapshot()).toMatchObject({ status: 'IN_PROGRESS', attempts: 1 });
  const third = await troupe.start(carl, undefined);
  await clock.quiet();
  expect(await third.snapshot()).toMatchObject({ status: 'PENDING' });
  await goesOn?.complete({ result: 'done', attempt: 1 });
  await waits?.begin();
  await waits?.complete({ result: 'done too' });
  await clock.quiet();
  expect(await third.snapshot()).toMatchObject({ status: 'ASSIGNED' });
  expect(await goesOn?.result()).toBe('done');
});

test('the runs of a bot with work, and of a workflow, are not driven by hand', async () => {
  const bot = defineBot({ id: 'bot', work: () => new Promise(() => {}) });
  const flow = defineWorkflow({ id: 'flow' }).step('one', bot);
  const { troupe, clock } = await teamOf([flow]);
  for (const run of [await troupe.start(bot, undefined), await troupe.start(flow, undefined)]) {
    await clock.quiet();
    for (const move of [run.begin(), run.complete(), run.decline(), run.heartbeat()])
      expect(await refused(move)).toMatchObject({
        code: 'ILLEGAL_MOVE',
        state: 'driven by its bot',
      });
    expect(await statusOf(run)).toBe('IN_PROGRESS');
  }
});

test('an external bot can be a step: its run is found by its id', async () => {
  const lead = defineBot({
    id: 'lead',
    work: async ({ step }) => (await step('ask', ann, { text: 'well?' })).answer,
  });
  const flow = defineWorkflow({ id: 'flow' })
    .step('ask', ann, () => ({ text: 'so?' }))
    .step('shout', ({ ask }) => ask.answer.toUpperCase());
  const { troupe, clock } = await teamOf([lead, flow]);
  const run = await troupe.start(lead, undefined, { id: 'l' });
  const other = await troupe.start(flow, undefined, { id: 'f' });
  await clock.advance(5_000);
  expect(await statusOf(run)).toBe('BLOCKED');
  for (const id of ['lead/l/ask', 'flow/f/ask']) {
    const asked = await troupe.runs.get(id);
    await asked?.begin();
    await asked?.complete({ result: { answer: id } });
    await clock.advance(1_000);
  }
  expect(await run.result()).toBe('lead/l/ask');
  expect(await other.result()).toBe('FLOW/F/ASK');
  expect(await troupe.runs.get('lead/none')).toBeUndefined();
});

test('a run goes on only with a bot that is driven as it was begun', async () => {
  const journal = newFile();
  const clock = testClock();
  const person = defineBot({ id: 'dora' });
  const first = await teamOf([person], { journal, clock });
  await first.troupe.start(person, undefined, { id: 'x' });
  await first.troupe.stop({ deadline: 0 });
  const working = defineBot({ id: 'dora', work: () => 'by myself' });
  const second = await teamOf([working], { journal, clock });
  expect(await second.troupe.parked.list()).toMatchObject([
    { runId: 'dora/x', reason: 'the bot dora has work now, and the run is driven by hand' },
  ]);
  const parked = await second.troupe.get(working, 'x');
  expect(await refused(parked?.begin() ?? Promise.resolve())).toMatchObject({ code: 'PARKED' });
  await second.troupe.stop({ deadline: 0 });
  const third = await teamOf([person], { journal, clock });
  await clock.quiet();
  const back = await third.troupe.get(person, 'x');
  expect(await back?.begin()).toBe(1);
});
