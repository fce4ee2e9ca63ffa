/**
 * `run.actor`: what XState's own functions and React selectors take for an actor.
 */
import { expect, test } from 'vitest';
import { toPromise, waitFor } from 'xstate';
import { z } from 'zod';
import { defineBot, defineWorkflow } from '../../src/index.ts';
import { errorOf } from '../refusal.ts';
import { teamOf } from '../troupe/team.ts';

function gated() {
  const gate = Promise.withResolvers<unknown>();
  const bot = defineBot({ id: 'bot', input: z.unknown(), work: () => gate.promise });
  return { bot, ...gate };
}

test('toPromise gives the outcome, of a live run and of one that ended', async () => {
  const { bot, resolve } = gated();
  const { troupe } = await teamOf([bot]);
  const run = await troupe.start(bot, 1);
  const ended = toPromise(run.actor);
  resolve('done');
  expect(await ended).toMatchObject({ status: 'COMPLETED', result: 'done' });
  expect(await toPromise(run.actor)).toMatchObject({ status: 'COMPLETED' });
  const again = await troupe.get(bot, run.id);
  expect(again && (await toPromise(again.actor))).toMatchObject({ result: 'done' });
});

test('waitFor waits for a state of the machine', async () => {
  const { bot, resolve } = gated();
  const { troupe } = await teamOf([bot]);
  const run = await troupe.start(bot, 1);
  const working = await waitFor(run.actor, (snapshot) => snapshot.matches('IN_PROGRESS'));
  expect(working.status).toBe('active');
  resolve(1);
  const done = await waitFor(run.actor, (snapshot) => snapshot.status === 'done');
  expect(done.output).toMatchObject({ status: 'COMPLETED' });
});

test('subscribe tells each committed state, and the end', async () => {
  const { bot, resolve } = gated();
  const { troupe, clock } = await teamOf([bot]);
  const first = await troupe.start(bot, 1);
  const run = await troupe.start(bot, 2, { after: [first] });
  const seen: unknown[] = [];
  const short: unknown[] = [];
  const { unsubscribe } = run.actor.subscribe({
    next: (snapshot) => seen.push(snapshot.value),
    complete: () => seen.push('complete'),
  });
  const other = run.actor.subscribe((snapshot) => short.push(snapshot.value));
  other.unsubscribe();
  resolve(1);
  await run.result();
  await clock.quiet();
  unsubscribe();
  expect(seen).toEqual([{ IN_PROGRESS: 'untimed' }, 'COMPLETED', 'complete']);
  expect(short).toEqual([]);
});

test('getSnapshot gives one object for one state, and the last one after a stop', async () => {
  const { bot } = gated();
  const { troupe, clock } = await teamOf([bot]);
  const run = await troupe.start(bot, 1);
  await clock.quiet();
  const { actor } = run;
  expect(run.actor).toBe(actor);
  const before = actor.getSnapshot();
  expect(actor.getSnapshot()).toBe(before);
  await run.cancel();
  const after = actor.getSnapshot();
  expect(after).not.toBe(before);
  expect(after.matches('CANCELLED')).toBe(true);
  await troupe.stop();
  expect(actor.getSnapshot()).toBe(after);
});

test('given a stop, then who waits for an actor is told', async () => {
  const { bot } = gated();
  const { troupe, clock } = await teamOf([bot]);
  const run = await troupe.start(bot, 1);
  await clock.quiet();
  const ended = toPromise(run.actor).catch((error: unknown) => error);
  const stopped = troupe.stop({ deadline: 1 });
  await clock.advance(1);
  await stopped;
  expect(await ended).toMatchObject({ code: 'STOPPED' });
});

test('a run takes no events from outside', async () => {
  const { bot } = gated();
  const { troupe } = await teamOf([bot]);
  const run = await troupe.start(bot, 1, { id: 'x' });
  const send = () => run.actor.send({ type: 'task.complete', at: 1, attempt: 1, result: 'forged' });
  expect(errorOf(send)).toMatchObject({ code: 'ILLEGAL_MOVE', data: { run: 'bot/x' } });
});

test("a workflow's actor is that of its machine", async () => {
  const flow = defineWorkflow({ id: 'flow' }).step('one', () => 1);
  const { troupe } = await teamOf([flow]);
  const run = await troupe.start(flow, undefined);
  expect(await toPromise(run.actor)).toMatchObject({ status: 'COMPLETED', result: 1 });
});
