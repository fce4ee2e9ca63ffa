/**
 * Restarts of machines that have a tree: what lives again and what does not, whose names are kept,
 * and first steps that fail or end.
 */
import { describe, expect, test } from 'vitest';
import {
  type AnyActorRef,
  type AnyEventObject,
  type AnyStateMachine,
  assign,
  fromPromise,
  sendTo,
  setup,
  spawnChild,
  stopChild,
} from 'xstate';
import type { Run, RunOptions } from '../../src/index.ts';
import { type Home, home, startRun, tell } from './home.ts';

type Supervision = NonNullable<RunOptions['supervision']>;

const fault = (): never => {
  throw new RangeError('a fault');
};

interface Stand extends Home {
  readonly run: Run<unknown, never>;
  send(type: string): Promise<void>;
}

async function stand(
  machine: AnyStateMachine,
  supervision: Supervision,
  groupTurns = 512,
): Promise<Stand> {
  const at = await home([machine], { limits: { groupTurns } });
  const run = await startRun(at.troupe, machine, undefined, { id: 'r', supervision });
  await at.clock.quiet();
  const send = async (type: string) => {
    await tell(at.troupe, run, { type });
    await at.clock.quiet();
  };
  return { ...at, run, send };
}

/** Lets the next pause end. */
const pauseEnds = ({ clock }: Home): Promise<void> =>
  clock.advance((clock.nextDue() ?? clock.now()) - clock.now());

const counter = setup({ types: {} as { context: { n: number } } }).createMachine({
  id: 'counter',
  context: { n: 0 },
  on: { UP: { actions: assign({ n: ({ context }) => context.n + 1 }) } },
});
const fails = setup({}).createMachine({ id: 'fails', on: { FAIL: { actions: assign(fault) } } });
const holder = setup({ actors: { counter } }).createMachine({
  id: 'holder',
  invoke: { src: 'counter', id: 'below', systemId: 'deep' },
});

/** What is below it holds a name; it ends or fails. */
const above = setup({ actors: { holder }, actions: { fail: assign(fault) } }).createMachine({
  id: 'above',
  initial: 'on',
  states: {
    on: { invoke: { src: 'holder', id: 'holder' }, on: { END: 'off', FAIL: { actions: 'fail' } } },
    off: { type: 'final' },
  },
});

/** It has somebody of the name `deep` below it while it is on. */
const holding = (initial: 'on' | 'off') =>
  setup({ actors: { counter } }).createMachine({
    id: 'holding',
    initial,
    states: {
      on: { invoke: { src: 'counter', id: 'below', systemId: 'deep' }, on: { OFF: 'off' } },
      off: { on: { ON: 'on' } },
    },
  });

/** Its tree has names at two levels; it tells whom it finds by them. */
const named = setup({
  types: {} as { context: { seen: unknown[]; n: number }; events: AnyEventObject },
  actors: { counter, fails, holder },
}).createMachine({
  id: 'named',
  context: { seen: [], n: 0 },
  invoke: [
    { src: 'counter', id: 'flat', systemId: 'flat' },
    { src: 'holder', id: 'holder' },
    { src: 'fails', id: 'fails' },
  ],
  on: {
    FAIL: { actions: sendTo('fails', { type: 'FAIL' }) },
    UP: {
      actions: [
        assign({ n: ({ context }) => context.n + 1 }),
        sendTo(({ system }) => system.get('flat'), { type: 'UP' }),
        sendTo(({ system }) => system.get('deep'), { type: 'UP' }),
      ],
    },
    LOOK: {
      actions: assign({
        seen: ({ system }) =>
          ['flat', 'deep'].map((name) => (system.get(name) as AnyActorRef | undefined)?.id ?? null),
      }),
    },
  },
});

