/**
 * A team of machines: a feed and its index under one supervisor, a till that sells for coins, and
 * an account that books each entry once.
 */
import { assign, fromPromise, setup } from 'xstate';
import type { Troupe } from '../../../src/index.ts';
import type { PlantedTeam } from './team.ts';

/** Opens its file at its start, reads it three times, and then waits. */
const feed = setup({
  types: {} as { context: { reads: number } },
  actors: { open: fromPromise(async () => 'open'), read: fromPromise(async () => 'a line') },
  guards: { hasRead: ({ context }) => context.reads >= 3 },
  actions: { count: assign({ reads: ({ context }) => context.reads + 1 }) },
}).createMachine({
  id: 'feed',
  context: { reads: 0 },
  initial: 'opening',
  states: {
    opening: { invoke: { src: 'open', onDone: 'reading' } },
    reading: { invoke: { src: 'read', onDone: { target: 'pausing', actions: 'count' } } },
    pausing: { always: { guard: 'hasRead', target: 'resting' }, after: { 60000: 'reading' } },
    resting: {},
  },
});

/** Opens a file of its own; it is as old as the feed. */
const index = setup({
  actors: { open: fromPromise(async () => 'open') },
}).createMachine({
  id: 'index',
  initial: 'opening',
  states: { opening: { invoke: { src: 'open', onDone: 'open' } }, open: {} },
});

const price = 3;

/** Takes coins for ten minutes, gives the ware for enough of them, else the coins back. */
const till = setup({
  types: {} as {
    context: { coins: number };
    events: { type: 'COIN' } | { type: 'BUY' };
    output: { coins: number };
  },
  actors: { dispense: fromPromise(async () => 'a ware'), refund: fromPromise(async () => 'coins') },
  guards: { isEnough: ({ context }) => context.coins >= price },
  actions: { take: assign({ coins: ({ context }) => context.coins + 1 }) },
}).createMachine({
  id: 'till',
  context: { coins: 0 },
  initial: 'paying',
  states: {
    paying: {
      on: {
        COIN: { actions: 'take' },
        BUY: { guard: 'isEnough', target: 'dispensing' },
      },
      after: { 600000: 'refunding' },
    },
    dispensing: {
      invoke: { src: 'dispense', onDone: 'sold', onError: 'refunding' },
      after: { 900000: 'refunding' },
    },
    refunding: { invoke: { src: 'refund', onDone: 'refunded', onError: 'failed' } },
    sold: { type: 'final' },
    refunded: { type: 'final' },
    failed: { type: 'final' },
  },
  output: ({ context }) => ({ coins: context.coins }),
});

/** Books each entry once, whoever says it again. */
const account = setup({
  types: {} as {
    context: { cents: number; entries: readonly string[] };
    events: { type: 'ADD'; entry: string; cents: number };
  },
  guards: { isNew: ({ context, event }) => !context.entries.includes(event.entry) },
  actions: {
    book: assign({
      cents: ({ context, event }) => context.cents + event.cents,
      entries: ({ context, event }) => [...context.entries, event.entry],
    }),
  },
}).createMachine({
  id: 'account',
  context: { cents: 0, entries: [] },
  initial: 'open',
  states: { open: { on: { ADD: { guard: 'isNew', actions: 'book' } } } },
});

const team = {
  definitions: [feed, index, till, account],
  faults: ['crash', 'duplicate', 'delay', 'reorder', 'bot-error', 'slow-bot'],
  always: {
    'a ware goes out for its price alone': (view) =>
      view.calls('till.dispense').length === 0 ||
      view.runs(till).every(({ state }) => coinsIn(state) >= price),
    'an entry is booked once': (view) =>
      view.runs(account).every(({ state }) => centsIn(state) <= 12),
  },
  eventually: {
    'no sale breaks down': (view) => view.runs(till).every(({ status }) => status !== 'FAILED'),
    'every sale ends': (view) =>
      view.runs(till).every(({ completedAt }) => completedAt !== undefined),
    'feed and index are of one age': (view) =>
      view.incidents.length > 0 ||
      starts(view.calls('feed.open')) === starts(view.calls('index.open')),
    'the feed is up, or has failed too often': (view) =>
      view.calls().filter(({ of, end }) => /^(feed|index)\./.test(of) && end === 'failed').length >
        1 || view.runs(feed).every(({ status }) => status === 'IN_PROGRESS'),
  },
} as const satisfies Omit<PlantedTeam, 'given' | 'scenario'>;

/** A feed and its index. */
export const news: PlantedTeam = {
  ...team,
  given: ['today'],
  scenario: (troupe: Troupe) =>
    troupe.supervise({
      id: 'news',
      strategy: 'one-for-all',
      intensity: { max: 1, within: '10s' },
      children: [
        { id: 'index', work: index, resumeFrom: 'input' },
        { id: 'feed', work: feed, resumeFrom: 'input' },
      ],
    }),
};

/** A sale, with coins enough and with too few. */
export const sales: PlantedTeam = {
  ...team,
  given: [price, 1],
  scenario: async (troupe: Troupe, coins: number) => {
    const sale = await troupe.start(till, undefined, { id: 't-1' });
    for (let coin = 1; coin <= coins; coin += 1) await troupe.send(sale, { type: 'COIN' });
    await troupe.send(sale, { type: 'BUY' });
  },
};

/** An account with two entries. */
export const accounts: PlantedTeam = {
  ...team,
  given: [5],
  scenario: async (troupe: Troupe, cents: number) => {
    const book = await troupe.start(account, undefined, { id: 'a-1' });
    await troupe.send(book, { type: 'ADD', entry: 'one', cents });
    await troupe.send(book, { type: 'ADD', entry: 'two', cents: 7 });
  },
};

const starts = (calls: readonly { readonly key: string }[]): number =>
  new Set(calls.map(({ key }) => key)).size;

type State = { readonly context: unknown } | undefined;

const coinsIn = (state: State): number => Number(Object(state?.context).coins ?? 0);
const centsIn = (state: State): number => Number(Object(state?.context).cents ?? 0);
