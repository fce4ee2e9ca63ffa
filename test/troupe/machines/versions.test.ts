/**
 * Machines that change while their runs live: parked under the same version, migrated to a new
 * one, or both versions side by side.
 */
import { describe, expect, test } from 'vitest';
import { assign, createMachine, fromPromise, sendTo, setup, waitFor } from 'xstate';
import {
  defineMachine,
  idempotencyKey,
  type MachineMigration,
  type MachineOptions,
  type Run,
  type TroupeOptions,
} from '../../../src/index.ts';
import { refused, refusedError } from '../../refusal.ts';
import type { Team } from '../team.ts';
import { onePlace } from './place.ts';

/** A helper that counts what it is told. */
const helper = setup({ types: {} as { context: { n: number } } }).createMachine({
  id: 'helper',
  initial: 'helping',
  context: { n: 0 },
  states: { helping: { on: { ADD: { actions: assign({ n: ({ context }) => context.n + 1 }) } } } },
});

const never = (): Promise<string> => new Promise(() => undefined);

interface Options {
  readonly lookup?: (key: string) => Promise<string>;
  /** Of the first state. */
  readonly afterMs?: number;
  readonly last?: string;
  readonly sources?: 'lookup' | 'other';
}

/** An order in `first`: a child, a timer and a promise are under way. */
function orderIn(first: string, given: Options = {}) {
  const { lookup = never, afterMs = 60_000, last = 'paid' } = given;
  const promise = fromPromise(({ self }) => lookup(idempotencyKey(self)));
  return setup({
    types: {} as { context: { seen: string[] } },
    actors: { helper, lookup: promise },
    actions: { see: assign({ seen: ({ context, event }) => [...context.seen, event.type] }) },
  }).createMachine({
    id: 'order',
    initial: first,
    context: { seen: [] },
    invoke: { src: 'helper', id: 'helper' },
    on: {
      NOTE: { actions: 'see' },
      HELP: { actions: sendTo('helper', { type: 'ADD' }) },
    },
    states: {
      [first]: {
        invoke: { src: 'lookup', id: 'lookup', onDone: { actions: 'see' } },
        after: { [afterMs]: { target: last, actions: 'see' } },
        on: { GO: last },
      },
      [last]: { type: 'final' },
    },
    output: ({ context }) => context,
  });
}

/** Version 2 begins in `ordered`, and takes over what version 1 left in `open`. */
const second = (migrate: MachineMigration, given: Options & { first?: string } = {}) =>
  defineMachine(orderIn(given.first ?? 'ordered', given), {
    version: '2',
    migrations: { 1: migrate },
  });
const toOrdered: MachineMigration = ({ context }) => ({
  value: 'ordered',
  context: { seen: [...Object(context).seen, 'migrated'] },
});

const hint = 'raise its version and list both';
const changedReason = `its definition order version 1 has changed: ${hint}, or migrate`;
const missingReason = 'its definition order version 1 is not registered';

const found = async ({ troupe }: Team): Promise<Run<unknown, never>> => {
  const run = await troupe.runs.get('order/o');
  if (run === undefined) return expect.fail('the run is gone');
  return run as never;
};
const stateOf = async (team: Team) => (await (await found(team)).snapshot()).state;

/** A run of version 1 that was left in `open`, with a child that has counted to 1. */
async function left(given: Options = {}) {
  const place = onePlace();
  const order = orderIn('open', given);
  const { troupe } = await place.next(order);
  const run = await troupe.start(order, undefined, { id: 'o' });
  await troupe.send(run, { type: 'HELP' });
  await place.clock.advance(20_000);
  return place;
}

