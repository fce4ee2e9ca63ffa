/**
 * Lanes: of what waits for a bot, the highest priority is handed over first. So that none waits for
 * ever, the oldest comes first when so many have overtaken as `limits.mailboxOvertakes` says.
 *
 * What came in the same commit is not looked at: nobody tells in which order it was put and taken.
 */
import type { Batch, JournalRow } from '../../../journal/index.ts';
import { limits } from '../../../protocol/index.ts';
import type { Oracle } from '../oracle.ts';
import { Roll } from '../roll.ts';
import { eventOf, nameOf, sentence } from '../told.ts';

/** What waits for a slot of a bot. */
interface Waiting {
  readonly actor: number;
  readonly lane: number;
  /** Of a message its id, of a run's wish its slot. */
  readonly key: string;
  readonly type: string;
}

/** The highest lane comes first. */
export function lanes(): Oracle {
  const roll = new Roll();
  const waiting = new Map<number, Waiting>();
  /** Takings of each bot since the last one that was not the highest. */
  const takings = new Map<number, number>();
  return {
    law: 'what has the highest priority is handed over first',
    committed({ batch }, sight) {
      roll.note(batch, sight);
      const found = inOrder(batch, { roll, waiting, takings });
      for (const mail of batch.taken) waiting.delete(mail);
      for (const mail of batch.waiting) {
        if (!mail.gated) continue;
        const { type, envelope, slot = '' } = eventOf(mail);
        const key = envelope?.id ?? slot;
        waiting.set(mail.mail, { actor: mail.actor, lane: mail.lane, key, type });
      }
      return found;
    },
  };
}

interface Known {
  readonly roll: Roll;
  readonly waiting: ReadonlyMap<number, Waiting>;
  readonly takings: Map<number, number>;
}

/** The handings of a commit; what waited before it and is handed later. */
function inOrder(batch: Batch, { roll, waiting, takings }: Known): string | undefined {
  const handings = batch.rows.filter(({ type }) => type === 'message' || type === 'slot.request');
  if (handings.length === 0 || waiting.size === 0) return undefined;
  const taken = new Set(batch.taken);
  for (const [at, row] of handings.entries()) {
    const count = (takings.get(row.actor) ?? 0) + 1;
    takings.set(row.actor, count);
    const own = keyOf(row);
    const later = new Set(handings.slice(at + 1).map(keyOf));
    const handed = [...waiting.values()].find((one) => one.actor === row.actor && one.key === own);
    const lane = handed?.lane ?? eventOf(row).envelope?.priority;
    if (lane === undefined) continue;
    for (const [mail, other] of waiting) {
      if (other.actor !== row.actor || other.lane <= lane || other.key === own) continue;
      // It was dropped, withdrawn, or handed before.
      if (taken.has(mail) && !later.has(other.key)) continue;
      takings.set(row.actor, 0);
      if (count > limits.mailboxOvertakes) continue;
      return sentence(
        `${nameOf(roll.address(row.actor))} was handed ${row.type} ${nameOf(own)} of priority`,
        `${lane}, while ${other.type} ${nameOf(other.key)} of priority ${other.lane} waited`,
      );
    }
  }
  return undefined;
}

function keyOf(row: JournalRow): string {
  const { envelope, slot = '' } = eventOf(row);
  return envelope?.id ?? slot;
}
