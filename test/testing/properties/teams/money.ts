/** Teams that pay: each with a mistake, and mended. */
import { defineBot, defineWorkflow, handler } from 'troupe';
import { property, stub, type View } from 'troupe/testing';
import { z } from 'zod';
import type { Planted } from './planted.ts';

const Order = z.object({ cents: z.int().min(1).max(10_000) });

/** Different charges that were made: one key is one charge, however often it is asked for. */
const chargesIn = (view: View): number => {
  const done = view.calls().filter(({ of, end }) => /\.charge/.test(of) && end !== 'open');
  return new Set(done.map(({ key }) => key)).size;
};

/** The name of the step, and with it its key, changes with each attempt. */
export const attempts: Planted = {
  name: 'a step that is named after the attempt',
  law: 'an order is charged once',
  play: (isMended, extra) => {
    const cashier = defineBot({
      id: 'cashier',
      input: Order,
      async work({ input, attempt, step }) {
        const name = isMended ? 'charge' : `charge-${attempt}`;
        const receipt = await step(name, ({ key }) => `${key} ${input.cents}`);
        return step('mail', () => `sent ${receipt}`);
      },
    });
    return property({
      definitions: [cashier],
      given: Order,
      scenario: (troupe, order) => troupe.run(cashier, order, { id: 'order-1' }),
      always: { 'an order is charged once': (view) => chargesIn(view) <= 1 },
      ...extra,
    });
  },
};

/** The teller is asked under a key that the asker makes up for each attempt. */
export const ownKeys: Planted = {
  name: 'a key of its own for each attempt',
  law: 'nobody pays twice',
  play: (isMended, extra) => {
    const Payment = z.object({ id: z.string(), cents: z.int() });
    const teller = defineBot({
      id: 'teller',
      on: { pay: handler(Payment, ({ payload }) => `paid ${payload.id}`) },
    });
    const buyer = defineBot({
      id: 'buyer',
      input: Order,
      async work({ input, attempt, ask, runId, step }) {
        const id = isMended ? runId : `${runId}-${attempt}`;
        const paid = await ask(teller, { type: 'pay', payload: { id, cents: input.cents } });
        return step('note', () => paid);
      },
    });
    return property({
      definitions: [teller, buyer],
      given: Order,
      scenario: (troupe, order) => troupe.run(buyer, order, { id: 'order-1' }),
      always: {
        'nobody pays twice': (view) => {
          const paid = view.calls('teller.pay').filter(({ end }) => end === 'done');
          return new Set(paid.map(({ input }) => Payment.parse(input).id)).size <= 1;
        },
      },
      ...extra,
    });
  },
};

/** What was booked first stays booked when what comes second fails. */
export const noUndo: Planted = {
  name: 'a step without undo',
  law: 'a trip that fails leaves nothing booked',
  play: (isMended, extra) => {
    const undo = isMended ? { undo: () => 'flight cancelled' } : {};
    const trip = defineWorkflow({ id: 'trip' })
      .step('flight', () => 'flight booked', { retry: false, ...undo })
      .step('hotel', () => 'hotel booked', { retry: false });
    return property({
      definitions: [trip],
      scenario: (troupe) => troupe.start(trip, undefined, { id: 't' }),
      eventually: {
        'a trip that fails leaves nothing booked': (view) =>
          view.runs(trip).every(({ status, steps }) => {
            const undone = view.calls('trip.flight~undo').some(({ end }) => end === 'done');
            return status !== 'FAILED' || steps.flight === undefined || undone;
          }),
      },
      ...extra,
    });
  },
};

/** The letter does not wait for the money. */
export const tooEarly: Planted = {
  name: 'a step that waits for too little',
  law: 'no letter without money',
  play: (isMended, extra) => {
    const check = defineBot({ id: 'check', work: () => 'fine' });
    const sale = defineWorkflow({ id: 'sale' })
      .step('check', check, undefined)
      .step('charge', () => 'charged', { retry: false })
      .step('letter', () => 'sent', { after: isMended ? ['charge'] : ['check'] });
    return property({
      definitions: [sale],
      stubs: [stub(check, () => 'fine'), stub(sale, { letter: () => 'sent' })],
      scenario: (troupe) => troupe.start(sale, undefined, { id: 's' }),
      eventually: {
        'no letter without money': (view) =>
          view.runs(sale).every(({ steps }) => !steps.letter || steps.charge !== undefined),
      },
      ...extra,
    });
  },
};