describe('a machine whose structure changed under one version', () => {
  test('then its run is parked whole, takes mail, and goes on with the old one', async () => {
    const keys: string[] = [];
    const lookup = (key: string) => {
      keys.push(key);
      return never();
    };
    const place = await left({ lookup });
    const changed = orderIn('open', { last: 'sent' });
    const team = await place.next(changed);
    expect(await team.troupe.parked.list()).toEqual([
      {
        runId: 'order/o',
        definition: 'order',
        version: '1',
        status: 'IN_PROGRESS',
        reason: changedReason,
      },
    ]);
    expect(team.logged.map(({ text }) => text)).toEqual([`a run is parked: ${changedReason}`]);
    const parked = await team.troupe.get(changed, 'o');
    if (parked === undefined) return expect.fail('the run is gone');
    expect(await parked.snapshot()).toMatchObject({
      parked: changedReason,
      status: 'IN_PROGRESS',
      state: { value: 'open', context: { seen: [] } },
    });
    await waitFor(parked.actor, (state) => state.matches('open'));
    expect(await refused(parked.outcome())).toMatchObject({ code: 'PARKED' });
    expect(await refused(parked.cancel())).toMatchObject({ code: 'PARKED' });
    await team.troupe.send(parked, { type: 'NOTE' });
    await team.troupe.send(parked, { type: 'GO' });
    await place.clock.advance(120_000);
    expect(await stateOf(team)).toEqual({ value: 'open', context: { seen: [] } });
    expect(await refused(team.troupe.parked.retry(parked))).toMatchObject({ code: 'PARKED' });

    const back = await place.next(orderIn('open', { lookup }));
    expect(await back.troupe.parked.list()).toEqual([]);
    expect(await (await found(back)).result()).toEqual({ seen: ['NOTE'] });
    expect(keys).toEqual(['order/o/2/lookup']);
  });

  test('then its children and its promise go on with it, too', async () => {
    const place = await left();
    await place.next(orderIn('open', { last: 'sent' }));
    const keys: string[] = [];
    const order = orderIn('open', {
      lookup: async (key) => {
        keys.push(key);
        return 'found';
      },
    });
    const team = await place.next(order);
    await place.clock.quiet();
    expect(keys).toEqual(['order/o/2/lookup']);
    expect(await stateOf(team)).toEqual({
      value: 'open',
      context: { seen: ['xstate.done.actor.lookup'] },
    });
    const run = await team.troupe.get(order, 'o');
    expect(run?.actor.getSnapshot().children.helper?.getSnapshot().context).toEqual({ n: 1 });
    await place.clock.advance(40_000);
    expect(await run?.result()).toEqual({
      seen: ['xstate.done.actor.lookup', 'xstate.after.60000.order.open'],
    });
  });

  test('given its definition is registered later, then all of it goes on when told', async () => {
    const place = await left();
    const team = await place.next();
    expect(await team.troupe.parked.list()).toMatchObject([{ reason: missingReason }]);
    const order = orderIn('open');
    await team.troupe.register(order);
    const run = await team.troupe.get(order, 'o');
    await team.troupe.parked.retry(run ?? '');
    if (run !== undefined) await team.troupe.send(run, { type: 'HELP' });
    await place.clock.quiet();
    expect(run?.actor.getSnapshot().children.helper?.getSnapshot().context).toEqual({ n: 2 });
    expect(await team.troupe.parked.list()).toEqual([]);
    await place.clock.advance(40_000);
    expect(await run?.result()).toEqual({ seen: ['xstate.after.60000.order.open'] });
  });

  test('given it is discarded, then all of it is stopped for good', async () => {
    const place = await left();
    const team = await place.next();
    const run = await found(team);
    await team.troupe.send(run as never, { type: 'NOTE' });
    // Its timer is due, too, and what fired waits before the end.
    await place.clock.advance(120_000);
    await team.troupe.parked.discard('order/o', 'nobody needs it');
    await place.clock.advance(120_000);
    const outcome = { status: 'CANCELLED', reason: 'nobody needs it' };
    expect(await run.outcome()).toMatchObject(outcome);
    expect(await team.troupe.parked.list()).toEqual([]);
    const later = await place.next(orderIn('open'));
    expect(await (await found(later)).outcome()).toMatchObject(outcome);
    expect(later.logged).toEqual([]);
  });
});

test('given an inline machine inside it that changed, then its run is parked, too', async () => {
  const place = onePlace();
  const outerWith = (state: string) => {
    const inner = setup({}).createMachine({
      id: 'inner',
      initial: state,
      states: { [state]: { on: { GO: 'end' } }, end: { type: 'final' } },
    });
    return createMachine({
      id: 'outer',
      initial: 'a',
      states: { a: { invoke: { id: 'inner', src: inner } } },
    });
  };
  const first = outerWith('one');
  const { troupe } = await place.next(first);
  await troupe.start(first, undefined, { id: 'x' });
  const team = await place.next(outerWith('two'));
  expect(await team.troupe.parked.list()).toMatchObject([
    {
      runId: 'outer/x',
      reason: `its definition outer version 1 has changed: ${hint}, or migrate`,
    },
  ]);
});

