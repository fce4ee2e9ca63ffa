/** A broadcast storm: every bot answers each message with one to every bot. */
import { expect } from 'vitest';
import { z } from 'zod';
import { defineBot, handler } from '../../src/index.ts';
import { teamOf } from '../troupe/team.ts';

/** Lets so many bots talk, until so many messages were handled; all the time it has bounds. */
export async function broadcastStorm({ bots, handled }: Record<'bots' | 'handled', number>) {
  const capacity = 4;
  const ids = Array.from({ length: bots }, (_, n) => `talker-${n}`);
  let count = 0;
  const codes = new Set<unknown>();
  const talkers = ids.map((id) =>
    defineBot({
      id,
      concurrency: 1,
      mailbox: { capacity },
      on: {
        hear: handler(z.int(), async ({ payload, send }) => {
          count += 1;
          if (count >= handled) return;
          const sends = ids.map((to) => send(to, { type: 'hear', payload: payload + 1 }));
          for (const { reason } of (await Promise.allSettled(sends)).filter(isRejected)) {
            codes.add(reason.code);
          }
        }),
      },
    }),
  );
  const calm = defineBot({ id: 'calm', on: { ping: handler(z.int(), ({ payload }) => payload) } });
  const { troupe, clock } = await teamOf([...talkers, calm]);
  await troupe.sendAll(ids.map((to) => ({ to, type: 'hear', payload: 0 })));
  let most = 0;
  for (let ping = 0; count < handled; ping += 1) {
    expect(await troupe.ask(calm, { type: 'ping', payload: ping })).toBe(ping);
    most = Math.max(most, (await troupe.messages.statistics()).waiting);
  }
  await clock.quiet();
  const { sent, delivered, waiting, failed, dead } = await troupe.messages.statistics();
  expect(most).toBeLessThanOrEqual(bots * capacity + 1);
  expect({ sent, waiting, failed, dead }).toEqual({
    sent: delivered,
    waiting: 0,
    failed: 0,
    dead: {},
  });
  expect([...codes]).toEqual(['MAILBOX_FULL']);
}

const isRejected = (end: PromiseSettledResult<unknown>): end is PromiseRejectedResult =>
  end.status === 'rejected';
