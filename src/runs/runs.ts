/**
 * The runs of a troupe: one by its id, or those that fit, newest first.
 *
 * For a list the journal is read from its newest actor back, a bounded stretch at a time, so that
 * a filter that fits few of a million runs holds up nothing else.
 */
import { z } from 'zod';
import type { Cell } from '../actor/index.ts';
import type { Host, Stage } from '../engine/index.ts';
import type { ActorFilter, ActorRecord } from '../journal/index.ts';
import {
  asAddress,
  CountOption,
  checkOptions,
  isFinal,
  RunStatus,
  runIdOf,
  TextOption,
  troupeError,
} from '../protocol/index.ts';
import type { HandPorts } from './driving/by-hand.ts';
import { sightOf } from './facts/plan.ts';
import { type RunSnapshot, snapshotOf } from './facts/snapshot.ts';
import { Run } from './run.ts';
import { addressOfRun } from './start.ts';

const hasId = (given: unknown): boolean =>
  typeof given === 'object' && given !== null && typeof Reflect.get(given, 'id') === 'string';

const named = (what: string) =>
  z.union(
    [TextOption, z.custom<{ readonly id: string }>(hasId).transform(({ id }) => id)],
    `must be ${what} or its id`,
  );
const kinds = ['bot', 'task', 'function', 'workflow', 'approval', 'machine'] as const;
const Filter = z.strictObject({
  definition: named('a definition').optional(),
  status: z.union([RunStatus, z.array(RunStatus)], 'must be a status or several').optional(),
  type: z.enum(kinds, `must be one of ${kinds.join(', ')}`).optional(),
  parent: z.unknown().optional(),
  assignedTo: named('a bot').optional(),
  before: z.unknown().optional(),
  limit: CountOption.optional(),
});
type Filter = z.infer<typeof Filter>;

/** A run, or its id, such as `finder/q-42`. */
export type RunReference = string | { readonly runId: string };

/** Which runs to list. */
export interface RunFilter {
  /** What was run: a definition of any kind, or its id. */
  readonly definition?: string | { readonly id: string } | undefined;
  /** Where they are: one of the statuses, or any of several. */
  readonly status?: RunStatus | readonly RunStatus[] | undefined;
  /** What kind of work: `function` is a step of a workflow without a definition of its own. */
  readonly type?: (typeof kinds)[number] | undefined;
  /** Only those that are steps of this run; null: only those that stand alone. */
  readonly parent?: RunReference | null | undefined;
  /** The bot that has them, or had them at last. */
  readonly assignedTo?: string | { readonly id: string } | undefined;
  /** Only those that were started before this run: the last one of the page before. */
  readonly before?: RunReference | undefined;
  /** At most so many (default 100). */
  readonly limit?: number | undefined;
}

/** The runs of a troupe, by id. */
export interface Runs {
  /**
   * The run of a `runId`, such as `review/r-1/ask-ann`, child runs included; undefined when there
   * is none.
   * @throws TroupeError `BAD_OPTION`, `STOPPED`, `JOURNAL_FAILED`.
   */
  get(runId: string): Promise<Run | undefined>;
  /**
   * The runs that fit, as they are now, newest first: child runs and finished ones included.
   * @throws TroupeError `BAD_OPTION`, `UNKNOWN_RUN` for `parent` and `before`, `STOPPED`,
   *   `JOURNAL_FAILED`.
   */
  list(filter?: RunFilter): Promise<RunSnapshot[]>;
}

/** The runs of a host. `check` refuses calls while it does not run. */
export const runsOf = (host: Host, ports: HandPorts, check: (call: string) => void): Runs => ({
  get: async (runId) => {
    check('runs.get');
    const address = addressOfRun(runId, host);
    const cell = address.startsWith('run/') ? host.find(address) : undefined;
    // An actor that a machine started is part of the machine's run.
    const isRun = cell !== undefined && (cell.hosted === undefined || cell.hosted.isRoot);
    return isRun ? new Run<never>(host, address, ports) : undefined;
  },
  list: async (filter) => {
    check('runs.list');
    return listRuns(host, filter);
  },
});

