/** The books of messages stay right when actors are parked, go on and end. */
import { expect, test } from 'vitest';
import { assign, sendTo, setup } from 'xstate';
import { machines } from '../../../machines/index.ts';
import { simulatedClock } from '../../../src/clock/index.ts';
import { LocalHost, type Stage } from '../../../src/engine/index.ts';
import { simulatedDisk } from '../../../src/journal/index.ts';
import { asAddress, limits } from '../../../src/protocol/index.ts';
import { rest } from '../fixtures.ts';
import { boatAt, creationOf } from './cruise.ts';

/** A machine that can't take the end of its child, nor its child an event, until mended. */
const boatOf = (isMended: () => boolean) => {
  const types = {} as { context: { held: unknown } };
  const held = (): unknown => (isMended() ? 'kept' : () => 1);
  const kid = setup({ types, actions: { keep: assign({ held }) } });
  const top = setup({
    types,
    actions: { keep: assign({ held }) },
    actors: {
      kid: kid.createMachine({
        id: 'kid',
        context: { held: null },
        initial: 'a',
        on: { BAD: { actions: 'keep' } },
        states: { a: { on: { END: 'b' } }, b: { type: 'final' } },
      }),
    },
  });
  return top.createMachine({
    id: 'boat',
    context: { held: null },
    initial: 'sails',
    states: {
      sails: {
        invoke: { src: 'kid', id: 'k', onDone: { target: 'home', actions: 'keep' } },
        on: {
          END: { actions: sendTo('k', { type: 'END' }) },
          BAD: { actions: sendTo('k', { type: 'BAD' }) },
        },
      },
      home: { type: 'final' },
    },
  });
};

async function harbour() {
  const world = { isMended: false };
  const clock = simulatedClock(1);
  const host = new LocalHost({
    clock,
    journal: simulatedDisk().open(),
    limits,
    log: { debug() {}, info() {}, warn() {}, error() {} },
    behaviours: { incident: { machine: machines.incident } },
    machineOf: () => boatOf(() => world.isMended),
  });
  host.recover(() => undefined);
  const resumed = host.resume();
  await rest(clock);
  await resumed;
  const enter = async (command: (stage: Stage) => unknown) => {
    const entered = host.enter('test', command);
    await rest(clock);
    await entered;
    const { accepted, applied, dead, pending } = host.counts();
    expect(accepted).toBe(applied + dead + pending);
    return pending;
  };
  await enter((stage) => void stage.create(creationOf(0, stage.now)));
  const say = (type: string) =>
    enter((stage) => {
      const cell = stage.find(boatAt(0));
      if (cell !== undefined) stage.post(cell, { type });
    });
  return { world, host, enter, say };
}

test('given the end of a child that parks its parent, then it is pending and comes', async () => {
  const { world, host, enter, say } = await harbour();
  expect(await say('END')).toBe(1);
  const goOn = async () => {
    const pending = await enter((stage) => {
      const cell = stage.find(boatAt(0));
      if (cell !== undefined) stage.unpark(cell);
    });
    host.unpark(boatAt(0));
    await enter(() => undefined);
    return pending;
  };
  await goOn();
  expect(host.find(boatAt(0))?.parked).not.toBe('');
  expect(host.counts()).toMatchObject({ dead: 2, pending: 1 });
  world.isMended = true;
  await goOn();
  expect(host.find(boatAt(0))?.committed.status).toBe('done');
  expect(host.counts()).toMatchObject({ dead: 2, pending: 0 });
});

test('given mail for a parked child, when that is stopped, then it is dead', async () => {
  const { host, enter, say } = await harbour();
  await say('BAD');
  expect(await say('BAD')).toBe(1);
  const kid = asAddress(`${boatAt(0)}/k`);
  expect(host.find(kid)?.parked).not.toBe('');
  const event = { type: 'run.cancel', reason: 'told', orphan: false };
  expect(await enter((stage) => stage.send(boatAt(0), event))).toBe(0);
  expect(host.find(kid)).toMatchObject({ parked: '', committed: { status: 'stopped' } });
});
