/**
 * Dependencies: a step begins only when all that it waits for has ended as it asks, a run with
 * `after` only when that completed, and none before its `notBefore`. What became of a step is told
 * by the history, so that a plan's own books are held to what really happened.
 */
import type { ActorRecord, Batch, JournalRow } from '../../../journal/index.ts';
import { stepOfRun } from '../../../protocol/index.ts';
import type { Oracle } from '../oracle.ts';
import { Roll } from '../roll.ts';
import {
  type ConditionTold,
  eventOf,
  isRun,
  nameOf,
  progressIn,
  type SpecTold,
  sentence,
  specOf,
} from '../told.ts';

/** How steps of a workflow's run ended, by name: the last end of each. */
type Ends = Map<string, string>;

const letters: Readonly<Record<string, string>> = {
  C: 'COMPLETED',
  F: 'FAILED',
  X: 'CANCELLED',
  K: 'SKIPPED',
  O: 'OMITTED',
};

/** What waits for others begins after them. */
export function dependencies(): Oracle {
  const roll = new Roll();
  const ended = new Map<number, Ends>();
  return {
    law: 'what waits for others begins when they have ended as it asks',
    committed({ batch }, sight) {
      const touched = roll.note(batch, sight);
      const found = inOrder(batch, roll, ended);
      if (found !== undefined) return found;
      for (const { record, first } of touched) {
        if (record.kind === 'workflow') {
          const kept = keptBooks(record, specOf(first), ended.get(record.actor));
          if (kept !== undefined) return kept;
        }
      }
      return undefined;
    },
  };
}

/** The rows of a commit, one after the other. */
function inOrder(batch: Batch, roll: Roll, ended: Map<number, Ends>): string | undefined {
  for (const row of batch.rows) {
    const record = roll.byNumber(row.actor);
    if (record === undefined || !isRun(record)) continue;
    if (row.type === 'child.settled' && record.kind === 'workflow') {
      const { step = '', outcome } = eventOf(row);
      const { step: name, undo } = stepOfRun(step);
      const ends = ended.get(row.actor) ?? new Map<string, string>();
      if (!undo) ends.set(name, outcome?.status ?? '');
      ended.set(row.actor, ends);
    }
    if (row.type === 'workflow.migrated') ended.set(row.actor, takenOver(row));
    if (row.type === 'init' && record.parent !== '') {
      const found = begunStep(record, roll, ended);
      if (found !== undefined) return found;
    }
    if (row.status.includes('ASSIGNED') || row.status.includes('IN_PROGRESS')) {
      const found = begunRun(record, roll, row.at);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** What a migration says that has completed. */
function takenOver(row: JournalRow): Ends {
  const { spec, progress = '' } = eventOf(row);
  const steps = spec?.plan?.steps ?? [];
  return new Map(
    steps.flatMap(({ name }, at) => (progress[at] === 'C' ? [[name, 'COMPLETED'] as const] : [])),
  );
}

/** A run begins: all of its dependencies completed, and it is not too early. */
function begunRun(record: ActorRecord, roll: Roll, at: number): string | undefined {
  const entry = roll.entry(record.address);
  if (entry === undefined || !waits.test(entry.first.input)) return undefined;
  const { dependsOn = [], notBefore } = specOf(entry.first);
  const name = nameOf(record.address);
  for (const address of dependsOn) {
    const other = roll.byAddress(address);
    if (other?.status === 'COMPLETED') continue;
    const is = other === undefined ? 'does not exist' : `is ${other.status}`;
    return `${name} began, but it waits for ${nameOf(address)}, which ${is}`;
  }
  if (notBefore === undefined || at >= notBefore) return undefined;
  return `${name} began ${notBefore - at} ms before the time that it must not begin before`;
}

/** Few runs wait for others, or for their time. */
const waits = /"dependsOn":\["|"notBefore":/;

/** A run of a step begins. */
function begunStep(
  { address, parent }: ActorRecord,
  roll: Roll,
  ended: Map<number, Ends>,
): string | undefined {
  const above = roll.byAddress(parent);
  const { plan, onFailure } = roll.spec(parent);
  const { step: runName } = roll.spec(address);
  if (above?.kind !== 'workflow' || plan === undefined || typeof runName !== 'string')
    return undefined;
  const known = plan.steps.findIndex((one) => one.name === runName);
  const { step: name, undo } = stepOfRun(runName);
  if (undo && known < 0) return undefined;
  const index = known < 0 ? plan.steps.findIndex((one) => one.name === name) : known;
  const step = plan.steps[index];
  if (step === undefined) return `${nameOf(address)} began, which is no step of ${nameOf(parent)}`;
  const progress = progressIn(above);
  const ends = ended.get(above.actor);
  const endOf = (at: number): string | undefined => {
    const letter = progress[at] ?? '';
    // What was skipped or omitted had no run that ended.
    if (letter === 'K' || letter === 'O') return letters[letter];
    const end = ends?.get(plan.steps[at]?.name ?? '');
    return letter === 'W' ? undefined : end;
  };
  const open = step.after.find((at) => endOf(at) === undefined);
  if (open !== undefined) {
    return sentence(
      `step ${step.name} of ${nameOf(parent)} began before ${plan.steps[open]?.name} had`,
      'ended, which it waits for',
    );
  }
  const isFine = (at: number): boolean => {
    const end = endOf(at);
    const mayFail = onFailure === 'best-effort' || plan.steps[at]?.optional === true;
    return end === 'COMPLETED' || end === 'SKIPPED' || (end !== 'OMITTED' && mayFail);
  };
  const asked = step.runsWhen ?? { all: step.after };
  if (isMet(asked, { isFine, endOf })) return undefined;
  const told = step.after.map((at) => `${plan.steps[at]?.name} ${endOf(at)}`);
  return sentence(
    `step ${step.name} of ${nameOf(parent)} began, though what it waits for did not end as`,
    `it asks: ${told.join(', ')}`,
  );
}

interface Knowing {
  readonly isFine: (step: number) => boolean;
  readonly endOf: (step: number) => string | undefined;
}

function isMet(asked: ConditionTold, knowing: Knowing): boolean {
  if (asked === 'always') return true;
  if (typeof asked === 'number') return knowing.isFine(asked);
  if ('step' in asked) return asked.is.includes(knowing.endOf(asked.step) ?? '');
  if ('all' in asked) return asked.all.every((one) => isMet(one, knowing));
  return asked.any.some((one) => isMet(one, knowing));
}

/** What its books say of a step that ended is what its run said. */
function keptBooks(
  record: ActorRecord,
  { plan }: SpecTold,
  ends: Ends | undefined,
): string | undefined {
  const progress = progressIn(record);
  for (let at = 0; at < progress.length; at += 1) {
    const end = letters[progress[at] ?? ''];
    if (end === undefined || end === 'SKIPPED' || end === 'OMITTED') continue;
    const name = plan?.steps[at]?.name ?? '';
    const said = ends?.get(name);
    // A loop may judge what completed, and a fallback of what failed may not begin any more.
    if (said === end || (said === 'COMPLETED' && end !== 'COMPLETED')) continue;
    return sentence(
      `${nameOf(record.address)} has step ${name} as ${end}, but its run`,
      `${said === undefined ? 'has not ended' : `ended ${said}`}`,
    );
  }
  return undefined;
}
