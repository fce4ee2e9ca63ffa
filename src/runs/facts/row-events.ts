/**
 * Events of a run as rows of the journal tell them: what was reported, then the move that followed.
 */
import type { JournalRow } from '../../journal/index.ts';
import {
  type ActorEvent,
  type Failure,
  HandoffReason,
  type HandoffStatus,
  isFinal,
  nameInWork,
  partPrefix,
  RunStatus,
  type Settlement,
  type StageMove,
  stepOfRun,
} from '../../protocol/index.ts';

interface Fact {
  /** Rises with every event of the run. */
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/**
 * What happened to a step. `STARTED` is told of the child runs of a bot or task and of the steps of
 * a workflow, the last five of a workflow's steps alone.
 */
export type StepEventStatus =
  | 'STARTED'
  | 'COMPLETED'
  | 'FAILED'
  | 'CANCELLED'
  | 'SKIPPED'
  | 'OMITTED'
  | 'UNDOING'
  | 'UNDONE'
  | 'UNDO_FAILED';

/** What happened to a run. */
export type RunEvent = Fact &
  (
    | {
        readonly type: 'status';
        readonly status: RunStatus;
        /** All statuses entered in this turn, the last of which is `status`. */
        readonly path: readonly RunStatus[];
      }
    | {
        readonly type: 'step';
        readonly step: string;
        /**
         * Which run of the step of a workflow, from 2 on: another iteration, another try or a
         * fallback. Absent: the first.
         */
        readonly run?: number | undefined;
        readonly status: StepEventStatus;
        readonly result?: unknown;
        readonly error?: Failure | undefined;
      }
    | {
        readonly type: 'progress';
        /** 0 to 1. */
        readonly progress: number;
        readonly note?: string | undefined;
      }
    | {
        readonly type: 'part';
        /** 1 for the first: the same for the same part, however often the work runs again. */
        readonly ordinal: number;
        /** What the work yielded. */
        readonly part: unknown;
      }
    | { readonly type: 'note'; readonly note: string }
    | {
        /** An own stage has moved, or a stage was rated. */
        readonly type: 'stage';
        readonly stage: string;
        readonly move: StageMove['move'];
        readonly quality?: number | undefined;
      }
    | {
        /** Another bot is asked to take it, took it, or did not. */
        readonly type: 'handoff';
        readonly from: string;
        readonly to: string;
        readonly reason: HandoffReason;
        readonly status: Exclude<HandoffStatus, 'WITHDRAWN'>;
      }
    | {
        /** A person is asked. */
        readonly type: 'approval';
        /** Where, below this run: a step, or a path of steps; empty for the approval's own run. */
        readonly step: string;
        /** The id of the approval. */
        readonly approval: string;
      }
    /** Of the run of an approval: the person was reminded. */
    | { readonly type: 'reminder' }
    /** It was due and has not ended. */
    | { readonly type: 'overdue' }
    /** What happened before was cut from the history: the next event is the first that is kept. */
    | { readonly type: 'cut' }
    /** What a machine emitted. */
    | { readonly type: 'emitted'; readonly event: ActorEvent }
  );

const isStatus = (text: string): text is RunStatus => text in RunStatus.enum;

const statusesIn = (row: JournalRow): RunStatus[] => row.status.split('>').filter(isStatus);

/** Whether the run has ended with this row. */
export const endsRun = (row: JournalRow): boolean => isFinal(statusesIn(row).at(-1) ?? '');

/** Whether a row is told of steps by the turn before it. */
export const isTold = ({ type }: JournalRow): boolean => type === 'step.told';

/**
 * The events of the row that ends the run, and of what its turn told of steps. The end comes last,
 * though its row stands before those.
 */
export function lastEvents([end, ...after]: readonly JournalRow[], kind: string): RunEvent[] {
  if (end === undefined) return [];
  const others = after.findIndex((row) => !isTold(row));
  const told = others < 0 ? after : after.slice(0, others);
  const events = [end, ...told].flatMap((row) => eventsIn(row, kind));
  const seq = (told.at(-1) ?? end).seq * 2 + 1;
  return [
    ...events.filter(({ type }) => type !== 'status'),
    ...events.flatMap((event) => (event.type === 'status' ? [{ ...event, seq }] : [])),
  ];
}

/**
 * The events that a row tells of: what was reported, then the move that followed from it.
 * @param kind of the actor: only the steps of workflows have more than one run.
 */
export function eventsIn(row: JournalRow, kind: string): RunEvent[] {
  const path = statusesIn(row);
  const status = path.at(-1);
  const read =
    (kind === 'workflow' ? ofWorkflows.get(row.type) : undefined) ?? ofRuns.get(row.type);
  const reported = read?.(JSON.parse(row.body), { seq: row.seq * 2, at: row.at });
  const events: RunEvent[] = reported === undefined ? [] : [reported];
  if (status !== undefined) {
    events.push({ type: 'status', seq: row.seq * 2 + 1, at: row.at, status, path });
  }
  return events;
}

interface Body {
  readonly step: string;
  readonly status: StepEventStatus;
  readonly stage: string;
  readonly move: StageMove['move'];
  readonly quality?: number;
  readonly result?: unknown;
  readonly outcome: Settlement;
  readonly event: ActorEvent;
  readonly progress?: number;
  readonly note?: string;
  readonly reason: string;
  readonly from: string;
  readonly to: string;
  readonly answer: { readonly status: 'DECLINED' | 'EXPIRED' };
  readonly path: readonly string[];
  readonly approval: string;
}

type Reader = (body: Body, fact: Fact) => RunEvent | undefined;

/** Of a part, as the work of its bot counts. */
const ordinalOf = (step: string): number => Number(nameInWork(step).slice(partPrefix.length));

/** Names that start so are the runtime's own: asks and parts, which are no steps. */
const isOwn = (step: string): boolean => step.startsWith('~');

/** How the bodies of rows are read that tell of more than a move. */
const ofRuns: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  [
    'step.completed',
    ({ step, result }, fact) =>
      step.startsWith(partPrefix)
        ? { ...fact, type: 'part', ordinal: ordinalOf(step), part: result }
        : { ...fact, type: 'step', step, status: 'COMPLETED', result },
  ],
  [
    'child.started',
    ({ step }, fact) =>
      isOwn(step) ? undefined : { ...fact, type: 'step', step, status: 'STARTED' },
  ],
  [
    'child.settled',
    ({ step, outcome: { status, result, error } }, fact) =>
      isOwn(step) ? undefined : { ...fact, type: 'step', step, status, result, error },
  ],
  ['task.report', reported],
  ['handoff.requested', (body, fact) => handedOn(body, 'OPEN', fact)],
  ['handoff.accepted', (body, fact) => handedOn(body, 'ACCEPTED', fact)],
  ['handoff.closed', (body, fact) => handedOn(body, body.answer.status, fact)],
  [
    'stage.move',
    ({ stage, move, quality }, fact) => ({
      ...fact,
      type: 'stage',
      stage,
      move,
      ...its({ quality }),
    }),
  ],
  [
    'approval.requested',
    ({ path, approval }, fact) => ({ ...fact, type: 'approval', step: placeOf(path), approval }),
  ],
  ['approval.remind', (_, fact) => ({ ...fact, type: 'reminder' })],
  ['run.overdue', (_, fact) => ({ ...fact, type: 'overdue' })],
  ['troupe.emitted', ({ event }, fact) => ({ ...fact, type: 'emitted', event })],
  ['task.decline', ({ reason }, fact) => ({ ...fact, type: 'note', note: reason })],
]);