test('what is parked says which migration is missing, or not taken', async () => {
  const reasonWith = async (...definitions: NonNullable<TroupeOptions['definitions']>) => {
    const { troupe } = await (await left()).next(...definitions);
    const [parked] = await troupe.parked.list();
    const { message } = await refusedError(troupe.parked.retry(parked?.runId ?? ''));
    expect(message).toContain('troupe.parked.retry');
    return parked?.reason;
  };
  const changed = orderIn('open', { last: 'sent' });
  const bare = defineMachine(changed, { version: '2' });
  const migrating = defineMachine(changed, { version: '2', migrations: { 1: (old) => old } });
  expect(await reasonWith(bare)).toBe(`${missingReason}, and version 2 has no migration from 1`);
  expect(await reasonWith(changed, bare)).toBe(
    `its definition order version 1 has changed: ${hint}, or migrate from 1`,
  );
  const taken = 'its migration to 2 is taken when version 1 is left out';
  expect(await reasonWith(changed, migrating)).toBe(
    `its definition order version 1 has changed: ${hint}; ${taken}`,
  );
});

describe('a new version with a migration', () => {
  test('then a run goes on under it, its children and its promise kept', async () => {
    const place = await left();
    const keys: string[] = [];
    const order = second(toOrdered, {
      lookup: async (key) => {
        keys.push(key);
        return 'found';
      },
    });
    const team = await place.next(order);
    expect(team.logged).toEqual([]);
    expect(await (await found(team)).snapshot()).toMatchObject({
      version: '2',
      state: { value: 'ordered', context: { seen: ['migrated', 'xstate.done.actor.lookup'] } },
    });
    expect(keys).toEqual(['order/o/2/lookup']);
    const run = await team.troupe.get(order, 'o');
    expect(run?.actor.getSnapshot().children.helper?.getSnapshot().context).toEqual({ n: 1 });
    if (run !== undefined) await team.troupe.send(run, { type: 'GO' });
    expect(await run?.result()).toEqual({ seen: ['migrated', 'xstate.done.actor.lookup'] });
  });

  test('then it is migrated once, whenever it is loaded again', async () => {
    const place = await left();
    for (let life = 0; life < 3; life += 1) await place.next(second(toOrdered));
    const team = await place.next(second(toOrdered));
    expect(await stateOf(team)).toEqual({ value: 'ordered', context: { seen: ['migrated'] } });
  });

  test('then a timer of a state that stayed keeps its time', async () => {
    const place = await left();
    const team = await place.next(
      second(({ value, context }) => ({ value, context }), {
        first: 'open',
        last: 'sent',
      }),
    );
    await place.clock.advance(39_998);
    expect(await stateOf(team)).toMatchObject({ value: 'open' });
    await place.clock.advance(1);
    expect(await (await found(team)).result()).toEqual({
      seen: ['xstate.after.60000.order.open'],
    });
  });

  test('then a timer of a new state is armed anew, and the old one never fires', async () => {
    const place = await left();
    const team = await place.next(second(toOrdered, { afterMs: 90_000 }));
    await place.clock.advance(89_000);
    expect(await stateOf(team)).toMatchObject({ value: 'ordered' });
    await place.clock.advance(2_000);
    expect(await (await found(team)).result()).toEqual({
      seen: ['migrated', 'xstate.after.90000.order.ordered'],
    });
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('no way over');
      },
      'no way over',
    ],
    ['gives a state that is not there', () => ({ value: 'lost', context: {} }), "'lost'"],
    ['gives a final state', ({ context }) => ({ value: 'paid', context }), '"paid" is final'],
    ['gives what is no JSON', () => ({ value: 'ordered', context: new Map() }), 'JSON'],
    ['gives no state', () => undefined as never, ''],
  ] as [string, MachineMigration, string][])(
    'given it %s, then the run is parked with the reason, whole',
    async (_, migrate, why) => {
      const place = await left();
      const team = await place.next(second(migrate));
      const [parked, ...more] = await team.troupe.parked.list();
      expect(more).toEqual([]);
      expect(parked).toMatchObject({ runId: 'order/o', version: '1' });
      expect(parked?.reason).toContain('its migration from version 1 to 2 fails: ');
      expect(parked?.reason).toContain(why);
      const mended = await place.next(second(toOrdered));
      expect(await mended.troupe.parked.list()).toEqual([]);
      expect(await stateOf(mended)).toEqual({ value: 'ordered', context: { seen: ['migrated'] } });
    },
  );

  test('given a state that invokes what does not run, then the run is parked', async () => {
    const place = await left();
    const lookup = fromPromise(never);
    const machine = setup({ actors: { helper, lookup } }).createMachine({
      id: 'order',
      initial: 'asking',
      invoke: { src: 'helper', id: 'helper' },
      states: { asking: { invoke: { src: 'helper', id: 'second' } } },
    });
    const migrations = { 1: () => ({ value: 'asking', context: {} }) };
    const team = await place.next(defineMachine(machine, { version: '2', migrations }));
    expect(await team.troupe.parked.list()).toMatchObject([
      { reason: expect.stringContaining('invokes second, which does not run') },
    ]);
  });

  test('given a source of a child that is gone, then the run is parked', async () => {
    const place = await left();
    const machine = setup({ actors: { helper } }).createMachine({
      id: 'order',
      initial: 'ordered',
      invoke: { src: 'helper', id: 'helper' },
      states: { ordered: {} },
    });
    const team = await place.next(
      defineMachine(machine, { version: '2', migrations: { 1: toOrdered } }),
    );
    expect(await team.troupe.parked.list()).toMatchObject([
      { reason: expect.stringContaining('the source lookup') },
    ]);
  });

  test('given a child whose own state is gone, then all of the run stays parked', async () => {
    const place = await left();
    const other = setup({}).createMachine({
      id: 'helper',
      initial: 'resting',
      states: { resting: {} },
    });
    const lookup = fromPromise(never);
    const machine = setup({ actors: { helper: other, lookup } }).createMachine({
      id: 'order',
      initial: 'ordered',
      invoke: { src: 'helper', id: 'helper' },
      states: { ordered: { invoke: { src: 'lookup', id: 'lookup' } } },
    });
    const migrations = { 1: toOrdered };
    const team = await place.next(defineMachine(machine, { version: '2', migrations }));
    expect(await team.troupe.parked.list()).toMatchObject([
      { runId: 'order/o', reason: expect.stringContaining('helping') },
    ]);
    expect(await stateOf(team)).toEqual({ value: 'open', context: { seen: [] } });
  });

  test('given it is registered later, then the run goes on under it when told', async () => {
    const place = await left();
    const team = await place.next();
    const order = second(toOrdered);
    await team.troupe.register(order);
    await team.troupe.parked.retry('order/o');
    expect(await (await found(team)).snapshot()).toMatchObject({
      version: '2',
      state: { value: 'ordered', context: { seen: ['migrated'] } },
    });
    await place.clock.advance(60_000);
    expect(await (await found(team)).result()).toEqual({
      seen: ['migrated', 'xstate.after.60000.order.ordered'],
    });
  });
});

