/**
 * Expiry: a message that can come too late (`expiresIn`) is handed over before its time is over, or
 * becomes a dead letter `expired`, and never before that time. What counts is the time of the
 * commit that hands it over: a handler that was handed its message in time runs again after a
 * crash.
 */
import type { DeadLetter, JournalRow } from '../../../journal/index.ts';
import type { Oracle } from '../oracle.ts';
import { Roll } from '../roll.ts';
import { eventOf, sentence } from '../told.ts';

/** Nothing is handed over too late, and nothing is too late before its time. */
export function expiry(): Oracle {
  const roll = new Roll();
  return {
    law: 'a message is handed over before it expires, or is a dead letter when it does',
    committed({ batch }, sight) {
      roll.note(batch, sight);
      for (const row of batch.rows) {
        const found = handedLate(row, roll);
        if (found !== undefined) return found;
      }
      for (const letter of batch.dead) {
        const found = buriedEarly(letter);
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

/** It was taken out of a mailbox at a time at which it had expired. */
function handedLate(row: JournalRow, roll: Roll): string | undefined {
  if (row.type !== 'message') return undefined;
  const { id, expiresAt } = eventOf(row).envelope ?? {};
  if (expiresAt === undefined || row.at < expiresAt) return undefined;
  return sentence(
    `message ${id} was handed to ${roll.address(row.actor)} ${row.at - expiresAt} ms after it`,
    'expired: it should be a dead letter (expired)',
  );
}

/** It was thrown away while there was time. */
function buriedEarly(letter: DeadLetter): string | undefined {
  const { reason, type, to, at } = letter;
  if (reason !== 'expired' || type !== 'message') return undefined;
  const { id, expiresAt } = eventOf(letter).envelope ?? {};
  const what = `message ${id} to ${to} is a dead letter (expired)`;
  if (expiresAt === undefined) return `${what}, and was never to expire`;
  return at >= expiresAt ? undefined : `${what} ${expiresAt - at} ms before it expires`;
}
