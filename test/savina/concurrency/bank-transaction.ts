/**
 * Bank transaction: a teller, the root, sends transfers to accounts; an account debits itself and
 * waits until the other has credited, and keeps later transfers until then.
 */
import { assign, enqueueActions, setup } from 'xstate';
import { z } from 'zod';
import { drawn, type Ended, program, type Ref, seedOf, sum, upTo } from '../program.ts';

const BALANCE = 1_000;

interface Transfer {
  type: 'transfer';
  number: number;
  amount: number;
  to: Ref;
}

const account = setup({
  types: {} as {
    input: { index: number };
    context: { index: number; balance: number; stash: Transfer[]; open: number };
    events:
      | Transfer
      | { type: 'credit'; amount: number; from: Ref }
      | { type: 'credited' }
      | { type: 'close' };
    output: { index: number; balance: number };
  },
  actions: {
    debit: enqueueActions(({ context: { balance, stash }, enqueue, self }) => {
      const [transfer] = stash;
      if (transfer === undefined) return;
      const { amount, number, to } = transfer;
      enqueue.assign({ balance: balance - amount, stash: stash.slice(1), open: number });
      enqueue.sendTo(to, { type: 'credit', amount, from: self });
    }),
  },
}).createMachine({
  id: 'account',
  context: ({ input }) => ({ index: input.index, balance: BALANCE, stash: [], open: -1 }),
  initial: 'idle',
  on: {
    transfer: { actions: assign({ stash: ({ context, event }) => [...context.stash, event] }) },
    credit: {
      actions: enqueueActions(({ context, event: { amount, from }, enqueue }) => {
        enqueue.assign({ balance: context.balance + amount });
        enqueue.sendTo(from, { type: 'credited' });
      }),
    },
    close: '.closed',
  },
  states: {
    idle: {
      always: { guard: ({ context }) => context.stash.length > 0, target: 'waiting' },
    },
    waiting: {
      entry: 'debit',
      on: { credited: 'idle' },
      exit: enqueueActions(({ context, enqueue }) => {
        enqueue.sendParent({ type: 'transferred', number: context.open });
      }),
    },
    closed: { type: 'final' },
  },
  output: ({ context: { index, balance } }) => ({ index, balance }),
});

interface Planned {
  from: number;
  to: number;
  amount: number;
}

/** As Savina does it: to an account with a higher number, so that no two wait for each other. */
function planned(accounts: number, transfers: number, seed: number): Planned[] {
  let next = seedOf(seed, 0);
  const draw = (below: number): number => {
    next = drawn(next);
    return next % below;
  };
  return upTo(transfers).map(() => {
    const from = draw(Math.max(1, Math.floor(accounts * 0.8)));
    const to = from + 1 + draw(accounts - from - 1);
    return { from, to, amount: 1 + draw(100) };
  });
}

type Balance = { index: number; balance: number };

interface TellerContext {
  accounts: Ref[];
  transfers: number;
  seed: number;
  acknowledged: number;
  /** The sum of the numbers of those that were acknowledged. */
  numbers: number;
  balances: Balance[];
}

const machine = setup({
  types: {} as {
    input: { accounts: number; transfers: number; seed: number };
    context: TellerContext;
    events: { type: 'transferred'; number: number } | Ended<Balance>;
    output: { value: number; numbers: number; balances: Balance[] };
  },
  actors: { account },
}).createMachine({
  id: 'savina-bank-transaction',
  context: ({ input: { accounts, transfers, seed }, spawn }) => ({
    accounts: upTo(accounts).map((index) =>
      spawn('account', { id: `account-${index}`, input: { index } }),
    ),
    transfers,
    seed,
    acknowledged: 0,
    numbers: 0,
    balances: [],
  }),
  initial: 'open',
  states: {
    open: {
      entry: enqueueActions(({ context: { accounts, transfers, seed }, enqueue }) => {
        const plan = planned(accounts.length, transfers, seed);
        for (const [number, { from, to, amount }] of plan.entries()) {
          const [source, target] = [accounts[from], accounts[to]];
          if (source === undefined || target === undefined) continue;
          enqueue.sendTo(source, { type: 'transfer', number, amount, to: target });
        }
      }),
      on: {
        transferred: {
          actions: assign({
            acknowledged: ({ context }) => context.acknowledged + 1,
            numbers: ({ context, event }) => context.numbers + event.number,
          }),
        },
      },
      always: {
        guard: ({ context }) => context.acknowledged === context.transfers,
        target: 'closing',
      },
    },
    closing: {
      entry: enqueueActions(({ context, enqueue }) => {
        for (const one of context.accounts) enqueue.sendTo(one, { type: 'close' });
      }),
      on: {
        'xstate.done.actor.*': {
          actions: assign({
            balances: ({ context, event }) => [...context.balances, event.output],
          }),
        },
      },
      always: {
        guard: ({ context }) => context.balances.length === context.accounts.length,
        target: 'ended',
      },
    },
    ended: { type: 'final' },
  },
  output: ({ context: { acknowledged, numbers, balances } }) => ({
    value: acknowledged,
    numbers,
    balances,
  }),
});

/** What an account has in the end, by the plan. */
const balanceOf = (index: number, plan: readonly Planned[]): number =>
  BALANCE +
  sum(plan.map(({ from, to, amount }) => (to === index ? amount : from === index ? -amount : 0)));

/** The program. */
export const bankTransaction = program({
  name: 'bank transaction',
  machine,
  scaled: { accounts: 20, transfers: 1_000, seed: 1 },
  output: z.object({
    value: z.number(),
    numbers: z.number(),
    balances: z.array(z.object({ index: z.number(), balance: z.number() })),
  }),
  value: ({ transfers }) => transfers,
  actors: ({ accounts }) => accounts + 1,
  claims: ({ accounts, transfers, seed }, { numbers, balances }) => {
    const plan = planned(accounts, transfers, seed);
    return {
      'the sum of balances is unchanged':
        sum(balances.map(({ balance }) => balance)) === accounts * BALANCE,
      'each transfer is made once': balances.every(
        ({ index, balance }) => balance === balanceOf(index, plan),
      ),
      'each transfer is acknowledged once': numbers === sum(upTo(transfers)),
    };
  },
});