test('versions side by side: old runs keep theirs, new ones take the last', async () => {
  const place = await left();
  const one = orderIn('open', { last: 'paid' });
  const two = second(toOrdered);
  const team = await place.next(one, two);
  expect(team.logged).toEqual([]);
  expect(await (await found(team)).snapshot()).toMatchObject({
    version: '1',
    state: { value: 'open' },
  });
  const run = await team.troupe.start(two, undefined, { id: 'new' });
  expect(await run.snapshot()).toMatchObject({ version: '2', state: { value: 'ordered' } });
  await place.clock.advance(120_000);
  expect(await (await found(team)).result()).toEqual({ seen: ['xstate.after.60000.order.open'] });
  expect(await run.result()).toEqual({ seen: ['xstate.after.60000.order.ordered'] });
});

test('an ended run is there whatever became of its machine', async () => {
  const place = await left();
  const first = await place.next(orderIn('open'));
  await first.troupe.send((await found(first)) as never, { type: 'GO' });
  const result = await (await found(first)).result();
  const versions: [string, MachineOptions][] = [
    ['open', {}],
    ['ordered', {}],
    ['ordered', { version: '2', migrations: { 1: () => Object(undefined) } }],
  ];
  for (const [state, options] of versions) {
    const team = await place.next(defineMachine(orderIn(state, { last: 'sent' }), options));
    expect(await team.troupe.parked.list()).toEqual([]);
    const run = await found(team);
    expect(await run.snapshot()).toMatchObject({
      status: 'COMPLETED',
      version: '1',
      result,
      state: { value: 'paid' },
    });
    expect(await run.result()).toEqual(result);
  }
  expect(await (await found(await place.next())).result()).toEqual(result);
});
