/** One actor of a journal, whole: what it is, its steps and its history. */
import type { ActorRecord, JournalReader } from '../journal/index.ts';
import { type PlanRow, planLines, planRows } from './journal-plan.ts';
import { cut, oneLine } from './table.ts';

/** What is known of the actor of a user's machine. */
export interface MachineDetails {
  /** Undefined when it is of a transition function. */
  readonly state: unknown;
  readonly context: unknown;
  readonly output: unknown;
  readonly error: unknown;
  readonly children: readonly {
    readonly id: string;
    /** The source that it was started of. */
    readonly src: string;
    readonly kind: string;
    readonly status: string;
    readonly systemId?: string | undefined;
  }[];
}

/** What is known of an actor. */
export interface ActorDetails {
  readonly address: string;
  readonly kind: string;
  readonly definition: string;
  readonly version: string;
  readonly status: string;
  readonly parked: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly spec: unknown;
  readonly snapshot: unknown;
  /** Of the actor of a user's machine. */
  readonly machine?: MachineDetails | undefined;
  /** Of the run of a workflow: its steps, in the order of its plan. */
  readonly plan?: readonly PlanRow[] | undefined;
  readonly timers: readonly { readonly timer: string; readonly dueAt: number }[];
  readonly steps: readonly {
    readonly step: string;
    readonly at: number;
    readonly value: unknown;
  }[];
  readonly history: readonly {
    readonly seq: number;
    readonly at: number;
    readonly type: string;
    readonly status: string;
    readonly event: unknown;
  }[];
}

/** Reads an actor's details. */
export function actorDetails(reader: JournalReader, record: ActorRecord): ActorDetails {
  const { address, kind, definition, version, status, parked, createdAt, updatedAt } = record;
  return {
    address,
    kind,
    definition,
    version,
    status,
    parked: parked === '' ? null : parked,
    createdAt,
    updatedAt,
    spec: JSON.parse(record.input),
    snapshot: JSON.parse(record.snapshot),
    machine: kind === 'machine' ? machineDetails(record) : undefined,
    plan: planRows(reader, record),
    timers: reader
      .timers()
      .filter(({ actor }) => actor === record.actor)
      .map(({ timer, due }) => ({ timer, dueAt: due })),
    steps: reader.steps(record.actor).map(({ step, at, body }) => ({
      step,
      at,
      value: body === '' ? undefined : JSON.parse(body),
    })),
    history: reader.history(record.actor, 0).map(({ seq, at, type, status: entered, body }) => ({
      seq,
      at,
      type,
      status: entered,
      event: JSON.parse(body),
    })),
  };
}

function machineDetails({ snapshot }: ActorRecord): MachineDetails {
  const { value: state, context, output, error, children = [] } = JSON.parse(snapshot);
  return { state, context, output, error, children: children.map(childDetails) };
}

interface ToldChild {
  readonly id: string;
  readonly src: string;
  readonly kind: string;
  readonly systemId?: string | undefined;
  readonly ended?: { readonly status: string } | undefined;
}

const childDetails = ({ id, src, kind, systemId, ended }: ToldChild) => ({
  id,
  src,
  kind,
  status: ended?.status ?? 'active',
  systemId,
});

/** A state's value as people write it: `open`, `open.paying`, or JSON when it is parallel. */
export function stateText(value: unknown): string {
  if (typeof value === 'string' || value === undefined) return value ?? '';
  const [first, ...others] = Object.entries(Object(value));
  if (first === undefined) return '';
  if (others.length > 0) return JSON.stringify(value);
  const [name, below] = first;
  const rest = stateText(below);
  return rest.startsWith('{') ? JSON.stringify(value) : `${name}.${rest}`;
}

/** The details as lines of text. */
export function detailLines(details: ActorDetails, width: number): string[] {
  const line = (text: string): string => cut(oneLine(text), width);
  const { address, kind, definition, version, status, parked } = details;
  return [
    line(`${address}  ${status}${parked === null ? '' : ` (parked: ${parked})`}`),
    line(`${kind}, definition ${definition} version ${version}`),
    `created ${iso(details.createdAt)}, changed ${iso(details.updatedAt)}`,
    line(`spec      ${JSON.stringify(details.spec)}`),
    ...stateLines(details).map(line),
    ...details.timers.map(({ timer, dueAt }) => line(`timer     ${timer} due ${iso(dueAt)}`)),
    ...(details.plan === undefined ? [] : ['', 'Plan', ...planLines(details.plan, width)]),
    ...(details.steps.length === 0 ? [] : ['', 'Steps']),
    ...details.steps.map(
      ({ step, value }) => `  ${cut(oneLine(`${step}  ${JSON.stringify(value)}`), width - 2)}`,
    ),
    '',
    'History',
    ...details.history.map(({ seq, at, type, status: entered, event }) => {
      const moved = entered === '' ? '' : ` -> ${entered}`;
      const text = `${seq}  ${iso(at)}  ${type}${moved}  ${JSON.stringify(event)}`;
      return `  ${cut(oneLine(text), width - 2)}`;
    }),
  ];
}

function stateLines({ machine, snapshot }: ActorDetails): string[] {
  if (machine === undefined) return [`snapshot  ${JSON.stringify(snapshot)}`];
  const { state, context, output, error, children } = machine;
  return [
    ...(state === undefined ? [] : [`state     ${stateText(state)}`]),
    `context   ${JSON.stringify(context)}`,
    ...(output === undefined ? [] : [`output    ${JSON.stringify(output)}`]),
    ...(error === undefined ? [] : [`error     ${JSON.stringify(error)}`]),
    ...children.map(({ id, src, kind, status, systemId }) => {
      const name = systemId === undefined ? '' : `, systemId ${systemId}`;
      return `child     ${id}: ${kind} ${src}, ${status}${name}`;
    }),
  ];
}

const iso = (ms: number): string => new Date(ms).toISOString();
