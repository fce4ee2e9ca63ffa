/**
 * How live values become an account's JSON: what is an actor reference, an error or a snapshot in
 * memory is a path, a name with a message or a state on paper.
 */
import type { AnyActorRef, Snapshot } from 'xstate';
import type { State } from './contract.ts';

/** Tells the path of an actor below the root. */
export type PathOf = (ref: { readonly sessionId: string }) => string;

/** The state of an actor and, while it lives, of those below it. */
export function stateOf(snapshot: Snapshot<unknown>, pathOf: PathOf): State {
  const found: Record<string, unknown> = { ...snapshot };
  const state: Record<string, unknown> = { status: snapshot.status };
  for (const field of ['value', 'context', 'output', 'error']) {
    if (found[field] !== undefined) state[field] = onPaper(found[field], pathOf);
  }
  if (found.tags instanceof Set && found.tags.size > 0) {
    state.tags = [...found.tags].sort();
  }
  const children = Object.entries(Object(found.children)).filter(([, ref]) => isRef(ref));
  if (snapshot.status === 'active' && children.length > 0) {
    state.children = Object.fromEntries(
      children
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([id, ref]) => [id, stateOf(Object(ref).getSnapshot(), pathOf)]),
    );
  }
  return { status: snapshot.status, ...state };
}

/** A value as JSON. */
export function onPaper(value: unknown, pathOf: PathOf): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (isRef(value)) return { ref: pathOf(value) };
  if ('xstate$$type' in value && 'address' in value) {
    return { ref: pathOf({ sessionId: String(value.address) }) };
  }
  if (value instanceof Error) return { name: value.name, message: value.message };
  if (Array.isArray(value)) return value.map((one) => onPaper(one, pathOf));
  if ('machine' in value && 'status' in value) return stateOf(value as never, pathOf);
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(entries.map(([key, one]) => [key, onPaper(one, pathOf)]));
}

/** An event as JSON; of a child's snapshot in it, what live ones and kept ones share. */
export function eventOnPaper(event: unknown, pathOf: PathOf): unknown {
  const paper = onPaper(event, pathOf);
  const { type, snapshot } = Object(paper);
  if (!String(type).startsWith('xstate.snapshot.')) return paper;
  const { status, value, context } = Object(snapshot);
  return { type, snapshot: { status, value, context } };
}

/** Whether a value is a reference to an actor. */
export const isRef = (value: unknown): value is AnyActorRef =>
  typeof value === 'object' && value !== null && 'getSnapshot' in value && 'sessionId' in value;
