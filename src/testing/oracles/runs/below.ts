/**
 * Below: nothing goes on below what has ended, and nothing begins below what is paused.
 *
 * The word reaches those below in later turns, so that they may say what they had said before: a
 * run goes on only when that was commits, and simulated time, ago. Machines are not paused, and
 * take what was sent to them before they stop.
 */
import type { ActorRecord, Batch, JournalRow } from '../../../journal/index.ts';
import type { Oracle } from '../oracle.ts';
import { Roll } from '../roll.ts';
import { isRun, nameOf, sentence, stateOf } from '../told.ts';

/** When a run ended, or was paused. */
interface Halted {
  readonly commit: number;
  readonly at: number;
}

/** Commits that the word may take to those below. */
const slackCommits = 3;

/** What is below goes where it goes that is above. */
export function below(): Oracle {
  const roll = new Roll();
  const halted = new Map<string, Halted>();
  return {
    law: 'nothing goes on below what has ended or is paused',
    committed({ batch, commit }, sight) {
      for (const { record } of roll.note(batch, sight))
        note(record, { commit, at: batch.at }, halted);
      for (const row of batch.rows) {
        const record = isBeginning(row) ? roll.byNumber(row.actor) : undefined;
        if (record === undefined || !isRun(record) || record.parent === '') continue;
        const found = wentOn(record, row, { commit, batch, halted, roll });
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

function note(record: ActorRecord, now: Halted, halted: Map<string, Halted>): void {
  const { address } = record;
  if (!isRun(record)) return;
  const isHalted = record.done || isPaused(record);
  if (!isHalted) halted.delete(address);
  else if (!halted.has(address)) halted.set(address, now);
}

const isPaused = (record: ActorRecord): boolean =>
  record.status === 'BLOCKED' && Object(stateOf(record).value).BLOCKED === 'paused';

const isBeginning = ({ status }: JournalRow): boolean =>
  status.includes('ASSIGNED') || status.includes('IN_PROGRESS');

interface Now {
  readonly commit: number;
  readonly batch: Batch;
  readonly halted: ReadonlyMap<string, Halted>;
  readonly roll: Roll;
}

function wentOn(
  record: ActorRecord,
  { status }: JournalRow,
  { commit, batch, halted, roll }: Now,
): string | undefined {
  for (let above = roll.byAddress(record.parent); above !== undefined; ) {
    const since = halted.get(above.address);
    if (since !== undefined && commit - since.commit > slackCommits && batch.at > since.at) {
      const is = above.done ? above.status : 'paused';
      return sentence(
        `${nameOf(record.address)} went on (${status}), though ${nameOf(above.address)} above it`,
        `is ${is} since commit ${since.commit}`,
      );
    }
    above = above.parent === '' ? undefined : roll.byAddress(above.parent);
  }
  return undefined;
}
