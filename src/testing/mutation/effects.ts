/**
 * Effects: actions of which a snapshot tells nothing, so that no invariant can miss them: custom
 * actions, which no check calls, what is emitted or logged, what is sent to others.
 */
import type { AnyStateMachine } from 'xstate';

/** How much of what an action does no snapshot tells. What is sent may come back to the machine. */
export type Hides = 'all' | 'perhaps all' | 'nothing';

/** How much an action of a machine's config hides. */
export function hiddenBy({ implementations }: AnyStateMachine, action: unknown): Hides {
  const actions: Readonly<Record<string, unknown>> = implementations.actions;
  const exec = typeof action === 'function' ? action : actions[nameOf(action)];
  if (typeof exec !== 'function' || !('resolve' in exec)) return 'all';
  return builtIn[String(Reflect.get(exec, 'type'))] ?? 'nothing';
}

const builtIn: Readonly<Record<string, Hides>> = {
  'xstate.emit': 'all',
  'xstate.log': 'all',
  'xstate.sendTo': 'perhaps all',
};

function nameOf(action: unknown): string {
  const type: unknown = Reflect.get(Object(action), 'type');
  return typeof action === 'string' ? action : String(type);
}
