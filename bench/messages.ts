/**
 * Messages a second in memory: `troupe.send` to a bot whose handler returns at once, with all that
 * an app pays for it: checks, envelope, acknowledgement, the handler's slot, two turns of the bot,
 * the journal in memory. Against a raw actor of the bot machine that gets the same two events.
 */
import { createActor } from 'xstate';
import { z } from 'zod';
import { botMachine } from '../machines/index.ts';
import { createTroupe, defineBot, handler } from '../src/index.ts';
import { clientAddress } from '../src/protocol/index.ts';
import { type Bench, contest, type Round, rate } from './harness.ts';

const parameters = { inFlight: 100, messages: 5_000, rounds: 15, warmUps: 3 };

/** The benchmark. */
export const messages: Bench<typeof parameters> = {
  name: 'messages',
  about: 'Messages to the handler of a bot in memory, until handled.',
  parameters,
  quick: { inFlight: 3, messages: 7, rounds: 1, warmUps: 0 },
  async measure({ inFlight, messages: count, rounds, warmUps }) {
    const contested = await contest(
      { troupe: () => troupeRound(inFlight, count), raw: () => rawRound(inFlight, count) },
      { rounds, warmUps },
    );
    const name = `messages to a handler, ${inFlight} in flight`;
    return [
      rate(contested, count, { name, of: 'troupe', against: 'raw' }),
      rate(contested, count, { name: 'raw bot actor, both events', of: 'raw' }),
    ];
  },
};

async function troupeRound(inFlight: number, count: number): Promise<Round> {
  let handled = 0;
  let sum = 0;
  const all = Promise.withResolvers<void>();
  const bot = defineBot({
    id: 'bench',
    concurrency: inFlight,
    on: {
      note: handler(z.object({ index: z.int() }), ({ payload }) => {
        handled += 1;
        sum += payload.index;
        if (handled === count) all.resolve();
      }),
    },
  });
  const troupe = await createTroupe({ definitions: [bot] });
  const send = async (sender: number): Promise<void> => {
    for (let index = sender; index < count; index += inFlight) {
      await troupe.send(bot, { type: 'note', payload: { index } });
    }
  };
  return {
    run: () => Promise.all([all.promise, ...Array.from({ length: inFlight }, (_, n) => send(n))]),
    result: () => ({ handled, sum }),
    end: () => troupe.stop(),
  };
}

function rawRound(inFlight: number, count: number): Round {
  const input = {
    id: 'bench',
    name: 'bench',
    domain: null,
    capabilities: [],
    concurrency: inFlight,
  };
  const bot = createActor(botMachine, { input }).start();
  let sum = 0;
  return {
    run: () => {
      for (let index = 0; index < count; index += 1) {
        const at = Date.now();
        const envelope = envelopeOf(`${index}`, { index }, at);
        bot.send({ type: 'message', at, envelope });
        sum += index;
        bot.send({ type: 'message.handled', at, id: envelope.id });
      }
    },
    result: () => ({ handled: bot.getSnapshot().context.processed, sum }),
  };
}

const envelopeOf = (id: string, payload: unknown, at: number) => ({
  version: 1 as const,
  id,
  type: 'note',
  from: clientAddress('bench'),
  to: 'bot/bench',
  payload,
  at,
  priority: 5,
  correlationId: id,
});
