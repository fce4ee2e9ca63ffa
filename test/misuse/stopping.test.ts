/**
 * Starting and stopping troupes of machines at the wrong time, twice, or in the middle of things:
 * every call has its answer, the file is whole, and what was under way goes on after a restart.
 */
import { describe, expect, test } from 'vitest';
import { type AnyEventObject, assign, emit, fromPromise, sendTo, setup } from 'xstate';
import { createTroupe } from '../../src/index.ts';
import { newFile } from '../journal/files.ts';
import { refused } from '../refusal.ts';
import { teamOf, testClock } from '../troupe/team.ts';
import { bystander, home, sendNow, startRun, tell } from './home.ts';

/** It works on a promise that the test ends, then on another. */
function worker(answers: Promise<unknown>[], signals: AbortSignal[] = []) {
  return setup({
    types: {} as { context: { n: number; got: unknown[] }; events: AnyEventObject },
    actors: {
      work: fromPromise(({ signal }) => {
        signals.push(signal);
        return answers[signals.length - 1] ?? new Promise(() => {});
      }),
    },
    actions: {
      up: assign({ n: ({ context }) => context.n + 1 }),
      keep: assign({ got: ({ context, event }) => [...context.got, event.output] }),
    },
  }).createMachine({
    id: 'worker',
    context: { n: 0, got: [] },
    initial: 'one',
    on: { UP: { actions: 'up' } },
    states: {
      one: { invoke: { src: 'work', id: 'work', onDone: { target: 'two', actions: 'keep' } } },
      two: { invoke: { src: 'work', id: 'work', onDone: { target: 'over', actions: 'keep' } } },
      over: { type: 'final' },
    },
    output: ({ context }) => context.got,
  });
}

