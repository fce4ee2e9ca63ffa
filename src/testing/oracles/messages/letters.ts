/**
 * Dead letters are complete: numbered without gaps, each with a reason; a handler that failed for
 * good leaves one; and what was handled is never dead as well, unless it was delivered again.
 */
import type { DeadLetter, JournalRow } from '../../../journal/index.ts';
import { DeadReason } from '../../../protocol/index.ts';
import type { Oracle } from '../oracle.ts';
import { Roll } from '../roll.ts';
import { eventOf, redeliveredIn, sentence } from '../told.ts';

const reasons: ReadonlySet<string> = new Set(DeadReason.options);

/** Whatever could not be delivered has a letter, and nothing else has one. */
export function letters(): Oracle {
  const roll = new Roll();
  /** How messages ended, by recipient and id. */
  const ends = new Map<string, 'handled' | 'dead'>();
  /** What letters are of, by their number. */
  const keys = new Map<number, string>();
  let last = 0;
  return {
    law: 'what could not be delivered has a dead letter with its reason, and nothing else has one',
    committed({ batch }, sight) {
      roll.note(batch, sight);
      const buried = new Set<string>();
      for (const letter of batch.dead) {
        if (letter.letter !== last + 1) {
          return sentence(
            `dead letter ${letter.letter} follows number ${last}: one between them is missing or`,
            'told twice',
          );
        }
        last = letter.letter;
        const found = problemOf(letter, ends);
        if (found !== undefined) return found;
        const id = idOf(letter);
        if (id === undefined) continue;
        buried.add(`${letter.to} ${id}`);
        keys.set(letter.letter, `${letter.to} ${id}`);
      }
      for (const row of batch.rows) {
        if (row.type !== 'message.handled' && row.type !== 'message.failed') continue;
        const found = ended(row, roll.address(row.actor), { buried, ends });
        if (found !== undefined) return found;
      }
      for (const key of buried) ends.set(key, 'dead');
      // A letter that is delivered again is as good as a new message.
      for (const step of batch.steps) {
        if (roll.address(step.actor) !== 'system') continue;
        const key = keys.get(redeliveredIn(step));
        if (key !== undefined) ends.delete(key);
      }
      return undefined;
    },
  };
}

interface Ended {
  readonly buried: ReadonlySet<string>;
  readonly ends: Map<string, 'handled' | 'dead'>;
}

/** A handler has told its end. */
function ended(row: JournalRow, to: string, { buried, ends }: Ended): string | undefined {
  const { id } = eventOf(row);
  const key = `${to} ${id}`;
  if (row.type === 'message.handled') {
    if (ends.get(key) === 'dead') return `message ${id} is handled by ${to}, and a dead letter too`;
    ends.set(key, 'handled');
    return undefined;
  }
  if (buried.has(key) || ends.has(key)) return undefined;
  return sentence(
    `the handler of message ${id} at ${to} failed for good,`,
    'but there is no dead letter of it',
  );
}

const idOf = (letter: DeadLetter): string | undefined =>
  letter.type === 'message' ? eventOf(letter).envelope?.id : undefined;

function problemOf(letter: DeadLetter, ends: ReadonlyMap<string, string>): string | undefined {
  const { reason, to, detail, type } = letter;
  if (!reasons.has(reason))
    return `a dead letter to ${to} has no reason: ${JSON.stringify(reason)}`;
  if ((reason === 'failed' || reason === 'poison') && detail === '') {
    return `a dead letter to ${to} (${type}, ${reason}) does not say what went wrong`;
  }
  const end = ends.get(`${to} ${idOf(letter)}`);
  if (end === undefined) return undefined;
  return sentence(
    `message ${idOf(letter)} to ${to} is a dead letter (${reason}), though it was ${end}`,
    'before',
  );
}
