/**
 * Runs of machines that fail and start anew: when, from where, how often, and that a crash of the
 * process in between changes none of it.
 */
import { describe, expect, test } from 'vitest';
import {
  type AnyEventObject,
  type AnyStateMachine,
  assign,
  fromPromise,
  sendTo,
  setup,
  stateIn,
} from 'xstate';
import { idempotencyKey, type Run, type RunOptions } from '../../src/index.ts';
import { refused } from '../refusal.ts';
import { type Home, home, othersGoOn, startRun, tell } from './home.ts';

type Supervision = NonNullable<RunOptions['supervision']>;

/** What a test lets happen in the world outside of machines. */
interface World {
  /** Keys of the promises that ran, in order. */
  readonly keys: string[];
  /** What the promise of the next call does; hangs when there is none. */
  readonly answers: (() => unknown)[];
  isBroken: boolean;
}

const newWorld = (): World => ({ keys: [], answers: [], isBroken: false });

const child = setup({ types: {} as { context: { n: number } } }).createMachine({
  id: 'child',
  context: { n: 0 },
  on: { UP: { actions: assign({ n: ({ context }) => context.n + 1 }) } },
});

/** It counts, has a child and a timer, asks the world, and fails in several ways. */
function fragile(world: World): AnyStateMachine {
  const fault = (): never => {
    throw new RangeError('a fault');
  };
  return setup({
    types: {} as {
      context: { n: number; got: unknown[] };
      input: { n: number } | undefined;
      events: AnyEventObject;
    },
    actors: {
      child,
      ask: fromPromise(async ({ self }) => {
        world.keys.push(idempotencyKey(self as never));
        const answer = world.answers.shift();
        return answer === undefined ? new Promise(() => {}) : answer();
      }),
    },
    guards: { isOver: stateIn({ time: 'over' }) },
    actions: {
      up: assign({ n: ({ context }) => context.n + 1 }),
      keep: assign({ got: ({ context, event }) => [...context.got, event.output ?? event.type] }),
      poison: assign(fault),
      fail: fault,
      failIfBroken: () => {
        if (world.isBroken) fault();
      },
      poisonIfBroken: assign(() => {
        if (world.isBroken) fault();
        return {};
      }),
      tellChild: sendTo('child', { type: 'UP' }),
    },
  }).createMachine({
    id: 'fragile',
    context: ({ input }) => ({ n: input?.n ?? 0, got: [] }),
    type: 'parallel',
    invoke: { id: 'child', src: 'child' },
    on: {
      UP: { actions: ['up', 'tellChild'] },
      POISON: { actions: 'poison' },
      FAIL: { actions: 'fail' },
      END: '#fragile.time.over',
    },
    states: {
      time: {
        initial: 'early',
        states: {
          early: { after: { 1000: { target: 'late', actions: ['poisonIfBroken', 'keep'] } } },
          late: {},
          over: { type: 'final' },
        },
      },
      asking: {
        initial: 'rests',
        states: {
          rests: { on: { ASK: 'asks', ASK_CAREFULLY: 'careful' } },
          asks: {
            invoke: {
              id: 'ask',
              src: 'ask',
              onDone: { target: 'rests', actions: ['poisonIfBroken', 'keep'] },
            },
          },
          careful: { invoke: { id: 'ask', src: 'ask', onDone: 'rests', onError: 'rests' } },
          none: { type: 'final' },
        },
        always: { guard: 'isOver', target: '.none' },
      },
    },
    output: 'over',
  });
}

interface Stand extends Home {
  readonly world: World;
  readonly machine: AnyStateMachine;
  readonly run: Run<unknown, never>;
  send(...types: string[]): Promise<void>;
  /** The machine's state, and its child's count. */
  seen(): Promise<unknown>;
  again(): Promise<Stand>;
}

async function stand(supervision?: Supervision): Promise<Stand> {
  const world = newWorld();
  const machine = fragile(world);
  const at = await home([machine]);
  const options = supervision === undefined ? {} : { supervision };
  const run = await startRun(at.troupe, machine, { n: 40 }, { id: 'f', ...options });
  await at.clock.quiet();
  return standOf(at, world, machine, run);
}

function standOf(at: Home, world: World, machine: AnyStateMachine, run: Run<unknown, never>) {
  const self: Stand = {
    ...at,
    world,
    machine,
    run,
    async send(...types) {
      for (const type of types) {
        await tell(at.troupe, run, { type });
        await at.clock.quiet();
      }
    },
    async seen() {
      const { state } = await run.snapshot();
      const { snapshot } = at.journal.byAddress('run/fragile/f/child') ?? { snapshot: '{}' };
      return { ...Object(state), child: JSON.parse(snapshot).context?.n };
    },
    async again() {
      const next = await at.crash(machine);
      const found = await next.troupe.get(machine, 'f');
      if (found === undefined) throw new RangeError('the run is gone');
      return standOf(next, world, machine, found as Run<unknown, never>);
    },
  };
  return self;
}

const gaveUp = {
  status: 'FAILED',
  error: { code: 'RESTART_INTENSITY', retryable: false, at: 'run/fragile/f' },
};

