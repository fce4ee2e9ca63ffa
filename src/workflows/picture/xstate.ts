/**
 * XState, at the first picture that is asked for: importing the package does not load it, and
 * `toMachine()` is synchronous, so it is required (docs/decisions/0012). Node has one copy of it,
 * whether imported or required.
 */
import type * as XState from 'xstate';

let loaded: typeof XState | undefined;

/** XState, loaded when this is first called. */
export function xstate(): typeof XState {
  loaded ??= load();
  return loaded;
}

function load(): typeof XState {
  const { createRequire } = process.getBuiltinModule('node:module');
  return createRequire(import.meta.url)('xstate');
}
