/**
 * Once: a message is handed to a handler once for each time that it was accepted, the end of a
 * child run is taken once, a step is recorded once, and what was recorded is not done again.
 */
import type { Batch } from '../../../journal/index.ts';
import { type Definition, isBot, isExternal } from '../../../protocol/index.ts';
import type { CallRecord, Sight } from '../../simulation/sight.ts';
import type { Oracle } from '../oracle.ts';
import { Roll } from '../roll.ts';
import { eventOf, nameOf, ordinal, redeliveredIn } from '../told.ts';

/** What is known of one run of a script. */
interface Known {
  readonly roll: Roll;
  /** Messages that were handed out, by recipient and id. */
  readonly handed: Set<string>;
  /** Ends of child runs that were taken. */
  readonly settled: Set<string>;
  /** Recorded results, by actor and step. */
  readonly recorded: Map<string, string>;
  /** What dead letters are of, by their number. */
  readonly letters: Map<number, string>;
  /** Commits in which what a key names was over. */
  readonly over: Map<string, number>;
}

/** Nothing is applied twice. */
export function once(): Oracle {
  const known: Known = {
    roll: new Roll(),
    handed: new Set(),
    settled: new Set(),
    recorded: new Map(),
    letters: new Map(),
    over: new Map(),
  };
  let seen = 0;
  const newCalls = ({ calls, definitions }: Sight): string | undefined => {
    for (; seen < calls.length; seen += 1) {
      const again = doneAgain(calls[seen], known, definitions);
      if (again !== undefined) return again;
    }
    return undefined;
  };
  return {
    law: 'nothing is applied twice, and nothing recorded is done again',
    committed({ batch, commit }, sight) {
      for (const { record, before } of known.roll.note(batch, sight)) {
        if (record.done && before?.done !== true && record.address.startsWith('run/')) {
          known.over.set(nameOf(record.address), commit);
        } else if (!record.done && before?.done === true) {
          known.over.delete(nameOf(record.address));
        }
      }
      const found = applied(batch, commit, known) ?? recorded(batch, commit, known);
      if (found !== undefined) return found;
      return newCalls(sight);
    },
    rested: newCalls,
  };
}

function applied(batch: Batch, commit: number, known: Known): string | undefined {
  const { roll, handed, settled, over, letters } = known;
  for (const letter of batch.dead) {
    const id = letter.type === 'message' ? eventOf(letter).envelope?.id : undefined;
    const to = id === undefined ? undefined : roll.byAddress(letter.to);
    if (to !== undefined) letters.set(letter.letter, `${to.actor} ${id}`);
  }
  for (const step of batch.steps) {
    // A letter that is delivered again may be handed out again.
    const key =
      roll.address(step.actor) === 'system' ? letters.get(redeliveredIn(step)) : undefined;
    if (key !== undefined) handed.delete(key);
  }
  for (const row of batch.rows) {
    const { type, actor } = row;
    if (type === 'message') {
      const { id } = eventOf(row).envelope ?? {};
      const key = `${actor} ${id}`;
      if (handed.has(key)) return `message ${id} was handed to ${roll.address(actor)} twice`;
      handed.add(key);
      over.delete(`message ${id}`);
    } else if (type === 'message.handled' || type === 'message.failed') {
      over.set(`message ${eventOf(row).id}`, commit);
    } else if (type === 'child.settled') {
      const { step, outcome } = eventOf(row);
      const { generation, kind } = roll.byNumber(actor) ?? {};
      // What completed has failed when its loop can't judge it: that is told as another end.
      const end = kind === 'workflow' ? outcome?.status : '';
      const key = `${actor} ${generation} ${step} ${end}`;
      const name = nameOf(roll.address(actor));
      if (settled.has(key)) return `the end of ${step} of ${name} was taken twice`;
      settled.add(key);
    }
  }
  return undefined;
}

function recorded(
  batch: Batch,
  commit: number,
  { roll, recorded, over }: Known,
): string | undefined {
  for (const { actor, step, body } of batch.steps) {
    const key = `${actor} ${step}`;
    const before = recorded.get(key);
    const address = roll.address(actor);
    // A step of a plan that runs again, as in a loop, is recorded by its last run.
    const isFinal = roll.byNumber(actor)?.kind === 'task' && !step.startsWith('~');
    if (before !== undefined && before !== body && isFinal) {
      return `step ${step} of ${nameOf(address)} was recorded as ${before}, and again as ${body}`;
    }
    recorded.set(key, body);
    if (roll.byNumber(actor)?.kind === 'task') {
      over.set(`${nameOf(address)}/${encodeURIComponent(step)}`, commit);
    }
  }
  return undefined;
}

/** A call of what was over before it began. */
function doneAgain(
  call: CallRecord | undefined,
  { over }: Known,
  definitions: readonly Definition[],
): string | undefined {
  if (call === undefined || call.kind === 'promise') return undefined;
  // Who works by hand may hear of a cancel too late.
  const bot = definitions.find(({ id }) => id === call.of);
  if (call.kind === 'work' && bot !== undefined && isBot(bot) && isExternal(bot)) return undefined;
  const { key, kind, of, nth, commit } = call;
  const since = over.get(kind === 'handler' ? `message ${key}` : key);
  if (since === undefined || since > commit) return undefined;
  const what = kind === 'handler' ? `message ${key} was handled` : `${key} was over`;
  return `${of} was called again (its ${ordinal(nth)} call), though ${what} since commit ${since}`;
}
