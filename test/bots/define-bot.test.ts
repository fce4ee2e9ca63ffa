/**
 * `defineBot` and `handler`: what is refused, and what the runtime gets to read.
 */
import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { defineBot, handler } from '../../src/bots/index.ts';
import { isExternal } from '../../src/protocol/index.ts';
import { refusal } from '../refusal.ts';

const work = () => 1;
/** Declares what the types would not let through, as JavaScript and JSON can. */
const declared = (options: unknown) => Reflect.apply(defineBot, undefined, [options]);
const fieldOf = (options: object) => {
  const { code, field } = refusal(() => declared({ id: 'finder', work, ...options }));
  return `${code} ${field}`;
};
const quote = handler(z.object({ symbol: z.string() }), ({ payload }) => payload.symbol);

test.each([
  [undefined, 'it is of type undefined'],
  ['', 'it is empty'],
  [7, 'it is of type number'],
  ['x'.repeat(513), 'it has 513 characters of 512'],
  ['\ud800', 'it holds a lone surrogate'],
])('the id %j is refused', (id, problem) => {
  expect(refusal(() => declared({ id, work }))).toEqual({
    code: 'BAD_ID',
    what: 'bot id',
    problem,
  });
});

test('a version is an id too', () => {
  expect(refusal(() => declared({ id: 'finder', version: '', work }))).toMatchObject({
    code: 'BAD_ID',
    what: 'version of bot finder',
  });
});

test.each([
  [{ concurency: 3 }, 'concurency'],
  [{ undo: work }, 'undo'],
  [{ persona: 'kind' }, 'persona'],
  [{ onStart: work }, 'onStart'],
  [{ endpoint: 'http://localhost' }, 'endpoint'],
  [{ '~types': {} }, '~types'],
  [{ version: 2 }, 'version'],
  [{ name: '' }, 'name'],
  [{ description: 1 }, 'description'],
  [{ domain: ['news'] }, 'domain'],
  [{ specialisations: 'news' }, 'specialisations'],
  [{ specialisations: ['news', 3] }, 'specialisations[1]'],
  [{ capabilities: 'web-search' }, 'capabilities'],
  [{ concurrency: 0 }, 'concurrency'],
  [{ concurrency: 2.5 }, 'concurrency'],
  [{ concurrency: Number.POSITIVE_INFINITY }, 'concurrency'],
  [{ input: { question: 'string' } }, 'input'],
  [{ output: work }, 'output'],
  [{ work: 'search' }, 'work'],
  [{ work: function* () {} }, 'work'],
  [{ on: [quote] }, 'on'],
  [{ on: { quote: work } }, 'on.quote'],
  [{ on: { quote: { handle: work } } }, 'on.quote'],
  [{ on: { 'xstate.done': quote } }, 'on.xstate.done'],
  [{ retry: 3 }, 'retry'],
  [{ timeout: -1 }, 'timeout'],
])('%j is refused by its field', (options, field) => {
  expect(fieldOf(options)).toBe(`BAD_OPTION ${field}`);
});

test('a bot without work is external, unless it has handlers alone', () => {
  const note = handler(z.unknown(), () => undefined);
  const external = [
    defineBot({ id: 'ann' }),
    defineBot({ id: 'ann', on: {} }),
    defineBot({ id: 'ann', input: z.string(), on: { note } }),
  ];
  expect(external.map(isExternal)).toEqual([true, true, true]);
  const others = [
    defineBot({ id: 'desk', on: { note } }),
    defineBot({ id: 'worker', work: () => 1 }),
  ];
  expect(others.map(isExternal)).toEqual([false, false]);
});

test('only a bot without work is given a heartbeat: steps have their own', () => {
  expect(fieldOf({ heartbeat: '30s' })).toBe('BAD_OPTION heartbeat');
  expect(defineBot({ id: 'ann', heartbeat: '30s' }).heartbeatMs).toBe(30_000);
});

