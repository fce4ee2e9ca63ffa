/** One actor of a journal, whole: what it is, its steps and its history. */
import type { ActorRecord, JournalReader } from '../journal/index.ts';
import { cut, oneLine } from './table.ts';

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

/** The details as lines of text. */
export function detailLines(details: ActorDetails, width: number): string[] {
  const line = (text: string): string => cut(oneLine(text), width);
  const { address, kind, definition, version, status, parked } = details;
  return [
    line(`${address}  ${status}${parked === null ? '' : ` (parked: ${parked})`}`),
    line(`${kind}, definition ${definition} version ${version}`),
    `created ${iso(details.createdAt)}, changed ${iso(details.updatedAt)}`,
    line(`spec      ${JSON.stringify(details.spec)}`),
    line(`snapshot  ${JSON.stringify(details.snapshot)}`),
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

const iso = (ms: number): string => new Date(ms).toISOString();
