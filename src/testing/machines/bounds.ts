/** Bounds and inputs of checks of machines, when nothing else is said. */
import type { AnyStateMachine } from 'xstate';
import { isSchema } from '../../protocol/index.ts';
import type { Bounds, CheckOptions, Values } from '../check.ts';

/** How far a check looks when nothing else is said. */
export const defaultBounds: Bounds = { states: 5_000, depth: 50, walks: 200, seed: 1 };

/** How far to look. */
export const boundsOf = ({ bounds }: CheckOptions): Bounds => ({ ...defaultBounds, ...bounds });

/** What it begins with: what is given, else the schema that the machine has of its input. */
export function inputsOf(
  { schemas }: AnyStateMachine,
  given: Values | undefined,
): Values | undefined {
  const own: unknown = Reflect.get(Object(schemas), 'input');
  return given ?? (isSchema(own) ? own : undefined);
}
