/**
 * Where a troupe goes on and XState's own actors don't, and what only a troupe can tell.
 */
import { expect, test } from 'vitest';
import {
  type AnyActorRef,
  type AnyEventObject,
  assign,
  emit,
  fromPromise,
  sendParent,
  sendTo,
  setup,
  spawnChild,
  stopChild,
} from 'xstate';
import { idempotencyKey } from '../../src/index.ts';
import { teamOf } from '../troupe/team.ts';

const types = {} as { context: { readonly got: readonly unknown[] }; events: AnyEventObject };

const below = setup({ types }).createMachine({ id: 'below', context: { got: [] } });
const team = setup({ types, actors: { below } }).createMachine({
  id: 'team',
  context: { got: [] },
  invoke: { id: 'one', src: 'below', systemId: 'known' },
});

test('given a name below a state that is entered again, then it passes on', async () => {
  const machine = setup({ types, actors: { team } }).createMachine({
    id: 'names',
    context: { got: [] },
    initial: 'works',
    states: {
      works: {
        invoke: { id: 'team', src: 'team' },
        on: {
          AGAIN: { target: 'works', reenter: true },
          ASK: {
            actions: assign({ got: ({ system }) => [(system.get('known') as AnyActorRef).id] }),
          },
        },
      },
    },
  });
  const { troupe, clock } = await teamOf([machine]);
  const run = await troupe.start(machine, undefined, { id: 'it' });
  await troupe.send(run, { type: 'AGAIN' });
  await troupe.send(run, { type: 'ASK' });
  await clock.quiet();
  expect(run.actor.getSnapshot()).toMatchObject({ status: 'active', context: { got: ['one'] } });
});

test('given a child that is started anew, then its promises have keys of their own', async () => {
  const keys: string[] = [];
  const asking = fromPromise(({ self }) => {
    keys.push(idempotencyKey(self));
    return new Promise<never>(() => {});
  });
  const asker = setup({ types, actors: { asking } }).createMachine({
    id: 'asker',
    context: { got: [] },
    invoke: { id: 'question', src: 'asking' },
  });
  const machine = setup({ types, actors: { asker } }).createMachine({
    id: 'keys',
    context: { got: [] },
    initial: 'works',
    states: {
      works: {
        invoke: { id: 'asker', src: 'asker' },
        on: { AGAIN: { target: 'works', reenter: true }, LEAVE: 'left' },
      },
      left: { on: { BACK: 'works' } },
    },
  });
  const { troupe, clock } = await teamOf([machine]);
  const run = await troupe.start(machine, undefined, { id: 'it' });
  for (const type of ['AGAIN', 'LEAVE', 'BACK']) await troupe.send(run, { type });
  await clock.quiet();
  expect(keys).toHaveLength(3);
  expect(new Set(keys).size).toBe(3);
});

test('given the end of a child that waits while it is replaced, then it is dropped', async () => {
  const quits = setup({ types }).createMachine({
    id: 'quits',
    context: { got: [] },
    initial: 'lives',
    states: { lives: { on: { QUIT: 'over' } }, over: { type: 'final' } },
  });
  const urges = setup({ types }).createMachine({
    id: 'urges',
    context: { got: [] },
    on: { URGE: { actions: sendParent({ type: 'SWAP' }) } },
  });
  const machine = setup({ types, actors: { quits, urges } }).createMachine({
    id: 'replaced',
    context: { got: [] },
    entry: [spawnChild('urges', { id: 'first' }), spawnChild('quits', { id: 'second' })],
    on: {
      GO: { actions: [sendTo('first', { type: 'URGE' }), sendTo('second', { type: 'QUIT' })] },
      SWAP: { actions: [stopChild('second'), spawnChild('quits', { id: 'second' })] },
      'xstate.done.actor.second': {
        actions: assign({ got: ({ context }) => [...context.got, 'done'] }),
      },
    },
  });
  const { troupe, clock } = await teamOf([machine]);
  const run = await troupe.start(machine, undefined, { id: 'it' });
  await clock.quiet();
  await troupe.send(run, { type: 'GO' });
  await clock.quiet();
  const { context, children } = run.actor.getSnapshot();
  expect(context.got).toEqual([]);
  expect(children.second?.getSnapshot().value).toBe('lives');
});

test('given an event that makes a run throw, then it is undone, and the run goes on', async () => {
  const machine = setup({ types, actors: { below } }).createMachine({
    id: 'poisoned',
    context: { got: [] },
    invoke: { id: 'kid', src: 'below' },
    on: {
      BAD: {
        actions: [
          assign({ got: ['half'] }),
          sendTo('kid', { type: 'HALF' }),
          assign({
            got: () => {
              throw new RangeError('in the middle');
            },
          }),
        ],
      },
      GOOD: { actions: assign({ got: ['good'] }) },
    },
  });
  const { troupe, clock, logged } = await teamOf([machine]);
  const run = await troupe.start(machine, undefined, { id: 'it' });
  await clock.quiet();
  const before = run.actor.getSnapshot();
  await troupe.send(run, { type: 'BAD' });
  await clock.quiet();
  expect(run.actor.getSnapshot()).toBe(before);
  expect(logged.map(({ text }) => text).join()).toMatch(/poison/);
  await troupe.send(run, { type: 'GOOD' });
  await clock.quiet();
  expect(run.actor.getSnapshot().context).toEqual({ got: ['good'] });
});

test('emitted events are heard once they are durable, by type and all of them', async () => {
  const machine = setup({
    types: {} as {
      events: AnyEventObject;
      emitted: { type: 'said'; n: number } | { type: 'other' };
    },
  }).createMachine({
    id: 'emits',
    on: {
      SAY: {
        actions: [emit(({ event }) => ({ type: 'said', n: event.n })), emit({ type: 'other' })],
      },
    },
  });
  const { troupe, clock } = await teamOf([machine]);
  const run = await troupe.start(machine, undefined, { id: 'it' });
  const heard: unknown[] = [];
  run.actor.on('said', ({ n }) => heard.push(n));
  const all = run.actor.on('*', ({ type }) => heard.push(type));
  await troupe.send(run, { type: 'SAY', n: 1 });
  await clock.quiet();
  all.unsubscribe();
  await troupe.send(run, { type: 'SAY', n: 2 });
  await clock.quiet();
  expect(heard).toEqual([1, 'said', 'other', 2]);
});
