/**
 * Effects: what a machine asks for, as data.
 *
 * A machine declares an effect by name with `effect<Params>()` and returns it from a transition;
 * nothing happens there. The host records the effect in the turn's commit and performs it after.
 * Under plain XState a declared effect is an action that does nothing, so every machine file runs
 * on its own.
 */

const marks = new WeakSet<object>();

/**
 * Declares an effect in `setup({ actions })`: a named action whose `params` are its data.
 * @example actions: { announce: effect<{ botId: string }>() }
 */
export function effect<Params>(): (args: unknown, params: Params) => void {
  const declared = (_args: unknown, _params: Params): void => {};
  marks.add(declared);
  return declared;
}

/** Whether an action is a declared effect. */
export const isEffect = (action: unknown): boolean =>
  typeof action === 'function' && marks.has(action);

/** An effect that a turn returned. */
export interface Effect {
  readonly type: string;
  readonly params: unknown;
}

/** An event on its way to a machine: a type, the time it was sent, and its data. */
export interface ActorEvent {
  readonly type: string;
  readonly [key: string]: unknown;
}
