/**
 * Who looks on: subscribers that throw, leave, send or subscribe while they are told, references
 * that are asked too late, crowds that answer at once. None of it reaches the machines.
 */
import { describe, expect, test } from 'vitest';
import {
  type AnyActorRef,
  type AnyEventObject,
  type AnyStateMachine,
  assign,
  emit,
  type Snapshot,
  sendTo,
  setup,
  toPromise,
  waitFor,
} from 'xstate';
import { teamOf } from '../troupe/team.ts';
import { type Home, home, othersGoOn, startRun, tell } from './home.ts';
import { raise, thrown } from './thrown.ts';

const counter = setup({
  types: {} as {
    context: { n: number };
    events: AnyEventObject;
    emitted: { type: 'told'; n: number };
  },
  actions: {
    up: assign({ n: ({ context }) => context.n + 1 }),
    tellAll: emit(({ context }) => ({ type: 'told', n: context.n })),
    fault: () => raise('an error'),
  },
}).createMachine({
  id: 'counter',
  context: { n: 0 },
  initial: 'counts',
  states: {
    counts: {
      on: { UP: { actions: ['up', 'tellAll'] }, END: 'over', FAIL: { actions: 'fault' } },
    },
    over: { type: 'final' },
  },
  output: ({ context }) => context.n,
});

async function stand() {
  const at = await home([counter]);
  const run = await at.troupe.start(counter, undefined, { id: 'c' });
  await at.clock.quiet();
  return { ...at, run, actor: run.actor };
}

const count = async (at: Home): Promise<unknown> =>
  Object((await (await at.troupe.get(counter, 'c'))?.snapshot())?.state?.context).n;

describe('who throws while it is told', () => {
  test.each(Object.keys(thrown))('given %s, then everybody else is told', async (what) => {
    const { actor, run, ...at } = await stand();
    const seen: unknown[] = [];
    actor.subscribe(() => raise(what));
    actor.on('told', () => raise(what));
    actor.on('*', () => raise(what));
    let isLate = false;
    actor.select(() => (isLate ? raise(what) : 0)).subscribe(() => undefined);
    isLate = true;
    actor.subscribe({
      next: ({ context }) => seen.push(context.n),
      complete: () => seen.push('complete'),
    });
    actor.on('told', ({ n }) => seen.push(`told ${n}`));
    await at.troupe.send(run, { type: 'UP' });
    await at.troupe.send(run, { type: 'UP' });
    await at.troupe.send(run, { type: 'END' });
    await at.clock.quiet();
    expect(seen).toEqual(expect.arrayContaining([2, 'told 1', 'told 2', 'complete']));
    expect(await run.outcome()).toMatchObject({ status: 'COMPLETED', result: 2 });
    expect(await othersGoOn(at as Home)).toBe(true);
  });

  test('given an error in complete or error, then it is contained too', async () => {
    const { actor, run, ...at } = await stand();
    const seen: string[] = [];
    actor.subscribe({ complete: () => raise('an error'), error: () => raise('an error') });
    actor.subscribe({ error: () => seen.push('error') });
    await at.troupe.send(run, { type: 'FAIL' });
    await at.clock.quiet();
    expect(seen).toEqual(['error']);
    expect(await othersGoOn(at as Home)).toBe(true);
  });

  test('a consumer of events that throws leaves, and the run goes on', async () => {
    const { run, ...at } = await stand();
    const consumed = (async () => {
      for await (const event of run.events()) if (event.type === 'emitted') raise('an error');
    })();
    await at.troupe.send(run, { type: 'UP' });
    await expect(consumed).rejects.toThrow('a fault');
    await at.troupe.send(run, { type: 'UP' });
    await at.clock.quiet();
    expect(await count(at as Home)).toBe(2);
  });

  test('a logger that throws hurts nobody', async () => {
    const broken = (): never => raise('an error');
    const log = { debug: broken, info: broken, warn: broken, error: broken };
    const { troupe, clock } = await teamOf([counter], { log });
    const run = await troupe.start(counter, undefined);
    await troupe.send(run, { type: 'FAIL' });
    await clock.quiet();
    expect(await run.outcome()).toMatchObject({ status: 'FAILED', error: { message: 'a fault' } });
  });
});

