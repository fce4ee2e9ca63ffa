/** Dead letters of machines: their events are shown, and delivered again once, or discarded. */
import { expect, test } from 'vitest';
import { assign, setup } from 'xstate';
import { memoryJournal, type Troupe } from '../../src/index.ts';
import { refused } from '../refusal.ts';
import { teamOf } from '../troupe/team.ts';

/** A machine that can't take `ADD` until it is mended. */
function till() {
  const state = { isBroken: true };
  const machine = setup({
    types: {} as {
      context: { sum: number };
      events: { type: 'ADD'; n: number } | { type: 'CLOSE' } | { type: 'POKE' };
    },
  }).createMachine({
    id: 'till',
    context: { sum: 0 },
    initial: 'open',
    states: {
      open: {
        on: {
          CLOSE: 'closed',
          ADD: {
            actions: assign({
              sum: ({ context, event }) => {
                if (state.isBroken) throw new RangeError('stuck');
                return context.sum + event.n;
              },
            }),
          },
        },
      },
      closed: { type: 'final' },
    },
    output: ({ context }) => context.sum,
  });
  return { machine, state };
}

const openLetters = async ({ deadLetters }: Troupe) =>
  (await deadLetters.list()).map(({ id, reason, event }) => [id, reason, event]);

test('the event of a letter is shown, as it was sent', async () => {
  const { machine } = till();
  const { troupe, clock } = await teamOf([machine]);
  const run = await troupe.start(machine, undefined, { id: 't' });
  await troupe.send(run, { type: 'ADD', n: 1 });
  await clock.quiet();
  const letters = await troupe.deadLetters.list();
  expect(letters).toEqual([
    {
      id: 1,
      at: clock.now(),
      to: 'run/till/t',
      type: 'ADD',
      reason: 'poison',
      detail: 'stuck',
      message: undefined,
      event: { type: 'ADD', n: 1 },
      fate: undefined,
    },
  ]);
  expect(await troupe.deadLetters.get(1)).toEqual(letters[0]);
});

test('a letter to a machine that lives is delivered again, once', async () => {
  const { machine, state } = till();
  const { troupe, clock } = await teamOf([machine]);
  const run = await troupe.start(machine, undefined, { id: 't' });
  await troupe.send(run, { type: 'ADD', n: 3 });
  await clock.quiet();
  state.isBroken = false;
  const calls = [1, 1].map((id) => troupe.deadLetters.redeliver(id));
  const ends = await Promise.allSettled([...calls, troupe.deadLetters.discard(1)]);
  expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  await clock.quiet();
  expect(await openLetters(troupe)).toEqual([]);
  expect((await troupe.deadLetters.get(1))?.fate?.kind).toBe('redelivered');
  expect(await refused(troupe.deadLetters.redeliver(1))).toMatchObject({ code: 'LETTER_SETTLED' });
  await troupe.send(run, { type: 'CLOSE' });
  expect(await run.result()).toBe(3);
});

test('what fails once more is a letter of its own; it goes on after a restart', async () => {
  const journal = memoryJournal();
  const first = till();
  const before = await teamOf([first.machine], { journal });
  const run = await before.troupe.start(first.machine, undefined, { id: 't' });
  await before.troupe.send(run, { type: 'ADD', n: 3 });
  await before.troupe.deadLetters.redeliver(1);
  await before.clock.quiet();
  expect(await openLetters(before.troupe)).toEqual([[2, 'poison', { type: 'ADD', n: 3 }]]);
  const second = till();
  second.state.isBroken = false;
  const { troupe, clock } = await teamOf([second.machine], { journal });
  await troupe.deadLetters.redeliver(2);
  await clock.quiet();
  expect(await openLetters(troupe)).toEqual([]);
  const again = await troupe.get(second.machine, 't');
  expect(again?.actor.getSnapshot().context).toEqual({ sum: 3 });
});

test('it is checked like an event that is sent now; a refused one stays', async () => {
  const { machine, state } = till();
  const { troupe, clock } = await teamOf([machine], { limits: { mailboxMessages: 1 } });
  const run = await troupe.start(machine, undefined, { id: 't' });
  await troupe.send(run, { type: 'ADD', n: 1 });
  await clock.quiet();
  const full = [troupe.send(run, { type: 'POKE' }), refused(troupe.deadLetters.redeliver(1))];
  expect((await Promise.all(full))[1]).toMatchObject({ code: 'MAILBOX_FULL', to: 'run/till/t' });
  state.isBroken = false;
  await troupe.send(run, { type: 'CLOSE' });
  await clock.quiet();
  expect(await refused(troupe.deadLetters.redeliver(1))).toEqual({
    code: 'ILLEGAL_MOVE',
    run: 'till/t',
    state: 'COMPLETED',
    event: 'ADD',
  });
  expect(await openLetters(troupe)).toEqual([[1, 'poison', { type: 'ADD', n: 1 }]]);
});

test('what the host or a child told a machine is not delivered again', async () => {
  const fuse = setup({
    types: {} as { events: { type: 'HIT' } },
    guards: {
      fault: () => {
        throw new RangeError('stuck');
      },
    },
  }).createMachine({
    id: 'fuse',
    initial: 'lit',
    states: { lit: { after: { 1000: { guard: 'fault', target: 'out' } } }, out: {} },
  });
  const { troupe, clock } = await teamOf([fuse]);
  await troupe.start(fuse, undefined, { id: 'f' });
  await clock.advance(1_000);
  const [letter] = await troupe.deadLetters.list();
  expect(letter).toMatchObject({ to: 'run/fuse/f', reason: 'poison', event: undefined });
  expect(await refused(troupe.deadLetters.redeliver(letter?.id ?? 0))).toMatchObject({
    code: 'LETTER_UNDELIVERABLE',
    to: 'run/fuse/f',
  });
});