describe('the names of a tree', () => {
  test.each(['snapshot', 'input'] as const)(
    'given a restart from %s, then they name the children that were started again',
    async (resumeFrom) => {
      const on = await stand(named, {
        restart: 'transient',
        resumeFrom,
        intensity: { max: 1, within: '10s' },
      });
      await on.send('FAIL');
      await on.send('LOOK');
      expect(await on.run.snapshot()).toMatchObject({
        attempts: 2,
        status: 'IN_PROGRESS',
        state: { context: { seen: ['flat', 'below'] } },
      });
      await on.send('UP');
      for (const address of ['run/named/r/flat', 'run/named/r/holder/below']) {
        const { snapshot } = on.journal.byAddress(address) ?? { snapshot: '{}' };
        expect(JSON.parse(snapshot)).toMatchObject({ context: { n: 1 } });
      }
      expect(on.incidents()).toEqual([]);
    },
  );

  test('given a pause and a crash before it, then they are as they were', async () => {
    const on = await stand(named, { restart: 'transient', backoff: { initial: '1s', max: '1s' } });
    await on.send('FAIL');
    const next = await on.crash(named);
    await next.clock.advance(2_000);
    const run = (await next.troupe.get(named, 'r')) as never;
    await tell(next.troupe, run, { type: 'LOOK' });
    await next.clock.quiet();
    const { snapshot } = next.journal.byAddress('run/named/r') ?? { snapshot: '{}' };
    expect(JSON.parse(snapshot).context.seen).toEqual(['flat', 'below']);
  });

  test.each(['END', 'FAIL'])(
    'given an actor that comes to its end by %s, then all below it have none',
    async (type) => {
      const top = setup({
        types: {} as { events: AnyEventObject },
        actors: { above },
        actions: { begin: spawnChild('above', { id: 'above' }) },
      }).createMachine({
        id: 'top',
        entry: 'begin',
        on: {
          'xstate.done.actor.above': { actions: 'begin' },
          'xstate.error.actor.above': { actions: 'begin' },
          '*': { actions: sendTo('above', ({ event }) => ({ type: event.type })) },
        },
      });
      const on = await stand(top, {});
      for (let time = 0; time < 3; time += 1) await on.send(type);
      expect(on.journal.byAddress('run/top/r/above')).toMatchObject({ generation: 4, done: false });
      expect(on.journal.byAddress('run/top/r/above/holder/below')).toMatchObject({ done: false });
      expect(await on.run.snapshot()).toMatchObject({ status: 'IN_PROGRESS' });
      expect(await on.letters()).toEqual([]);
    },
  );

  test('given one that went from child to child, then who begins with it has it', async () => {
    const passing = setup({
      types: {} as { events: AnyEventObject },
      actors: { gives: holding('on'), takes: holding('off'), fails },
    }).createMachine({
      id: 'passing',
      invoke: [
        { src: 'gives', id: 'gives' },
        { src: 'takes', id: 'takes' },
        { src: 'fails', id: 'fails' },
      ],
      on: {
        PASS: { actions: [sendTo('gives', { type: 'OFF' }), sendTo('takes', { type: 'ON' })] },
        FAIL: { actions: sendTo('fails', { type: 'FAIL' }) },
      },
    });
    const on = await stand(passing, { restart: 'transient', intensity: { max: 1, within: '1s' } });
    await on.send('PASS');
    await on.send('FAIL');
    expect(await on.run.snapshot()).toMatchObject({ status: 'IN_PROGRESS', attempts: 2 });
    expect(on.journal.byAddress('run/passing/r/gives/below')).toMatchObject({ done: false });
    expect(on.journal.byAddress('run/passing/r/takes/below')).toMatchObject({ done: true });
  });
});

