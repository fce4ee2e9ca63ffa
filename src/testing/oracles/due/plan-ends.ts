/**
 * Plan ends: a step that should run does. What becomes of each step follows from the plan and from
 * how the steps before it ended: it is OMITTED when what it waits for did not end as it asks, and
 * only then; SKIPPED when its own condition was false; it begins as soon as nothing is in its way;
 * and a run completes only when no step is left that was due, and none failed that may not.
 *
 * All of it is worked out anew from the letters of a run, by what the words mean.
 */
import type { ActorRecord, Batch } from '../../../journal/index.ts';
import { type Definition, isWorkflow, stepOfRun } from '../../../protocol/index.ts';
import type { Oracle } from '../oracle.ts';
import { type Entry, Roll } from '../roll.ts';
import { eventOf, nameOf, progressIn, sentence, specOf, stateOf } from '../told.ts';
import { endNames, isFatal, isMet, type Planned, plannedOf } from './planned.ts';

/** Every step that is due runs. */
export function planEnds(): Oracle {
  const roll = new Roll();
  const skipped = new Map<number, Set<string>>();
  return {
    law: 'a step of a workflow that should run does, and no other',
    committed({ batch }, sight) {
      const touched = roll.note(batch, sight);
      noteSkips(batch, skipped);
      for (const entry of touched) {
        if (entry.record.kind !== 'workflow') continue;
        const found = wrongIn(entry, skipped.get(entry.record.actor), sight.definitions);
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

/** Steps whose own condition was said to be false. */
function noteSkips({ rows }: Batch, skipped: Map<number, Set<string>>): void {
  for (const row of rows) {
    if (row.type === 'init') skipped.delete(row.actor);
    if (row.type !== 'step.skipped') continue;
    const { step = '' } = eventOf(row);
    const own = skipped.get(row.actor) ?? new Set();
    skipped.set(row.actor, own.add(step).add(stepOfRun(step).step));
  }
}

/** What is wrong with the letters of a run, when they or its status changed. */
function wrongIn(
  { record, before, first }: Entry,
  skipped: ReadonlySet<string> | undefined,
  definitions: readonly Definition[],
): string | undefined {
  const progress = progressIn(record);
  const isOld = before?.generation === record.generation && before.status === record.status;
  if (isOld && progressIn(before) === progress) return undefined;
  const { plan } = specOf(first);
  if (plan === undefined) return undefined;
  const planned = plannedOf(specOf(first), progress);
  const run = nameOf(record.address);
  for (let at = 0; at < progress.length; at += 1) {
    const letter = progress[at];
    const found =
      letter === 'O'
        ? omitted(planned, at)
        : letter === 'K'
          ? skippedFor(planned, at, { skipped, wanted: wantedIn(definitions, record) })
          : undefined;
    if (found !== undefined) return `step ${plan.steps[at]?.name} of ${run} is ${found}`;
  }
  const found = record.done ? ended(planned, record, first) : idle(planned, record, first);
  return found && `${run} ${found}`;
}

/** A step is OMITTED: what it waits for has ended otherwise than it asks. */
function omitted(planned: Planned, at: number): string | undefined {
  const { steps, endOf } = planned;
  const { after = [] } = steps[at] ?? {};
  if (after.length === 0) return 'OMITTED, though it waits for no other';
  const open = after.find((one) => endOf(one) === undefined);
  if (open !== undefined) return `OMITTED before ${steps[open]?.name} had ended`;
  if (!isMet(planned, at)) return undefined;
  const told = after.map((one) => `${steps[one]?.name} ${endOf(one)}`);
  return `OMITTED, though what it waits for ended as it asks: ${told.join(', ')}`;
}

interface Skipping {
  readonly skipped: ReadonlySet<string> | undefined;
  /** Steps without a condition of their own. */
  readonly wanted: ReadonlySet<string>;
}

/** A step is SKIPPED: it has a condition of its own, and that was said to be false. */
function skippedFor({ steps }: Planned, at: number, { skipped, wanted }: Skipping) {
  const { name = '' } = steps[at] ?? {};
  if (skipped?.has(name) !== true) return 'SKIPPED, and nobody said that its condition was false';
  return wanted.has(name) ? 'SKIPPED, though it has no condition of its own' : undefined;
}

function wantedIn(definitions: readonly Definition[], { definition, version }: ActorRecord) {
  const workflow = definitions.find(({ id }) => id === definition);
  if (workflow === undefined || !isWorkflow(workflow) || workflow.version !== version)
    return new Set<string>();
  return new Set(workflow.steps.filter((one) => one.when === undefined).map(({ name }) => name));
}

/** A run has ended: it leaves no step behind that was due. */
function ended(planned: Planned, record: ActorRecord, first: ActorRecord): string | undefined {
  const { steps, onFailure, letters, places } = planned;
  const fatal = places.find((at) => isFatal(planned, at));
  const need = needOf(first);
  const left = places.find((at) => letters[at] === 'W' || letters[at] === 'S');
  const named = (at: number): string => `${steps[at]?.name} ${endNames[letters[at] ?? ''] ?? ''}`;
  if (record.status === 'COMPLETED') {
    if (need !== undefined) {
      const has = places.filter((at) => letters[at] === 'C').length;
      return has >= need ? undefined : `COMPLETED with ${has} results, of ${need} that it needs`;
    }
    if (left !== undefined) return `COMPLETED, and its step ${steps[left]?.name} did not end`;
    return fatal === undefined ? undefined : `COMPLETED, though its step ${named(fatal)}`;
  }
  if (record.status !== 'FAILED') return undefined;
  const code = codeOf(record);
  if (code === 'BUDGET_EXCEEDED') return unspent(planned, record);
  if (need !== undefined || code !== 'STEP_FAILED') return undefined;
  if (fatal === undefined) return 'FAILED for a step, and none failed that may not';
  const isLeft = onFailure === 'continue' && left !== undefined;
  return isLeft
    ? sentence(
        `FAILED for ${named(fatal)} before its step ${steps[left]?.name} had ended: with`,
        'onFailure continue all goes on that does not wait for what failed',
      )
    : undefined;
}

/** A run failed for its budget: it has spent more, or what is due costs more than is left. */
function unspent(planned: Planned, record: ActorRecord): string | undefined {
  const { steps, letters, places } = planned;
  const left = leftFor(planned, record, []);
  const payable = places.find(
    (at) => letters[at] === 'W' && isDue(planned, at) && (steps[at]?.cost ?? 0) <= left,
  );
  if (payable === undefined) return undefined;
  return `FAILED for its budget, though it pays its step ${steps[payable]?.name}: ${left} is left`;
}

/** A run goes on: all that may begin has begun. */
function idle(planned: Planned, record: ActorRecord, first: ActorRecord): string | undefined {
  const { steps, letters, places, onFailure, concurrency } = planned;
  if (record.status !== 'IN_PROGRESS' || record.parked !== '') return undefined;
  const due = places.filter((at) => letters[at] === 'W' && isDue(planned, at));
  if (due.length === 0 || !goesOn(record)) return undefined;
  const need = needOf(first);
  const isEnough =
    need === undefined
      ? onFailure !== 'continue' && places.some((at) => isFatal(planned, at))
      : places.filter((at) => letters[at] === 'C').length >= need;
  if (isEnough) return undefined;
  const started = places.filter((at) => letters[at] === 'S');
  const taken = started.filter((at) => steps[at]?.isFree !== true);
  const isAlone = !taken.some((at) => steps[at]?.unpriced === true);
  const left = leftFor(planned, record, started);
  const forgotten = due.find((at) => {
    const { isFree, unpriced, cost = 0 } = steps[at] ?? {};
    const hasPlace = taken.length < concurrency && (unpriced !== true || isAlone);
    return (isFree === true || hasPlace) && cost <= left;
  });
  if (forgotten === undefined) return undefined;
  return isMet(planned, forgotten)
    ? `does not begin its step ${steps[forgotten]?.name}, though nothing is in its way`
    : `has its step ${steps[forgotten]?.name} waiting, which can never begin: it is to be OMITTED`;
}

/** All that it waits for has ended. */
const isDue = ({ steps, endOf }: Planned, at: number): boolean =>
  steps[at]?.after.every((one) => endOf(one) !== undefined) === true;

/** It is not on its way out, nor through. */
function goesOn(record: ActorRecord): boolean {
  const { value } = stateOf(record);
  const inner = Reflect.get(Object(value), 'IN_PROGRESS');
  return inner === 'timed' || inner === 'untimed';
}

/** What the budget leaves for steps that begin now, as exact as sums of fractions are. */
function leftFor({ steps, budget }: Planned, record: ActorRecord, started: readonly number[]) {
  if (budget === undefined) return Number.POSITIVE_INFINITY;
  const spent = Number(Reflect.get(stateOf(record).context, 'cost') ?? 0);
  const planned = started.reduce((sum, at) => sum + (steps[at]?.cost ?? 0), 0);
  return spent > budget ? Number.NEGATIVE_INFINITY : budget - spent - planned;
}

/** How many completed steps are enough; undefined: all. */
function needOf({ input }: ActorRecord): number | undefined {
  if (!input.includes('"need":')) return undefined;
  const spec: { readonly need?: number } = JSON.parse(input);
  return spec.need;
}

/** What a run failed with. */
function codeOf(record: ActorRecord): unknown {
  return Reflect.get(Object(Reflect.get(stateOf(record).context, 'error')), 'code');
}
