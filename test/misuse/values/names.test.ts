/**
 * Names that mean something to JavaScript, to XState or to us: prototype keys, reserved types,
 * long ids, ids that read like paths. They work, or they are refused by code; nothing in between.
 */
import { describe, expect, test } from 'vitest';
import {
  type AnyEventObject,
  type AnyStateMachine,
  assign,
  createActor,
  emit,
  raise,
  sendTo,
  setup,
  spawnChild,
} from 'xstate';
import { refused } from '../../refusal.ts';
import { childOf, home, othersGoOn, sendNow, startRun, tell } from '../home.ts';

const counter = setup({ types: {} as { context: { n: number } } }).createMachine({
  id: 'counter',
  context: { n: 0 },
  on: { UP: { actions: assign({ n: ({ context }) => context.n + 1 }) } },
});

const prototypeKeys = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'];

describe('names of the prototype', () => {
  /** It keeps the types of all events. */
  const keeper = setup({
    types: {} as { context: { seen: string[] }; events: AnyEventObject },
    actions: { keep: assign({ seen: ({ context, event }) => [...context.seen, event.type] }) },
  });

  test.each(prototypeKeys)('an event of type %s is an event like any other', async (type) => {
    const machine = keeper.createMachine({
      id: 'keeper',
      context: { seen: [] },
      on: { OTHER: { actions: 'keep' } },
    });
    const wild = keeper.createMachine({
      id: 'wild',
      context: { seen: [] },
      on: { '*': { actions: 'keep' } },
    });
    const exact = keeper.createMachine({
      id: 'exact',
      context: { seen: [] },
      on: Object.fromEntries([[type, { actions: 'keep' }]]),
    });
    const at = await home([machine, wild, exact]);
    const seen: unknown[] = [];
    for (const one of [machine, wild, exact]) {
      const run = await startRun(at.troupe, one);
      await tell(at.troupe, run, { type });
      await at.clock.quiet();
      seen.push(Object((await run.snapshot()).state?.context).seen);
    }
    expect(seen).toEqual([[], [type], exactIn(exact, type)]);
    expect(await at.letters()).toEqual([]);
    expect(await othersGoOn(at)).toBe(true);
  });

  /** XState itself does not see a handler of the type __proto__. */
  function exactIn(machine: AnyStateMachine, type: string): unknown {
    const actor = createActor(machine).start();
    actor.send({ type });
    return actor.getSnapshot().context.seen;
  }

  test.each(prototypeKeys)(
    'a child, a system id, a timer and a state named %s work',
    async (id) => {
      const machine = setup({
        types: {} as { context: { n: number }; events: AnyEventObject },
        actors: { counter },
      }).createMachine({
        id: 'parent',
        context: { n: 0 },
        initial: 'a',
        entry: spawnChild('counter', { id, systemId: id }),
        on: {
          TELL: { actions: sendTo(({ self }) => childOf(self, id), { type: 'UP' }) },
          CALL: { actions: sendTo(({ system }) => system.get(id), { type: 'UP' }) },
          ARM: { actions: raise({ type: 'FIRED' }, { id, delay: 5 }) },
          FIRED: { actions: assign({ n: ({ context }) => context.n + 1 }) },
        },
        states: { a: {} },
      });
      const at = await home([machine]);
      const run = await startRun(at.troupe, machine, undefined, { id: 'p' });
      for (const type of ['TELL', 'CALL', 'ARM']) await tell(at.troupe, run, { type });
      await at.clock.quiet();
      const next = await at.crash(machine);
      const again = await next.troupe.get(machine, 'p');
      if (again === undefined) throw new RangeError('the run is gone');
      for (const type of ['TELL', 'CALL']) await tell(next.troupe, again as never, { type });
      await next.clock.advance(5);
      const child = next.journal.byAddress(`run/parent/p/${id}`);
      expect(JSON.parse(child?.snapshot ?? '{}').context).toEqual({ n: 4 });
      expect((await again.snapshot()).state?.context).toEqual({ n: 1 });
    },
  );

  test.each(prototypeKeys.slice(1))('a state named %s is a state', async (name) => {
    const machine = setup({}).createMachine({
      id: 'stated',
      initial: 'a',
      states: { a: { on: { GO: name } }, [name]: { on: { GO: 'a' }, after: { 10: 'a' } } },
    });
    const at = await home([machine]);
    const run = await startRun(at.troupe, machine, undefined, { id: 's' });
    await tell(at.troupe, run, { type: 'GO' });
    await at.clock.quiet();
    expect((await run.snapshot()).state?.value).toBe(name);
    const next = await at.crash(machine);
    await next.clock.advance(10);
    expect((await (await next.troupe.get(machine, 's'))?.snapshot())?.state?.value).toBe('a');
  });
});

