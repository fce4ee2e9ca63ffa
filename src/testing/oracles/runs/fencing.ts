/** Fencing: what an earlier attempt still says, after a later one has begun, changes nothing. */
import type { Oracle } from '../oracle.ts';
import { Roll } from '../roll.ts';
import { eventOf, nameOf, ordinal, sentence } from '../told.ts';

const fenced: ReadonlySet<string> = new Set([
  'task.complete',
  'task.fail',
  'task.block',
  'step.completed',
]);

/** A report of an earlier attempt changes nothing. */
export function fencing(): Oracle {
  const roll = new Roll();
  return {
    law: 'what an earlier attempt still says changes nothing',
    committed({ batch }, sight) {
      const before = new Map(roll.note(batch, sight).map((entry) => [entry.record.actor, entry]));
      for (const row of batch.rows) {
        if (!fenced.has(row.type)) continue;
        const attempt = numberIn(row.body, /^\{"type":"[^"]+","attempt":(\d+)/);
        const entry = before.get(row.actor);
        const last = entry?.before;
        if (entry === undefined || last === undefined) continue;
        const begun = numberIn(last.snapshot, /"context":\{"attempts":(\d+)/);
        if (attempt >= begun) continue;
        const { step = '' } = eventOf(row);
        const late = sentence(
          `the ${ordinal(attempt)} attempt of ${nameOf(entry.record.address)}, of which the`,
          `${ordinal(begun)} had begun`,
        );
        if (row.status !== '') return `${row.type} of ${late}, made it ${row.status}`;
        const isRecorded = batch.steps.some((one) => one.actor === row.actor && one.step === step);
        const isSaidAgain = batch.rows.some(
          (other) =>
            other !== row &&
            other.actor === row.actor &&
            other.type === row.type &&
            eventOf(other).step === step,
        );
        if (isRecorded && !isSaidAgain) return `step ${step} of ${late}, was recorded`;
      }
      return undefined;
    },
  };
}

/** Few reports are late: reading all of them whole would cost more than the law is worth. */
const numberIn = (text: string, pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? 0);
