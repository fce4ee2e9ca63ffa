/**
 * Below: nothing goes on below what has ended, and nothing begins below what is paused.
 *
 * The word goes to those below in the turn that ends or pauses the run above: at each commit they
 * have taken it, or it waits for them. A workflow that is stopping undoes what it did, and what is
 * parked takes nothing. Machines are not paused, and take what was sent before they stop.
 */
import type { ActorRecord, Batch } from '../../../journal/index.ts';
import type { Oracle } from '../oracle.ts';
import { type Entry, Roll } from '../roll.ts';
import { eventOf, isRun, nameOf, sentence, stateOf } from '../told.ts';

/** What is known of one run of a script. */
interface Known {
  readonly roll: Roll;
  /** Numbers of the runs below an address. */
  readonly below: Map<string, Set<number>>;
  /** Mail that waits with the word that the run above has ended or is paused, by its number. */
  readonly words: Map<number, Word>;
}

interface Word {
  readonly actor: number;
  readonly type: string;
}

/** What is below goes where it goes that is above. */
export function below(): Oracle {
  const known: Known = { roll: new Roll(), below: new Map(), words: new Map() };
  return {
    law: 'nothing goes on below what has ended or is paused',
    committed({ batch }, sight) {
      const touched = known.roll.note(batch, sight);
      noteWords(batch, known);
      for (const entry of touched) if (entry.before === undefined) noteBirth(entry.record, known);
      for (const entry of touched) {
        const found = lookedAt(entry, known);
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

function noteWords({ taken, waiting }: Batch, { words }: Known): void {
  for (const mail of taken) words.delete(mail);
  for (const mail of waiting) {
    const { type } = eventOf(mail);
    if (type === 'run.cancel' || type === 'run.pause' || type === 'run.resume') {
      words.set(mail.mail, { actor: mail.actor, type });
    }
  }
}

function noteBirth({ actor, parent }: ActorRecord, { below }: Known): void {
  if (parent === '') return;
  const siblings = below.get(parent) ?? new Set();
  below.set(parent, siblings.add(actor));
}

/** A run that a commit touched: with those below it, and with the one above it. */
function lookedAt({ record }: Entry, known: Known): string | undefined {
  const { address, parent, actor, done } = record;
  if (!isRun(record)) return undefined;
  const isHalted = done || isPaused(record);
  for (const number of isHalted ? (known.below.get(address) ?? []) : []) {
    const child = known.roll.byNumber(number);
    const found = child && goesOn(child, record, known);
    if (found !== undefined) return found;
    if (child?.done === true) known.below.get(address)?.delete(number);
  }
  const above = parent === '' ? undefined : known.roll.byAddress(parent);
  if (done || above === undefined || !(above.done || isPaused(above))) return undefined;
  return known.below.get(parent)?.has(actor) === true ? goesOn(record, above, known) : undefined;
}

/** A run that should have ended, or should rest, and has no word of it. */
function goesOn(child: ActorRecord, above: ActorRecord, { words }: Known): string | undefined {
  if (child.done || child.parked !== '' || !isRun(child) || !isRun(above)) return undefined;
  if (child.kind === 'workflow' && isStopping(child)) return undefined;
  if (!above.done && stateOf(child).context.isPausedAbove === true) return undefined;
  for (const word of words.values()) if (word.actor === child.actor) return undefined;
  const is = above.done ? above.status : 'paused';
  return sentence(
    `${nameOf(child.address)} goes on (${child.status}), though ${nameOf(above.address)} above it`,
    `is ${is}, and nothing tells it so`,
  );
}

const isPaused = ({ status, snapshot }: ActorRecord): boolean =>
  status === 'BLOCKED' && snapshot.startsWith('{"value":{"BLOCKED":"paused"');

const isStopping = (record: ActorRecord): boolean =>
  Object(Object(stateOf(record).value).IN_PROGRESS).stopping !== undefined;
