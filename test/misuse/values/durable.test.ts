/**
 * What can't be made durable: refused at the door or in the turn that does it, with the place and
 * the remedy. Nothing of it is stored; a turn is undone and its actor waits until it is mended.
 */
import { describe, expect, test } from 'vitest';
import {
  type AnyEventObject,
  type AnyStateMachine,
  assign,
  emit,
  fromPromise,
  raise,
  sendTo,
  setup,
} from 'xstate';
import { refused } from '../../refusal.ts';
import { type Home, home, othersGoOn, sendNow, startRun, tell } from '../home.ts';

class Money {
  readonly amount = 1;
}

const cycle: { self?: unknown } = {};
cycle.self = cycle;
const deep = JSON.parse('['.repeat(5_000) + ']'.repeat(5_000));
const getter = {
  get secret() {
    return 1;
  },
};
const throwing = {
  get secret(): never {
    throw new RangeError('no');
  },
};
const hidden = Object.defineProperty({}, 'secret', { value: 1, enumerable: false });
const turning = new Proxy({ a: 1 }, { get: () => () => 1 });
const closed = new Proxy(
  {},
  {
    ownKeys: () => {
      throw new RangeError('no keys');
    },
  },
);

/** No JSON, by its name. */
const wrong: Readonly<Record<string, unknown>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  'a BigInt': 1n,
  'a Map': new Map([[1, 2]]),
  'a Set': new Set([1]),
  'a Date': new Date(0),
  'a function': () => 1,
  'a symbol': Symbol('s'),
  'a cycle': cycle,
  'a getter': getter,
  'a getter that throws': throwing,
  'a proxy that changes': turning,
  'a lone surrogate': '\ud800',
  'an instance': new Money(),
  'an error': new RangeError('no'),
  'a promise': Promise.resolve(1),
  'undefined in an array': [undefined],
  // biome-ignore lint/suspicious/noSparseArray: a hole is what is tried
  'a hole in an array': [1, , 2],
  'a subclass of Array': new (class List extends Array {})(),
  'a prototype key': JSON.parse('{"__proto__":1}'),
  '5,000 levels': deep,
  'an array with a property': Object.assign([1], { extra: 1 }),
  'a match of a text': 'a-b'.match(/-/),
  'a symbol as a key': { [Symbol('key')]: 1 },
  'what reads like a reference': { xstate$$type: 1, id: 'x', address: 'system' },
};
const names = Object.keys(wrong);

/** What callers may not give either, though a machine could keep it. */
const wrongAtTheDoor: Readonly<Record<string, unknown>> = {
  ...wrong,
  'a hidden property': hidden,
  'a proxy that throws': closed,
};

let held: unknown;
const given = (): never => held as never;

const silent = setup({}).createMachine({ id: 'silent' });

/** It does with what the test holds what the event says. */
const holder: AnyStateMachine = setup({
  types: {} as { context: { n: number; held?: unknown }; events: AnyEventObject },
  actors: { silent, never: fromPromise(() => new Promise(() => {})) },
  actions: { up: assign({ n: ({ context }) => context.n + 1 }) },
}).createMachine({
  id: 'holder',
  context: ({ input }) => ({ n: 0, ...(input === 'bad' ? { held: given() } : {}) }),
  initial: 'rests',
  on: { UP: { actions: 'up' } },
  states: {
    rests: {
      on: {
        context: { actions: ['up', assign({ held: given })] },
        sent: {
          actions: [
            'up',
            sendTo(
              ({ self }) => self,
              () => ({ type: 'UP', held }),
            ),
          ],
        },
        delayed: { actions: ['up', raise(() => ({ type: 'UP', held }), { delay: 1 })] },
        emitted: { actions: ['up', emit(() => ({ type: 'told', held }))] },
        spawned: 'spawned',
        invoked: 'invoked',
        output: 'over',
        invokedLater: { actions: 'up' },
      },
    },
    spawned: { invoke: { src: 'silent', id: 'kid', input: given } },
    invoked: { invoke: { src: 'never', id: 'kid', input: given } },
    over: { type: 'final' },
  },
  output: given,
});

const doors = ['context', 'sent', 'delayed', 'emitted', 'spawned', 'invoked', 'output'];

async function holding(what: string): Promise<Home> {
  held = wrong[what];
  return home([holder]);
}