describe('what had ended when its run restarts', () => {
  /** What a test sees of the world: starts of the short one, runs of the promise. */
  interface Seen {
    starts: number;
    runs: number;
    answer(): void;
  }

  const spawning = (seen: Seen) => {
    const short = setup({}).createMachine({
      id: 'short',
      context: () => {
        seen.starts += 1;
        return {};
      },
      initial: 'on',
      states: { on: { on: { END: 'off' } }, off: { type: 'final' } },
    });
    const fault = () => {
      seen.answer();
      throw new RangeError('a fault');
    };
    const breaks = setup({ actions: { break: assign(fault) } }).createMachine({
      id: 'breaks',
      on: { FAIL: { actions: 'break' } },
    });
    const ask = () => {
      seen.runs += 1;
      return new Promise<void>((resolve) => {
        seen.answer = resolve;
      });
    };
    return setup({
      types: {} as { context: { short: number; asked: number }; events: AnyEventObject },
      actors: { short, breaks, ask: fromPromise(ask) },
      actions: {
        end: sendTo('short', { type: 'END' }),
        fail: sendTo('breaks', { type: 'FAIL' }),
        noise: sendTo('short', { type: 'NOISE' }),
      },
    }).createMachine({
      id: 'spawning',
      context: { short: 0, asked: 0 },
      invoke: {
        src: 'ask',
        id: 'ask',
        onDone: { actions: assign({ asked: ({ context }) => context.asked + 1 }) },
      },
      entry: [spawnChild('short', { id: 'short' }), spawnChild('breaks', { id: 'breaks' })],
      on: {
        'xstate.done.actor.short': {
          actions: assign({ short: ({ context }) => context.short + 1 }),
        },
        END_FIRST: { actions: ['end', 'fail'] },
        END_LAST: { actions: ['fail', 'end'] },
        END_LATE: { actions: ['fail', 'noise', 'end'] },
      },
    });
  };

  test.each([
    ['END_FIRST', 1],
    ['END_FIRST', 512],
    ['END_LAST', 1],
    ['END_LAST', 512],
    ['END_LATE', 1],
    ['END_LATE', 512],
  ])(
    'given %s at %d turns a commit, then an end on the way is taken once, and nobody lives again',
    async (order, groupTurns) => {
      const seen: Seen = { starts: 0, runs: 0, answer: () => {} };
      const on = await stand(spawning(seen), { restart: 'transient' }, groupTurns);
      await on.send(order);
      expect(await on.run.snapshot()).toMatchObject({
        attempts: 2,
        state: { context: { short: 1 } },
      });
      expect(seen.starts).toBe(1);
      expect(on.journal.byAddress('run/spawning/r/short')).toMatchObject({ done: true });
      expect(await on.letters()).toEqual([]);
    },
  );

  test('given the result of a promise on the way, then it does not run again', async () => {
    const seen: Seen = { starts: 0, runs: 0, answer: () => {} };
    const on = await stand(spawning(seen), { restart: 'transient' }, 1);
    await on.send('END_LAST');
    expect(await on.run.snapshot()).toMatchObject({
      attempts: 2,
      state: { context: { asked: 1 } },
    });
    expect(seen.runs).toBe(1);
  });
});