describe('who acts while it is told', () => {
  test('a subscriber that sends: its event comes in a later turn', async () => {
    const { actor, run, ...at } = await stand();
    const seen: number[] = [];
    actor.subscribe(({ context }) => {
      seen.push(context.n);
      if (context.n < 5) actor.send({ type: 'UP' });
      expect(actor.getSnapshot().context.n).toBe(context.n);
    });
    await at.troupe.send(run, { type: 'UP' });
    await at.clock.quiet();
    expect(seen).toEqual([1, 2, 3, 4, 5]);
  });

  test('a handler of emitted events that sends, and an action that does', async () => {
    const acting = setup({
      types: {} as { context: { n: number }; events: AnyEventObject },
      actions: {
        up: assign({ n: ({ context }) => context.n + 1 }),
        again: ({ self, context }) => {
          if (context.n < 3) self.send({ type: 'UP' });
        },
      },
    }).createMachine({ id: 'acting', context: { n: 0 }, on: { UP: { actions: ['up', 'again'] } } });
    const { actor, run, ...at } = await stand();
    actor.on('told', ({ n }) => {
      if (n < 3) actor.send({ type: 'UP' });
    });
    await at.troupe.send(run, { type: 'UP' });
    await at.troupe.register(acting);
    const other = await startRun(at.troupe, acting);
    await tell(at.troupe, other, { type: 'UP' });
    await at.clock.quiet();
    expect(await count(at as Home)).toBe(3);
    expect((await other.snapshot()).state?.context).toEqual({ n: 3 });
  });

  test('who leaves meanwhile is told no more; who comes is told from then on', async () => {
    const { actor, run, ...at } = await stand();
    const seen: string[] = [];
    actor.subscribe(() => {
      second.unsubscribe();
      if (seen.length === 0) actor.subscribe(({ context }) => seen.push(`late ${context.n}`));
      seen.push('first');
    });
    const second = actor.subscribe(() => seen.push('second'));
    await at.troupe.send(run, { type: 'UP' });
    await at.clock.quiet();
    expect(seen).toEqual(['first']);
    await at.troupe.send(run, { type: 'UP' });
    await at.clock.quiet();
    expect(seen).toEqual(['first', 'first', 'late 2']);
    second.unsubscribe();
  });

  test('an action whose promise rejects is logged, and nothing else', async () => {
    const acting = setup({
      actions: { later: () => Promise.reject(new RangeError('too late')) },
    }).createMachine({ id: 'acting', on: { GO: { actions: 'later' } } });
    const at = await home([acting]);
    const run = await startRun(at.troupe, acting);
    await tell(at.troupe, run, { type: 'GO' });
    await at.clock.quiet();
    expect((await run.snapshot()).status).toBe('IN_PROGRESS');
    expect(at.logged).toMatchObject([{ level: 'error' }]);
  });
});

