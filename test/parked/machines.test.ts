/**
 * Actors of machines that are parked: nothing fires and nothing starts anew in them, what was due
 * comes when they go on; they can be stopped, and no later life of theirs is parked with them.
 */
import { describe, expect, test } from 'vitest';
import {
  type AnyEventObject,
  type AnyStateMachine,
  assign,
  sendTo,
  setup,
  stopChild,
} from 'xstate';
import { simulatedDisk } from '../../src/journal/index.ts';
import { type Home, home, startRun, tell } from '../misuse/home.ts';
import { teamOf, testClock } from '../troupe/team.ts';

/** The live actors below runs, with whether they are parked. */
const living = ({ journal }: Pick<Home, 'journal'>): (string | boolean)[][] =>
  journal
    .actors({ done: false })
    .filter(({ address }) => address.startsWith('run/'))
    .map(({ address, parked }) => [address.slice('run/'.length), parked !== '']);

const openIncidents = ({ journal }: Home): string[] =>
  journal.actors({ kind: 'incident', done: false }).map(({ address }) => address);

/** What an actor keeps, as its record tells. */
const contextOf = ({ journal }: Home, address: string): unknown =>
  JSON.parse(journal.byAddress(`run/${address}`)?.snapshot ?? '{}').context;

describe('given a run in the pause before its restart, and its machine gone', () => {
  let isBroken = true;
  const machine = setup({
    types: {} as { context: { n: number }; events: AnyEventObject },
    guards: {
      fault: () => {
        if (isBroken) throw new RangeError('a fault');
        return true;
      },
    },
  }).createMachine({
    id: 'm',
    context: { n: 0 },
    initial: 'a',
    on: { ADD: { actions: assign({ n: ({ context }) => context.n + 1 }) } },
    states: { a: { after: { 50: { guard: 'fault', target: 'b' } } }, b: { type: 'final' } },
  });

  describe.each(['snapshot', 'input'] as const)('resumed from %s', (resumeFrom) => {
    const backoff = { initial: '10s', max: '10s' } as const;
    const intensity = { max: 3, within: '1h' } as const;
    const supervision = { restart: 'transient', resumeFrom, intensity, backoff } as const;

    async function parkedInItsPause(): Promise<Home> {
      isBroken = true;
      const at = await home([machine]);
      const run = await startRun(at.troupe, machine, undefined, { id: 'r', supervision });
      await tell(at.troupe, run, { type: 'ADD' });
      await at.clock.advance(60);
      const without = await at.crash();
      await without.clock.advance(30_000);
      expect(await without.troupe.parked.list()).toMatchObject([{ status: 'IN_PROGRESS' }]);
      const timers = without.journal.timers().map(({ timer }) => timer);
      expect(timers).toContain('~restart');
      isBroken = false;
      return without;
    }

    async function ends(at: Home): Promise<void> {
      const run = await at.troupe.get(machine, 'r');
      await at.clock.advance(resumeFrom === 'snapshot' ? 0 : 50);
      expect(await run?.outcome()).toMatchObject({ status: 'COMPLETED', attempts: 2 });
      const n = resumeFrom === 'snapshot' ? 1 : 0;
      expect((await run?.snapshot())?.state?.context).toEqual({ n });
      expect(at.journal.timers()).toEqual([]);
    }

    test('when it is back after a restart of the process, then it goes on', async () => {
      const without = await parkedInItsPause();
      await ends(await without.crash(machine));
    });

    test('when it is registered and the run tried again, then it goes on', async () => {
      const without = await parkedInItsPause();
      await without.troupe.register(machine);
      await without.troupe.parked.retry('m/r');
      await ends(without);
    });
  });
});

/** A machine that keeps a function when told so, until it is mended. */
const kidOf = (isMended = () => false) =>
  setup({
    types: {} as { context: { n: unknown }; events: AnyEventObject },
    actions: {
      keep: assign({ n: () => (isMended() ? 'kept' : () => 1) }),
      up: assign({ n: ({ context }) => Number(context.n) + 1 }),
    },
  }).createMachine({
    id: 'kid',
    context: { n: 0 },
    on: { BAD: { actions: 'keep' }, OK: { actions: 'up' } },
  });

/** A machine with such a child, that can stop it, replace it and tell another one later. */
const topOf = (isMended?: () => boolean): AnyStateMachine =>
  setup({
    types: {} as { events: AnyEventObject },
    actors: { kid: kidOf(isMended) },
    actions: { keep: assign(() => ({ held: isMended?.() === true ? 1 : () => 1 })) },
  }).createMachine({
    id: 'top',
    initial: 'with',
    on: {
      BAD: { actions: sendTo('k', { type: 'BAD' }) },
      OK: { actions: sendTo('k', { type: 'OK' }) },
      BOTH: { actions: [sendTo('k', { type: 'BAD' }), stopChild('k')] },
      LATER: { actions: sendTo('k', { type: 'OK' }, { delay: 100 }) },
      PARK: { actions: 'keep' },
      END: '.end',
      OFF: '.without',
      AGAIN: { target: '.with', reenter: true },
    },
    states: {
      with: {
        invoke: { src: 'kid', id: 'k', systemId: 'K', onDone: 'end', onError: 'told' },
      },
      without: {},
      told: {},
      end: { type: 'final' },
    },
  });

async function stand(isMended?: () => boolean) {
  const top = topOf(isMended);
  const at = await home([top]);
  const run = await startRun(at.troupe, top, undefined, { id: 'r' });
  const send = async (type: string) => {
    await tell(at.troupe, run, { type });
    await at.clock.quiet();
  };
  return { ...at, run, send };
}

