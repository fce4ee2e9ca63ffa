/**
 * Limits: a bot has never more runs and messages than its `concurrency`, a workflow never more
 * steps under way than its own; and a slot is held by a run that needs it.
 */
import type { ActorRecord } from '../../../journal/index.ts';
import type { Oracle } from '../oracle.ts';
import { type Entry, Roll } from '../roll.ts';
import { nameOf, ordinal, progressIn, sentence, specOf, stateOf } from '../told.ts';

/** Limits of concurrency are never exceeded; slots come back. */
export function limits(): Oracle {
  const roll = new Roll();
  return {
    law: 'limits of concurrency are kept, and slots come back',
    committed({ batch }, sight) {
      for (const entry of roll.note(batch, sight)) {
        const { kind } = entry.record;
        const found = kind === 'bot' ? slotsOf(entry) : kind === 'workflow' ? stepsOf(entry) : '';
        if (found !== '') return found;
      }
      return undefined;
    },
    rested() {
      for (const { record } of roll.all()) {
        const found = record.kind === 'bot' ? kept(record, roll) : undefined;
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

/** A slot that did not come back: only who works has one, the last that it asked for. */
function kept(bot: ActorRecord, roll: Roll): string | undefined {
  for (const slot of takenBy(stateOf(bot).context.slots)) {
    const at = slot.lastIndexOf('#');
    const address = slot.slice(0, at);
    const run = roll.byAddress(address);
    if (run !== undefined && working.has(run.status)) {
      const last = Number(stateOf(run).context.slots ?? 0);
      if (last === Number(slot.slice(at + 1))) continue;
      return sentence(
        `${bot.address} still keeps slot ${nameOf(slot)}, though ${nameOf(address)} has asked for`,
        `its ${ordinal(last)} since`,
      );
    }
    const is = run === undefined ? 'does not exist' : `is ${run.status}`;
    return `${bot.address} still keeps a slot for ${nameOf(address)}, which ${is}`;
  }
  return undefined;
}

const working: ReadonlySet<string> = new Set(['ASSIGNED', 'IN_PROGRESS']);

function slotsOf({ record, before }: Entry): string {
  const now = takenIn(record);
  if (now.length < 2) return '';
  const { concurrency = Number.POSITIVE_INFINITY } = specOf(record);
  if (new Set(now).size !== now.length) return `${record.address} gave one slot twice: ${now}`;
  // A bot that was declared anew with a lower limit keeps what it has.
  if (now.length <= concurrency || now.length <= (before ? takenIn(before).length : 0)) return '';
  return sentence(
    `${record.address} has ${now.length} runs and messages at once, of ${concurrency} that`,
    `it takes: ${now.map(nameOf).join(', ')}`,
  );
}

function takenIn(record: Entry['record']): readonly string[] {
  const { slots, messages = [] } = stateOf(record).context;
  return [...takenBy(slots), ...messages.map(({ id }) => id)];
}

/** A task counts its slots by a number, a bot lists them. */
const takenBy = (slots: unknown): readonly string[] => (Array.isArray(slots) ? slots : []);

function stepsOf({ record, before, first }: Entry): string {
  const open = openSteps(record);
  if (open.length < 2) return '';
  const { concurrency = Number.POSITIVE_INFINITY, plan } = specOf(first);
  if (plan === undefined || open.length <= concurrency) return '';
  const taken = open.filter((step) => plan.steps[step]?.isFree !== true);
  const had = before === undefined ? 0 : openSteps(before).length;
  if (taken.length <= concurrency || open.length <= had) return '';
  const names = taken.map((step) => plan.steps[step]?.name);
  return sentence(
    `${nameOf(record.address)} has ${taken.length} steps under way, of ${concurrency} that`,
    `it may: ${names.join(', ')}`,
  );
}

function openSteps(record: Entry['record']): number[] {
  const progress = progressIn(record);
  const found: number[] = [];
  for (let at = progress.indexOf('S'); at >= 0; at = progress.indexOf('S', at + 1)) found.push(at);
  return found;
}
