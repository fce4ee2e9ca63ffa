/** What is logged when something fails: one line for each failure, naming who and what. */
import { expect, test } from 'vitest';
import { setup } from 'xstate';
import { z } from 'zod';
import { defineBot, handler, memoryJournal } from '../../src/index.ts';
import { refused } from '../refusal.ts';
import { type Logged, teamOf } from '../troupe/team.ts';

const lines = (logged: readonly Logged[]) =>
  logged.map(({ level, text, facts }) => [level, text, facts]);

const broken = defineBot({
  id: 'broken',
  retry: false,
  input: z.string(),
  work: ({ input }) => {
    throw new RangeError(input);
  },
  on: {
    note: handler(z.unknown(), () => {
      throw new RangeError('no');
    }),
  },
});

const caller = defineBot({
  id: 'caller',
  retry: false,
  work: ({ step }) => step('call', broken, 'deep').catch(() => 'never mind'),
});

const switchMachine = setup({
  types: {} as { events: { type: 'OFF' } | { type: 'BREAK' } },
  actions: {
    explode: () => {
      throw new RangeError('boom');
    },
  },
}).createMachine({
  id: 'switch',
  initial: 'on',
  states: { on: { on: { OFF: 'off' } }, off: { type: 'final' } },
  on: { BREAK: { guard: () => JSON.parse('{') } },
});

test('a run that failed is logged once, with its error; one below another run is not', async () => {
  const { troupe, logged, clock } = await teamOf([broken, caller]);
  const run = await troupe.start(broken, 'bad', { id: 'b-1' });
  await run.outcome();
  expect(await troupe.run(caller, undefined)).toBe('never mind');
  await refused(troupe.run(broken, 'bad', { id: 'b-1' }));
  await clock.quiet();
  const facts = { actor: 'run/broken/b-1', definition: 'broken', code: 'RangeError', error: 'bad' };
  expect(lines(logged)).toEqual([['error', 'a run failed', facts]]);
});

test('a run that was cancelled or declined no service is no failure', async () => {
  const { troupe, logged, clock } = await teamOf([caller, broken, switchMachine]);
  const run = await troupe.start(switchMachine, undefined);
  await run.cancel('enough');
  await clock.quiet();
  expect(logged).toEqual([]);
});

test('a run that failed below a supervisor is a warning: the supervisor decides', async () => {
  const { troupe, logged } = await teamOf([broken]);
  const supervisor = await troupe.supervise({
    id: 'feeds',
    autoShutdown: 'any-significant',
    children: [{ id: 'b', work: broken, input: 'bad', restart: 'temporary', significant: true }],
  });
  await supervisor.outcome();
  expect(
    logged.map(({ level, text, facts }) => [level, text, facts?.['supervisor']]),
  ).toContainEqual(['warn', 'a run failed', 'supervisor/feeds']);
});

test('a handler that failed for good is logged with message and correlation id', async () => {
  const { troupe, logged, clock } = await teamOf([broken]);
  await troupe.send(broken, { type: 'note', correlationId: 'c-1' });
  await clock.quiet();
  const facts = {
    actor: 'bot/broken',
    type: 'note',
    messageId: expect.any(String),
    correlationId: 'c-1',
    letter: 1,
    error: 'RangeError: no',
  };
  expect(lines(logged)).toEqual([['error', 'a handler failed for good', facts]]);
});

test('a handler that a stop keeps from another attempt is told with its message', async () => {
  const told: unknown[] = [];
  const quiet = (): void => {};
  const debug = (text: string, facts: unknown) => void told.push([text, facts]);
  const note = handler(z.unknown(), () => {
    throw new RangeError('no');
  });
  const slow = defineBot({ id: 'slow', retry: { attempts: 2, backoff: '1h' }, on: { note } });
  const log = { debug, info: quiet, warn: quiet, error: quiet };
  const { troupe, clock } = await teamOf([slow], { log });
  await troupe.send(slow, { type: 'note', correlationId: 'c-4' });
  await clock.quiet();
  const stopped = troupe.stop();
  await clock.advance(60_000);
  await stopped;
  const facts = {
    ...{ bot: 'bot/slow', type: 'note', messageId: expect.any(String), correlationId: 'c-4' },
    error: expect.objectContaining({ code: 'STOPPED' }),
  };
  expect(told).toContainEqual(['a handler was not tried again', facts]);
});

test('a dead letter at the door is logged with its reason', async () => {
  const { troupe, logged, clock } = await teamOf([broken, switchMachine]);
  await refused(troupe.send('nobody', { type: 'note', correlationId: 'c-2' }));
  await refused(troupe.send(broken, { type: 'note', expiresIn: 0, correlationId: 'c-3' }));
  const run = await troupe.start(switchMachine, undefined, { id: 's' });
  run.actor.send({ type: 'OFF' });
  await clock.quiet();
  await refused(troupe.send(run, { type: 'OFF' }));
  run.actor.send({ type: 'OFF' });
  await clock.quiet();
  const text = 'a message could not be delivered';
  const messageId = expect.any(String);
  const event = { actor: 'run/switch/s', type: 'OFF', reason: 'stopped' };
  expect(lines(logged)).toEqual([
    [
      'warn',
      text,
      {
        actor: 'bot/nobody',
        type: 'note',
        messageId,
        correlationId: 'c-2',
        letter: 1,
        reason: 'unknown-recipient',
      },
    ],
    [
      'warn',
      text,
      {
        actor: 'bot/broken',
        type: 'note',
        messageId,
        correlationId: 'c-3',
        letter: 2,
        reason: 'expired',
      },
    ],
    ['warn', text, { ...event, letter: 3 }],
    ['warn', text, { ...event, letter: 4 }],
  ]);
});

test('an incident that opens is logged; its run is not a second time', async () => {
  const { troupe, logged, clock } = await teamOf([switchMachine]);
  const intensity = { max: 1, within: '1m' };
  const run = await troupe.start(switchMachine, undefined, { id: 's', supervision: { intensity } });
  for (let n = 0; n < 2; n += 1) await troupe.send(run, { type: 'BREAK' });
  await clock.quiet();
  expect(logged.map(({ level, text }) => [level, text])).toEqual([
    ['error', 'poison message: the step threw'],
    ['error', 'poison message: the step threw'],
    ['error', 'an incident was opened'],
  ]);
  expect(logged[2]?.facts).toEqual({
    actor: 'run/switch/s',
    code: 'RESTART_INTENSITY',
    error: expect.stringContaining('switch/s'),
  });
});

test('what actors tell each other is not logged when nobody takes it', async () => {
  const { troupe, logged, clock } = await teamOf([switchMachine]);
  const run = await troupe.start(switchMachine, undefined, { id: 's' });
  await troupe.send(run, { type: 'OFF' });
  await clock.quiet();
  await run.cancel('too late').catch(() => undefined);
  await clock.quiet();
  expect(logged).toEqual([]);
});

test('after a restart nothing is logged a second time', async () => {
  const journal = memoryJournal();
  const first = await teamOf([broken], { journal });
  await (await first.troupe.start(broken, 'bad', { id: 'b' })).outcome();
  await first.clock.quiet();
  expect(first.logged).toHaveLength(1);
  const second = await teamOf([broken], { journal });
  await second.clock.quiet();
  expect(second.logged).toEqual([]);
});
