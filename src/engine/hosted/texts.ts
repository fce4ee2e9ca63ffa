/**
 * Texts: the actor of a user's machine as JSON, and back.
 *
 * Beside what XState persists (value, context, status, output, error, history) it holds what
 * XState keeps in live objects: the children, the tree's names, the life of the run.
 */
import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import {
  type Cell,
  type Child,
  type Hosted,
  type InnerRef,
  isOfMachine,
  type Life,
} from '../../actor/index.ts';
import { type ActorEvent, childAddress } from '../../protocol/index.ts';
import { resolved, type Snapshot } from '../step.ts';
import { type Hosting, type Recorded, readValue } from './hosting.ts';
import type { Logic } from './logic.ts';

/** The JSON text of an actor. */
export function hostedText({ snapshot, hosted }: Cell): string {
  if (hosted === undefined) return '';
  if (hosted.dormant !== undefined && snapshot.status === 'active') return hosted.dormant;
  const { children, entries, systemIds, life, good } = hosted;
  const text = JSON.stringify({
    ...stateOf(snapshot),
    ...(entries === 0 ? {} : { entries }),
    ...(systemIds.size === 0 ? {} : { systemIds: Object.fromEntries(systemIds) }),
    ...(Object.keys(life).length === 0 ? {} : { life }),
    ...(good === undefined ? {} : { good }),
  });
  return children.size === 0 ? text : `${text.slice(0, -1)},"children":${children.text}}`;
}

/** What of a snapshot is data. */
export function stateOf(snapshot: Snapshot): object {
  const { status, context, output, error } = snapshot;
  const end = {
    ...(output === undefined ? {} : { output }),
    ...(error === undefined ? {} : { error }),
  };
  if (!isOfMachine(snapshot))
    return { status, context, input: Reflect.get(snapshot, 'input'), ...end };
  const history = historyOf(snapshot);
  return {
    value: snapshot.value,
    context,
    status,
    ...end,
    ...(history === undefined ? {} : { history }),
  };
}

/** States that are remembered, by their ids. */
function historyOf({ historyValue }: Snapshot): Record<string, string[]> | undefined {
  const entries = Object.entries(historyValue ?? {});
  if (entries.length === 0) return undefined;
  return Object.fromEntries(entries.map(([id, nodes]) => [id, nodes.map((node) => node.id)]));
}

/** The JSON of an actor, read. */
export interface Told {
  readonly value?: unknown;
  readonly context?: unknown;
  readonly status: 'active' | 'done' | 'error' | 'stopped';
  readonly output?: unknown;
  readonly error?: unknown;
  readonly input?: unknown;
  readonly history?: Readonly<Record<string, readonly string[]>>;
  readonly children?: readonly Child[];
  readonly entries?: number;
  readonly systemIds?: Readonly<Record<string, InnerRef>>;
  readonly life?: Life;
  readonly good?: string;
}

/**
 * Fills what stands beside the snapshot, and gives the snapshot. A parked actor stays the text
 * that it is, and one that has ended needs no machine: it may be gone, or be another one.
 * @throws TroupeError `NOT_REGISTERED`, `NOT_DURABLE`; what XState throws for a state that is gone.
 */
export function reviveHosted(
  record: Recorded,
  hosted: Hosted,
  hosting: Hosting,
): AnyMachineSnapshot {
  const told = readValue(hosting, record.snapshot) as Told;
  hosted.children.clear();
  for (const child of told.children ?? []) hosted.children.set(child.id, child);
  hosted.entries = told.entries ?? 0;
  hosted.systemIds = new Map(Object.entries(told.systemIds ?? {}));
  hosted.life = told.life ?? {};
  hosted.good = told.good;
  hosted.dormant = record.parked === '' ? undefined : record.snapshot;
  if (record.parked !== '') return bare(told);
  const revived = () => snapshotOf(told, hosted, hosting.logicOf(hosted, record).machine, hosting);
  if (!record.done) return revived();
  try {
    return revived();
  } catch {
    return bare(told);
  }
}

/** A snapshot without its machine: it shows what is data. */
function bare({ value, context, status, output, error, input, history = {} }: Told): Snapshot {
  const end = { status, output, error };
  if (value === undefined) return { ...end, context, input } as never;
  const historyValue = Object.fromEntries(
    Object.entries(history).map(([id, nodes]) => [id, nodes.map((node) => ({ id: node }))]),
  );
  return {
    ...end,
    value,
    context,
    historyValue,
    children: {},
    tags: new Set(),
    matches: (part: unknown) => isWithin(part, value),
    hasTag: () => false,
    can: () => false,
    getMeta: () => ({}),
    toJSON() {
      return stateOf(this as never);
    },
  } as never;
}

/** Whether a state is part of another, as `matches` means it. */
function isWithin(part: unknown, whole: unknown): boolean {
  if (typeof part === 'string') {
    return typeof whole === 'object' && whole !== null
      ? Object.hasOwn(whole, part)
      : part === whole;
  }
  return Object.entries(Object(part)).every(([key, below]) =>
    isWithin(below, Reflect.get(Object(whole), key)),
  );
}

/** An armed timer, with what is left of it. */
export interface TimerLeft {
  readonly timer: string;
  readonly delayMs: number;
  readonly event: ActorEvent;
}

/** The good state of an actor that failed. */
export interface Good {
  readonly snapshot: AnyMachineSnapshot;
  readonly timers: readonly TimerLeft[];
}

/** Brings back the last good state of an actor: its children are listed, none of them lives. */
export function reviveGood(hosted: Hosted, logic: Logic, hosting: Hosting): Good {
  const told = readValue(hosting, hosted.good ?? '{}') as Told & { timers?: readonly TimerLeft[] };
  for (const child of told.children ?? []) hosted.children.set(child.id, child);
  const snapshot = snapshotOf(told, hosted, logic.machine, hosting);
  return { snapshot, timers: told.timers ?? [] };
}

/** The JSON text of a good state. */
export const goodText = ({ snapshot, hosted }: Cell, timers: readonly TimerLeft[]): string =>
  JSON.stringify({
    ...stateOf(snapshot),
    children: [...(hosted?.children.values() ?? [])],
    timers,
  });

function snapshotOf(
  told: Told,
  hosted: Hosted,
  machine: AnyStateMachine,
  hosting: Hosting,
): AnyMachineSnapshot {
  const { value, context, status, output, error, input } = told;
  const end = { status, output, error };
  if (value === undefined) return { ...end, context, input } as never;
  const children = Object.fromEntries(
    [...hosted.children.values()].map(({ id, entry }) => [
      id,
      hosting.refOf(childAddress(hosted.self.address, id), id, entry),
    ]),
  );
  const historyValue = Object.fromEntries(
    Object.entries(told.history ?? {}).map(([id, nodes]) => [
      id,
      nodes.map((node) => machine.getStateNodeById(node)),
    ]),
  );
  return resolved(machine, value, { ...end, context, children, historyValue });
}
