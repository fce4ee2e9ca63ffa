/** Handoffs that are refused: each with a typed error, and nothing is changed by it. */
import { expect, test } from 'vitest';
import { setup } from 'xstate';
import { z } from 'zod';
import { defineBot, defineWorkflow, handler } from '../../../src/index.ts';
import { newFile } from '../../journal/files.ts';
import { refused, refusedError } from '../../refusal.ts';
import { teamOf, testClock } from '../../troupe/team.ts';

const N = z.object({ n: z.number() });
const ann = defineBot({ id: 'ann', input: N });
const bob = defineBot({ id: 'bob', input: N });
const poet = defineBot({ id: 'poet', input: z.object({ verse: z.string() }) });
const desk = defineBot({ id: 'desk', on: { note: handler(N, () => undefined) } });
const machine = setup({}).createMachine({ id: 'door', initial: 'open', states: { open: {} } });
const flow = defineWorkflow({ id: 'flow', input: N }).step('ask', ann, ({ input }) => input);
const team = [ann, bob, poet, desk, machine, flow];

/** A team in which ann has a run. */
async function annsRun() {
  const { troupe, clock } = await teamOf(team);
  const run = await troupe.start(ann, { n: 1 }, { id: 'x' });
  await clock.quiet();
  const asks = (options: object, of: unknown = run) =>
    refused(Reflect.apply(troupe.handoffs.request, undefined, [of, options]));
  return { troupe, clock, run, asks };
}

const blocked = { reason: 'blocked' } as const;

test('options that are no options are refused, naming the field', async () => {
  const { asks, troupe, run } = await annsRun();
  const to = bob;
  const options: readonly [object, string][] = [
    [{ to }, 'reason'],
    [{ to, reason: 'because' }, 'reason'],
    [{ to, reason: { own: '' } }, 'reason.own'],
    [{ to, reason: { own: 'x', more: 1 } }, 'reason.more'],
    [{ ...blocked }, 'to'],
    [{ to: 7, ...blocked }, 'to'],
    [{ to: flow, ...blocked }, 'to'],
    [{ to: desk, ...blocked }, 'to'],
    [{ to, ...blocked, timeout: 0 }, 'timeout'],
    [{ to, ...blocked, timeout: 'soon' }, 'timeout'],
    [{ to, ...blocked, stat: 1 }, 'stat'],
  ];
  for (const [given, field] of options) {
    expect(await asks(given)).toMatchObject({ code: 'BAD_OPTION', field });
  }
  expect(await asks({ to: '', ...blocked })).toMatchObject({ code: 'BAD_ID' });
  expect(await asks({ to, ...blocked, context: 1n })).toMatchObject({ code: 'NOT_JSON' });
  const long = 'x'.repeat(1_048_577);
  expect(await asks({ to, ...blocked, state: long })).toMatchObject({ code: 'TOO_LARGE' });
  for (const none of [null, 7, 'x', []]) {
    const call = Reflect.apply(troupe.handoffs.request, undefined, [run, none]);
    expect(await refused(call)).toMatchObject({ code: 'BAD_OPTION' });
  }
  expect(await troupe.handoffs.list()).toEqual([]);
  expect(await run.snapshot()).toMatchObject({ status: 'ASSIGNED', assignedTo: 'ann' });
});

test('a task goes to a bot that is there, can run, takes its input and has it not', async () => {
  const { asks, troupe, run } = await annsRun();
  expect(await asks({ to: 'carl', ...blocked })).toMatchObject({
    code: 'NOT_REGISTERED',
    definition: 'carl',
  });
  expect(await asks({ to: poet, ...blocked })).toMatchObject({ code: 'INVALID' });
  expect(await asks({ to: ann, ...blocked })).toMatchObject({
    code: 'ILLEGAL_MOVE',
    state: 'at ann already',
    event: 'handoff',
  });
  expect(await troupe.handoffs.list()).toEqual([]);
  const events = run.events();
  await run.cancel('done');
  for await (const { type } of events) expect(type).not.toBe('handoff');
});

test('only tasks that a bot has, and that have not ended, are handed on', async () => {
  const { asks, troupe, clock, run } = await annsRun();
  const to = bob;
  expect(await asks({ to, ...blocked }, 'ann/none')).toMatchObject({ code: 'UNKNOWN_RUN' });
  expect(await asks({ to, ...blocked }, 7)).toMatchObject({ code: 'BAD_OPTION', field: 'id' });
  const door = await troupe.start(machine, undefined);
  const plan = await troupe.start(flow, { n: 1 });
  await clock.quiet();
  for (const [other, state] of [
    [door, 'a machine, and only tasks move'],
    [plan, 'a workflow, and only tasks move'],
  ] as const) {
    expect(await asks({ to, ...blocked }, other)).toMatchObject({ code: 'ILLEGAL_MOVE', state });
  }
  await run.cancel('enough');
  expect(await asks({ to, ...blocked })).toMatchObject({
    code: 'ILLEGAL_MOVE',
    state: 'CANCELLED',
    event: 'handoff',
  });
});