describe('poison messages', () => {
  test.each(['permanent', 'transient', 'temporary'] as const)(
    'given %s, then three in 5 s change nothing, the fourth ends it with an incident',
    async (restart) => {
      const on = await stand({ restart });
      await on.send('UP', 'POISON', 'POISON', 'POISON');
      expect(await on.seen()).toMatchObject({ context: { n: 41 }, child: 1 });
      expect(on.incidents()).toEqual([]);
      await on.send('POISON');
      expect(await on.run.outcome()).toMatchObject(gaveUp);
      expect(on.incidents()).toMatchObject([{ about: 'run/fragile/f', code: 'RESTART_INTENSITY' }]);
      expect(await on.letters()).toEqual(Array(4).fill(['run/fragile/f', 'POISON', 'poison']));
      expect(await othersGoOn(on)).toBe(true);
    },
  );

  test('given more time between them, then any number is borne', async () => {
    const on = await stand();
    for (let count = 0; count < 8; count += 1) {
      await on.send('POISON');
      await on.clock.advance(2_501);
    }
    await on.send('UP');
    expect(await on.seen()).toMatchObject({ context: { n: 41 } });
  });

  test('given crashes of the process between them, then all are counted', async () => {
    let on = await stand();
    for (let count = 0; count < 3; count += 1) {
      await on.send('POISON');
      on = await on.again();
    }
    await on.send('POISON');
    expect(await on.run.outcome()).toMatchObject(gaveUp);
  });

  test('given a restart from the input, then it begins anew with each', async () => {
    const on = await stand({ restart: 'transient', resumeFrom: 'input' });
    await on.send('UP', 'UP', 'POISON');
    expect(await on.seen()).toMatchObject({ context: { n: 40, got: [] }, child: 0 });
    expect((await on.run.snapshot()).attempts).toBe(2);
    await on.send('UP');
    expect(await on.seen()).toMatchObject({ context: { n: 41 }, child: 1 });
  });

  test('an intensity within no time would never end: it is refused', async () => {
    const at = await home([child]);
    const supervision = { intensity: { max: 1, within: 0 } };
    expect(await refused(startRun(at.troupe, child, undefined, { supervision }))).toMatchObject({
      code: 'BAD_OPTION',
      field: 'supervision.intensity.within',
    });
  });

  test('given an intensity of its own, then that counts', async () => {
    const on = await stand({ intensity: { max: 0, within: '1s' } });
    await on.send('POISON');
    expect(await on.run.outcome()).toMatchObject(gaveUp);
  });
});

describe('an action that throws after its commit', () => {
  test('given no restart, then the run fails as it was committed', async () => {
    const on = await stand();
    await on.send('UP', 'FAIL');
    expect(await on.run.outcome()).toMatchObject({
      status: 'FAILED',
      error: { code: 'MACHINE_FAILED', message: 'a fault' },
    });
    expect(on.incidents()).toEqual([]);
  });

  test('given a restart, then state and timers are as they were, also after a crash', async () => {
    let on = await stand({ restart: 'transient' });
    await on.send('UP', 'UP');
    await on.clock.advance(400);
    await on.send('FAIL');
    expect(await on.seen()).toMatchObject({ context: { n: 42 }, value: { time: 'early' } });
    on = await on.again();
    await on.clock.advance(599);
    expect(await on.seen()).toMatchObject({ value: { time: 'early' } });
    await on.clock.advance(1);
    expect(await on.seen()).toMatchObject({ value: { time: 'late' }, context: { n: 42 } });
    expect((await on.run.snapshot()).attempts).toBe(2);
  });

  test('given too many, then it is given up, and its children with it', async () => {
    const on = await stand({ restart: 'permanent' });
    await on.send('FAIL', 'FAIL', 'FAIL', 'FAIL');
    expect(await on.run.outcome()).toMatchObject({ ...gaveUp, attempts: 4 });
    const live = on.journal.actors({ kind: 'machine', done: false });
    expect(live.filter(({ address }) => address.startsWith('run/fragile'))).toEqual([]);
    expect(on.clock.nextDue()).toBeUndefined();
  });
});

describe('a promise that fails a run', () => {
  const reject = () => Promise.reject(new RangeError('down'));

  test('given no restart, then the run fails', async () => {
    const on = await stand();
    on.world.answers.push(reject);
    await on.send('ASK');
    expect(await on.run.outcome()).toMatchObject({ status: 'FAILED', error: { message: 'down' } });
  });

  test('given a restart, then it runs again under its key', async () => {
    const on = await stand({ restart: 'transient' });
    on.world.answers.push(reject, reject, async () => 'up');
    await on.send('ASK');
    expect(await on.seen()).toMatchObject({ value: { asking: 'rests' }, context: { got: ['up'] } });
    expect(on.world.keys).toEqual(Array(3).fill('fragile/f/2/ask'));
    expect((await on.run.snapshot()).attempts).toBe(3);
  });

  test('given no end of it, then it is given up', async () => {
    const on = await stand({ restart: 'permanent' });
    on.world.answers.push(reject, reject, reject, reject);
    await on.send('ASK');
    expect(await on.run.outcome()).toMatchObject(gaveUp);
    expect(on.world.keys).toHaveLength(4);
  });

  test('given crashes in between, then its key never changes', async () => {
    let on = await stand({ restart: 'transient' });
    await on.send('ASK');
    on = await on.again();
    on.world.answers.push(reject);
    on = await on.again();
    on = await on.again();
    on.world.answers.push(async () => 'up');
    on = await on.again();
    expect(await on.seen()).toMatchObject({ context: { got: ['up'] } });
    expect(new Set(on.world.keys)).toEqual(new Set(['fragile/f/2/ask']));
  });
});

