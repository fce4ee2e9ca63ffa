/** The broadcast storm of storms.test.ts among a thousand. */
import { test } from 'vitest';
import { broadcastStorm } from './broadcast.ts';

test('given 1,000 bots that answer each to all, then mailboxes bound it', () =>
  broadcastStorm({ bots: 1_000, handled: 5_000 }));
