/**
 * Cancelling: at once and for all below, whatever the run is doing; and the signal that was given
 * at its start.
 */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineBot, defineWorkflow, type FunctionContext, memoryJournal } from '../../src/index.ts';
import type { Journal } from '../../src/journal/index.ts';
import { refused } from '../refusal.ts';
import { teamOf } from '../troupe/team.ts';

const statusIn = (journal: Journal, run: string): string | undefined =>
  journal.byAddress(`run/${run}`)?.status;

/** A bot that works until it is aborted, and notes why. */
function endless(id: string, settings: { concurrency?: number; settles?: boolean } = {}) {
  const aborted: unknown[] = [];
  const bot = defineBot({
    id,
    concurrency: settings.concurrency,
    input: z.unknown(),
    work: ({ signal, runId }) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          aborted.push([runId, Object(signal.reason).code]);
          if (settings.settles !== false) resolve('too late');
        });
      }),
  });
  return { bot, aborted };
}

test('a cancelled run ends at once, its work is aborted and its late result dropped', async () => {
  const { bot, aborted } = endless('bot');
  const { troupe, clock } = await teamOf([bot]);
  const run = await troupe.start(bot, undefined, { id: 'x' });
  await clock.quiet();
  await run.cancel('enough');
  expect(await run.snapshot()).toMatchObject({ status: 'CANCELLED', reason: 'enough' });
  await clock.quiet();
  expect(aborted).toEqual([['bot/x', 'ABORTED']]);
  expect(await run.outcome()).toMatchObject({ status: 'CANCELLED', reason: 'enough' });
});

test('cancelling again is fine and changes nothing; also twice at once', async () => {
  const { bot } = endless('bot');
  const { troupe } = await teamOf([bot]);
  const run = await troupe.start(bot, undefined);
  await Promise.all([run.cancel('first'), run.cancel('second')]);
  await run.cancel('third');
  expect(await run.outcome()).toMatchObject({ status: 'CANCELLED', reason: 'first' });
});

test('a run that ended otherwise is not cancelled', async () => {
  const bot = defineBot({
    id: 'bot',
    input: z.boolean(),
    retry: false,
    work: ({ input }) => {
      if (input) throw new Error('no');
    },
  });
  const { troupe } = await teamOf([bot]);
  for (const [fails, state] of [
    [false, 'COMPLETED'],
    [true, 'FAILED'],
  ] as const) {
    const run = await troupe.start(bot, fails, { id: state });
    await run.outcome();
    expect(await refused(run.cancel())).toEqual({
      code: 'ILLEGAL_MOVE',
      run: `bot/${state}`,
      state,
      event: 'cancel',
    });
  }
});

test.each([[7], [null], [new Error('x')]])('the reason %j is refused', async (reason) => {
  const { bot } = endless('bot');
  const { troupe } = await teamOf([bot]);
  const run = await troupe.start(bot, undefined);
  expect(await refused(Reflect.apply(run.cancel, run, [reason]))).toMatchObject({
    code: 'BAD_OPTION',
    field: 'reason',
  });
});

test('the signal reaches every descendant: children, workflows, functions, steps', async () => {
  const deep = endless('deep');
  const seen: string[] = [];
  const watch = (name: string) => (context: FunctionContext) =>
    new Promise(() => {
      context.signal.addEventListener('abort', () => seen.push(name));
    });
  const middle = defineBot({
    id: 'middle',
    work: ({ step }) =>
      Promise.all([step('child', deep.bot, 1), step('own', watch('own step'), { timeout: '1d' })]),
  });
  const flow = defineWorkflow({ id: 'flow' })
    .step('bot', middle)
    .step('fn', watch('function'), { after: [] });
  const lead = defineBot({ id: 'lead', work: ({ step }) => step('flow', flow, undefined) });
  const journal = memoryJournal();
  const { troupe, clock } = await teamOf([lead, flow, deep.bot], { journal });
  const run = await troupe.start(lead, undefined, { id: 'l' });
  await clock.quiet();
  await run.cancel('all of it');
  await clock.quiet();
  expect(deep.aborted).toEqual([['lead/l/flow/bot/child', 'ABORTED']]);
  expect(seen.sort()).toEqual(['function', 'own step']);
  for (const id of ['', '/flow', '/flow/bot', '/flow/bot/child', '/flow/fn']) {
    expect(statusIn(journal, `lead/l${id}`)).toBe('CANCELLED');
  }
});

test('a run is cancelled wherever it is: waiting, queued, pausing, suspended', async () => {
  const { bot } = endless('bot', { concurrency: 1 });
  const failing = defineBot({
    id: 'failing',
    work: () => {
      throw new Error('again');
    },
  });
  const lead = defineBot({ id: 'lead', work: ({ step }) => step('ask', bot, 1) });
  const { troupe, clock } = await teamOf([bot, failing, lead]);
  const working = await troupe.start(bot, 1, { id: 'working' });
  const queued = await troupe.start(bot, 1, { id: 'queued' });
  const waiting = await troupe.start(failing, undefined, { after: [working] });
  const pausing = await troupe.start(failing, undefined);
  const suspended = await troupe.start(lead, undefined);
  await clock.quiet();
  expect((await queued.snapshot()).status).toBe('PENDING');
  expect((await pausing.snapshot()).attempts).toBe(1);
  const runs = [queued, waiting, pausing, suspended];
  await Promise.all(runs.map((run) => run.cancel()));
  await clock.advance(60_000);
  for (const run of runs) expect((await run.snapshot()).status).toBe('CANCELLED');
  expect((await working.snapshot()).status).toBe('IN_PROGRESS');
});

