/**
 * Machines that users bring: any XState 5 machine is a definition as it stands; `defineMachine`
 * adds a version and migrations. What the actors of such a machine are told and keep beside it.
 */
import type { AnyStateMachine, InputFrom, OutputFrom } from 'xstate';
import { z } from 'zod';
import type { Definition } from './definition.ts';
import { checkId } from './ids.ts';
import { isDefinition } from './kinds.ts';
import { retryPolicy } from './retry.ts';
import { RunSpec } from './task.ts';

/** The state that a migration takes and gives: JSON. */
export interface MachineState {
  readonly value: unknown;
  readonly context: unknown;
}

/** Makes the state of a newer version out of that of an older one; pure. */
export type MachineMigration = (old: MachineState) => MachineState;

/** A machine as a definition. */
export interface MachineDefinition<M extends AnyStateMachine = AnyStateMachine>
  extends Definition<InputFrom<M>, OutputFrom<M>> {
  readonly kind: 'machine';
  readonly machine: M;
  /** By the version that they start from. */
  readonly migrations: Readonly<Record<string, MachineMigration>>;
}

/** Whether a definition is a machine. */
export const isMachineDefinition = (definition: Definition): definition is MachineDefinition =>
  definition.kind === 'machine';

/** Whether a value is an XState 5 machine, of whichever copy of XState. */
export const isMachine = (value: unknown): value is AnyStateMachine =>
  typeof value === 'object' && value !== null && '__xstatenode' in value && 'config' in value;

/** The definition that a value is, or that a machine makes; undefined for anything else. */
export function definitionOf(work: unknown): Definition | undefined {
  if (isMachine(work)) return machineDefinition(work);
  return isDefinition(work) ? work : undefined;
}

const known = new WeakMap<AnyStateMachine, MachineDefinition>();

/**
 * The definition of a machine as it stands: its id, its version (default `'1'`). One machine gives
 * one definition.
 * @throws TroupeError `BAD_ID` when the machine has no id of its own.
 */
export function machineDefinition(machine: AnyStateMachine): MachineDefinition {
  const found = known.get(machine);
  if (found !== undefined) return found;
  const definition = definitionWith(machine, {});
  known.set(machine, definition);
  return definition;
}

/** What `defineMachine` may say beside the machine. */
export interface MachineFacts {
  readonly id?: string | undefined;
  readonly version?: string | undefined;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly migrations?: Readonly<Record<string, MachineMigration>> | undefined;
}

/** A machine's definition with what else is said of it. @throws TroupeError `BAD_ID`. */
export function definitionWith<M extends AnyStateMachine>(
  machine: M,
  facts: MachineFacts,
): MachineDefinition<M> {
  const own: unknown = machine.config.id;
  const id = checkId(facts.id ?? own, 'id of the machine');
  return Object.freeze({
    kind: 'machine',
    id,
    version: checkId(facts.version ?? machine.version ?? '1', `version of machine ${id}`),
    title: facts.title,
    description: facts.description ?? machine.config.description,
    retry: Object.freeze(retryPolicy(false)),
    machine,
    migrations: Object.freeze({ ...facts.migrations }),
  });
}

/** How a run of a machine is supervised by itself. */
export const RunSupervision = z.strictObject({
  restart: z.enum(['permanent', 'transient', 'temporary']),
  resumeFrom: z.enum(['snapshot', 'input']),
  intensity: z.strictObject({ max: z.int().min(0), withinMs: z.int().min(1) }),
  backoff: z.strictObject({ backoffMs: z.number(), backoffMsMax: z.number() }).nullable(),
});
export type RunSupervision = z.infer<typeof RunSupervision>;

/** The spec of a machine's run: the root of a tree of actors. */
export const MachineSpec = z.looseObject({ ...RunSpec.shape, supervision: RunSupervision });
export type MachineSpec = RunSpec & { readonly supervision: RunSupervision };

/** The spec of an actor that a machine invoked or spawned. */
export interface MachineChildSpec {
  /** Address of the run at the root of its tree. */
  readonly root: string;
  /** Names of the sources from the root's machine down to its own logic. */
  readonly sources: readonly string[];
  readonly id: string;
  /** Whether its snapshots are told to its parent. */
  readonly sync: boolean;
  readonly systemId?: string | undefined;
  readonly input?: unknown;
}
