/**
 * An order team: goods are reserved and packed, the money is taken, the parcel goes out; when it
 * can't, everything is taken back. An auditor looks at the first order when it has ended.
 */
import { z } from 'zod';
import { defineBot, defineWorkflow, TerminalError, type Troupe } from '../../../src/index.ts';
import type { Oracle } from '../../../src/testing/oracles/index.ts';
import type { PlantedTeam } from './team.ts';

const Order = z.object({ cents: z.number(), isLost: z.boolean() });
type Order = z.infer<typeof Order>;

const cashier = defineBot({
  id: 'cashier',
  input: Order,
  concurrency: 1,
  retry: { attempts: 2, backoff: '1s' },
  work: async ({ input, step, sleep }) => {
    const payment = await step('charge', ({ key }) => ({ key, cents: input.cents }));
    await step('note', () => undefined);
    const receipt = await step('receipt', () => `receipt for ${payment.cents}`);
    await sleep('settle', '1h');
    return { payment, receipt };
  },
});

const courier = defineBot({
  id: 'courier',
  input: Order,
  concurrency: 1,
  retry: { attempts: 2, backoff: '1s' },
  work: async ({ input, step, sleep }) => {
    for (let month = 1; month <= 3; month += 1) {
      const isThere = await step(`try-${month}`, () => !input.isLost);
      if (isThere) return month;
      await sleep(`rest-${month}`, '30d');
    }
    throw new TerminalError('nobody opens');
  },
});

const auditor = defineBot({ id: 'auditor', work: ({ step }) => step('look', () => 'seen') });

/** An order, from the shelf to the door. */
const order = defineWorkflow({ id: 'order', input: Order })
  .step('reserve', ({ key }) => `shelf ${key}`, { undo: () => 'back on the shelf' })
  .step('pack', ({ reserve }) => `parcel from ${reserve}`, { undo: () => 'unpacked' })
  .step('pay', cashier, ({ input }) => input, {
    undo: ({ result }) => `refund of ${result.receipt}`,
  })
  .step('ship', courier, ({ input }) => input);

const kinds: readonly Order[] = [
  { cents: 500, isLost: false },
  { cents: 900, isLost: true },
];

const team = {
  definitions: [order, cashier, courier, auditor],
  faults: [
    'crash',
    'disk-full',
    'duplicate',
    'delay',
    'reorder',
    'bot-error',
    'slow-bot',
    'cancel',
  ],
  always: {
    'nobody pays twice for an order': (view) => {
      const paid = view
        .calls()
        .filter(({ of, end }) => of.startsWith('cashier.charge') && end === 'done')
        .map(({ key }) => key);
      return new Set(paid).size <= new Set(paid.map(orderIn)).size;
    },
    'nothing goes out before it is paid': (view) =>
      view.calls('courier').every(({ key }) => {
        const pay = view.runs(cashier).find(({ runId }) => orderIn(runId) === orderIn(key));
        return pay?.status === 'COMPLETED';
      }),
    'a receipt is one for what was paid': (view) =>
      view
        .runs(cashier)
        .every(
          ({ result, input }) =>
            result === undefined || result.receipt === `receipt for ${input.cents}`,
        ),
    'a cashier tries twice at most': (view) =>
      view.runs(cashier).every(({ attempts }) => attempts <= 2),
    'a cashier fails when something fails': (view) =>
      view
        .runs(cashier)
        .every(({ error }) => error === undefined || error.code === 'INJECTED_FAULT'),
    'money rests for an hour': (view) =>
      view
        .runs(cashier)
        .every(
          ({ status, createdAt, completedAt = 0 }) =>
            status !== 'COMPLETED' || completedAt - createdAt >= 3_600_000,
        ),
  },
  eventually: {
    'what did not come is taken back whole, or somebody is told': (view) =>
      view.incidents.length > 0 ||
      view
        .runs(order)
        .every(
          ({ status, steps: { reserve, pack, pay } }) =>
            status === 'COMPLETED' || [reserve, pack, pay].every((step) => step === undefined),
        ),
    'what is undone is undone in reverse': (view) =>
      view.runs(order).every(({ runId }) => {
        const undone = view
          .calls()
          .filter(({ of, key }) => of.endsWith('~undo') && key.startsWith(`${runId}/`))
          .map(({ of }) => ['order.pay~undo', 'order.pack~undo', 'order.reserve~undo'].indexOf(of));
        return undone.every((one, at) => at === 0 || one >= (undone[at - 1] ?? 0));
      }),
    'every order ends': (view) =>
      view.runs(order).every(({ completedAt }) => completedAt !== undefined),
  },
} as const satisfies Omit<PlantedTeam, 'given' | 'scenario'>;

/** One order. */
export const orders: PlantedTeam = {
  ...team,
  given: kinds,
  scenario: (troupe: Troupe, given: Order) => troupe.start(order, given, { id: 'o-1' }),
};

/** Two that come at once. */
export const twoOrders: PlantedTeam = {
  ...team,
  given: kinds,
  scenario: async (troupe: Troupe, given: Order) => {
    await troupe.start(order, given, { id: 'o-1' });
    await troupe.start(order, { cents: 200, isLost: false }, { id: 'o-2' });
  },
};

/** One that somebody asks to be looked at while the money rests. */
export const auditedOrder: PlantedTeam = {
  ...team,
  given: kinds,
  scenario: async (troupe: Troupe, given: Order) => {
    const first = await troupe.start(order, given, { id: 'o-1' });
    await first.outcome({ timeout: '10m' }).catch(() => undefined);
    const options = { id: 'a-1', after: [first], onDependencyFailure: 'skip' as const };
    await troupe.start(auditor, undefined, options);
  },
};

/** Who waits for an order that is late hears of it once. */
function toldOnce(): Oracle {
  const told = new Set<number>();
  return {
    law: 'a run is told once that it is due',
    committed: ({ batch }) => {
      for (const { actor, type } of batch.rows) {
        if (type !== 'run.overdue') continue;
        if (told.has(actor)) return `actor ${actor} is told twice`;
        told.add(actor);
      }
      return undefined;
    },
  };
}

const halfAnHour = new Date(Date.UTC(2026, 0, 1, 0, 30));

/** One that is late. */
export const lateOrder: PlantedTeam = {
  ...team,
  given: kinds,
  oracles: [toldOnce],
  scenario: (troupe: Troupe, given: Order) =>
    troupe.start(order, given, { id: 'o-1', due: halfAnHour }),
};

/** The order that a run below it belongs to: `order/o-1`. */
const orderIn = (runId: string): string => runId.split('/').slice(0, 2).join('/');