describe('a first step at a restart', () => {
  const starts = (tries: { n: number }, bad: (n: number) => boolean) =>
    setup({ types: {} as { context: { n?: number }; events: AnyEventObject } }).createMachine({
      id: 'starts',
      context: () => {
        tries.n += 1;
        if (bad(tries.n)) throw new RangeError(`start ${tries.n}`);
        return {};
      },
      on: { FAIL: { actions: fault }, LATER: { actions: assign({ n: () => tries.n }) } },
    });

  test('given one that throws, then it counts as one more failure and is tried again', async () => {
    const tries = { n: 0 };
    const machine = starts(tries, (n) => n === 2);
    const on = await stand(machine, { restart: 'transient', resumeFrom: 'input' });
    await on.send('FAIL');
    await on.clock.advance(0);
    expect(await on.run.snapshot()).toMatchObject({ status: 'IN_PROGRESS', attempts: 3 });
    expect(on.incidents()).toEqual([]);
  });

  test('given a backoff, then it pauses before each try, and takes no mail meanwhile', async () => {
    const tries = { n: 0 };
    const machine = starts(tries, (n) => n === 2 || n === 3);
    const backoff = { initial: '10s', max: '10s' } as const;
    const intensity = { max: 5, within: '1h' } as const;
    const on = await stand(machine, {
      restart: 'transient',
      resumeFrom: 'input',
      backoff,
      intensity,
    });
    await on.send('FAIL');
    await on.send('LATER');
    await pauseEnds(on);
    expect(tries.n).toBe(2);

    const next = await on.crash(machine);
    await pauseEnds(next);
    expect(tries.n).toBe(3);
    await pauseEnds(next);
    expect(tries.n).toBe(4);
    const run = await next.troupe.get(machine, 'r');
    expect(await run?.snapshot()).toMatchObject({
      status: 'IN_PROGRESS',
      attempts: 4,
      state: { context: { n: 4 } },
    });
  });

  test('given one that always throws, then it is given up, and says why', async () => {
    const tries = { n: 0 };
    const on = await stand(
      starts(tries, (n) => n > 1),
      {
        restart: 'permanent',
        resumeFrom: 'input',
        intensity: { max: 2, within: '10s' },
      },
    );
    await on.send('FAIL');
    await on.clock.advance(0);
    expect(tries.n).toBe(3);
    const text = 'run/starts/r gave up after 3 failures in 10000 ms; last failure: start 3.';
    const message = expect.stringContaining(text);
    expect(await on.run.outcome()).toMatchObject({
      status: 'FAILED',
      error: { code: 'RESTART_INTENSITY', message },
    });
    expect(on.incidents()).toMatchObject([{ code: 'RESTART_INTENSITY', message }]);
  });

  test('given a supervisor above, then that counts it and starts it anew', async () => {
    const tries = { n: 0 };
    const machine = starts(tries, (n) => n === 2);
    const on = await home([machine]);
    const supervisor = on.troupe.supervise({
      id: 's',
      intensity: { max: 2, within: '10s' },
      children: [{ id: 'c', work: machine, resumeFrom: 'input' }],
    });
    await on.clock.quiet();
    const run = (await supervisor).get('c') as unknown as Run<unknown, never>;
    await tell(on.troupe, run, { type: 'FAIL' });
    await on.clock.quiet();
    expect(tries.n).toBe(3);
    expect(await run.snapshot()).toMatchObject({ status: 'IN_PROGRESS', attempts: 3 });
    expect(on.incidents()).toEqual([]);
    await tell(on.troupe, run, { type: 'FAIL' });
    await on.clock.quiet();
    expect(on.incidents()).toMatchObject([{ about: 'supervisor/s', code: 'RESTART_INTENSITY' }]);
  });

  test('given permanent and one that is done, then it is counted like any other end', async () => {
    const first = setup({}).createMachine({
      id: 'first',
      initial: 'on',
      states: { on: { type: 'final' } },
    });
    const on = await stand(first, { restart: 'permanent', intensity: { max: 2, within: '10s' } });
    // Each has a group of its own, which a timer opens.
    expect(await on.run.snapshot()).toMatchObject({ status: 'IN_PROGRESS', attempts: 1 });
    await on.clock.advance(1_000);
    expect(await on.run.outcome()).toMatchObject({
      status: 'FAILED',
      attempts: 3,
      error: { code: 'RESTART_INTENSITY' },
    });
    expect(on.clock.nextDue()).toBeUndefined();
  });
});

test('what the host says to an actor that has ended is nobody’s dead letter', async () => {
  const short = setup({}).createMachine({
    id: 'short',
    initial: 'on',
    states: { on: { on: { END: 'off' } }, off: { type: 'final' } },
  });
  const top = setup({
    types: {} as { events: AnyEventObject },
    actors: { short },
  }).createMachine({
    id: 'top',
    entry: spawnChild('short', { id: 'short' }),
    on: { GO: { actions: [sendTo('short', { type: 'END' }), stopChild('short')] } },
  });
  const on = await stand(top, {});
  await on.send('GO');
  expect(on.journal.byAddress('run/top/r/short')).toMatchObject({ done: true });
  expect(await on.letters()).toEqual([]);
});

test('given one failure too many, then its message tells it in the singular', async () => {
  const on = await stand(fails, { intensity: { max: 0, within: '1s' } });
  await on.send('FAIL');
  expect(await on.run.outcome()).toMatchObject({
    error: {
      message: expect.stringContaining(
        'gave up after 1 failure in 1000 ms; last failure: a fault.',
      ),
    },
  });
});
