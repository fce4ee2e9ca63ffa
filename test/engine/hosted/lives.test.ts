/**
 * Lives that follow each other at one address: what is said to the one before is not said to the
 * next, what had ended stays ended, and a failure of long ago is past.
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
import { defineBot, type Run, type RunOptions } from '../../../src/index.ts';
import { type Home, home, startRun, tell } from '../../misuse/home.ts';

const fault = (): never => {
  throw new RangeError('a fault');
};

interface Stand extends Home {
  readonly run: Run<unknown, never>;
  send(...types: string[]): Promise<void>;
}

async function stand(machine: AnyStateMachine, options: RunOptions = {}): Promise<Stand> {
  const at = await home([machine]);
  const run = await startRun(at.troupe, machine, undefined, { id: 'r', ...options });
  await at.clock.quiet();
  const send = async (...types: string[]) => {
    for (const type of types) {
      await tell(at.troupe, run, { type });
      await at.clock.quiet();
    }
  };
  return { ...at, run, send };
}

/** What is kept of an actor. */
function kept({ journal }: Home, address: string) {
  const { snapshot = '{}', done, generation } = journal.byAddress(address) ?? {};
  return { ...JSON.parse(snapshot), done, generation };
}

const counter = setup({ types: {} as { context: { n: number } } }).createMachine({
  id: 'counter',
  context: { n: 0 },
  on: { UP: { actions: assign({ n: ({ context }) => context.n + 1 }) } },
});

describe('a stop that is about an earlier life', () => {
  const keeper = setup({
    types: {} as { context: { kept: AnyActorRef[] }; events: AnyEventObject },
    actors: { counter },
  }).createMachine({
    id: 'keeper',
    context: { kept: [] },
    initial: 'on',
    states: {
      on: {
        invoke: { src: 'counter', id: 'invoked' },
        on: { AGAIN: { target: 'on', reenter: true } },
      },
    },
    on: {
      SPAWN: { actions: spawnChild('counter', { id: 'c' }) },
      KEEP: {
        actions: assign({
          kept: ({ context, self }) => [...context.kept, self.getSnapshot().children.c as never],
        }),
      },
      STOP: { actions: stopChild('c') },
      STOP_FIRST: { actions: stopChild(({ context }) => context.kept[0] as never) },
      SWAP: { actions: [stopChild('c'), spawnChild('counter', { id: 'c' })] },
      UP: { actions: sendTo(({ context }) => context.kept.at(-1) as AnyActorRef, { type: 'UP' }) },
    },
  });

  test('given a state that is left and entered again, then its new child lives', async () => {
    const on = await stand(keeper);
    await on.send('AGAIN');
    const address = 'run/keeper/r/invoked';
    expect(kept(on, address)).toMatchObject({ status: 'active', done: false, generation: 2 });
  });

  test('given a child that takes the place of another in one step, then it lives', async () => {
    const on = await stand(keeper);
    await on.send('SPAWN', 'SWAP', 'KEEP', 'UP');
    const address = 'run/keeper/r/c';
    expect(kept(on, address)).toMatchObject({ done: false, context: { n: 1 } });
  });

  test('given the reference of the life before, then nothing is stopped', async () => {
    const on = await stand(keeper);
    await on.send('SPAWN', 'KEEP', 'STOP', 'SPAWN', 'KEEP', 'STOP_FIRST', 'UP');
    expect(kept(on, 'run/keeper/r/c')).toMatchObject({ done: false, context: { n: 1 } });
    expect(await on.letters()).toEqual([]);
  });
});

describe('what had ended before its run starts anew', () => {
  const runs = { promise: 0, machine: 0 };
  const short = setup({}).createMachine({
    id: 'short',
    context: () => {
      runs.machine += 1;
      return {};
    },
    initial: 'over',
    states: { over: { type: 'final' } },
  });
  const parent = setup({
    types: {} as { events: AnyEventObject },
    actors: {
      short,
      quick: fromPromise(async () => {
        runs.promise += 1;
      }),
    },
    actions: { fail: fault },
  }).createMachine({
    id: 'parent',
    entry: [spawnChild('short', { id: 'short' }), spawnChild('quick', { id: 'quick' })],
    on: { FAIL: { actions: 'fail' } },
  });

  test('given its last good state, then it is not run again', async () => {
    const on = await stand(parent, { supervision: { restart: 'transient' } });
    expect(runs).toEqual({ promise: 1, machine: 1 });
    await on.send('FAIL');
    expect(await on.run.snapshot()).toMatchObject({ status: 'IN_PROGRESS', attempts: 2 });
    const next = await on.crash(parent);
    await next.clock.quiet();
    expect(runs).toEqual({ promise: 1, machine: 1 });
  });
});

describe('the window of restarts', () => {
  const fails = setup({
    types: {} as { events: AnyEventObject },
    actions: { fail: fault },
  }).createMachine({
    id: 'fails',
    on: { FAIL: { actions: 'fail' }, POISON: { actions: assign(fault) } },
  });
  const supervision = {
    restart: 'transient',
    intensity: { max: 1, within: '10s' },
  } as const;

  test.each(['FAIL', 'POISON'])(
    'given %s after just its length, then the first is past',
    async (type) => {
      const on = await stand(fails, { supervision });
      await on.send(type);
      await on.clock.advance(10_000);
      await on.send(type);
      expect((await on.run.snapshot()).status).toBe('IN_PROGRESS');
      await on.clock.advance(9_999);
      await on.send(type);
      expect((await on.run.snapshot()).status).toBe('FAILED');
    },
  );
});

describe('who waits for a run', () => {
  const asking = defineBot({
    id: 'asking',
    work: () => new Promise(() => undefined),
  });
  const ends = setup({ types: {} as { events: AnyEventObject } }).createMachine({
    id: 'ends',
    initial: 'on',
    on: { POISON: { actions: assign(fault) } },
    states: { on: { on: { END: 'over' } }, over: { type: 'final' } },
  });
  const rowsOf = ({ journal }: Home, address: string): string[] => {
    const { actor = -1 } = journal.byAddress(address) ?? {};
    const rows = journal.rows(0, 1_000).filter((row) => row.actor === actor);
    return rows.map(({ type }) => type);
  };

  test('given a poison message, then it is not told', async () => {
    const at = await home([ends, asking]);
    const run = await startRun(at.troupe, ends, undefined, { id: 'r' });
    const waiting = await at.troupe.start(asking, undefined, { id: 'w', after: [run.runId] });
    await tell(at.troupe, run, { type: 'POISON' });
    await at.clock.quiet();
    expect(rowsOf(at, `run/${waiting.runId}`)).not.toContain('child.poisoned');
  });

  test('given an end, a new life and its end, then it is told once', async () => {
    const at = await home([ends, asking]);
    const supervising = at.troupe.supervise({
      id: 't',
      intensity: { max: 9, within: '5s' },
      children: [{ id: 'c', work: ends, restart: 'permanent' }],
    });
    await at.clock.quiet();
    const run = (await supervising).get('c') as Run<unknown, never>;
    const waiting = await at.troupe.start(asking, undefined, { id: 'w', after: [run.runId] });
    await at.clock.quiet();
    for (let end = 0; end < 3; end += 1) {
      await tell(at.troupe, run, { type: 'END' });
      await at.clock.quiet();
    }
    const told = rowsOf(at, `run/${waiting.runId}`).filter((type) => type === 'dependency.settled');
    expect(told).toEqual(['dependency.settled']);
  });
});
