/** Definitions in a module: what it exports that can be checked. */
import type { AnyStateMachine } from 'xstate';
import { type Definition, isDefinition, isMachine } from '../../protocol/index.ts';

/** What can be checked: a definition, or a machine as it stands. */
export type Checkable = Definition | AnyStateMachine;

/** Whether a value can be checked. */
export const isCheckable = (value: unknown): value is Checkable =>
  isDefinition(value) || isMachine(value);

/**
 * The definitions that a module exports, each once, in the order of their names: machines, bots,
 * tasks, workflows and approvals; also in arrays and records that hold nothing else, and in the
 * `definitions` of what `property` and `simulate` are given.
 */
export function definitionsIn(module: object): readonly Checkable[] {
  const found = Object.values(module).flatMap(checkables);
  return [...new Set(found)];
}

function checkables(value: unknown): readonly Checkable[] {
  if (isCheckable(value)) return [value];
  if (typeof value !== 'object' || value === null) return [];
  const { definitions }: { readonly definitions?: unknown } = value;
  if (Array.isArray(definitions) && definitions.every(isCheckable)) return definitions;
  const inner: readonly unknown[] = Array.isArray(value) ? value : plainValues(value);
  return inner.every(isCheckable) ? inner : [];
}

const plainValues = (value: object): readonly unknown[] =>
  Object.getPrototypeOf(value) === Object.prototype ? Object.values(value) : [];
