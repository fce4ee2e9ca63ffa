/**
 * Keys are stable: a place of code in one run has one idempotency key, over attempts, lives and
 * retries, and no two places share one. The key of a step is its run and its name.
 */
import { nameInWork } from '../../../protocol/index.ts';
import type { CallRecord } from '../../simulation/sight.ts';
import type { Oracle } from '../oracle.ts';
import { Roll } from '../roll.ts';
import { nameOf, ordinal, sentence } from '../told.ts';

/** One place, one key. */
export function keys(): Oracle {
  const roll = new Roll();
  const places = new Map<string, string>();
  let seen = 0;
  return {
    law: 'a place of code in a run has one idempotency key, whatever is tried again',
    committed({ batch }, sight) {
      const { calls } = sight;
      roll.note(batch, sight);
      for (; seen < calls.length; seen += 1) {
        const call = calls[seen];
        if (call === undefined) continue;
        const found = shared(call, places) ?? unstable(call, roll);
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

/** Two places with one key; the same function may be a step and its undo by other keys only. */
function shared({ of, key, kind }: CallRecord, places: Map<string, string>): string | undefined {
  const known = places.get(`${kind} ${key}`);
  places.set(`${kind} ${key}`, of);
  // A task that was handed on is done by another bot, under the same run.
  if (known === undefined || known === of || kind === 'work') return undefined;
  return `${known} and ${of} share the key ${key}: what one did is taken for the other's`;
}

/** A key that is not that of its run. */
function unstable(call: CallRecord, roll: Roll): string | undefined {
  const { of, nth, key, kind, attempt } = call;
  const told = `the ${ordinal(nth)} call of ${of} (attempt ${attempt}) has the key ${key}`;
  if (kind === 'work') {
    return roll.byAddress(`run/${key}`) === undefined ? `${told}, which is no run` : undefined;
  }
  if (kind !== 'step') return undefined;
  // The function of a workflow's step is a run of its own.
  if (roll.byAddress(`run/${key}`) !== undefined) return undefined;
  const above = roll.byAddress(`run/${key.slice(0, key.lastIndexOf('/'))}`);
  if (above === undefined)
    return `${told}, which belongs to no run: it should be its run's and the step's name`;
  if (stepIn(key) === stepOf(of)) return undefined;
  return sentence(
    `${told}, but step ${stepOf(of)} of ${nameOf(above.address)} is`,
    `${nameOf(above.address)}/${encodeURIComponent(stepOf(of))} by its name: another`,
    'attempt would do it again',
  );
}

/** The step that a call's name tells; the definition's id may have dots itself. */
const stepOf = (of: string): string => of.slice(of.indexOf('.') + 1);

/** The step that a key tells; one of a later bot has the number of its handoff. */
const stepIn = (key: string): string =>
  nameInWork(decodeURIComponent(key.slice(key.lastIndexOf('/') + 1)));
