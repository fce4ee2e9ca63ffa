/**
 * A user's machine that throws, wherever it can, whatever it throws: the message is a dead letter
 * and nothing has changed; in a child it is the parent's affair, as in XState.
 */
import { describe, expect, test } from 'vitest';
import {
  type AnyActorRef,
  type AnyEventObject,
  type AnyStateMachine,
  assign,
  enqueueActions,
  raise as raiseEvent,
  sendTo,
  setup,
} from 'xstate';
import { refused } from '../refusal.ts';
import { home, othersGoOn, startRun, tell } from './home.ts';
import { raise, thrown } from './thrown.ts';

let what = 'an error';
const fault = (): never => raise(what);

/** It throws where the event says. */
const thrower: AnyStateMachine = setup({
  types: {} as { context: { notes: number }; events: AnyEventObject },
  guards: { fault },
  actors: { nobody: setup({}).createMachine({}) },
  delays: { fault },
  actions: {
    fault: assign(fault),
    custom: fault,
    note: assign({ notes: ({ context }) => context.notes + 1 }),
  },
}).createMachine({
  id: 'thrower',
  context: { notes: 0 },
  initial: 'rests',
  on: { NOTE: { actions: 'note' } },
  states: {
    rests: {
      on: {
        guard: { guard: 'fault', target: 'over' },
        assign: { actions: ['note', 'fault'] },
        params: { actions: { type: 'note', params: fault } },
        enqueue: { actions: ['note', enqueueActions(fault)] },
        target: { actions: ['note', sendTo((): AnyActorRef => fault(), { type: 'NOTE' })] },
        event: {
          actions: [
            'note',
            sendTo(
              ({ self }) => self,
              (): AnyEventObject => fault(),
            ),
          ],
        },
        raised: { actions: ['note', raiseEvent((): AnyEventObject => fault())] },
        delay: { actions: ['note', raiseEvent({ type: 'NOTE' }, { delay: fault })] },
        entry: 'entry',
        exit: 'exit',
        always: 'always',
        after: 'after',
        input: 'input',
        output: 'over',
      },
    },
    entry: { entry: 'fault' },
    exit: { always: { target: 'rests', actions: 'note' }, exit: ['note', 'fault'] },
    always: { always: { guard: 'fault', target: 'rests' } },
    after: { after: { fault: 'rests' } },
    input: { invoke: { src: 'nobody', input: fault } },
    over: { type: 'final' },
  },
  output: fault,
});

const places = [
  ...['guard', 'assign', 'params', 'enqueue', 'target', 'event', 'raised', 'delay'],
  ...['entry', 'exit', 'always', 'after', 'input', 'output'],
];

const things = Object.keys(thrown);

describe('a run whose machine throws in a turn', () => {
  test.each(places)('in %s: the message is a dead letter, nothing has changed', async (place) => {
    const at = await home([thrower]);
    const run = await startRun(at.troupe, thrower, undefined, { id: 't' });
    what = 'an error';
    await tell(at.troupe, run, { type: place });
    await at.clock.quiet();
    expect(await at.letters()).toEqual([['run/thrower/t', place, 'poison']]);
    expect(await run.snapshot()).toMatchObject({
      status: 'IN_PROGRESS',
      state: { value: 'rests', context: { notes: 0 } },
    });
    await tell(at.troupe, run, { type: 'NOTE' });
    await at.clock.quiet();
    expect((await run.snapshot()).state?.context).toEqual({ notes: 1 });
    expect(at.incidents()).toEqual([]);
    expect(await othersGoOn(at)).toBe(true);
  });

  test.each(things)('given %s is thrown, then it is contained', async (thing) => {
    const at = await home([thrower]);
    const run = await startRun(at.troupe, thrower, undefined, { id: 't' });
    what = thing;
    await tell(at.troupe, run, { type: 'assign' });
    await at.clock.quiet();
    expect(await at.letters()).toEqual([['run/thrower/t', 'assign', 'poison']]);
    expect((await run.snapshot()).state).toEqual({ value: 'rests', context: { notes: 0 } });
    expect(await othersGoOn(at)).toBe(true);
  });
});