describe('poison that nobody sends twice', () => {
  test('given a result whose turn throws and no restart, then the run fails', async () => {
    const on = await stand();
    on.world.isBroken = true;
    on.world.answers.push(async () => 'ok');
    await on.send('ASK');
    expect(await on.letters()).toEqual([['run/fragile/f', 'xstate.done.actor.ask', 'poison']]);
    expect(await on.run.outcome()).toMatchObject({
      status: 'FAILED',
      error: { message: 'a fault' },
    });
  });

  test('given a restart, then its promise runs again under its key', async () => {
    const on = await stand({ restart: 'transient' });
    on.world.isBroken = true;
    const mended = async () => {
      on.world.isBroken = false;
      return 'ok';
    };
    on.world.answers.push(async () => 'ok', mended);
    await on.send('UP', 'ASK');
    expect(await on.seen()).toMatchObject({ context: { n: 41, got: ['ok'] }, child: 1 });
    expect(on.world.keys).toEqual(Array(2).fill('fragile/f/2/ask'));
  });

  test('given a timer whose turn throws and no restart, then the run fails', async () => {
    const on = await stand();
    on.world.isBroken = true;
    await on.clock.advance(1_000);
    expect(await on.run.outcome()).toMatchObject({
      status: 'FAILED',
      error: { message: 'a fault' },
    });
  });

  test('given a restart, then the timer comes again, and at last it is given up', async () => {
    const on = await stand({ restart: 'transient' });
    on.world.isBroken = true;
    await on.clock.advance(1_000);
    expect(await on.run.outcome()).toMatchObject(gaveUp);
    const after = 'xstate.after.1000.fragile.time.early';
    expect(await on.letters()).toEqual(Array(4).fill(['run/fragile/f', after, 'poison']));
  });

  test('given a pause between restarts, then what is mended in it goes on', async () => {
    let on = await stand({ restart: 'transient', backoff: { initial: '10s', max: '10s' } });
    on.world.isBroken = true;
    await on.clock.advance(1_000);
    expect(await on.seen()).toMatchObject({ value: { time: 'early' } });
    on.world.isBroken = false;
    on = await on.again();
    await on.clock.advance(10_000);
    expect(await on.seen()).toMatchObject({ value: { time: 'late' }, context: { n: 40 } });
  });
});

describe('the end of a run', () => {
  test('given permanent, then a run that is done begins again', async () => {
    const on = await stand({ restart: 'permanent', resumeFrom: 'input' });
    await on.send('UP', 'END');
    expect(await on.seen()).toMatchObject({ context: { n: 40 }, value: { time: 'early' } });
    expect((await on.run.snapshot()).status).toBe('IN_PROGRESS');
  });

  test('given permanent from its last good state, then an end is no good state', async () => {
    const on = await stand({ restart: 'permanent' });
    await on.send('UP', 'END');
    expect(await on.seen()).toMatchObject({ context: { n: 40 }, value: { time: 'early' } });
  });

  test.each(['transient', 'temporary'] as const)('given %s, then it has ended', async (restart) => {
    const on = await stand({ restart });
    await on.send('END');
    expect(await on.run.outcome()).toMatchObject({ status: 'COMPLETED', result: 'over' });
  });

  test('given a cancel, then nothing starts anew, not even in the pause before it', async () => {
    const on = await stand({ restart: 'permanent', backoff: { initial: '10s', max: '10s' } });
    await on.send('FAIL');
    await on.run.cancel('enough');
    await on.clock.quiet();
    expect(await on.run.outcome()).toMatchObject({ status: 'CANCELLED', reason: 'enough' });
    await on.clock.advance(60_000);
    expect((await on.run.snapshot()).status).toBe('CANCELLED');
    expect(on.clock.nextDue()).toBeUndefined();
  });
});

describe('a pause before a restart', () => {
  test('it takes its messages afterwards, also when the process crashes in it', async () => {
    let on = await stand({ restart: 'permanent', backoff: { initial: '10s', max: '10s' } });
    await on.send('UP', 'FAIL', 'UP');
    expect(await on.seen()).toMatchObject({ context: { n: 41 } });
    on = await on.again();
    await on.send('UP');
    expect(await on.seen()).toMatchObject({ context: { n: 41 } });
    await on.clock.advance(10_000);
    expect(await on.seen()).toMatchObject({ context: { n: 43 }, child: 2 });
    expect((await on.run.snapshot()).attempts).toBe(2);
  });
});
