/** Which events a machine waits for in a state, by its chart. */
import type { AnyStateNode } from 'xstate';
import { type Definition, isMachineDefinition } from '../../protocol/index.ts';

/** Types of events that the states of a value handle; empty when the machine is not known. */
export function eventsAwaited(
  id: string,
  value: unknown,
  definitions: readonly Definition[],
): readonly string[] {
  const found = definitions.find((one) => one.id === id);
  if (found === undefined || !isMachineDefinition(found)) return [];
  const events = statesIn(found.machine.root, value).flatMap((state) => [...state.ownEvents]);
  return [...new Set(events.map(String))].filter((event) => !event.startsWith('xstate.'));
}

/** The states of a value, with those above them. */
function statesIn(state: AnyStateNode, value: unknown): readonly AnyStateNode[] {
  const below = typeof value === 'string' ? { [value]: undefined } : Object(value);
  const inner = Object.entries(below).flatMap(([key, rest]) => {
    const child = state.states[key];
    return child === undefined ? [] : statesIn(child, rest);
  });
  return [state, ...inner];
}
