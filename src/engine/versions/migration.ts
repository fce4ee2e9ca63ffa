/**
 * Migration: how an actor of an older version becomes one of the newest, and why it can't.
 *
 * The user's function makes the root's new value and context; what it gives is looked at before any
 * actor is loaded: a state that does not exist, is final, or waits for an invocation that does not
 * run would leave the run stuck without a word. Timers follow the new states: those that were armed
 * stay, missing ones are armed anew. Invariant: nothing here changes anything.
 */
import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import { isRootSpec } from '../../actor/index.ts';
import { canonicalJson, checkJson, isMachine, said, troupeError } from '../../protocol/index.ts';
import { type Logic, logicAt, type Migrating, type Told } from '../hosted/index.ts';
import { resolved } from '../step.ts';

/** What of a record is migrated. */
export interface Migratable {
  readonly input: string;
  readonly snapshot: string;
  readonly version: string;
}

/** The record under the newest version. @throws what the user's migration throws. */
export function migratedBy<R extends Migratable>(migrating: Migrating, record: R): R {
  const { migrate, ...newer } = migrating;
  if (!isRootSpec(JSON.parse(record.input))) return { ...record, ...newer };
  const { value: before, context: known, ...rest } = JSON.parse(record.snapshot);
  const made = checkJson(migrate({ value: before, context: known }), 'what the migration gives');
  const { value, context } = Object(made);
  return { ...record, ...newer, snapshot: JSON.stringify({ ...rest, value, context }) };
}

/** Why a record can't be migrated and go on under a machine; undefined when it can. */
export function misfitOf(
  machine: AnyStateMachine,
  migrating: Migrating,
  record: Migratable,
): string | undefined {
  try {
    const { snapshot, input } = migratedBy(migrating, record);
    return stateMisfit(logicAt(machine, JSON.parse(input)), JSON.parse(snapshot));
  } catch (error) {
    return said(error);
  }
}

/** A timer of a state. */
export interface StateTimer {
  readonly timer: string;
  readonly delayMs: number;
}

/** The timers that the states of a snapshot ask for. @throws what a delay's function throws. */
export function timersOf({ machine, _nodes, context }: AnyMachineSnapshot): StateTimer[] {
  return _nodes.flatMap((node) =>
    node.after.map(({ delay, eventType }) => {
      const named: unknown =
        typeof delay === 'string' ? machine.implementations.delays[delay] : delay;
      const event = { type: 'troupe.migrated' };
      const given: unknown = typeof named === 'function' ? named({ context, event }) : named;
      const delayMs = Number(given);
      if (Number.isFinite(delayMs)) return { timer: eventType, delayMs };
      const invariant = `the delay of ${eventType} is a number of milliseconds`;
      throw troupeError('BROKEN_INVARIANT', { invariant, found: said(given) });
    }),
  );
}

function stateMisfit({ name, machine, source }: Logic, told: Told): string | undefined {
  const { value, children = [] } = told;
  for (const { id, src, kind, ended } of children) {
    const isPromise = ended === undefined && source(src).kind === 'promise';
    if (ended === undefined && isPromise !== (kind === 'promise')) {
      return `its actor ${id} is of ${src}, which is of another kind now`;
    }
  }
  if (isMachine(machine) !== (value !== undefined)) return `${name} is of another kind now`;
  if (value === undefined) return undefined;
  for (const node of Object.values(told.history ?? {}).flat()) machine.getStateNodeById(node);
  const snapshot = resolved(machine, value, { context: told.context });
  const state = JSON.stringify(value);
  if (canonicalJson(snapshot.value) !== canonicalJson(value)) {
    return `the state ${state} is not whole: ${JSON.stringify(snapshot.value)} is`;
  }
  if (snapshot.status !== 'active') return `the state ${state} is final`;
  timersOf(snapshot);
  const runs = new Set(children.map(({ id }) => id));
  const missing = snapshot._nodes.flatMap(({ invoke }) => invoke).find(({ id }) => !runs.has(id));
  if (missing === undefined) return undefined;
  return `the state ${state} invokes ${missing.id}, which does not run`;
}
