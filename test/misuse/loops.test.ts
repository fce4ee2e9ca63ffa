/**
 * Machines that never come to rest: inside a step, by sending to themselves or to each other, by
 * starting each other. Each loop ends in an incident; until then all others have their turns.
 */
import { describe, expect, test } from 'vitest';
import {
  type AnyEventObject,
  type AnyStateMachine,
  assign,
  raise,
  sendParent,
  sendTo,
  setup,
  waitFor,
} from 'xstate';
import { limits } from '../../src/protocol/index.ts';
import { refused } from '../refusal.ts';
import { bystander, childOf, home, othersGoOn, startRun, tell } from './home.ts';

const counting = setup({
  types: {} as { context: { n: number }; events: AnyEventObject },
  actions: { up: assign({ n: ({ context }) => context.n + 1 }) },
});

const again = { type: 'GO' };

/** Loops inside one step, which GO begins. */
const inside: Readonly<Record<string, AnyStateMachine>> = {
  'raises what it handles': counting.createMachine({
    id: 'loop',
    context: { n: 0 },
    on: { GO: { actions: ['up', raise(again)] } },
  }),
  'goes to and fro without an event': counting.createMachine({
    id: 'loop',
    context: { n: 0 },
    initial: 'rest',
    states: {
      rest: { on: { GO: 'here' } },
      here: { always: { target: 'there', actions: 'up' } },
      there: { always: 'here' },
    },
  }),
  'enters itself anew': counting.createMachine({
    id: 'loop',
    context: { n: 0 },
    initial: 'rest',
    states: {
      rest: { on: { GO: 'here' } },
      here: { always: { target: 'here', reenter: true, actions: 'up' } },
    },
  }),
};

describe('a loop inside a step', () => {
  test.each(Object.entries(inside))('a machine that %s', async (_, machine) => {
    const at = await home([machine]);
    const run = await startRun(at.troupe, machine, undefined, { id: 'l' });
    const before = (await run.snapshot()).state;
    await tell(at.troupe, run, again);
    await at.clock.quiet();
    expect(await at.letters()).toEqual([['run/loop/l', 'GO', 'poison']]);
    expect((await run.snapshot()).state).toEqual(before);
    expect(at.incidents()).toMatchObject([{ about: 'run/loop/l', code: 'MACHINE_LOOP' }]);
    expect(await othersGoOn(at)).toBe(true);
  });

  test('at its start: no run is made', async () => {
    const machines = [
      counting.createMachine({
        id: 'first',
        context: { n: 0 },
        entry: raise(again),
        on: { GO: { actions: ['up', raise(again)] } },
      }),
      counting.createMachine({
        id: 'first',
        context: { n: 0 },
        initial: 'here',
        states: { here: { always: { target: 'there', actions: 'up' } }, there: { always: 'here' } },
      }),
    ];
    for (const machine of machines) {
      const at = await home([machine]);
      const start = startRun(at.troupe, machine, undefined, { id: 'f' });
      expect(await refused(start)).toEqual({
        code: 'MACHINE_LOOP',
        actor: 'run/first/f',
        hops: 1_001,
      });
      expect(await at.troupe.get(machine, 'f')).toBeUndefined();
      expect(await othersGoOn(at)).toBe(true);
    }
  });

  test('in a child: it has failed, and its parent goes on', async () => {
    const loop = inside['raises what it handles'] as AnyStateMachine;
    const parent = setup({ actors: { loop } }).createMachine({
      id: 'parent',
      initial: 'works',
      states: {
        works: {
          invoke: { id: 'kid', src: 'loop', onError: 'mourns' },
          on: { GO: { actions: sendTo('kid', again) } },
        },
        mourns: {},
      },
    });
    const at = await home([parent]);
    const run = await startRun(at.troupe, parent, undefined, { id: 'p' });
    await tell(at.troupe, run, again);
    await at.clock.quiet();
    expect((await run.snapshot()).state?.value).toBe('mourns');
    expect(at.incidents()).toMatchObject([{ about: 'run/parent/p/kid', code: 'MACHINE_LOOP' }]);
  });
});

