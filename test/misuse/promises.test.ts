/**
 * Promises that users' machines invoke: whatever comes of them is told to the machine once, as its
 * result or its error, or nobody hears of them any more.
 */
import { describe, expect, test } from 'vitest';
import { type AnyEventObject, assign, fromPromise, setup } from 'xstate';
import { idempotencyKey } from '../../src/index.ts';
import { home, othersGoOn, startRun, tell } from './home.ts';
import { raise, thrown } from './thrown.ts';

interface Given {
  readonly signal: AbortSignal;
  readonly self: unknown;
}

/** A machine that invokes one promise and keeps what comes of it. */
const invoking = (create: (given: Given) => unknown) =>
  setup({
    types: {} as { context: { got: unknown[] }; events: AnyEventObject },
    actors: { work: fromPromise(create as () => Promise<unknown>) },
    actions: {
      result: assign({ got: ({ context, event }) => [...context.got, { result: event.output }] }),
      error: assign({ got: ({ context, event }) => [...context.got, { error: event.error }] }),
    },
  }).createMachine({
    id: 'invoking',
    context: { got: [] },
    initial: 'works',
    states: {
      works: {
        invoke: {
          id: 'work',
          src: 'work',
          onDone: { target: 'done', actions: 'result' },
          onError: { target: 'done', actions: 'error' },
        },
        on: { LEAVE: 'done' },
      },
      done: { on: { AGAIN: 'works' } },
    },
  });

async function cameOf(create: (given: Given) => unknown) {
  const machine = invoking(create);
  const at = await home([machine]);
  const run = await startRun(at.troupe, machine, undefined, { id: 'i' });
  await at.clock.quiet();
  const { state } = await run.snapshot();
  expect(state?.value).toBe('done');
  expect(await at.letters()).toEqual([]);
  expect(await othersGoOn(at)).toBe(true);
  return Object(state?.context).got;
}

const hanging = (): Promise<never> => new Promise(() => {});

describe('a promise that fails', () => {
  const ways: Readonly<Record<string, (thing: string) => unknown>> = {
    rejects: async (thing) => raise(thing),
    'throws at once': raise,
    'gives a thenable that throws': (thing) => ({ then: () => raise(thing) }),
  };

  describe.each(Object.keys(ways))('it %s', (way) => {
    test.each(Object.keys(thrown))('with %s: the machine gets it as data', async (thing) => {
      const got = await cameOf(() => ways[way]?.(thing));
      expect(got).toEqual([{ error: (thrown[thing] ?? null) === null ? null : expect.anything() }]);
    });
  });

  test('an error comes as name, message and code, other JSON as it is', async () => {
    const error = Object.assign(new RangeError('full'), { code: 'E_FULL', cause: 'disk' });
    const reject = (reason: unknown) => () => Promise.reject(reason);
    expect(await cameOf(reject(error))).toEqual([
      {
        error: {
          name: 'RangeError',
          message: 'full',
          code: 'E_FULL',
          cause: { name: 'Error', message: 'disk' },
        },
      },
    ]);
    expect(await cameOf(reject({ retry: [1] }))).toEqual([{ error: { retry: [1] } }]);
    expect(await cameOf(reject('full'))).toEqual([{ error: 'full' }]);
  });
});

describe('a promise whose result is no JSON', () => {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  const deep = JSON.parse('['.repeat(5_000) + ']'.repeat(5_000));
  const throwing = {
    get secret() {
      throw new RangeError('no');
    },
  };

  test.each<[string, unknown]>([
    ['a Map', new Map()],
    ['a function', () => 1],
    ['a cycle', cycle],
    ['NaN', Number.NaN],
    ['a BigInt', 1n],
    ['a Date', new Date(0)],
    ['an instance', new (class Money {})()],
    ['a lone surrogate', '\udfff'],
    ['5,000 levels', deep],
    ['a getter that throws', throwing],
    ['a prototype key', JSON.parse('{"__proto__":1}')],
    ['what reads like a reference', { xstate$$type: 1, id: 'x', address: 'system' }],
  ])('given %s, then the machine gets an error that names the place', async (_, value) => {
    const got = await cameOf(async () => value);
    expect(got).toMatchObject([{ error: { code: 'NOT_JSON' } }]);
  });

  test('given nothing, then it is done with nothing', async () => {
    expect(await cameOf(async () => undefined)).toEqual([{}]);
  });
});

describe('a promise that never settles', () => {
  test('when its state is left, then its signal aborts, a late result is nothing', async () => {
    const signals: AbortSignal[] = [];
    const ends: ((value: string) => void)[] = [];
    const machine = invoking(({ signal }) => {
      signals.push(signal);
      return new Promise<string>((resolve) => void ends.push(resolve));
    });
    const at = await home([machine]);
    const run = await startRun(at.troupe, machine);
    await tell(at.troupe, run, { type: 'LEAVE' });
    await at.clock.quiet();
    await tell(at.troupe, run, { type: 'AGAIN' });
    await at.clock.quiet();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    ends[0]?.('late');
    await at.clock.quiet();
    expect((await run.snapshot()).state).toEqual({ value: 'works', context: { got: [] } });
    ends[1]?.('in time');
    ends[1]?.('twice');
    await at.clock.quiet();
    expect((await run.snapshot()).state?.context).toEqual({ got: [{ result: 'in time' }] });
  });

  test('when its run is cancelled, then its signal aborts, nothing waits for it', async () => {
    let signal: AbortSignal | undefined;
    const machine = invoking((given) => {
      signal = given.signal;
      return hanging();
    });
    const at = await home([machine]);
    const run = await startRun(at.troupe, machine);
    await at.clock.quiet();
    await run.cancel('enough');
    await at.clock.quiet();
    expect(signal?.aborted).toBe(true);
    expect(await run.outcome()).toMatchObject({ status: 'CANCELLED', reason: 'enough' });
    await at.troupe.stop({ deadline: '1h' });
    expect(at.clock.nextDue()).toBeUndefined();
  });

  test('when the troupe stops, then its signal aborts in time, and it runs again', async () => {
    const keys: string[] = [];
    const reasons: unknown[] = [];
    const machine = invoking(({ signal, self }) => {
      keys.push(idempotencyKey(self as never));
      signal.addEventListener('abort', () => reasons.push(signal.reason.code));
      return keys.length < 2 ? hanging() : Promise.resolve('second');
    });
    const at = await home([machine]);
    await startRun(at.troupe, machine, undefined, { id: 'i' });
    await at.clock.quiet();
    const stopped = at.troupe.stop({ deadline: '2s' });
    await at.clock.advance(1_999);
    expect(reasons).toEqual([]);
    await at.clock.advance(1);
    await stopped;
    expect(reasons).toEqual(['STOPPED']);
    const next = await at.crash(machine);
    const run = await next.troupe.get(machine, 'i');
    expect((await run?.snapshot())?.state?.context).toEqual({ got: [{ result: 'second' }] });
    expect(keys).toEqual(['invoking/i/1/work', 'invoking/i/1/work']);
  });
});

test('given a promise whose abort listener settles it, then nothing of it is heard', async () => {
  const machine = invoking(
    ({ signal }) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => resolve('aborted'));
        signal.addEventListener('abort', () => reject(signal.reason));
      }),
  );
  const at = await home([machine]);
  const run = await startRun(at.troupe, machine);
  await tell(at.troupe, run, { type: 'LEAVE' });
  await at.clock.quiet();
  expect((await run.snapshot()).state).toEqual({ value: 'done', context: { got: [] } });
  expect(await at.letters()).toEqual([]);
});