describe('what a machine keeps or says', () => {
  test.each(names)('given %s, then the turn is undone and the run parked', async (what) => {
    const at = await holding(what);
    for (const door of doors) {
      const run = await startRun(at.troupe, holder, undefined, { id: door });
      await tell(at.troupe, run, { type: door });
      await at.clock.quiet();
      const { parked, state } = await run.snapshot();
      expect([door, parked, state]).toEqual([
        door,
        expect.stringContaining("can't be made durable"),
        { value: 'rests', context: { n: 0 } },
      ]);
    }
    const letters = await at.letters();
    expect(letters).toEqual(doors.map((door) => [`run/holder/${door}`, door, 'poison']));
    const incidents = at.incidents().map(({ about, code }) => [about, code]);
    expect(incidents).toEqual(doors.map((door) => [`run/holder/${door}`, 'NOT_DURABLE']));
    expect(at.clock.nextDue()).toBeUndefined();
    expect(await othersGoOn(at)).toBe(true);
  });

  test.each(names)('given %s at the start, then no run is made', async (what) => {
    const at = await holding(what);
    const start = startRun(at.troupe, holder, 'bad', { id: 'h' });
    expect(await refused(start)).toMatchObject({
      code: 'NOT_DURABLE',
      machine: 'holder',
      place: expect.stringMatching(/^the context/),
      remedy: expect.stringMatching(/./),
    });
    expect(at.journal.actors({ definition: 'holder' })).toEqual([]);
  });

  test('given a symbol as a key of the context itself, then it is refused', async () => {
    const machine = setup({}).createMachine({
      id: 'marked',
      context: { n: 0 },
      on: { MARK: { actions: assign(() => ({ [Symbol('mark')]: 1 })) } },
    });
    const at = await home([machine]);
    const run = await startRun(at.troupe, machine, undefined, { id: 'h' });
    await tell(at.troupe, run, { type: 'MARK' });
    await at.clock.quiet();
    expect((await run.snapshot()).parked).toMatch(/the context has a property named by a symbol/);
  });

  test('an id of a timer that is no text is refused', async () => {
    const wrongId: AnyStateMachine = setup({}).createMachine({
      id: 'timing',
      on: {
        RAISE: { actions: raise({ type: 'X' }, { id: (() => 'x') as never, delay: 1 }) },
        SEND: { actions: sendTo(({ self }) => self, { type: 'X' }, { id: 5 as never, delay: 1 }) },
      },
    });
    for (const type of ['RAISE', 'SEND']) {
      const at = await home([wrongId]);
      const run = await startRun(at.troupe, wrongId);
      await tell(at.troupe, run, { type });
      await at.clock.quiet();
      expect((await run.snapshot()).parked).toMatch(/the id of a delayed event is no text/);
      expect(await othersGoOn(at)).toBe(true);
    }
  });

  test('the place is named to the last key', async () => {
    held = { rows: [{}, { price: Number.NaN }] };
    const at = await home([holder]);
    expect(await refused(startRun(at.troupe, holder, 'bad'))).toMatchObject({
      place: 'the context at held.rows[1].price',
      problem: 'is NaN',
    });
  });

  test('properties that are undefined are left out, and no fault', async () => {
    held = { a: undefined, b: [{ c: undefined }] };
    const at = await home([holder]);
    await startRun(at.troupe, holder, 'bad', { id: 'h' });
    const next = await at.crash(holder);
    expect(await (await next.troupe.get(holder, 'h'))?.snapshot()).toMatchObject({
      state: { context: { n: 0, held: { b: [{}] } } },
    });
  });
});

describe('what callers give', () => {
  const taking = Object.keys(wrongAtTheDoor).filter((name) => name !== 'a getter');

  test.each(taking)('given %s in an event or an input, then it is refused', async (what) => {
    held = wrongAtTheDoor[what];
    const at = await home([holder]);
    const run = await startRun(at.troupe, holder, undefined, { id: 'h' });
    const before = at.disk.commits;
    const event = { type: 'UP', held };
    expect(await refused(tell(at.troupe, run, event))).toMatchObject({ code: 'NOT_JSON' });
    expect(() => sendNow(run, event)).toThrow(expect.objectContaining({ code: 'NOT_JSON' }));
    expect(await refused(startRun(at.troupe, holder, { held }))).toMatchObject({
      code: 'NOT_JSON',
    });
    await at.clock.quiet();
    expect(at.disk.commits).toBe(before);
    expect((await run.snapshot()).state?.context).toEqual({ n: 0 });
    expect(await at.letters()).toEqual([]);
  });

  test('what a getter gave once is what counts', async () => {
    const at = await holding('a getter');
    const run = await startRun(at.troupe, holder, undefined, { id: 'h' });
    await tell(at.troupe, run, { type: 'UP', held });
    await at.clock.quiet();
    expect((await run.snapshot()).state?.context).toEqual({ n: 1 });
  });
});