describe('given a child that is parked alone', () => {
  async function parkedChild(isMended?: () => boolean) {
    const at = await stand(isMended);
    await at.send('BAD');
    expect(living(at)).toEqual([
      ['top/r', false],
      ['top/r/k', true],
    ]);
    return at;
  }

  test('when its parent starts another one in its place, then that one takes turns', async () => {
    const at = await parkedChild();
    await at.send('AGAIN');
    await at.send('OK');
    expect(contextOf(at, 'top/r/k')).toEqual({ n: 1 });
    expect(await at.troupe.parked.list()).toEqual([]);
    expect(openIncidents(at)).toEqual([]);
  });

  test.each([
    ['stops it', 'OFF', [['top/r', false]]],
    ['comes to its end', 'END', []],
    ['is cancelled', 'cancel', []],
  ])('when its parent %s, then it is stopped at once', async (_, how, left) => {
    const at = await parkedChild();
    if (how === 'cancel') await at.run.cancel();
    else await at.send(how);
    expect(living(at)).toEqual(left);
    expect(openIncidents(at)).toEqual([]);
  });

  test('when it is discarded, then it has failed, and its parent is told', async () => {
    const at = await parkedChild();
    await at.troupe.parked.discard('top/r/k', 'nobody needs it');
    await at.clock.quiet();
    expect(living(at)).toEqual([['top/r', false]]);
    expect((await at.run.snapshot()).state?.value).toBe('told');
    expect(at.journal.byAddress('run/top/r/k')).toMatchObject({ status: 'FAILED' });
    expect(openIncidents(at)).toEqual([]);
  });

  test('when its run is tried again, then the child is, too', async () => {
    let isMended = false;
    const at = await parkedChild(() => isMended);
    await at.send('BAD');
    isMended = true;
    await at.troupe.parked.retry('top/r');
    await at.clock.quiet();
    expect(contextOf(at, 'top/r/k')).toEqual({ n: 'kept' });
    expect(openIncidents(at)).toEqual([]);
  });
});

test('given what parks a child and its stop right behind, then it is stopped', async () => {
  const at = await stand();
  await at.send('BOTH');
  expect(living(at)).toEqual([['top/r', false]]);
  expect(openIncidents(at)).toEqual([]);
});

test('given a parked machine, then what it sends later is sent when it goes on, once', async () => {
  let isMended = false;
  const at = await stand(() => isMended);
  await at.send('LATER');
  await at.send('PARK');
  await at.clock.advance(1_000);
  expect(contextOf(at, 'top/r/k')).toEqual({ n: 0 });
  isMended = true;
  await at.troupe.parked.retry('top/r');
  await at.clock.advance(1_000);
  expect(contextOf(at, 'top/r/k')).toEqual({ n: 1 });
  expect(at.journal.timers()).toEqual([]);
});

test('given a child before its stop, and its machine gone, then it is stopped', async () => {
  const disk = simulatedDisk();
  const top = topOf();
  const other = setup({}).createMachine({ id: 'other' });
  const clock = testClock();
  const limits = { groupTurns: 1 };
  const first = await teamOf([top], { journal: disk.open(), clock, limits });
  const run = await startRun(first.troupe, top, undefined, { id: 'r' });
  await clock.quiet();
  await tell(first.troupe, run, { type: 'OFF' });
  const journal = disk.open();
  expect(journal.waiting()).toHaveLength(1);
  clock.clear();
  await teamOf([other], { journal, clock });
  await clock.quiet();
  expect(living({ journal })).toEqual([['top/r', true]]);
});

describe('given the end of a child whose turn can not be made durable', () => {
  const machineOf = (isMended: () => boolean) => {
    const kid = setup({}).createMachine({
      id: 'kid',
      initial: 'a',
      states: { a: { after: { 10: 'b' } }, b: { type: 'final' } },
    });
    return setup({
      types: {} as { context: { held: unknown } },
      actors: { kid },
      actions: { keep: assign({ held: () => (isMended() ? 'kept' : () => 1) }) },
    }).createMachine({
      id: 'm',
      initial: 'waits',
      context: { held: null },
      states: {
        waits: { invoke: { src: 'kid', id: 'k', onDone: { target: 'over', actions: 'keep' } } },
        over: { type: 'final' },
      },
      output: ({ context }) => context.held,
    });
  };

  test.each(['tried again', 'there in a new process'])(
    'when it is %s, then it comes',
    async (how) => {
      let isMended = false;
      const machine = machineOf(() => isMended);
      const at = await home([machine]);
      await startRun(at.troupe, machine, undefined, { id: 'r' });
      await at.clock.advance(10);
      expect(await at.letters()).toEqual([['run/m/r', 'xstate.done.actor.k', 'poison']]);
      const isAgain = how === 'tried again';
      if (isAgain) {
        await at.troupe.parked.retry('m/r');
        await at.clock.quiet();
        expect(await at.letters()).toHaveLength(2);
      }
      isMended = true;
      const next = isAgain ? at : await at.crash(machine);
      if (isAgain) await next.troupe.parked.retry('m/r');
      await next.clock.quiet();
      const found = await next.troupe.get(machine, 'r');
      expect(await found?.outcome()).toMatchObject({ status: 'COMPLETED', result: 'kept' });
      expect(next.journal.waiting()).toEqual([]);
    },
  );
});