/** Runs that a list has unless told otherwise: what a person reads at a time. */
const limitDefault = 100;
/** Actors of the journal that are looked at in one go: some tens of milliseconds at the worst. */
const stretchActors = 10_000;
/** Snapshots that are made in one go. */
const pageRuns = 20;
/** Records that are looked through in one go when their texts have to be read. */
const pageRecords = 256;

/** Runs that fit. @throws TroupeError `BAD_OPTION`, `UNKNOWN_RUN`, as `enter` does. */
async function listRuns(host: Host, given: unknown = {}): Promise<RunSnapshot[]> {
  const filter = checkOptions(Filter, given, 'runs.list');
  const { limit = limitDefault } = filter;
  const wanted = await host.enter('runs.list', (stage) => journalFilter(host, stage, filter));
  const found: RunSnapshot[] = [];
  let { below } = wanted;
  while (below > wanted.above + 1 && found.length < limit) {
    const room = Math.min(pageRuns, limit - found.length);
    const page = await host.enter('runs.list', () =>
      readPage(host, { ...wanted, below }, filter, room),
    );
    found.push(...page.found);
    below = page.below;
  }
  return found;
}

type Stretch = ActorFilter & { readonly above: number; readonly below: number };

/** What the journal itself can tell apart, and between which numbers to look. */
function journalFilter(host: Host, stage: Stage, filter: Filter): Stretch {
  const { definition, status, type, parent, before } = filter;
  const above =
    typeof parent === 'undefined' || parent === null ? undefined : numbered(stage, parent);
  const statuses = typeof status === 'string' ? [status] : status;
  const kind = type === 'bot' || type === 'function' ? 'task' : type;
  return {
    definition,
    kind,
    statuses,
    // Said so, SQLite finds the living by their index.
    done: statuses?.every((one) => !isFinal(one)) === true ? false : undefined,
    parent: above?.address ?? (parent === null ? '' : undefined),
    // A run is younger than the one above it.
    above: above?.actor ?? 0,
    below: before === undefined ? host.journal.heads().actor + 1 : numbered(stage, before).actor,
  };
}

function numbered(stage: Stage, run: unknown): Cell {
  const address = addressOfRun(run, stage);
  const cell = stage.find(address);
  if (cell === undefined) throw troupeError('UNKNOWN_RUN', { run: runIdOf(address) });
  return cell;
}

/** The next runs that fit, and where to go on. */
function readPage(host: Host, wanted: Stretch, filter: Filter, room: number) {
  const above = Math.max(wanted.above, wanted.below - 1 - stretchActors);
  // What only a record's texts tell may fit few of them.
  const isTold = filter.type === undefined && filter.assignedTo === undefined;
  const limit = isTold ? room : pageRecords;
  const records = host.journal.actors({ ...wanted, above, newest: true, limit }).reverse();
  const found: RunSnapshot[] = [];
  for (const record of records) {
    found.push(...snapshotIn(host, record, filter));
    if (found.length === room) return { found, below: record.actor };
  }
  const last = records.at(-1);
  const isThrough = records.length < limit || last === undefined;
  return { found, below: isThrough ? above + 1 : last.actor };
}

function snapshotIn(host: Host, record: ActorRecord, filter: Filter): RunSnapshot[] {
  if (!isRun(record) || !fits(record, filter)) return [];
  const cell = host.find(asAddress(record.address));
  return cell === undefined ? [] : [snapshotOf(cell, sightOf(host))];
}

/** An actor that a machine started is part of the machine's run. */
const isRun = ({ address, kind, input }: ActorRecord): boolean =>
  address.startsWith('run/') && (kind !== 'machine' || JSON.parse(input).root === undefined);

/** What only the record's texts tell. */
function fits({ input, snapshot, kind }: ActorRecord, { type, assignedTo }: Filter): boolean {
  if (type !== undefined && JSON.parse(input).type !== type) return false;
  if (assignedTo === undefined) return true;
  return kind === 'task' && JSON.parse(snapshot).context.assignedTo === assignedTo;
}