describe('stopping', () => {
  test('a promise under way is recorded, the next one is begun after the restart', async () => {
    const first = Promise.withResolvers<string>();
    const signals: AbortSignal[] = [];
    const machine = worker([first.promise, Promise.resolve('second')], signals);
    const at = await home([machine]);
    await startRun(at.troupe, machine, undefined, { id: 'w' });
    await at.clock.quiet();
    const stopped = at.troupe.stop({ deadline: '1h' });
    await at.clock.quiet();
    first.resolve('first');
    await stopped;
    expect(signals).toHaveLength(1);
    const next = await at.crash(machine);
    const run = await next.troupe.get(machine, 'w');
    expect(await run?.outcome()).toMatchObject({ result: ['first', 'second'] });
    expect(signals).toHaveLength(2);
  });

  test('what was sent before the stop is applied or waits, nothing is lost', async () => {
    const machine = worker([]);
    const at = await home([machine]);
    const run = await startRun(at.troupe, machine, undefined, { id: 'w' });
    const sent = Array.from({ length: 50 }, () => tell(at.troupe, run, { type: 'UP' }));
    const stopped = at.troupe.stop({ deadline: 0 });
    const results = await Promise.allSettled(sent);
    await at.clock.advance(0);
    await stopped;
    const accepted = results.filter(({ status }) => status === 'fulfilled').length;
    const next = await at.crash(machine);
    const again = await next.troupe.get(machine, 'w');
    expect((await again?.snapshot())?.state?.context).toMatchObject({ n: accepted });
  });

  test('after the stop calls are refused, and references show the last state', async () => {
    const machine = worker([]);
    const at = await home([machine]);
    const run = await startRun(at.troupe, machine, undefined, { id: 'w' });
    const { actor }: { readonly actor: { getSnapshot(): unknown } } = run;
    await at.clock.quiet();
    const shown = actor.getSnapshot();
    const stopped = at.troupe.stop({ deadline: 0 });
    await at.clock.advance(0);
    await stopped;
    const calls = {
      start: () => startRun(at.troupe, machine),
      send: () => tell(at.troupe, run, { type: 'UP' }),
      cancel: () => run.cancel(),
      outcome: () => run.outcome(),
      incidents: () => at.troupe.incidents.list(),
    };
    for (const [name, call] of Object.entries(calls)) {
      expect([name, await refused(call())]).toMatchObject([name, { code: 'STOPPED' }]);
    }
    expect(() => sendNow(run, { type: 'UP' })).toThrow(
      expect.objectContaining({ code: 'STOPPED' }),
    );
    expect(actor.getSnapshot()).toBe(shown);
  });

  test('while it stops, also twice, new runs and events are refused', async () => {
    const gate = Promise.withResolvers<string>();
    const machine = worker([gate.promise]);
    const at = await home([machine]);
    const run = await startRun(at.troupe, machine, undefined, { id: 'w' });
    await at.clock.quiet();
    const stops = [at.troupe.stop({ deadline: '1h' }), at.troupe.stop({ deadline: 0 })];
    expect(await refused(startRun(at.troupe, machine))).toMatchObject({ code: 'STOPPED' });
    expect(await refused(tell(at.troupe, run, { type: 'UP' }))).toMatchObject({ code: 'STOPPED' });
    gate.resolve('first');
    await Promise.all([...stops, at.troupe.stop()]);
    expect(at.clock.nextDue()).toBeUndefined();
  });

  test('a run whose start is under way is there after the restart', async () => {
    const machine = worker([]);
    const at = await home([machine]);
    const starting = startRun(at.troupe, machine, undefined, { id: 'w' });
    const stopped = at.troupe.stop({ deadline: 0 });
    expect((await starting).id).toBe('w');
    await at.clock.advance(0);
    await stopped;
    const next = await at.crash(machine);
    expect(await next.troupe.get(machine, 'w')).toBeDefined();
  });

  test('from inside an action, a subscriber or a promise, it is like any other stop', async () => {
    const ways = ['action', 'subscriber', 'emitted', 'promise'] as const;
    for (const way of ways) {
      let stopped: Promise<void> | undefined;
      const stop = (): void => {
        stopped ??= at.troupe.stop({ deadline: 0 });
      };
      const machine = setup({
        actors: {
          stops: fromPromise(async () => {
            stop();
            return new Promise(() => {});
          }),
        },
        actions: { stop },
      }).createMachine({
        id: 'stops',
        initial: 'a',
        states: {
          a: {
            on: {
              action: { target: 'b', actions: 'stop' },
              subscriber: 'b',
              emitted: { actions: emit({ type: 'now' }) },
              promise: 'works',
            },
          },
          b: {},
          works: { invoke: { src: 'stops', id: 'stops' } },
        },
      });
      const at = await home([machine]);
      const run = await at.troupe.start(machine, undefined, { id: 's' });
      if (way === 'subscriber') run.actor.subscribe(stop);
      if (way === 'emitted') run.actor.on('now', stop);
      await tell(at.troupe, run as never, { type: way });
      await at.clock.advance(0);
      await stopped;
      expect([way, stopped !== undefined]).toEqual([way, true]);
      const next = await at.crash(machine);
      expect((await (await next.troupe.get(machine, 's'))?.snapshot())?.status).toBe('IN_PROGRESS');
    }
  });
});

