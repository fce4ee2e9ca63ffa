/** Calls of work that are refused leave no wait behind: what comes after them goes on. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineBot, handler, isTroupeError } from '../../src/index.ts';
import { teamOf } from '../troupe/team.ts';

test('given asks that are refused one after the other, then the next step runs', async () => {
  const full = defineBot({
    id: 'full',
    concurrency: 1,
    mailbox: { capacity: 1 },
    on: { quote: handler(z.number(), () => new Promise<number>(() => {})) },
  });
  const codes: string[] = [];
  const asker = defineBot({
    id: 'asker',
    async work({ ask, step }) {
      for (let count = 0; count < 4; count += 1) {
        await ask(full, { type: 'quote', payload: 1 }).catch((error: unknown) => {
          codes.push(isTroupeError(error) ? error.code : String(error));
        });
      }
      return step('after', () => 'done');
    },
  });
  const { troupe, clock } = await teamOf([full, asker]);
  await troupe.send(full, { type: 'quote', payload: 0 });
  await clock.quiet();
  await troupe.send(full, { type: 'quote', payload: 0 });
  await clock.quiet();
  const run = await troupe.start(asker, undefined);
  await clock.advance(10_000);
  expect(codes).toEqual(['MAILBOX_FULL', 'MAILBOX_FULL', 'MAILBOX_FULL', 'MAILBOX_FULL']);
  expect((await run.snapshot()).status).toBe('COMPLETED');
});
