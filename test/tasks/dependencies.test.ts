/**
 * Runs that wait for others: never before these completed, and what happens when they do not.
 */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineBot, defineWorkflow } from '../../src/index.ts';
import { newFile } from '../journal/files.ts';
import { refused } from '../refusal.ts';
import { teamOf, testClock } from '../troupe/team.ts';

/** A bot that ends as it is told: its input names the gate. */
function gated() {
  const gates = new Map<string, PromiseWithResolvers<unknown>>();
  const gateOf = (name: string) => {
    const gate = gates.get(name) ?? Promise.withResolvers<unknown>();
    gates.set(name, gate);
    return gate;
  };
  const order: string[] = [];
  const bot = defineBot({
    id: 'bot',
    input: z.string(),
    retry: false,
    work: ({ input }) => {
      order.push(input);
      return gateOf(input).promise;
    },
  });
  return { bot, gateOf, order };
}

test('a run waits BLOCKED until all that it waits for completed', async () => {
  const { bot, gateOf, order } = gated();
  const flow = defineWorkflow({ id: 'flow' }).step('one', () => order.push('flow'));
  const { troupe, clock } = await teamOf([bot, flow]);
  const a = await troupe.start(bot, 'a');
  const b = await troupe.start(bot, 'b');
  const after = [a, b.runId, a];
  const c = await troupe.start(bot, 'c', { after });
  const f = await troupe.start(flow, undefined, { after });
  await clock.quiet();
  expect((await c.snapshot()).dependsOn).toEqual([a.runId, b.runId]);
  gateOf('b').resolve(1);
  await clock.quiet();
  for (const run of [c, f]) expect((await run.snapshot()).status).toBe('BLOCKED');
  expect(order).toEqual(['a', 'b']);
  gateOf('a').resolve(1);
  gateOf('c').resolve('done');
  expect(await c.result()).toBe('done');
  await f.result();
  expect(order.slice(0, 2)).toEqual(['a', 'b']);
});

test('what completed before is no reason to wait', async () => {
  const { bot, gateOf } = gated();
  const { troupe } = await teamOf([bot]);
  gateOf('a').resolve(1);
  gateOf('b').resolve(2);
  const a = await troupe.start(bot, 'a');
  await a.result();
  const b = await troupe.start(bot, 'b', { after: [a] });
  expect(await b.result()).toBe(2);
});

const endings = ['fails', 'is cancelled', 'had failed'] as const;
const rules = ['fail', 'skip', 'wait', undefined] as const;

test.each(endings.flatMap((ending) => rules.map((rule) => [ending, rule] as const)))(
  'given one that %s, then by the rule %s the run ends or waits on',
  async (ending, rule) => {
    const { bot, gateOf } = gated();
    const flow = defineWorkflow({ id: 'flow' }).step('one', () => 1);
    const { troupe, clock } = await teamOf([bot, flow]);
    const a = await troupe.start(bot, 'a', { id: 'a' });
    const fail = () => gateOf('a').reject(new Error('no'));
    if (ending === 'had failed') {
      fail();
      await a.outcome();
    }
    const options = { after: [a], onDependencyFailure: rule };
    const runs = [
      await troupe.start(bot, 'b', options),
      await troupe.start(flow, undefined, options),
    ];
    if (ending === 'fails') fail();
    if (ending === 'is cancelled') await a.cancel('no need');
    await clock.quiet();
    for (const run of runs) {
      const { status, error, reason } = await run.snapshot();
      if (rule === 'wait') expect(status).toBe('BLOCKED');
      else if (rule === 'skip') {
        expect([status, reason]).toEqual(['CANCELLED', expect.stringContaining('run/bot/a')]);
      } else {
        expect([status, error?.code]).toEqual(['FAILED', 'DEPENDENCY_FAILED']);
        expect(error?.cause?.message).toBe(ending === 'is cancelled' ? undefined : 'no');
      }
    }
  },
);