describe('starting', () => {
  test('the same id at once, twice: one run', async () => {
    const machine = worker([]);
    const at = await home([machine]);
    const runs = await Promise.all(
      [1, 2, 3].map(() => startRun(at.troupe, machine, 1, { id: 'w' })),
    );
    expect(new Set(runs.map(({ runId }) => runId))).toEqual(new Set(['worker/w']));
    expect(await refused(startRun(at.troupe, machine, 2, { id: 'w' }))).toEqual({
      code: 'RUN_CONFLICT',
      run: 'worker/w',
      definition: 'worker',
    });
    expect(at.journal.actors({ definition: 'worker' })).toHaveLength(1);
  });

  test('two troupes on one file: the second is refused until the first has stopped', async () => {
    const journal = newFile();
    const machine = worker([]);
    const first = await createTroupe({ definitions: [machine], journal });
    expect(await refused(createTroupe({ definitions: [machine], journal }))).toMatchObject({
      code: 'JOURNAL_IN_USE',
    });
    await startRun(first, machine, undefined, { id: 'w' });
    await first.stop({ deadline: 0 });
    await using second = await createTroupe({ definitions: [machine], journal });
    expect(await second.get(machine, 'w')).toBeDefined();
    await second.stop({ deadline: 0 });
  });

  test('`await using` ends with machines under way, on a file, and they go on', async () => {
    const journal = newFile();
    const clock = testClock();
    const answers = [Promise.resolve('first'), Promise.resolve('second')];
    const machine = worker(answers);
    {
      await using troupe = await createTroupe({ definitions: [machine], journal, clock });
      await startRun(troupe, machine, undefined, { id: 'w' });
    }
    const { troupe } = await teamOf([machine], { journal, clock });
    const run = await troupe.get(machine, 'w');
    expect(await run?.outcome()).toMatchObject({ result: ['first', 'second'] });
  });
});

describe('an end that others wait for', () => {
  test('a send to a run that has ended is refused, and is a dead letter', async () => {
    const machine = worker([Promise.resolve(1), Promise.resolve(2)]);
    const at = await home([machine]);
    const run = await startRun(at.troupe, machine, undefined, { id: 'w' });
    await at.clock.quiet();
    expect(await refused(tell(at.troupe, run, { type: 'UP' }))).toEqual({
      code: 'ILLEGAL_MOVE',
      run: 'worker/w',
      state: 'COMPLETED',
      event: 'UP',
    });
    sendNow(run, { type: 'UP' });
    await at.clock.quiet();
    expect(await at.letters()).toEqual(Array(2).fill(['run/worker/w', 'UP', 'stopped']));
  });

  test('cancelling twice is fine, cancelling what has ended is refused', async () => {
    const at = await home([]);
    const run = await at.troupe.start(bystander, undefined);
    await Promise.all([run.cancel('a'), run.cancel('b')]);
    await at.clock.quiet();
    await run.cancel('c');
    expect(await run.outcome()).toMatchObject({ status: 'CANCELLED', reason: 'a' });
    const machine = worker([Promise.resolve(1), Promise.resolve(2)]);
    await at.troupe.register(machine);
    const done = await startRun(at.troupe, machine);
    await at.clock.quiet();
    expect(await refused(done.cancel())).toMatchObject({ code: 'ILLEGAL_MOVE' });
  });

  test('who waits for what never comes is told at its time-out, or by its signal', async () => {
    const at = await home([]);
    const run = await at.troupe.start(bystander, undefined);
    const late = refused(run.outcome({ timeout: '5s' }));
    const stop = new AbortController();
    const aborted = refused(run.outcome({ signal: stop.signal }));
    stop.abort();
    await at.clock.advance(5_000);
    expect(await late).toMatchObject({ code: 'WAIT_TIMEOUT', afterMs: 5_000 });
    expect(await aborted).toMatchObject({ code: 'WAIT_ABORTED' });
    expect((await run.snapshot()).status).toBe('IN_PROGRESS');
  });

  test('what is sent to a child that has ended is a dead letter, and nobody minds', async () => {
    const kid = setup({}).createMachine({
      id: 'kid',
      initial: 'a',
      states: { a: { on: { END: 'over' } }, over: { type: 'final' } },
    });
    const parent = setup({ actors: { kid } }).createMachine({
      id: 'parent',
      invoke: { src: 'kid', id: 'kid' },
      on: { TELL: { actions: sendTo('kid', { type: 'END' }) } },
    });
    const at = await home([parent]);
    const run = await startRun(at.troupe, parent, undefined, { id: 'p' });
    await tell(at.troupe, run, { type: 'TELL' });
    await tell(at.troupe, run, { type: 'TELL' });
    await at.clock.quiet();
    expect(await at.letters()).toEqual([['run/parent/p/kid', 'END', 'stopped']]);
    expect((await run.snapshot()).status).toBe('IN_PROGRESS');
  });
});
