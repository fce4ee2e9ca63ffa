/** Type tests of asking: the reply has the type of what the handler returns. */
import { z } from 'zod';
import { createTroupe, defineBot, handler } from '../../src/index.ts';
import type { Equal, Expect } from '../type-tests/equal.ts';

const trader = defineBot({
  id: 'trader',
  on: {
    quote: handler(z.object({ symbol: z.string() }), async ({ payload }) => ({
      cents: payload.symbol.length,
    })),
    ping: handler(z.undefined(), () => 'pong' as const),
  },
});

const front = defineBot({
  id: 'front',
  on: {
    total: handler(z.array(z.string()), async ({ ask }) => {
      const inHandler = await ask(trader, { type: 'quote', payload: { symbol: 'A' } });
      const typed: Expect<Equal<typeof inHandler, { cents: number }>> = true;
      return typed;
    }),
  },
  work: async ({ ask }) => {
    const inWork = await ask(trader, { type: 'ping', priority: 8 });
    const typed: Expect<Equal<typeof inWork, 'pong'>> = true;
    return typed;
  },
});

const troupe = await createTroupe({ definitions: [trader, front] });
const quote = await troupe.ask(trader, { type: 'quote', payload: { symbol: 'A' } });
const ping = await troupe.ask(trader, { type: 'ping' }, { timeout: '2s' });
const byId = await troupe.ask('trader', { type: 'ping' });
export type Replies = [
  Expect<Equal<typeof quote, { cents: number }>>,
  Expect<Equal<typeof ping, 'pong'>>,
  Expect<Equal<typeof byId, unknown>>,
];

// @ts-expect-error: the symbol is a text
troupe.ask(trader, { type: 'quote', payload: { symbol: 1 } });
// @ts-expect-error: a payload is needed
troupe.ask(trader, { type: 'quote' });
// @ts-expect-error: it has no handler for that
troupe.ask(trader, { type: 'sell' });
// @ts-expect-error: the runtime sets the sender
troupe.ask(trader, { type: 'ping', from: 'bot/x' });
// @ts-expect-error: there is no such option
troupe.ask(trader, { type: 'ping' }, { patience: 1 });

// Batches: each message fits its recipient.
await troupe.sendAll([
  { to: trader, type: 'quote', payload: { symbol: 'A' } },
  { to: front, type: 'total', payload: ['A'], priority: 8 },
  { to: 'trader', type: 'whatever', payload: 1 },
]);
// @ts-expect-error: the symbol is a text
troupe.sendAll([{ to: trader, type: 'quote', payload: { symbol: 1 } }]);
// @ts-expect-error: it has no handler for that
troupe.sendAll([{ to: front, type: 'quote', payload: { symbol: 'A' } }]);

// Parts: what a handler and work yield.
const teller = defineBot({
  id: 'teller',
  on: {
    tell: handler(z.string(), async function* ({ payload }) {
      yield { word: payload };
      return payload.length;
    }),
  },
  async *work() {
    yield 'part';
    return 7;
  },
});
for await (const part of troupe.askStream(teller, { type: 'tell', payload: 'x' })) {
  const typed: Expect<Equal<typeof part, { word: string }>> = true;
  console.log(typed);
}
for await (const part of troupe.askStream('teller', { type: 'tell', payload: 'x' })) {
  const typed: Expect<Equal<typeof part, unknown>> = true;
  console.log(typed);
}
// @ts-expect-error: the handler answers in parts: askStream
troupe.ask(teller, { type: 'tell', payload: 'x' });
export const mixed = defineBot({
  id: 'mixed',
  on: { ...teller.on, ...trader.on },
  work: async ({ ask }) => {
    // @ts-expect-error: the handler answers in parts, also in work
    await ask(teller, { type: 'tell', payload: 'x' });
  },
});
const pinged = await troupe.ask(mixed, { type: 'ping' });
const worked = await troupe.run(teller, undefined);
export type Parts = [
  Expect<Equal<typeof pinged, 'pong'>>,
  Expect<Equal<typeof worked, number>>,
  Expect<Equal<NonNullable<(typeof teller)['~part']>, string>>,
];
// @ts-expect-error: the payload is a text
troupe.askStream(teller, { type: 'tell', payload: 1 });