test('a second handoff of one run is refused while the first is open, naming that', async () => {
  const { asks, troupe, run } = await annsRun();
  const carl = defineBot({ id: 'carl', input: N });
  await troupe.register(carl);
  const first = await troupe.handoffs.request(run, { to: bob, ...blocked });
  expect(first).toMatchObject({ id: 'ann/x/1', status: 'OPEN', from: 'ann', to: 'bob' });
  expect(await asks({ to: carl, ...blocked })).toEqual({
    code: 'HANDOFF_OPEN',
    run: 'ann/x',
    handoff: 'ann/x/1',
    to: 'bob',
  });
  const both = await Promise.allSettled([
    troupe.handoffs.decline(first.id, { reason: 'busy' }),
    troupe.handoffs.request(run, { to: carl, ...blocked }),
    troupe.handoffs.request(run, { to: carl, ...blocked }),
  ]);
  const open = await troupe.handoffs.list({ status: 'OPEN' });
  expect(open).toHaveLength(1);
  expect(both.filter(({ status }) => status === 'rejected').length).toBe(1);
});

test('an answer to what is decided or unknown is refused, telling what happened', async () => {
  const { troupe, clock, run } = await annsRun();
  const { handoffs } = troupe;
  for (const id of ['', 'none', 'ann/x/1', '../x', 7]) {
    const calls = [
      Reflect.apply(handoffs.accept, undefined, [id]),
      Reflect.apply(handoffs.decline, undefined, [id, { reason: 'no' }]),
    ];
    for (const call of calls) {
      expect(await refused(call)).toEqual({ code: 'UNKNOWN_HANDOFF', handoff: String(id) });
    }
  }
  const { id } = await handoffs.request(run, { to: bob, ...blocked, timeout: '1m' });
  for (const options of [undefined, {}, { reason: '' }, { reason: 7 }, { reason: 'x', at: 1 }]) {
    const call = Reflect.apply(handoffs.decline, undefined, [id, options]);
    expect(await refused(call)).toMatchObject({ code: 'BAD_OPTION' });
  }
  for (const options of [7, { by: '' }, { who: 'x' }]) {
    const call = Reflect.apply(handoffs.accept, undefined, [id, options]);
    expect(await refused(call)).toMatchObject({ code: 'BAD_OPTION' });
  }
  const declined = await handoffs.decline(id, { reason: 'on leave', by: 'bobs boss' });
  expect(declined).toMatchObject({ status: 'DECLINED', by: 'bobs boss', note: 'on leave' });
  const decided = {
    code: 'HANDOFF_DECIDED',
    handoff: id,
    status: 'DECLINED',
    by: 'bobs boss',
    note: 'on leave',
    at: clock.now(),
  };
  expect(await refused(handoffs.accept(id))).toEqual(decided);
  expect(await refused(handoffs.decline(id, { reason: 'again' }))).toEqual(decided);
  const { message } = await refusedError(handoffs.accept(id));
  for (const fact of ['bobs boss', 'on leave', new Date(clock.now()).toISOString()]) {
    expect(message).toContain(fact);
  }

  const late = await handoffs.request(run, { to: bob, ...blocked, timeout: '1m' });
  await clock.advance(60_000);
  expect(await refused(handoffs.accept(late.id))).toMatchObject({
    code: 'HANDOFF_DECIDED',
    status: 'EXPIRED',
  });
  expect(await handoffs.get(late.id)).toMatchObject({
    status: 'EXPIRED',
    endedAt: late.requestedAt + 60_000,
  });
  const taken = await handoffs.request(run, { to: bob, ...blocked });
  await handoffs.accept(taken.id, { by: 'bob himself' });
  expect(await refused(handoffs.accept(taken.id))).toMatchObject({
    status: 'ACCEPTED',
    by: 'bob himself',
  });
  expect(await run.snapshot()).toMatchObject({ assignedTo: 'bob', handoffs: 1 });
});

test('of answers that come at once one wins, the others are told', async () => {
  const { troupe, run } = await annsRun();
  const { id } = await troupe.handoffs.request(run, { to: bob, ...blocked });
  const answers = await Promise.allSettled([
    troupe.handoffs.decline(id, { reason: 'no' }),
    troupe.handoffs.accept(id),
    run.cancel('no more'),
    troupe.handoffs.accept(id),
  ]);
  const [first, ...others] = answers.map(({ status }) => status);
  expect([first, others]).toEqual(['fulfilled', ['rejected', 'fulfilled', 'rejected']]);
  expect(await troupe.handoffs.get(id)).toMatchObject({ status: 'DECLINED' });
  expect(await run.snapshot()).toMatchObject({ status: 'CANCELLED', assignedTo: 'ann' });
});