describe('an action of a user that throws after its commit', () => {
  const acting = setup({ actions: { fault } }).createMachine({
    id: 'acting',
    initial: 'one',
    states: { one: { on: { GO: { target: 'two', actions: 'fault' } } }, two: {} },
  });

  test.each(things)('given %s, then what was committed stays and the run fails', async (thing) => {
    const at = await home([acting]);
    const run = await startRun(at.troupe, acting, undefined, { id: 'a' });
    what = thing;
    await tell(at.troupe, run, { type: 'GO' });
    await at.clock.quiet();
    expect(await run.snapshot()).toMatchObject({ status: 'FAILED', state: { value: 'two' } });
    expect(await run.outcome()).toMatchObject({ status: 'FAILED', error: { at: 'run/acting/a' } });
    expect(await at.letters()).toEqual([]);
    expect(await othersGoOn(at)).toBe(true);
  });
});

describe('a machine that throws when it is started', () => {
  const inContext = setup({}).createMachine({ id: 'first', context: fault });
  const inEntry = setup({ actions: { fault: assign(fault) } }).createMachine({
    id: 'first',
    context: {},
    entry: 'fault',
  });

  test.each(things)('given %s in its context or entry, then no run is made', async (thing) => {
    what = thing;
    for (const machine of [inContext, inEntry]) {
      const at = await home([machine]);
      const before = at.journal.actors({ kind: 'machine' });
      const error = await refused(startRun(at.troupe, machine, undefined, { id: 'f' }));
      expect(error).toMatchObject({ code: 'MACHINE_FAILED', run: 'first/f' });
      expect(at.journal.actors({ kind: 'machine' })).toEqual(before);
      expect(await at.troupe.get(machine, 'f')).toBeUndefined();
      expect(await othersGoOn(at)).toBe(true);
    }
  });
});

describe('a child that throws', () => {
  const beginning: AnyStateMachine = setup({}).createMachine({ id: 'beginning', context: fault });
  const parent = setup({
    types: {} as { context: { errors: unknown[] }; events: AnyEventObject },
    actors: { thrower, beginning },
    actions: {
      keep: assign({ errors: ({ context, event }) => [...context.errors, event.error] }),
      pass: sendTo('kid', ({ event }) => event.what),
    },
  }).createMachine({
    id: 'parent',
    context: { errors: [] },
    initial: 'rests',
    states: {
      rests: { on: { START: 'works', BEGIN: 'begins' } },
      works: {
        invoke: { id: 'kid', src: 'thrower', onError: { target: 'rests', actions: 'keep' } },
        on: { PASS: { actions: 'pass' } },
      },
      begins: {
        invoke: { id: 'kid', src: 'beginning', onError: { target: 'rests', actions: 'keep' } },
      },
    },
  });

  test.each(places)('in %s: its parent takes that as its error', async (place) => {
    const at = await home([parent]);
    const run = await startRun(at.troupe, parent, undefined, { id: 'p' });
    what = 'an error';
    await tell(at.troupe, run, { type: 'START' });
    await tell(at.troupe, run, { type: 'PASS', what: { type: place } });
    await at.clock.quiet();
    const error = { message: expect.stringMatching(/(^|\n)a fault$/) };
    expect((await run.snapshot()).state).toMatchObject({
      value: 'rests',
      context: { errors: [error] },
    });
    expect(await at.letters()).toEqual([]);
    expect(await othersGoOn(at)).toBe(true);
  });

  test.each(things)('given %s, in a turn or at its start, then it is contained', async (thing) => {
    const at = await home([parent]);
    const run = await startRun(at.troupe, parent, undefined, { id: 'p' });
    what = thing;
    for (const events of [['START', 'assign'], ['START', 'always'], ['BEGIN']]) {
      const [first, place] = events;
      await tell(at.troupe, run, { type: first });
      if (place !== undefined) await tell(at.troupe, run, { type: 'PASS', what: { type: place } });
    }
    await at.clock.quiet();
    const { state, status } = await run.snapshot();
    expect({ status, value: state?.value }).toEqual({ status: 'IN_PROGRESS', value: 'rests' });
    expect(Object(state?.context).errors).toHaveLength(3);
    expect(await othersGoOn(at)).toBe(true);
  });
});