test('a capability is refused by its place', () => {
  const { where, field } = refusal(() =>
    declared({ id: 'finder', work, capabilities: ['a', 'b@one'] }),
  );
  expect([where, field]).toEqual(['bot finder: capabilities[1]', 'version']);
});

test('one capability twice is refused, two versions of it are not', () => {
  expect(fieldOf({ capabilities: ['a', { name: 'a', version: '1.0.0' }] })).toBe(
    'BAD_OPTION capabilities',
  );
  const { capabilities } = defineBot({ id: 'finder', work, capabilities: ['a', 'a@2.0.0'] });
  expect(capabilities.map(({ version }) => version)).toEqual(['1.0.0', '2.0.0']);
});

test('the least there is gets every default', () => {
  expect(defineBot({ id: 'finder', work })).toEqual({
    kind: 'bot',
    id: 'finder',
    version: '1',
    name: 'finder',
    specialisations: [],
    capabilities: [],
    concurrency: 10,
    retry: { attempts: 3, backoffMs: 200, backoffMsMax: 30_000 },
    work,
    on: {},
  });
});

test('everything that is given is there, durations in milliseconds', () => {
  const input = z.object({ question: z.string() });
  const output = z.array(z.string());
  const options = {
    id: 'finder',
    version: '2',
    name: 'Finder',
    title: 'Finds',
    description: 'Finds what is new',
    domain: 'news',
    specialisations: ['weather'],
    capabilities: ['web-search@1.2.0', { name: 'rest', priority: 9, metadata: { a: [1] } }],
    concurrency: 2,
    input,
    output,
    work: () => ['x'],
    on: { quote },
    retry: { attempts: 5, backoff: '1s', backoffMax: '1m' },
    timeout: '2h',
  } as const;
  expect(defineBot(options)).toEqual({
    ...options,
    kind: 'bot',
    capabilities: [
      { name: 'web-search', version: '1.2.0', priority: 5 },
      { name: 'rest', version: '1.0.0', priority: 9, metadata: { a: [1] } },
    ],
    retry: { attempts: 5, backoffMs: 1_000, backoffMsMax: 60_000 },
    timeout: undefined,
    timeoutMs: 7_200_000,
  });
});

test('the options are neither changed nor kept, and the bot is frozen to the ground', () => {
  const options = {
    id: 'finder',
    work,
    specialisations: ['news'],
    capabilities: [{ name: 'rest', metadata: { places: ['here'] } }],
    on: { quote },
  };
  const before = structuredClone({ ...options, work: 0, on: 0 });
  const bot = defineBot(options);
  options.specialisations.push('weather');
  options.capabilities[0]?.metadata.places.push('there');
  Reflect.set(options.on, 'later', quote);
  expect(bot.specialisations).toEqual(before.specialisations);
  expect(bot.capabilities[0]?.metadata).toEqual(before.capabilities[0]?.metadata);
  expect(Object.keys(bot.on)).toEqual(['quote']);
  const parts = [bot, bot.retry, bot.on, bot.on.quote, bot.specialisations, bot.capabilities];
  const deeper = [bot.capabilities[0], bot.capabilities[0]?.metadata?.places];
  for (const part of [...parts, ...deeper]) expect(Object.isFrozen(part)).toBe(true);
});

test('an inherited name is no message type', () => {
  expect('constructor' in defineBot({ id: 'trader', on: { quote } }).on).toBe(false);
});

test('declaring runs nothing', () => {
  const spy = vi.fn();
  defineBot({ id: 'finder', work: spy, on: { quote: handler(z.string(), spy) } });
  expect(spy).not.toHaveBeenCalled();
});

test.each([
  [[undefined, work], 'payload'],
  [[{}, work], 'payload'],
  [[z.string(), undefined], 'handle'],
  [[z.string(), 'x'], 'handle'],
  [[z.string(), function* () {}], 'handle'],
])('a handler of %j is refused', (given, field) => {
  expect(refusal(() => Reflect.apply(handler, undefined, given))).toMatchObject({
    code: 'BAD_OPTION',
    where: 'handler',
    field,
  });
});
