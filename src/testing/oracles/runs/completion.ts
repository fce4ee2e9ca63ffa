/**
 * One completion: the statuses of a run are moves of the task chart, and its end is one, for ever.
 * A run of a machine that its supervision starts anew has another life, told by its generation.
 */
import type { ActorRecord, JournalRow } from '../../../journal/index.ts';
import type { Oracle } from '../oracle.ts';
import { Roll } from '../roll.ts';
import { nameOf, stateOf } from '../told.ts';

const moves: Readonly<Record<string, readonly string[]>> = {
  '': ['PENDING'],
  PENDING: ['ASSIGNED', 'BLOCKED', 'FAILED', 'CANCELLED'],
  BLOCKED: ['PENDING', 'FAILED', 'CANCELLED'],
  ASSIGNED: ['IN_PROGRESS', 'PENDING', 'FAILED', 'CANCELLED'],
  IN_PROGRESS: ['COMPLETED', 'FAILED', 'CANCELLED', 'PENDING', 'BLOCKED'],
};
/** What other runs may do beside: a workflow needs no bot, an approval is decided as it waits. */
const more: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  workflow: { PENDING: ['IN_PROGRESS'] },
  approval: { BLOCKED: ['COMPLETED'] },
  machine: { '': ['IN_PROGRESS', 'COMPLETED', 'FAILED', 'CANCELLED'] },
};
const ends: ReadonlySet<string> = new Set(['COMPLETED', 'FAILED', 'CANCELLED']);

/** What is known of an actor's course. */
interface Course {
  readonly generation: number;
  readonly status: string;
}

/** A run moves by its chart and ends once. */
export function completion(): Oracle {
  const roll = new Roll();
  const courses = new Map<number, Course>();
  return {
    law: 'a run moves by its chart and ends once',
    committed({ batch }, sight) {
      for (const { record, before } of roll.note(batch, sight)) {
        const found = changed(record, before);
        if (found !== undefined) return found;
      }
      for (const row of batch.rows) {
        const record = row.status === '' ? undefined : roll.byNumber(row.actor);
        if (record?.address.startsWith('run/') !== true) continue;
        const found = moved(record, row, courses);
        if (found !== undefined) return found;
      }
      return batch.actors.map((record) => unlike(record, courses)).find(isFound);
    },
  };
}

const isFound = (found: string | undefined): boolean => found !== undefined;

/** A record that does not say what its history says. */
function unlike(record: ActorRecord, courses: ReadonlyMap<number, Course>): string | undefined {
  const course = courses.get(record.actor);
  if (course === undefined || record.kind === 'machine') return undefined;
  const name = nameOf(record.address);
  if (course.status !== record.status) {
    return `${name} is recorded as ${record.status}, but its history says ${course.status}`;
  }
  if (!ends.has(course.status) || record.done) return undefined;
  return `${name} is ${record.status}, but it is not recorded as ended`;
}

/** What ended stays as it was. */
function changed(record: ActorRecord, before: ActorRecord | undefined): string | undefined {
  if (before?.done !== true || !record.address.startsWith('run/')) return undefined;
  if (before.generation !== record.generation) return undefined;
  const name = nameOf(record.address);
  if (record.status !== before.status) {
    return `${name} was ${before.status} and is ${record.status} now: what has ended never changes`;
  }
  if (record.snapshot === before.snapshot) return undefined;
  const [was, is] = [before, record].map((one) => JSON.stringify(stateOf(one).context.result));
  return was === is ? undefined : `${name} had ended with ${was} and has ${is} now`;
}

function moved(
  record: ActorRecord,
  { status, type }: JournalRow,
  courses: Map<number, Course>,
): string | undefined {
  const { actor, kind, address, generation } = record;
  const known = courses.get(actor);
  const isOfNewLife = type === 'init' || type === 'troupe.resumed';
  const isAnew = known === undefined || (isOfNewLife && known.generation !== generation);
  let from = isAnew ? '' : known.status;
  for (const to of status.split('>')) {
    const isLegal =
      moves[from]?.includes(to) === true ||
      more[kind]?.[from]?.includes(to) === true ||
      (kind === 'machine' && !ends.has(from));
    if (!isLegal) return illegal(nameOf(address), { from, to, type });
    from = to;
  }
  courses.set(actor, { generation: isAnew ? generation : known.generation, status: from });
  return undefined;
}

interface Move {
  readonly from: string;
  readonly to: string;
  readonly type: string;
}

function illegal(name: string, { from, to, type }: Move): string {
  if (ends.has(from)) return `${name} was ${from} and became ${to} (by ${type}): a run ends once`;
  const start = from === '' ? 'nothing' : from;
  return `${name} moved from ${start} to ${to} (by ${type}), which no run may`;
}