describe('a parked run goes on', () => {
  /** A machine that keeps a function until it is mended. */
  const mendable = (isMended: () => boolean) =>
    setup({
      types: {} as { context: { held: unknown[] }; events: AnyEventObject },
      actors: { work: fromPromise(async () => 'done') },
      actions: {
        keep: assign({
          held: ({ context, event }) => [...context.held, isMended() ? event.type : () => 1],
        }),
      },
    }).createMachine({
      id: 'mendable',
      context: { held: [] },
      initial: 'rests',
      on: { KEEP: { actions: 'keep' } },
      states: {
        rests: { on: { WORK: 'works' }, after: { 1000: { target: 'late', actions: 'keep' } } },
        works: { invoke: { src: 'work', id: 'work', onDone: { target: 'late', actions: 'keep' } } },
        late: {},
      },
    });

  test('when it is tried again in the same process, mended', async () => {
    let isMended = false;
    const machine = mendable(() => isMended);
    const at = await home([machine]);
    const run = await startRun(at.troupe, machine, undefined, { id: 'm' });
    await tell(at.troupe, run, { type: 'KEEP' });
    await tell(at.troupe, run, { type: 'KEEP' });
    await at.clock.quiet();
    expect(await refused(run.outcome())).toMatchObject({ code: 'PARKED' });
    isMended = true;
    await at.troupe.parked.retry(run);
    await at.clock.quiet();
    // The first one is a dead letter, the second one waited.
    expect(await run.snapshot()).toMatchObject({
      parked: undefined,
      state: { context: { held: ['KEEP'] } },
    });
  });

  test('when it is tried again and nothing is mended, then it is parked again', async () => {
    const machine = mendable(() => false);
    const at = await home([machine]);
    const run = await startRun(at.troupe, machine, undefined, { id: 'm' });
    await tell(at.troupe, run, { type: 'KEEP' });
    await tell(at.troupe, run, { type: 'KEEP' });
    await at.clock.quiet();
    await at.troupe.parked.retry(run);
    await at.clock.quiet();
    expect((await run.snapshot()).parked).toMatch(/durable/);
    expect(await at.letters()).toHaveLength(2);
    expect(at.incidents()).toHaveLength(1);
  });

  test.each([
    ['a timer', 'wait'],
    ['the end of a promise', 'work'],
  ])('after a restart with a mended machine, %s comes again', async (_, way) => {
    const broken = mendable(() => false);
    const at = await home([broken]);
    const run = await startRun(at.troupe, broken, undefined, { id: 'm' });
    if (way === 'work') await tell(at.troupe, run, { type: 'WORK' });
    await at.clock.advance(way === 'work' ? 0 : 1_000);
    expect((await run.snapshot()).parked).toMatch(/durable/);
    const machine = mendable(() => true);
    const next = await at.crash(machine);
    await next.clock.advance(0);
    const found = await next.troupe.get(machine, 'm');
    expect(await found?.snapshot()).toMatchObject({ parked: undefined, state: { value: 'late' } });
    expect(Object((await found?.snapshot())?.state?.context).held).toHaveLength(1);
    expect(next.clock.nextDue()).toBeUndefined();
  });

  test('a child that is parked leaves its parent alone, and can be tried again', async () => {
    let isMended = false;
    const machine = mendable(() => isMended);
    const parent = setup({ actors: { kid: machine } }).createMachine({
      id: 'parent',
      invoke: { id: 'kid', src: 'kid' },
      on: { KEEP: { actions: sendTo('kid', { type: 'KEEP' }) } },
    });
    const at = await home([parent]);
    const run = await startRun(at.troupe, parent, undefined, { id: 'p' });
    await tell(at.troupe, run, { type: 'KEEP' });
    await tell(at.troupe, run, { type: 'KEEP' });
    await at.clock.quiet();
    expect(at.incidents()).toMatchObject([{ about: 'run/parent/p/kid', code: 'NOT_DURABLE' }]);
    expect((await run.snapshot()).parked).toBeUndefined();
    isMended = true;
    await at.troupe.parked.retry('parent/p/kid');
    await at.clock.quiet();
    const { snapshot } = at.journal.byAddress('run/parent/p/kid') ?? { snapshot: '{}' };
    expect(JSON.parse(snapshot).context).toEqual({ held: ['KEEP'] });
  });
});