describe('reserved types', () => {
  const reserved = [
    'xstate.init',
    'xstate.stop',
    'xstate.done.actor.kid',
    'xstate.error.actor.kid',
    'xstate.after.1000.door.a',
    'xstate.done.state.door',
    'troupe.run.cancel',
    'troupe.stop',
    'troupe.failed',
    'troupe.restart',
    'troupe.deliver',
    '*',
    '',
  ];
  const door = setup({}).createMachine({
    id: 'door',
    initial: 'a',
    states: { a: { after: { 1000: 'b' } }, b: {} },
  });

  test.each(reserved)('%j from outside is refused, and nothing is stored', async (type) => {
    const at = await home([door]);
    const run = await startRun(at.troupe, door);
    const before = at.disk.commits;
    expect(await refused(tell(at.troupe, run, { type }))).toEqual({ code: 'RESERVED_TYPE', type });
    expect(() => sendNow(run, { type })).toThrow(
      expect.objectContaining({ code: 'RESERVED_TYPE' }),
    );
    await at.clock.quiet();
    expect(at.disk.commits).toBe(before);
    expect(await run.snapshot()).toMatchObject({ status: 'IN_PROGRESS', state: { value: 'a' } });
  });

  test.each([undefined, null, 'GO', 1, [], {}, { type: 1 }, { type: null }, () => 1])(
    'given %j for an event, then it is refused',
    async (event) => {
      const at = await home([door]);
      const run = await startRun(at.troupe, door);
      const { code } = await refused(tell(at.troupe, run, event));
      expect(['BAD_OPTION', 'NOT_JSON']).toContain(code);
      expect(() => sendNow(run, event)).toThrow();
    },
  );

  test.each(['troupe.stop', 'troupe.run.cancel', 'troupe.failed', 'xstate.stop', 'xstate.init'])(
    'a machine that says %s is refused: it can neither stop others nor speak for the host',
    async (type) => {
      const ways = {
        send: sendTo('kid', { type }),
        delayed: sendTo('kid', { type }, { delay: 1 }),
        raised: raise({ type }, { delay: 1 }),
        emitted: emit({ type }),
      };
      const forger = setup({ actors: { counter } }).createMachine({
        id: 'forger',
        invoke: { src: 'counter', id: 'kid' },
        on: Object.fromEntries(
          Object.entries(ways).map(([way, action]) => [way, { actions: action }]),
        ) as object,
      });
      const at = await home([forger]);
      for (const way of Object.keys(ways)) {
        const run = await startRun(at.troupe, forger, undefined, { id: way });
        await tell(at.troupe, run, { type: way });
        await at.clock.advance(1);
        expect((await run.snapshot()).parked).toMatch(/durable/);
        expect(at.journal.byAddress(`run/forger/${way}/kid`)?.done).toBe(false);
      }
    },
  );
});

describe('ids', () => {
  const strange = [
    'a/b',
    '/',
    '../..',
    '.',
    '..',
    'a b',
    '%2F',
    '?x=1#y',
    'run/parent/p',
    'ÄÖÜ 🎭',
    '0',
    '-1',
    ' ',
    '\n',
    '\u0000',
    'x'.repeat(512),
  ];

  test.each(strange)('the id %j names a run and a child, also after a restart', async (id) => {
    const machine = setup({ actors: { counter } }).createMachine({
      id: 'parent',
      entry: spawnChild('counter', { id }),
      on: {
        UP: { actions: sendTo(({ self }) => childOf(self, id), { type: 'UP' }) },
      },
    });
    const at = await home([machine]);
    const run = await startRun(at.troupe, machine, undefined, { id });
    await tell(at.troupe, run, { type: 'UP' });
    await at.clock.quiet();
    expect(run.id).toBe(id);
    const next = await at.crash(machine);
    const again = await next.troupe.get(machine, id);
    expect(again?.runId).toBe(run.runId);
    if (again !== undefined) await tell(next.troupe, again as never, { type: 'UP' });
    await next.clock.quiet();
    const [child] = next.journal.actors({ definition: 'parent' }).filter(({ parent }) => parent);
    expect(JSON.parse(child?.snapshot ?? '{}').context).toEqual({ n: 2 });
    expect(await next.troupe.runs.get(run.runId)).toBeDefined();
  });

  test.each<[string, unknown]>([
    ['10 kB', 'x'.repeat(10_240)],
    ['nothing', ''],
    ['a lone surrogate', '\udc00'],
    ['no text', 7],
  ])('%s as an id is refused', async (_, id) => {
    const machine = setup({ actors: { counter } }).createMachine({
      id: 'parent',
      on: { SPAWN: { actions: spawnChild('counter', { id: ({ event }) => event.id }) } },
    });
    const at = await home([machine]);
    const { code } = await refused(startRun(at.troupe, machine, undefined, { id: id as string }));
    expect(['BAD_ID', 'BAD_OPTION']).toContain(code);
    expect(at.journal.actors({ kind: 'machine' })).toEqual([]);
    const run = await startRun(at.troupe, machine, undefined, { id: 'p' });
    if (String(id).isWellFormed()) await tell(at.troupe, run, { type: 'SPAWN', id });
    await at.clock.quiet();
    const live = at.journal.actors({ definition: 'parent' });
    expect(live.map(({ address }) => address)).toEqual(['run/parent/p']);
    expect(await othersGoOn(at)).toBe(true);
  });

  test('a run can be asked for by any text', async () => {
    const at = await home([counter]);
    for (const id of [...strange, '__proto__', 'x'.repeat(512)]) {
      expect(await at.troupe.get(counter, id)).toBeUndefined();
      expect(await at.troupe.runs.get(id)).toBeUndefined();
    }
    expect(await refused(at.troupe.get(counter, 'x'.repeat(10_240)))).toMatchObject({
      code: 'BAD_ID',
    });
  });
});
