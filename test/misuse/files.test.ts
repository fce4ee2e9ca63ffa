/**
 * What is odd but allowed, on a real file: delays without measure, names with any character in
 * them. The file takes it as it is and gives it back after a restart.
 */
import { describe, expect, test } from 'vitest';
import {
  type AnyEventObject,
  type AnyStateMachine,
  assign,
  cancel,
  emit,
  enqueueActions,
  setup,
} from 'xstate';
import { newFile } from '../journal/files.ts';
import { type Team, teamOf, testClock } from '../troupe/team.ts';
import { startRun, tell } from './home.ts';

/** It arms and clears timers as it is told, and keeps the types of all events. */
const odd: AnyStateMachine = setup({
  types: {} as { context: { seen: string[] }; events: AnyEventObject },
  actions: { keep: assign({ seen: ({ context, event }) => [...context.seen, event.type] }) },
}).createMachine({
  id: 'odd',
  context: { seen: [] },
  on: {
    ARM: {
      actions: enqueueActions(({ enqueue, event: { id, ms, what } }) => {
        enqueue.raise(
          { type: what ?? 'FIRED' },
          { ...(id === undefined ? {} : { id }), delay: ms },
        );
      }),
    },
    CLEAR: { actions: cancel(({ event }) => event.id) },
    EMIT: { actions: emit(({ event }) => ({ type: event.what })) },
    '*': { actions: 'keep' },
  },
});

async function onFile() {
  const journal = newFile();
  const clock = testClock();
  const open = async (): Promise<Team> => {
    const team = await teamOf([odd], { journal, clock });
    await clock.quiet();
    return team;
  };
  const first = await open();
  const run = await startRun(first.troupe, odd, undefined, { id: 'o' });
  return {
    clock,
    run,
    troupe: first.troupe,
    async again(): Promise<Team> {
      const stopped = first.troupe.stop({ deadline: 0 });
      await clock.advance(0);
      await stopped;
      return open();
    },
  };
}

async function seenIn({ troupe }: Team): Promise<unknown> {
  const { state, parked } = (await (await troupe.get(odd, 'o'))?.snapshot()) ?? {};
  expect(parked).toBeUndefined();
  return Object(state?.context).seen;
}

describe('delays', () => {
  test.each([1e15, 1e17, 1e300, Number.MAX_VALUE, Number.MAX_SAFE_INTEGER])(
    'a delay of %d ms is very long, also after a restart',
    async (ms) => {
      const { run, troupe, again, clock } = await onFile();
      await tell(troupe, run, { type: 'ARM', ms, id: 'long' });
      await clock.quiet();
      const next = await again();
      await clock.advance(1e12);
      expect(await seenIn(next)).toEqual([]);
      await tell(next.troupe, run, { type: 'CLEAR', id: 'long' });
      await clock.quiet();
      expect(clock.nextDue()).toBeUndefined();
    },
  );

  test.each([0, -1, -1e300, 0.4, 1e-300, -0])('a delay of %d ms is over at once', async (ms) => {
    const { run, troupe, again, clock } = await onFile();
    await tell(troupe, run, { type: 'ARM', ms });
    await clock.advance(0);
    expect(await seenIn(await again())).toEqual(['FIRED']);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, '5', null, {}])(
    'a delay of %j is refused with its remedy, and the run parked',
    async (ms) => {
      const bad: AnyStateMachine = setup({ delays: { bad: () => ms as never } }).createMachine({
        id: 'bad',
        initial: 'a',
        states: { a: { on: { GO: 'b' } }, b: { after: { bad: 'a' } } },
      });
      const { troupe, clock } = await teamOf([bad]);
      const run = await startRun(troupe, bad);
      await tell(troupe, run, { type: 'GO' });
      await clock.quiet();
      expect(await run.snapshot()).toMatchObject({
        parked: expect.stringMatching(/a delay is .*; give a number of milliseconds/),
        state: { value: 'a' },
      });
    },
  );
});

const names = [
  '',
  ' ',
  'a/b',
  'a\u0000b',
  '\u0000',
  'ÄÖ 🎭',
  "'; DROP TABLE timers; --",
  '%s',
  '~1',
];

describe('names', () => {
  test.each(names)('a timer named %j is cleared by its name after a restart', async (id) => {
    const { run, troupe, again, clock } = await onFile();
    await tell(troupe, run, { type: 'ARM', ms: 50, id });
    await tell(troupe, run, { type: 'ARM', ms: 60, id: `${id}2`, what: 'OTHER' });
    await clock.quiet();
    const next = await again();
    await tell(next.troupe, run, { type: 'CLEAR', id });
    await clock.advance(100);
    expect(await seenIn(next)).toEqual(['OTHER']);
  });

  test('a timer whose name is 10 kB, or no well-formed text', async () => {
    for (const id of ['x'.repeat(10_240), 'a\ud800']) {
      const held: AnyStateMachine = setup({}).createMachine({
        id: 'odd',
        context: { seen: [] },
        on: {
          ARM: {
            actions: enqueueActions(({ enqueue }) =>
              enqueue.raise({ type: 'X' }, { id, delay: 5 }),
            ),
          },
          X: { actions: assign({ seen: ['X'] }) },
          CLEAR: { actions: cancel(id) },
        },
      });
      const journal = newFile();
      const clock = testClock();
      const first = await teamOf([held], { journal, clock });
      const run = await startRun(first.troupe, held, undefined, { id: 'o' });
      await tell(first.troupe, run, { type: 'ARM' });
      await clock.quiet();
      const { parked } = await run.snapshot();
      const stopped = first.troupe.stop({ deadline: 0 });
      await clock.advance(0);
      await stopped;
      expect(parked !== undefined).toBe(!id.isWellFormed());
      if (parked !== undefined) continue;
      const { troupe } = await teamOf([held], { journal, clock });
      await tell(troupe, run, { type: 'CLEAR' });
      await clock.advance(10);
      const again = await troupe.get(held, 'o');
      expect((await again?.snapshot())?.state?.context).toEqual({ seen: [] });
    }
  });

  test.each(names.slice(1))('an event and an emitted event of type %j', async (what) => {
    const { run, troupe, again, clock } = await onFile();
    await tell(troupe, run, { type: what });
    await tell(troupe, run, { type: 'EMIT', what });
    await tell(troupe, run, { type: 'ARM', ms: 50, what });
    await clock.quiet();
    const next = await again();
    await clock.advance(50);
    expect(await seenIn(next)).toEqual([what, what]);
    const emitted: unknown[] = [];
    const found = await next.troupe.get(odd, 'o');
    await found?.cancel();
    for await (const event of found?.events() ?? []) {
      if (event.type === 'emitted') emitted.push(event.event);
    }
    expect(emitted).toEqual([{ type: what }]);
  });
});
