/**
 * Transition: what `snapshot.machine.transition(snapshot, event, scope)` does, by tables; and
 * what `machine.getInitialSnapshot(scope, input)` does.
 *
 * The result and everything that the scope is told are the same, in the same order. What the
 * tables do not know stays with the interpreter, and that is decided before anything happened:
 * machines that are not seen through, snapshots that are not active or that nobody knows, XState's
 * own events for starting and stopping.
 */
import type { AnyStateMachine } from 'xstate';
import type { ActorEvent } from '../../protocol/index.ts';
import type { Scope, Snapshot } from './chart/chart.ts';
import { interpreted, interpretedFirst } from './chart/xstate.ts';
import { configurationOf, isCompiled } from './compiled.ts';
import { firstStep } from './first-step.ts';
import { macrostep } from './macrostep.ts';

/** A machine's first snapshot; what is thrown on the way makes it one of status `error`. */
export function initialSnapshot(machine: AnyStateMachine, input: unknown, scope: Scope): Snapshot {
  if (!isCompiled(machine)) {
    tally.interpreted += 1;
    return interpretedFirst(machine, input, scope);
  }
  tally.compiled += 1;
  return firstStep(machine, input, scope);
}

/** How many steps were taken which way, since the process began; tests look at it. */
export const tally = { compiled: 0, interpreted: 0 };

/** A machine's next snapshot. @throws what guards, actions, delays and the scope throw. */
export function transition(snapshot: Snapshot, event: ActorEvent, scope: Scope): Snapshot {
  const configuration = isPlain(snapshot, event) ? configurationOf(snapshot) : undefined;
  if (configuration === undefined) {
    tally.interpreted += 1;
    return interpreted(snapshot, event, scope);
  }
  tally.compiled += 1;
  return macrostep(configuration, snapshot, event, scope);
}

const OWN_TYPES = new Set(['*', 'xstate.init', 'xstate.stop']);

const isPlain = ({ status }: Snapshot, { type }: ActorEvent): boolean =>
  status === 'active' && typeof type === 'string' && !OWN_TYPES.has(type);
