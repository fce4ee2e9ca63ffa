/**
 * Told: what the texts of a journal tell. Each text is read once, however many oracles look at it,
 * for a batch gives them all the same rows and records.
 */
import type {
  ActorRecord,
  DeadLetter,
  JournalRow,
  StepRecord,
  WaitingMail,
} from '../../journal/index.ts';
import type { Envelope } from '../../protocol/index.ts';

/** An event, with the fields that oracles look at. */
export interface Told {
  readonly type: string;
  readonly envelope?: Envelope;
  /** Of the handler of a message: the message. */
  readonly id?: string;
  readonly slot?: string;
  readonly attempt?: number;
  readonly step?: string;
  readonly run?: string;
  readonly approve?: boolean;
  readonly outcome?: { readonly status: string; readonly cost?: number };
  /** Of a workflow's word on a step: what becomes of it. */
  readonly status?: string;
  /** Of a run that goes on as one of another version: its spec, and a letter for each step. */
  readonly spec?: SpecTold;
  readonly progress?: string;
  /** Between machines: what is told, and of which child. */
  readonly event?: Told;
  readonly origin?: unknown;
}

/** A run's spec, with the fields that oracles look at. */
export interface SpecTold {
  readonly step?: string | null;
  readonly bot?: string | null;
  readonly route?: string;
  readonly createdBy?: string;
  readonly dependsOn?: readonly string[];
  readonly onDependencyFailure?: string;
  readonly notBefore?: number;
  readonly timeoutMs?: number | null;
  readonly expiresInMs?: number;
  readonly byHand?: object;
  readonly concurrency?: number;
  readonly onFailure?: string;
  readonly budget?: number;
  readonly retry?: { readonly attempts: number };
  /** Of a task; `sleep` for a sleep in work. */
  readonly type?: string;
  /** Of an incident. */
  readonly about?: string;
  readonly code?: string;
  readonly plan?: { readonly steps: readonly StepTold[] };
  /** Of a supervisor. */
  readonly intensity?: number;
  readonly periodSeconds?: number;
  /** Of a machine. */
  readonly supervision?: {
    readonly intensity: { readonly max: number; readonly withinMs: number };
  };
}

/** A step of a plan. */
export interface StepTold {
  readonly name: string;
  readonly after: readonly number[];
  readonly runsWhen?: ConditionTold;
  readonly optional?: boolean;
  readonly isFree?: boolean;
  readonly cost?: number;
  /** Tries of its work. */
  readonly tries?: number;
  /** It can be undone. */
  readonly undo?: boolean;
  readonly loop?: boolean;
  /** Nobody said what it costs: one of these runs at a time. */
  readonly unpriced?: boolean;
}

/** When a step may begin. */
export type ConditionTold =
  | number
  | 'always'
  | { readonly step: number; readonly is: readonly string[] }
  | { readonly all: readonly ConditionTold[] }
  | { readonly any: readonly ConditionTold[] };

/** A snapshot, with the fields of the context that oracles look at. */
export interface StateTold {
  readonly value?: unknown;
  readonly status?: string;
  readonly context: {
    readonly attempts?: number;
    /** Those of bots that had it before. */
    readonly attemptsBefore?: number;
    readonly assignedTo?: string;
    readonly children?: readonly string[];
    readonly isPaused?: boolean;
    readonly isPausedAbove?: boolean;
    /** Of a task by hand whose bot was found by a route. */
    readonly byHand?: object;
    readonly result?: unknown;
    /** Of a bot. */
    readonly slots?: unknown;
    readonly messages?: readonly Envelope[];
    /** Of a workflow. */
    readonly steps?: unknown;
    readonly judging?: readonly string[];
    readonly runs?: Readonly<Record<string, { readonly tries?: number }>>;
    /** Of a supervisor. */
    readonly supervision?: SupervisionTold;
  };
  /** Of a machine. */
  readonly children?: readonly ChildTold[];
  readonly life?: { readonly failures?: readonly number[]; readonly failure?: { code: string } };
}

/** A child of a machine. */
export interface ChildTold {
  readonly id: string;
  readonly kind: string;
  readonly src?: unknown;
  readonly ended?: unknown;
}

/** What a supervisor knows. */
export interface SupervisionTold {
  readonly restarts: readonly number[];
  readonly children: readonly { readonly id: string; readonly starts: number }[];
  readonly job: { readonly is: string; readonly ending?: EndingTold } | null;
  readonly ended: EndingTold | null;
}

/** Why a supervisor ends. */
export interface EndingTold {
  readonly why: string;
}

const events = new WeakMap<object, Told>();
const specs = new WeakMap<ActorRecord, SpecTold>();
const states = new WeakMap<ActorRecord, StateTold>();

/** The event of a row, of waiting mail, or of a dead letter. */
export function eventOf(from: JournalRow | WaitingMail | DeadLetter): Told {
  const known = events.get(from);
  if (known !== undefined) return known;
  const event: Told = JSON.parse(from.body);
  events.set(from, event);
  return event;
}

/** What an actor was made of. */
export function specOf(record: ActorRecord): SpecTold {
  const known = specs.get(record);
  if (known !== undefined) return known;
  const spec: SpecTold = JSON.parse(record.input);
  specs.set(record, spec);
  return spec;
}

/** What an actor remembers. */
export function stateOf(record: ActorRecord): StateTold {
  const known = states.get(record);
  if (known !== undefined) return known;
  const { context, ...rest }: StateTold = JSON.parse(record.snapshot);
  const state = { ...rest, context: context ?? {} };
  states.set(record, state);
  return state;
}

/** The number of the dead letter that the system records as delivered again; 0: none. */
export const redeliveredIn = ({ step, body }: StepRecord): number =>
  body.includes('redelivered') ? Number(/^~letter\/(\d+)$/.exec(step)?.[1] ?? 0) : 0;

/** Attempts that a task's snapshot tells, read without reading all of it; 0: it tells none. */
export const attemptsIn = ({ snapshot }: ActorRecord): number =>
  Number(/"context":\{"attempts":(\d+)/.exec(snapshot)?.[1] ?? 0);

/** What does not change from one record of an actor to the next is not read again. */
export function sameAsBefore(before: ActorRecord, record: ActorRecord): void {
  const spec = before.input === record.input ? specs.get(before) : undefined;
  if (spec !== undefined) specs.set(record, spec);
  const state = before.snapshot === record.snapshot ? states.get(before) : undefined;
  if (state !== undefined) states.set(record, state);
}

/** The letters of a workflow's steps, read without reading all of its snapshot. */
export const progressIn = ({ snapshot }: ActorRecord): string =>
  /"steps":\{"progress":"([A-Z]*)"/.exec(snapshot)?.[1] ?? '';

/** Whether it is a run of ours or of a user's machine that stands by itself or is a step. */
export const isRun = ({ address, kind }: ActorRecord): boolean =>
  address.startsWith('run/') && kind !== 'machine';

/** An address as people read it: that of a run without `run/`. */
export const nameOf = (address: string): string =>
  address.startsWith('run/') ? address.slice(4) : address;

/** The address of a run by the id that a client has. */
export const runAddressOf = (id: string): string => (id.startsWith('run/') ? id : `run/${id}`);

/** `its 1st answer`, `its 2nd answer`. */
export function ordinal(n: number): string {
  const tens = n % 100;
  const ends = tens > 10 && tens < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th');
  return `${n}${ends}`;
}

/** A sentence of its parts. */
export const sentence = (...parts: readonly string[]): string => parts.join(' ');
