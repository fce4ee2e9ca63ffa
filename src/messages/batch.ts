/** Batches: messages that are posted in one commit, all of them or none. */
import { z } from 'zod';
import type { Cell } from '../actor/index.ts';
import type { Stage } from '../engine/index.ts';
import {
  type Address,
  checkOptions,
  durationMs,
  errorAt,
  isTroupeError,
  limits,
  type TroupeError,
  troupeError,
  type WhenFull,
} from '../protocol/index.ts';
import { type Checked, checkPost, type PostPorts, roomOf } from './post.ts';

const Batch = z.object({
  messages: z
    .array(
      z.custom<Readonly<Record<string, unknown>>>(
        (given) => typeof given === 'object' && given !== null,
        'must be a message with the recipient as `to`',
      ),
      'must be an array of messages',
    )
    .max(limits.batchMessages, `must have at most ${limits.batchMessages} messages`),
});

/**
 * Checks a batch and each of its messages.
 * @throws TroupeError `BAD_OPTION` for its shape; as `checkPost`, with the index of the message.
 */
export function checkBatch(ports: PostPorts, given: unknown): readonly Checked[] {
  const { messages } = checkOptions(Batch, { messages: given }, 'sendAll');
  return messages.map(({ to, ...message }, index) => {
    try {
      return checkPost(ports, to, message);
    } catch (error) {
      throw isTroupeError(error) ? errorAt(error, index) : error;
    }
  });
}

/** What refuses a batch, before anything of it is staged; undefined when all of it fits. */
export function refusalOf(
  ports: PostPorts,
  stage: Stage,
  batch: readonly Checked[],
  hasLine: (to: Address) => boolean,
): TroupeError | undefined {
  const taken = new Map<Address, number>();
  for (const [index, { to, message }] of batch.entries()) {
    const cell = stage.find(to);
    if (cell === undefined) return troupeError('UNKNOWN_RECIPIENT', { to, index });
    if (message.expiresIn !== undefined && durationMs(message.expiresIn) === 0) {
      return troupeError('EXPIRED', { to, index });
    }
    const { capacity, whenFull } = roomOf(ports, cell);
    const count = (taken.get(to) ?? takenIn(cell, whenFull)) + 1;
    taken.set(to, count);
    const waits = whenFull === 'wait' && hasLine(to);
    if (waits || count > capacity) return troupeError('MAILBOX_FULL', { to, capacity, index });
  }
  return undefined;
}

/** Messages that keep their place; those that came before the bot's option did have no key. */
const takenIn = ({ mailbox }: Cell, whenFull: WhenFull): number =>
  whenFull === 'drop-oldest'
    ? mailbox.list().filter(({ event, key }) => event.type === 'message' && key === '').length
    : mailbox.bounded;