/** Those that workflows read in their own way, for a step of a plan may have several runs. */
const ofWorkflows: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['step.told', ({ step, status }, fact) => ({ ...fact, ...stepIn(step), status })],
  ['step.skipped', ({ step }, fact) => ({ ...fact, ...stepIn(step), status: 'SKIPPED' })],
  ['child.settled', settled],
  [
    'step.rated',
    ({ step, quality }, fact) => ({ ...fact, type: 'stage', stage: step, move: 'rate', quality }),
  ],
]);

function settled({ step: name, outcome }: Body, fact: Fact): RunEvent {
  const { status, result, error } = outcome;
  if (!stepOfRun(name).undo) return { ...fact, ...stepIn(name), status, result, error };
  const isUndone = status === 'COMPLETED';
  return { ...fact, ...stepIn(name), status: isUndone ? 'UNDONE' : 'UNDO_FAILED', error };
}

function stepIn(name: string) {
  const { step, run } = stepOfRun(name);
  return { type: 'step' as const, step, ...(run === 1 ? {} : { run }) };
}

/** The names of the steps on the way, each as addresses have it. */
const placeOf = (path: readonly string[]): string =>
  path.map((name) => encodeURIComponent(stepOfRun(name).step)).join('/');

const its = ({ quality }: { readonly quality: number | undefined }) =>
  quality === undefined ? {} : { quality };

const handedOn = (
  { from, to, reason }: Body,
  status: Exclude<HandoffStatus, 'WITHDRAWN'>,
  fact: Fact,
): RunEvent => ({
  ...fact,
  type: 'handoff',
  from,
  to,
  reason: HandoffReason.parse(reason),
  status,
});

function reported({ progress, note }: Body, fact: Fact): RunEvent | undefined {
  if (progress !== undefined) return { ...fact, type: 'progress', progress, note };
  return note === undefined ? undefined : { ...fact, type: 'note', note };
}