/** It answers whoever sent it what it got, through its parent or straight away. */
const echo = counting.createMachine({
  id: 'echo',
  context: { n: 0 },
  on: { GO: { actions: ['up', sendParent(again)] } },
});

const peer = counting.createMachine({
  id: 'peer',
  context: { n: 0 },
  on: {
    GO: {
      actions: [
        'up',
        sendTo(
          ({ event }) => event.to,
          ({ self }) => ({ type: 'GO', to: self }),
        ),
      ],
    },
  },
});

const ends = counting.createMachine({
  id: 'ends',
  context: { n: 0 },
  type: 'parallel',
  states: {
    only: { initial: 'over', states: { over: { type: 'final' } } },
  },
});

/** Loops of messages, which GO begins. */
const between: Readonly<Record<string, AnyStateMachine>> = {
  'sends to itself': counting.createMachine({
    id: 'loop',
    context: { n: 0 },
    on: { GO: { actions: ['up', sendTo(({ self }) => self, again)] } },
  }),
  'plays ping-pong with its child': setup({
    types: {} as { context: { n: number } },
    actors: { echo },
    actions: { up: assign({ n: ({ context }) => context.n + 1 }) },
  }).createMachine({
    id: 'loop',
    context: { n: 0 },
    invoke: { id: 'kid', src: 'echo' },
    on: { GO: { actions: ['up', sendTo('kid', again)] } },
  }),
  'lets two children play': setup({
    types: {} as { context: { n: number } },
    actors: { peer },
    actions: { up: assign({ n: ({ context }) => context.n + 1 }) },
  }).createMachine({
    id: 'loop',
    context: { n: 0 },
    invoke: [
      { id: 'one', src: 'peer' },
      { id: 'two', src: 'peer' },
    ],
    on: {
      GO: {
        actions: ['up', sendTo('one', ({ self }) => ({ type: 'GO', to: childOf(self, 'two') }))],
      },
    },
  }),
  'starts a child that ends at once, again and again': setup({
    types: {} as { context: { n: number } },
    actors: { ends },
    actions: { up: assign({ n: ({ context }) => context.n + 1 }) },
  }).createMachine({
    id: 'loop',
    context: { n: 0 },
    initial: 'rest',
    states: {
      rest: { on: { GO: 'works' } },
      works: {
        invoke: {
          id: 'kid',
          src: 'ends',
          onDone: { target: 'works', reenter: true, actions: 'up' },
        },
      },
    },
  }),
  'answers each snapshot of its child': setup({
    types: {} as { context: { n: number } },
    actors: {
      counter: counting.createMachine({
        id: 'c',
        context: { n: 0 },
        on: { GO: { actions: 'up' } },
      }),
    },
    actions: { up: assign({ n: ({ context }) => context.n + 1 }) },
  }).createMachine({
    id: 'loop',
    context: { n: 0 },
    invoke: {
      id: 'kid',
      src: 'counter',
      onSnapshot: { actions: ['up', sendTo('kid', again)] },
    },
    on: { GO: { actions: sendTo('kid', again) } },
  }),
};