test('an end that was on its way comes before a yes', async () => {
  const { troupe, run } = await annsRun();
  const { id } = await troupe.handoffs.request(run, { to: bob, ...blocked });
  const calls = [run.cancel('no more'), refused(troupe.handoffs.accept(id))] as const;
  const [, late] = await Promise.all(calls);
  expect(late).toMatchObject({ code: 'HANDOFF_DECIDED', status: 'WITHDRAWN' });
  expect(await run.snapshot()).toMatchObject({ status: 'CANCELLED', assignedTo: 'ann' });
});

test('a task that ends while it is asked for withdraws the handoff', async () => {
  const { troupe, run } = await annsRun();
  const { id } = await troupe.handoffs.request(run, { to: bob, ...blocked });
  await run.begin();
  await run.complete({ result: 1 });
  expect(await refused(troupe.handoffs.accept(id))).toMatchObject({
    code: 'HANDOFF_DECIDED',
    status: 'WITHDRAWN',
    note: 'run/ann/x ended',
  });
  expect(await run.outcome()).toMatchObject({ status: 'COMPLETED', result: 1 });
});

test('given a parked run, or a bot that is gone, then nobody asks and nobody accepts', async () => {
  const journal = newFile();
  const clock = testClock();
  const first = await teamOf([ann, bob], { journal, clock });
  const run = await first.troupe.start(ann, { n: 1 }, { id: 'x' });
  const { id } = await first.troupe.handoffs.request(run, { to: bob, ...blocked });
  await first.troupe.stop();
  const second = await teamOf([bob], { journal, clock });
  const { handoffs } = second.troupe;
  expect(await refused(handoffs.accept(id))).toMatchObject({ code: 'PARKED', run: 'ann/x' });
  const again = handoffs.request('ann/x', { to: bob, ...blocked });
  expect(await refused(again)).toMatchObject({ code: 'PARKED' });
  await second.troupe.stop();
  const third = await teamOf([ann], { journal, clock });
  const call = third.troupe.handoffs.accept(id);
  expect(await refused(call)).toMatchObject({ code: 'NOT_REGISTERED', definition: 'bob' });
  expect(await third.troupe.handoffs.get(id)).toMatchObject({ status: 'OPEN' });
  await third.troupe.handoffs.decline(id, { reason: 'nobody there' });
  expect(await (await third.troupe.get(ann, 'x'))?.snapshot()).toMatchObject({
    status: 'ASSIGNED',
    assignedTo: 'ann',
  });
});

test('after stop every call is refused', async () => {
  const { troupe, run } = await annsRun();
  const { id } = await troupe.handoffs.request(run, { to: bob, ...blocked });
  await troupe.stop();
  const { handoffs } = troupe;
  for (const call of [
    handoffs.request(run, { to: bob, ...blocked }),
    handoffs.accept(id),
    handoffs.decline(id, { reason: 'x' }),
    handoffs.list(),
    handoffs.get(id),
  ]) {
    expect(await refused(call)).toMatchObject({ code: 'STOPPED' });
  }
});

test('lists by status, bot and run; a filter that is none is refused', async () => {
  const { troupe, run } = await annsRun();
  const other = await troupe.start(ann, { n: 2 }, { id: 'y' });
  const one = await troupe.handoffs.request(run, { to: bob, ...blocked, context: { a: 1 } });
  const two = await troupe.handoffs.request(other, { to: 'bob', reason: { own: 'tea' } });
  await troupe.handoffs.decline(two.id, { reason: 'no' });
  const ids = async (filter?: object) =>
    (await Reflect.apply(troupe.handoffs.list, undefined, [filter])).map(
      ({ id }: { id: string }) => id,
    );
  expect(await ids()).toEqual([one.id, two.id]);
  expect(await ids({ status: 'OPEN' })).toEqual([one.id]);
  expect(await ids({ to: bob, run: other })).toEqual([two.id]);
  expect(await ids({ to: 'ann' })).toEqual([]);
  expect(await ids({ run: 'ann/x' })).toEqual([one.id]);
  for (const filter of [{ status: 'open' }, { to: 7 }, { run: 7 }, { from: 'ann' }, 7]) {
    expect(await refused(ids(filter as object))).toMatchObject({ code: 'BAD_OPTION' });
  }
  expect(await troupe.handoffs.get('nothing')).toBeUndefined();
  expect(await troupe.handoffs.get(one.id)).toMatchObject({ context: { a: 1 }, reason: 'blocked' });
});
