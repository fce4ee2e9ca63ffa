/**
 * Restart intensity: a supervisor starts no child anew more often than its intensity allows in its
 * window, and gives up with exactly the restart that would be one too many. So does the supervision
 * of a machine's run, whose poison messages and failures count.
 *
 * Two witnesses: what the supervisor counts itself, and how often its children really started.
 */
import type { ActorRecord } from '../../../journal/index.ts';
import type { Oracle } from '../oracle.ts';
import { type Entry, Roll } from '../roll.ts';
import {
  eventOf,
  nameOf,
  type SpecTold,
  type SupervisionTold,
  sentence,
  specOf,
  stateOf,
  type Told,
} from '../told.ts';

/** A child's starts: how many, and the seconds of those that were restarts. */
interface Starts {
  readonly starts: number;
  readonly seconds: readonly number[];
}

/** No more restarts than the intensity allows. */
export function intensity(): Oracle {
  const roll = new Roll();
  const children = new Map<string, Starts>();
  /** Starts that calls asked for are no restarts. */
  const called = new Set<string>();
  return {
    law: 'no supervisor restarts more often than its intensity allows',
    committed({ batch }, sight) {
      const touched = roll.note(batch, sight);
      for (const row of batch.rows) {
        const child = callFor(row.type) ? childOf(eventOf(row)) : undefined;
        if (child !== undefined) called.add(`${row.actor} ${child}`);
      }
      for (const entry of touched) {
        const found =
          entry.record.kind === 'supervisor'
            ? (countedBy(entry) ?? startedBy(entry, batch.at, children, called))
            : failuresOf(entry);
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

const callFor = (type: string): boolean =>
  type === 'supervisor.restart' || type === 'supervisor.start' || type === 'supervisor.add';

const childOf = (event: Told & { readonly child?: unknown }): string => {
  const { child } = event;
  return typeof child === 'string' ? child : String(Object(child).id);
};

/** What it counts itself, and what it does about that. */
function countedBy({ record }: Entry): string | undefined {
  const { supervision } = stateOf(record).context;
  if (supervision === undefined) return undefined;
  const spec = specOf(record);
  const { intensity: max = 0, periodSeconds = 0 } = spec;
  const { restarts, job, ended } = supervision;
  const [newest = 0] = restarts;
  const recent = restarts.filter((second) => second >= newest - periodSeconds).length;
  const ending = ended ?? job?.ending;
  const what = sentence(
    `${record.address} counts ${recent} restarts in ${periodSeconds} s, of ${max} that are`,
    'allowed',
  );
  if (recent > max && ending === undefined) return `${what}, and does not give up`;
  if (ending?.why === 'intensity' && recent <= max) return `${what}, and gave up`;
  return undefined;
}

/** How often its children really started. */
function startedBy(
  { record, before }: Entry,
  at: number,
  children: Map<string, Starts>,
  called: Set<string>,
): string | undefined {
  const { supervision } = stateOf(record).context;
  if (supervision === undefined) return undefined;
  const spec = specOf(record);
  const isAnew = before !== undefined && before.generation !== record.generation;
  for (const child of supervision.children) {
    const key = `${record.actor} ${child.id}`;
    const known = isAnew ? undefined : children.get(key);
    const found = restarted(record, { known, child, at, spec, isCalled: called.has(key) });
    if (typeof found === 'string') return found;
    if (known === undefined || child.starts !== known.starts) called.delete(key);
    children.set(key, found);
  }
  return undefined;
}

/** A child as its supervisor knows it now, and what was known before. */
interface Restarting {
  readonly known: Starts | undefined;
  readonly child: SupervisionTold['children'][number];
  readonly at: number;
  readonly spec: SpecTold;
  readonly isCalled: boolean;
}

/** Its starts, or what is wrong with them. */
function restarted(
  { address }: ActorRecord,
  { known, child: { id, starts }, at, spec, isCalled }: Restarting,
): Starts | string {
  // The first start, those of a new spec under an old id, and those that calls ask for are none.
  const isFirst = known === undefined || known.starts === 0 || starts < known.starts;
  if (isFirst || isCalled || starts === known.starts) {
    return { starts, seconds: isFirst ? [] : known.seconds };
  }
  const { intensity: max = 0, periodSeconds = 0 } = spec;
  const second = Math.floor(at / 1_000);
  const added = Array.from({ length: starts - known.starts }, () => second);
  const seconds = [...known.seconds, ...added].filter((one) => one >= second - periodSeconds);
  // A start may follow its restart, as after a pause or the stop of a group: one more may be seen.
  if (seconds.length <= max + 1) return { starts, seconds };
  return sentence(
    `${address} restarted ${id} ${seconds.length} times in ${periodSeconds} s, of ${max}`,
    'that are allowed: it must give up',
  );
}

/** The failures of a machine's run that count. */
function failuresOf({ record, first }: Entry): string | undefined {
  if (record.kind !== 'machine' || !record.snapshot.includes('"failure')) return undefined;
  const { supervision } = specOf(first);
  if (supervision === undefined) return undefined;
  const { max, withinMs } = supervision.intensity;
  const { life } = stateOf(record);
  const { failures = [], failure } = life ?? {};
  const newest = failures.at(-1) ?? 0;
  const recent = failures.filter((at) => at > newest - withinMs).length;
  const name = nameOf(record.address);
  const what = `${name} has failed ${recent} times in ${withinMs} ms, of ${max} that are allowed`;
  if (recent > max) return `${what}, and was not given up`;
  const isEarly = failure?.code === 'RESTART_INTENSITY' && recent < max && record.done;
  return isEarly ? `${what}, and was given up` : undefined;
}