describe('a loop of messages', () => {
  test.each(Object.entries(between))('a machine that %s', async (_, machine) => {
    const at = await home([machine], { limits: { hops: 500 } });
    const run = await startRun(at.troupe, machine, undefined, { id: 'l' });
    await tell(at.troupe, run, again);
    await at.clock.quiet();
    const letters = await at.letters();
    expect(letters.map(([, , reason]) => reason)).toEqual(letters.map(() => 'looping'));
    expect(letters.length).toBeGreaterThan(0);
    const codes = at.incidents().map(({ code }) => code);
    expect(new Set(codes)).toEqual(new Set(['MACHINE_LOOP']));
    expect(await run.snapshot()).toMatchObject({ status: 'IN_PROGRESS' });
    expect(await othersGoOn(at)).toBe(true);
  });

  test('long exchanges within the bound are no loop', async () => {
    const bounded = counting.createMachine({
      id: 'loop',
      context: { n: 0 },
      on: {
        GO: {
          guard: ({ context }) => context.n < 400,
          actions: ['up', sendTo(({ self }) => self, again)],
        },
      },
    });
    const at = await home([bounded], { limits: { hops: 500 } });
    const run = await startRun(at.troupe, bounded);
    await tell(at.troupe, run, again);
    await at.clock.quiet();
    expect((await run.snapshot()).state?.context).toEqual({ n: 400 });
    expect(at.incidents()).toEqual([]);
  });

  test('a crash in the middle counts on, it does not begin anew', async () => {
    const machine = between['sends to itself'] as AnyStateMachine;
    const at = await home([machine], { limits: { hops: 3_000, groupTurns: 100 } });
    const run = await startRun(at.troupe, machine, undefined, { id: 'l' });
    await tell(at.troupe, run, again);
    await new Promise((resolve) => setImmediate(resolve));
    const next = await at.crash(machine);
    await next.clock.quiet();
    const found = await next.troupe.get(machine, 'l');
    const { n } = Object((await found?.snapshot())?.state?.context);
    // The first event comes from outside.
    expect(n).toBe(3_001);
    expect(next.incidents()).toMatchObject([{ code: 'MACHINE_LOOP' }]);
  });
});

test('while machines loop, others have their turns', async () => {
  const machine = between['sends to itself'] as AnyStateMachine;
  const at = await home([machine], { limits: { hops: 20_000 } });
  const loops = await Promise.all([1, 2, 3].map(() => startRun(at.troupe, machine)));
  const other = await at.troupe.start(bystander, undefined);
  for (const loop of loops) await tell(at.troupe, loop, again);
  await at.troupe.send(other, { type: 'TICK' });
  await waitFor(other.actor, ({ context }) => context.n === 1);
  const counts = await Promise.all(loops.map((loop) => loop.snapshot()));
  for (const { state } of counts) expect(Object(state?.context).n).toBeLessThan(10_000);
  await at.clock.quiet();
  expect(at.incidents()).toHaveLength(3);
});

test('an action that sends to its own machine loops over commits; it can be ended', async () => {
  const machine = setup({
    types: {} as { context: { n: number } },
    actions: {
      up: assign({ n: ({ context }) => context.n + 1 }),
      send: ({ self }) => self.send(again),
    },
  }).createMachine({
    id: 'loop',
    context: { n: 0 },
    on: { GO: { actions: ['up', 'send'] } },
  });
  const at = await home([machine]);
  const run = await startRun(at.troupe, machine);
  const other = await at.troupe.start(bystander, undefined);
  await tell(at.troupe, run, again);
  await at.troupe.send(other, { type: 'TICK' });
  await waitFor(other.actor, ({ context }) => context.n === 1);
  await run.cancel('enough');
  await at.clock.quiet();
  expect(await run.outcome()).toMatchObject({ status: 'CANCELLED' });
});

describe('machines inside machines', () => {
  const endless = (): AnyStateMachine => {
    const actors: Record<string, AnyStateMachine> = {};
    const machine = setup({ actors }).createMachine({
      id: 'endless',
      initial: 'works',
      states: {
        works: { invoke: { id: 'kid', src: 'self', onError: 'bottom' } },
        bottom: {},
      },
    });
    Object.assign(machine.implementations.actors, { self: machine });
    return machine;
  };

  test('a machine that invokes itself: the last one that is too deep is refused', async () => {
    const machine = endless();
    const at = await home([machine]);
    const run = await startRun(at.troupe, machine, undefined, { id: 'e' });
    await at.clock.quiet();
    expect((await run.snapshot()).state?.value).toBe('works');
    const live = at.journal.actors({ kind: 'machine', done: false, definition: 'endless' });
    expect(live).toHaveLength(limits.machineDepth + 1);
    const bottoms = live.filter(({ snapshot }) => JSON.parse(snapshot).value === 'bottom');
    expect(bottoms).toHaveLength(1);
    await run.cancel('enough');
    await at.clock.quiet();
    expect(at.journal.actors({ kind: 'machine', done: false, definition: 'endless' })).toEqual([]);
    expect(await othersGoOn(at)).toBe(true);
  });
});
