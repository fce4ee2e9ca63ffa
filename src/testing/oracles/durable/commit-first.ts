/**
 * Commit before effects: no code of a user is called for what is not durable when it is called. A
 * handler's message was handed to it, a run's attempt had begun, by the last commit before.
 */
import type { Batch } from '../../../journal/index.ts';
import type { CallRecord, Sight } from '../../simulation/sight.ts';
import type { Oracle } from '../oracle.ts';
import { type Entry, Roll } from '../roll.ts';
import { attemptsIn, eventOf, ordinal, sentence } from '../told.ts';

/** What was durable, and since which commit. */
interface Durable {
  /** Messages that were handed out. */
  readonly handed: Map<string, number>;
  /** First commit of each attempt, by address and number. */
  readonly begun: Map<string, number>;
  /** Machines. */
  readonly there: Map<string, number>;
}

/** Nothing is done for what might be lost. */
export function commitFirst(): Oracle {
  const roll = new Roll();
  const durable: Durable = { handed: new Map(), begun: new Map(), there: new Map() };
  let seen = 0;
  const newCalls = ({ calls }: Sight): string | undefined => {
    for (; seen < calls.length; seen += 1) {
      const call = calls[seen];
      const found = call && early(call, durable);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return {
    law: 'no code is called for what is not durable',
    committed({ batch, commit }, sight) {
      for (const entry of roll.note(batch, sight)) noteRun(entry, commit, durable);
      noteHanded(batch, commit, durable);
      return newCalls(sight);
    },
    // What a process that crashed has called counts, too.
    recovered: newCalls,
    rested: newCalls,
  };
}

function noteHanded({ rows }: Batch, commit: number, { handed }: Durable): void {
  for (const row of rows) {
    const id = row.type === 'message' ? eventOf(row).envelope?.id : undefined;
    if (id !== undefined && !handed.has(id)) handed.set(id, commit);
  }
}

function noteRun({ record, before }: Entry, commit: number, { begun, there }: Durable): void {
  const { address, kind } = record;
  if (kind === 'machine' && before === undefined) there.set(address, commit);
  if (kind !== 'task') return;
  const attempts = attemptsIn(record);
  const known = before === undefined ? 0 : attemptsIn(before);
  for (let nth = known + 1; nth <= attempts; nth += 1) begun.set(`${address} ${nth}`, commit);
}

/** What a call was made for, when that was not durable. */
function early(call: CallRecord, durable: Durable): string | undefined {
  const { of, nth, key, kind, commit } = call;
  const since = sinceOf(call, durable);
  if (since === undefined ? kind === 'promise' : since <= commit) return undefined;
  const when = since === undefined ? 'it never became so' : `it became so by commit ${since}`;
  return sentence(
    `the ${ordinal(nth)} call of ${of} (${key}) was made after commit ${commit}, before what it is`,
    `for was durable: ${when}`,
  );
}

function sinceOf(call: CallRecord, { handed, begun, there }: Durable): number | undefined {
  const { kind, key, attempt } = call;
  const above = key.slice(0, key.lastIndexOf('/'));
  if (kind === 'handler') return handed.get(key);
  if (kind === 'work') return begun.get(`run/${key} ${attempt}`);
  if (kind === 'step') return begun.get(`run/${key} ${attempt}`) ?? begun.get(`run/${above} 1`);
  return thereOf(`run/${key}`, there);
}

/** A promise is named by the machine that it is in, or a child of it. */
function thereOf(address: string, there: ReadonlyMap<string, number>): number | undefined {
  for (let left = address; left.includes('/'); left = left.slice(0, left.lastIndexOf('/'))) {
    const since = there.get(left);
    if (since !== undefined) return since;
  }
  return undefined;
}
