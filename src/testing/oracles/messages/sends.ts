/**
 * Sends: work sends each message once, however often it runs again. What it sent is recorded in the
 * same commit, so a run has never sent more than it recorded. What a handler sends is sent at least
 * once, and is not looked at.
 */
import type { Batch } from '../../../journal/index.ts';
import type { Oracle } from '../oracle.ts';
import { Roll } from '../roll.ts';
import { eventOf, nameOf, sentence, type Told } from '../told.ts';

/** What one run sent. */
interface Sent {
  /** Ids of messages. */
  readonly ids: Set<string>;
  /** Names under which it recorded that. */
  readonly recorded: Set<string>;
}

/** Work sends nothing twice. */
export function sends(): Oracle {
  const roll = new Roll();
  const all = new Map<string, Sent>();
  return {
    law: 'work sends no message twice',
    committed({ batch }, sight) {
      roll.note(batch, sight);
      for (const { actor, step } of batch.steps) {
        if (isRecord(step)) sentBy(roll.address(actor), all).recorded.add(step);
      }
      for (const told of toldIn(batch)) {
        const found = told.envelope && isMore(told.envelope, all, roll);
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

const isRecord = (step: string): boolean => step.startsWith('~send/') || step.startsWith('~asked/');

/** Every message of a commit, wherever it went. */
function toldIn({ rows, waiting, dead }: Batch): readonly Told[] {
  const handed = rows.filter(({ type }) => type === 'message');
  const buried = dead.filter(({ type }) => type === 'message');
  return [...handed, ...waiting, ...buried].map(eventOf);
}

function isMore(
  { id, from, to, type }: NonNullable<Told['envelope']>,
  all: Map<string, Sent>,
  roll: Roll,
): string | undefined {
  if (!from.startsWith('run/') || roll.byAddress(from)?.kind !== 'task') return undefined;
  const { ids, recorded } = sentBy(from, all);
  ids.add(id);
  if (ids.size <= recorded.size) return undefined;
  return sentence(
    `${nameOf(from)} sent ${type} (${id}) to ${nameOf(to)}: that is its message number`,
    `${ids.size}, and it recorded ${recorded.size}, so it sends again what it had sent`,
  );
}

function sentBy(address: string, all: Map<string, Sent>): Sent {
  const known = all.get(address) ?? { ids: new Set(), recorded: new Set() };
  all.set(address, known);
  return known;
}