test('failure travels along a chain of runs', async () => {
  const { bot, gateOf } = gated();
  const { troupe } = await teamOf([bot]);
  const a = await troupe.start(bot, 'a');
  const b = await troupe.start(bot, 'b', { after: [a] });
  const c = await troupe.start(bot, 'c', { after: [b] });
  gateOf('a').reject(new Error('no'));
  const outcome = await c.outcome();
  expect(outcome).toMatchObject({
    status: 'FAILED',
    attempts: 0,
    error: {
      code: 'DEPENDENCY_FAILED',
      cause: { code: 'DEPENDENCY_FAILED', cause: { message: 'no' } },
    },
  });
});

test('given a restart while it waits, then it goes on when the other completes', async () => {
  const journal = newFile();
  const clock = testClock();
  const before = gated();
  const first = await teamOf([before.bot], { journal, clock });
  const a = await first.troupe.start(before.bot, 'a', { id: 'a' });
  await first.troupe.start(before.bot, 'b', { id: 'b', after: [a] });
  await clock.quiet();
  const stopped = first.troupe.stop({ deadline: 1 });
  await clock.advance(1);
  await stopped;
  const { bot, gateOf, order } = gated();
  const { troupe } = await teamOf([bot], { journal, clock });
  await clock.quiet();
  expect(order).toEqual(['a']);
  gateOf('a').resolve(1);
  gateOf('b').resolve(2);
  expect(await (await troupe.get(bot, 'b'))?.result()).toBe(2);
  expect(order).toEqual(['a', 'b']);
});

test('a run can wait for a step of another', async () => {
  const { bot, gateOf } = gated();
  const lead = defineBot({ id: 'lead', work: ({ step }) => step('ask/it', bot, 'a') });
  const { troupe, clock } = await teamOf([lead, bot]);
  await troupe.start(lead, undefined, { id: 'l' });
  await clock.quiet();
  const b = await troupe.start(bot, 'b', { after: ['lead/l/ask%2Fit'] });
  gateOf('b').resolve('b');
  gateOf('a').resolve('a');
  expect(await b.result()).toBe('b');
  expect(await refused(troupe.start(bot, 'c', { after: ['lead/l/none'] }))).toMatchObject({
    code: 'UNKNOWN_RUN',
  });
});

test('runs of a definition that is called `run` are found, by handle and by id', async () => {
  const bot = defineBot({ id: 'run', input: z.unknown(), work: ({ input }) => input });
  const { troupe } = await teamOf([bot]);
  const one = await troupe.start(bot, 1, { id: '1' });
  for (const after of [one, 'run/1', 'run/run/1']) {
    const next = await troupe.start(bot, 2, { after: [after] });
    expect((await next.snapshot()).dependsOn).toEqual(['run/1']);
  }
  expect(await refused(troupe.parked.retry(one))).toMatchObject({ code: 'ILLEGAL_MOVE' });
  expect(await refused(troupe.parked.discard('run/1'))).toMatchObject({ code: 'ILLEGAL_MOVE' });
});

test('an id is read before an address, which names the run when no other has that id', async () => {
  const bot = defineBot({ id: 'bot', input: z.unknown(), work: ({ input }) => input });
  const nested = defineBot({ id: 'run', work: ({ step }) => step('1', bot, 1) });
  const { troupe } = await teamOf([bot, nested]);
  await troupe.run(bot, 1, { id: '1' });
  const byAddress = await troupe.start(bot, 2, { after: ['run/bot/1'] });
  expect((await byAddress.snapshot()).dependsOn).toEqual(['bot/1']);
  await troupe.run(nested, undefined, { id: 'bot' });
  const byId = await troupe.start(bot, 2, { after: ['run/bot/1'] });
  expect((await byId.snapshot()).dependsOn).toEqual(['run/bot/1']);
  const handle = { runId: 'run/nobody/1' };
  expect(await refused(troupe.start(bot, 2, { after: [handle] }))).toMatchObject({
    code: 'UNKNOWN_RUN',
    run: 'run/nobody/1',
  });
});