test('a slot is free when the aborted work has settled', async () => {
  const { bot } = endless('bot', { concurrency: 1 });
  const { troupe, clock } = await teamOf([bot]);
  const first = await troupe.start(bot, 1);
  const second = await troupe.start(bot, 2);
  await clock.quiet();
  await first.cancel();
  await clock.quiet();
  expect((await second.snapshot()).status).toBe('IN_PROGRESS');
});

test('work that ignores its signal keeps its slot for the time of grace, no longer', async () => {
  const { bot } = endless('bot', { concurrency: 1, settles: false });
  const { troupe, clock } = await teamOf([bot], { limits: { graceMs: 300 } });
  const first = await troupe.start(bot, 1);
  const second = await troupe.start(bot, 2);
  await clock.quiet();
  await first.cancel();
  await clock.advance(299);
  expect((await second.snapshot()).status).toBe('PENDING');
  await clock.advance(1);
  expect((await second.snapshot()).status).toBe('IN_PROGRESS');
});

test('what ended work still does reaches nobody', async () => {
  const gate = Promise.withResolvers<void>();
  const tried: unknown[] = [];
  const done: string[] = [];
  const note = (error: { code?: string }) => void tried.push(error.code);
  const child = defineBot({ id: 'child', work: () => void done.push('child') });
  const bot = defineBot({
    id: 'bot',
    async work({ step, send, report }) {
      await gate.promise;
      await step('late', () => void done.push('step')).catch(note);
      await step('child', child, undefined).catch(note);
      await send('child', { type: 'x' }).catch(note);
      await report({ note: 'still here' }).catch(note);
    },
  });
  const journal = memoryJournal();
  const { troupe, clock } = await teamOf([bot, child], { journal });
  const run = await troupe.start(bot, undefined, { id: 'x' });
  await clock.quiet();
  await run.cancel();
  gate.resolve();
  await clock.quiet();
  expect(done).toEqual([]);
  expect(tried.slice(0, 2)).toEqual(['ABORTED', 'ABORTED']);
  expect(tried).toHaveLength(4);
  expect(journal.byAddress('run/bot/x/child')).toBeUndefined();
  expect((await run.snapshot()).note).toBeUndefined();
});

test('the signal given at the start cancels the run and all below it', async () => {
  const { bot, aborted } = endless('bot');
  const lead = defineBot({ id: 'lead', work: ({ step }) => step('ask', bot, 1) });
  const { troupe, clock } = await teamOf([lead, bot]);
  const controller = new AbortController();
  const result = troupe.run(lead, undefined, { id: 'l', signal: controller.signal });
  const refusal = refused(result);
  await clock.quiet();
  controller.abort(new Error('the user left'));
  expect(await refusal).toMatchObject({
    code: 'RUN_CANCELLED',
    outcome: { reason: 'the user left' },
  });
  await clock.quiet();
  expect(aborted).toEqual([['lead/l/ask', 'ABORTED']]);
});

test('a signal that aborts while the run begins cancels it', async () => {
  const { bot } = endless('bot');
  const { troupe } = await teamOf([bot]);
  const controller = new AbortController();
  const starting = troupe.start(bot, undefined, { signal: controller.signal });
  controller.abort('at once');
  expect(await (await starting).outcome()).toMatchObject({
    status: 'CANCELLED',
    reason: 'at once',
  });
});

test('a signal that aborts after the end does nothing', async () => {
  const bot = defineBot({ id: 'bot', work: () => 1 });
  const { troupe, clock, logged } = await teamOf([bot]);
  const controller = new AbortController();
  const run = await troupe.start(bot, undefined, { signal: controller.signal });
  await run.result();
  controller.abort();
  await clock.quiet();
  expect((await run.snapshot()).status).toBe('COMPLETED');
  expect(logged).toEqual([]);
});

test.each([
  ['a value without text', Object.create(null), 'a value that has no text'],
  ['a text without end', 'x'.repeat(1e6), 'x'.repeat(8_192)],
  [
    'an error whose message throws',
    Object.defineProperty(new Error('no'), 'message', { get: () => expect.fail('read') }),
    'a value that has no text',
  ],
])('given a signal aborted with %s, then the run is cancelled', async (_name, reason, said) => {
  const { bot } = endless('bot');
  const { troupe } = await teamOf([bot]);
  const controller = new AbortController();
  const run = await troupe.start(bot, undefined, { signal: controller.signal });
  controller.abort(reason);
  expect(await run.outcome()).toMatchObject({ status: 'CANCELLED', reason: said });
});

test('given a wait aborted with a value without text, then it ends, saying so', async () => {
  const { bot } = endless('bot');
  const { troupe } = await teamOf([bot]);
  const run = await troupe.start(bot, undefined);
  const signal = AbortSignal.abort(Object.create(null));
  expect(await refused(run.outcome({ signal }))).toMatchObject({ code: 'WAIT_ABORTED' });
  expect(await refused(run.events({ signal }).next())).toMatchObject({ code: 'WAIT_ABORTED' });
});
