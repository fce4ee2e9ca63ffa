/**
 * `run.actor` of a user's machine: what XState's own functions take for an actor, live and found
 * again; it shows committed state only, and one object for one state.
 */
import { expect, test } from 'vitest';
import { type AnyEventObject, assign, sendTo, setup, toPromise, waitFor } from 'xstate';
import { memoryJournal, simulatedDisk } from '../../src/journal/index.ts';
import { teamOf } from '../troupe/team.ts';

const light = setup({
  types: {} as { context: { readonly n: number }; events: AnyEventObject; tags: 'go' },
}).createMachine({ id: 'light', context: { n: 0 }, on: { UP: { actions: assign({ n: 1 }) } } });

const counter = setup({
  types: {} as {
    context: { readonly n: number };
    events: { type: 'ADD'; by: number } | { type: 'END' } | { type: 'FAIL' } | { type: 'UP' };
    tags: 'busy';
    output: { readonly total: number };
  },
  actors: { light },
  guards: { isPositive: (_, { by }: { readonly by: number }) => by > 0 },
}).createMachine({
  id: 'counter',
  context: { n: 0 },
  initial: 'counts',
  states: {
    counts: {
      tags: 'busy',
      meta: { page: 1 },
      invoke: { id: 'light', src: 'light' },
      on: {
        ADD: {
          guard: { type: 'isPositive', params: ({ event }) => event },
          actions: assign({ n: ({ context, event }) => context.n + event.by }),
        },
        UP: { actions: sendTo('light', { type: 'UP' }) },
        END: 'ended',
      },
    },
    ended: { type: 'final' },
  },
  output: ({ context }) => ({ total: context.n }),
});

const breaks = setup({ types: {} as { events: AnyEventObject } }).createMachine({
  id: 'breaks',
  context: {},
  on: {
    FAIL: {
      actions: assign(() => {
        throw new RangeError('it broke');
      }),
    },
  },
});
const fragile = setup({
  types: {} as { events: AnyEventObject },
  actors: { breaks },
}).createMachine({
  id: 'fragile',
  invoke: { id: 'kid', src: 'breaks' },
  on: { FAIL: { actions: sendTo('kid', { type: 'FAIL' }) } },
});

async function counting(journal = memoryJournal()) {
  const team = await teamOf([counter], { journal });
  const run = await team.troupe.start(counter, undefined, { id: 'c-1' });
  return { ...team, run };
}

test('waitFor and toPromise follow a run to its output, also once it has ended', async () => {
  const { troupe, run } = await counting();
  const ended = toPromise(run.actor);
  const big = waitFor(run.actor, ({ context }) => context.n > 2);
  run.actor.send({ type: 'ADD', by: 1 });
  await troupe.send(run, { type: 'ADD', by: 2 });
  expect((await big).context).toEqual({ n: 3 });
  await troupe.send(run, { type: 'END' });
  expect(await ended).toEqual({ total: 3 });
  expect(await toPromise(run.actor)).toEqual({ total: 3 });
  expect(await run.result()).toEqual({ total: 3 });
});

test('subscribe tells each committed state and the end, select what differs', async () => {
  const { troupe, clock, run } = await counting();
  await clock.quiet();
  const told: unknown[] = [];
  run.actor.subscribe({
    next: ({ value, context }) => told.push([value, context.n]),
    complete: () => told.push('complete'),
  });
  run.actor.select(({ context }) => context.n > 1).subscribe((isBig) => told.push(isBig));
  for (const by of [1, 5]) await troupe.send(run, { type: 'ADD', by });
  await clock.quiet();
  await troupe.send(run, { type: 'END' });
  await clock.quiet();
  expect(told).toEqual([['counts', 1], ['counts', 6], true, ['ended', 6], 'complete']);
});

test('a snapshot answers as XState lets it, and is one object until it changes', async () => {
  const { troupe, clock, run } = await counting();
  await clock.quiet();
  const before = run.actor.getSnapshot();
  expect(run.actor.getSnapshot()).toBe(before);
  expect(before.matches('counts')).toBe(true);
  expect(before.hasTag('busy')).toBe(true);
  expect(before.can({ type: 'ADD', by: 1 })).toBe(true);
  expect(before.can({ type: 'ADD', by: 0 })).toBe(false);
  expect(before.can({ type: 'FAIL' })).toBe(false);
  expect(Object.values(before.getMeta())).toEqual([{ page: 1 }]);
  expect(JSON.parse(JSON.stringify(before))).toMatchObject({ value: 'counts', context: { n: 0 } });
  const child = before.children.light;
  expect(child?.getSnapshot()).toMatchObject({ status: 'active', context: { n: 0 } });
  await troupe.send(run, { type: 'UP' });
  await clock.quiet();
  expect(child?.getSnapshot()).toMatchObject({ context: { n: 1 } });
  expect(before.context).toEqual({ n: 0 });
});

test('given a restart, then the run is found again with its state and its children', async () => {
  const disk = simulatedDisk();
  const { troupe, clock, run } = await counting(disk.open());
  await troupe.send(run, { type: 'ADD', by: 4 });
  await troupe.send(run, { type: 'UP' });
  await clock.quiet();
  const next = await teamOf([counter], { journal: disk.open() });
  await next.clock.quiet();
  const again = await next.troupe.get(counter, 'c-1');
  const found = again?.actor.getSnapshot();
  expect(found).toMatchObject({ value: 'counts', context: { n: 4 } });
  expect(found?.children.light?.getSnapshot()).toMatchObject({ context: { n: 1 } });
  expect(again?.actor.getSnapshot()).toBe(found);
});

test('given a run that fails, then toPromise rejects and subscribers hear the error', async () => {
  const { troupe, clock } = await teamOf([fragile]);
  const run = await troupe.start(fragile, undefined, { id: 'f-1' });
  const heard: unknown[] = [];
  run.actor.subscribe({ error: (error) => heard.push(Object(error).message) });
  const ended = toPromise(run.actor).catch((error: unknown) => Object(error).message);
  await clock.quiet();
  await troupe.send(run, { type: 'FAIL' });
  await clock.quiet();
  expect([await ended, ...heard]).toEqual(['it broke', 'it broke']);
  expect(run.actor.getSnapshot()).toMatchObject({ status: 'error', error: { name: 'RangeError' } });
  expect(await run.outcome()).toMatchObject({ status: 'FAILED', error: { message: 'it broke' } });
});
