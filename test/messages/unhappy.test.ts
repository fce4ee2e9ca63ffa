/**
 * Values that no journal can keep, names that mean something to JavaScript or XState, ids of every
 * length: through every call that takes them. A typed error, nothing stored, nobody harmed.
 */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineBot, handler, memoryJournal } from '../../src/index.ts';
import { refused } from '../refusal.ts';
import { type Team, teamOf } from '../troupe/team.ts';

const cyclic: { self?: unknown } = {};
cyclic.self = { cyclic };

function deep(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

/** Each with the path that the error names; the value stands below `bad`. */
const values: readonly [name: string, value: () => unknown, path: string][] = [
  ['NaN', () => Number.NaN, '.bad'],
  ['Infinity', () => [1, Number.POSITIVE_INFINITY], '.bad[1]'],
  ['a BigInt', () => 1n, '.bad'],
  ['a Map', () => new Map([['a', 1]]), '.bad'],
  ['a Set', () => new Set([1]), '.bad'],
  ['a Date', () => new Date(0), '.bad'],
  ['a function', () => ({ f: () => 1 }), '.bad.f'],
  ['a symbol', () => Symbol('s'), '.bad'],
  ['undefined in an array', () => [undefined], '.bad[0]'],
  ['a hole in an array', () => new Array(2), '.bad'],
  ['a cycle', () => cyclic, '.bad.self.cyclic'],
  [
    'a getter that throws',
    () => ({
      get thrown() {
        throw new RangeError('no');
      },
    }),
    '.bad',
  ],
  [
    'a proxy that throws',
    () =>
      new Proxy(
        {},
        {
          ownKeys() {
            throw new RangeError('no');
          },
        },
      ),
    '.bad',
  ],
  ['a proxy of a Date', () => new Proxy(new Date(0), {}), '.bad'],
  [
    'a class',
    () =>
      new (class Point {
        x = 1;
      })(),
    '.bad',
  ],
  ['a lone surrogate', () => 'a\ud800', '.bad'],
  ['an own __proto__', () => JSON.parse('{"__proto__": {"polluted": true}}'), '.bad'],
  ['a hidden property', () => Object.defineProperty({}, 'x', { value: 1 }), '.bad'],
  ['a symbol key', () => ({ [Symbol.iterator]: 1 }), '.bad'],
  ['5,000 levels', () => deep(5_000), '.bad'],
];

/** What values go through. */
const calls: Readonly<Record<string, (team: Team, value: unknown) => Promise<unknown>>> = {
  send: ({ troupe }, payload) => troupe.send('bot', { type: 'note', payload }),
  metadata: ({ troupe }, value) =>
    troupe.send('bot', { type: 'note', metadata: { ...Object(value) } }),
  ask: ({ troupe }, payload) => troupe.ask('bot', { type: 'note', payload }),
  askStream: ({ troupe }, payload) => troupe.askStream('bot', { type: 'note', payload }).next(),
  sendAll: ({ troupe }, payload) =>
    troupe.sendAll([
      { to: 'bot', type: 'note', payload: 'first' },
      { to: 'bot', type: 'note', payload },
    ]),
  start: ({ troupe }, input) => troupe.start(bot, input),
  run: ({ troupe }, input) => troupe.run(bot, input),
};

const handled: unknown[] = [];
const bot = defineBot({
  id: 'bot',
  input: z.unknown(),
  on: { note: handler(z.unknown(), ({ payload }) => handled.push(payload)) },
  work: ({ input }) => handled.push(input),
});

describe.each(Object.keys(calls))('%s', (call) => {
  test.each(values)('refuses %s, naming the place', async (_, make, path) => {
    handled.length = 0;
    const journal = memoryJournal();
    const team = await teamOf([bot], { journal });
    await team.clock.quiet();
    const before = journal.heads();
    const refusal = await refused(calls[call]?.(team, { bad: make() }) ?? Promise.resolve());
    expect(refusal).toMatchObject({ code: 'NOT_JSON' });
    expect(String(refusal.path).slice(0, path.length)).toBe(path);
    await team.clock.quiet();
    expect(journal.heads()).toEqual(before);
    expect([journal.deadLetters(9), journal.waiting(), handled]).toEqual([[], [], []]);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    await team.troupe.send(bot, { type: 'note', payload: 'alive' });
    await team.clock.quiet();
    expect(handled).toEqual(['alive']);
  });
});

test.each(['xstate.init', 'xstate.stop', 'xstate.done.actor.x', 'xstate.after.1.x'])(
  'the reserved type %s is refused by every call',
  async (type) => {
    const team = await teamOf([bot]);
    for (const call of [
      () => team.troupe.send('bot', { type }),
      () => team.troupe.ask('bot', { type }),
      () => team.troupe.askStream('bot', { type }).next(),
      () => team.troupe.sendAll([{ to: 'bot', type }]),
    ]) {
      expect(await refused(call())).toMatchObject({ code: 'RESERVED_TYPE', type });
    }
  },
);

test.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'])(
  'the name %s is a type without a handler, and an id like any other',
  async (name) => {
    const named = defineBot({
      id: name,
      on: { note: handler(z.unknown(), ({ payload }) => payload) },
      work: () => name,
    });
    const { troupe } = await teamOf([named]);
    expect(await troupe.ask(name, { type: 'note', payload: 1 })).toBe(1);
    expect(await troupe.run(named, undefined, { id: name })).toBe(name);
    expect(await refused(troupe.ask(name, { type: name }))).toMatchObject({
      code: 'UNKNOWN_MESSAGE_TYPE',
    });
    expect(await troupe.ask(name, { type: 'note', payload: { [`${name}x`]: 1 } })).toEqual({
      [`${name}x`]: 1,
    });
  },
);

test.each(['a/b', '../..', '.', '..', 'a%2Fb', 'run/x', '~x', '#1', ' ', 'ü', '😀', 'a\nb'])(
  'the id %j names a bot and a run like any other',
  async (id) => {
    const journal = memoryJournal();
    const named = defineBot({
      id,
      on: { note: handler(z.unknown(), ({ message }) => message.from) },
      work: ({ ask, runId }) => ask(id, { type: 'note' }).then((from) => [from, `run/${runId}`]),
    });
    const { troupe, clock } = await teamOf([named], { journal });
    const run = await troupe.start(named, undefined, { id });
    await clock.quiet();
    const [from, address] = z.array(z.string()).parse(await run.result());
    expect(from).toBe(address);
    expect(run.id).toBe(id);
    expect(journal.actors({ kind: 'bot' })).toHaveLength(1);
  },
);

test('ids of 10 KB, empty ones and broken ones are refused by every call', async () => {
  const team = await teamOf([bot]);
  const { troupe } = team;
  for (const id of ['x'.repeat(10_240), '', 'a\udc00']) {
    for (const call of [
      () => troupe.send(id, { type: 'note' }),
      () => troupe.ask(id, { type: 'note' }),
      () => troupe.askStream(id, { type: 'note' }).next(),
      () => troupe.sendAll([{ to: id, type: 'note' }]),
      () => troupe.start(bot, 1, { id }),
      () => troupe.get(bot, id),
    ]) {
      expect(await refused(call())).toMatchObject({ code: 'BAD_ID' });
    }
  }
});