describe('who comes late', () => {
  const ends: Readonly<Record<string, [event: string, status: string]>> = {
    'was done': ['END', 'done'],
    'has failed': ['FAIL', 'error'],
    'was cancelled': ['', 'stopped'],
  };

  test.each(Object.entries(ends))('to a run that %s, then it is told the end', async (_, end) => {
    const [type, status] = end;
    const { run, ...at } = await stand();
    if (type === '') await run.cancel();
    else await at.troupe.send(run, { type });
    await at.clock.quiet();
    const hears = async (next: Home): Promise<void> => {
      const { actor } = (await next.troupe.get(counter, 'c')) ?? run;
      const seen: unknown[] = [];
      const { unsubscribe } = actor.subscribe({
        next: () => seen.push('next'),
        error: (error) => seen.push(error),
        complete: () => seen.push('complete'),
      });
      unsubscribe();
      const failure = { name: 'RangeError', message: 'a fault' };
      expect(seen).toEqual([status === 'error' ? failure : 'complete']);
      expect(actor.getSnapshot().status).toBe(status);
      const { error } = actor.getSnapshot() as Snapshot<unknown>;
      expect(error).toEqual(status === 'error' ? failure : undefined);
      actor.on('told', () => undefined).unsubscribe();
      await next.clock.quiet();
    };
    await hears(at as Home);
    await hears(await at.crash(counter));
  });

  test('toPromise and waitFor: given a failure, then they reject with it', async () => {
    const { run, actor, ...at } = await stand();
    const failure = { name: 'RangeError', message: 'a fault' };
    const early = [toPromise(actor), waitFor(actor, ({ context }) => context.n === 9)];
    const told = Promise.allSettled(early);
    await at.troupe.send(run, { type: 'FAIL' });
    expect(await told).toEqual(Array(2).fill({ status: 'rejected', reason: failure }));
    await expect(toPromise(actor)).rejects.toEqual(failure);
  });
});

test('a reference goes on when a supervisor starts an ended run anew', async () => {
  const at = await home([counter]);
  const children = [{ id: 'c', work: counter }];
  const supervising = at.troupe.supervise({ id: 'boss', children });
  await at.clock.quiet();
  await supervising;
  const run = await at.troupe.get(counter, 'boss/c');
  if (run === undefined) throw new RangeError('there is no child');
  const { actor } = run;
  await at.troupe.send(run, { type: 'FAIL' });
  await at.clock.quiet();
  expect(actor.getSnapshot()).toMatchObject({ status: 'active', context: { n: 0 } });
  expect(actor.getSnapshot()).toBe(actor.getSnapshot());
  const seen: number[] = [];
  actor.subscribe(({ context }) => seen.push(context.n));
  actor.send({ type: 'UP' });
  await at.clock.quiet();
  expect(seen).toEqual([1]);
  expect(actor.getSnapshot().context).toEqual({ n: 1 });
});

test('getSnapshot gives one object until the state changes', async () => {
  const { run, actor, ...at } = await stand();
  const first = actor.getSnapshot();
  await at.troupe.send(run, { type: 'NOBODY_KNOWS' });
  await at.clock.quiet();
  expect(actor.getSnapshot()).toBe(first);
  await at.troupe.send(run, { type: 'UP' });
  await at.clock.quiet();
  const second = actor.getSnapshot();
  expect(second).not.toBe(first);
  expect(first.context).toEqual({ n: 0 });
  expect((await at.troupe.get(counter, 'c'))?.actor.getSnapshot()).toBe(second);
});

test('1,000 actors answer one event, and everybody else has turns meanwhile', async () => {
  const member = setup({
    types: {} as { events: { type: 'ASK'; to: AnyActorRef } },
  }).createMachine({
    id: 'member',
    on: { ASK: { actions: sendTo(({ event }) => event.to, { type: 'HERE' }) } },
  });
  const crowd: AnyStateMachine = setup({
    types: {} as {
      context: { here: number; all: AnyActorRef[] };
      events: { type: 'ASK' } | { type: 'HERE' };
    },
    actors: { member },
  }).createMachine({
    id: 'crowd',
    context: ({ spawn }) => ({
      here: 0,
      all: Array.from({ length: 1_000 }, (_, n) => spawn('member', { id: `m${n}` })),
    }),
    on: {
      ASK: {
        actions: ({ context, self }) => {
          for (const one of context.all) one.send({ type: 'ASK', to: self });
        },
      },
      HERE: { actions: assign({ here: ({ context }) => context.here + 1 }) },
    },
  });
  const at = await home([crowd]);
  const run = await startRun(at.troupe, crowd);
  await tell(at.troupe, run, { type: 'ASK' });
  expect(await othersGoOn(at)).toBe(true);
  await at.clock.quiet();
  expect(Object((await run.snapshot()).state?.context).here).toBe(1_000);
  expect(await at.letters()).toEqual([]);
});
