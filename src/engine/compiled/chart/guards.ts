/**
 * Guards, looked up once: what they are called with is what XState's `evaluateGuard` calls them
 * with. `and`, `or`, `not` and `stateIn` check themselves, with XState's own code.
 */
import type { AnyStateMachine } from 'xstate';
import type { ActorEvent } from '../../../protocol/index.ts';
import {
  type BuiltInGuard,
  type Callable,
  isBuiltInGuard,
  isCallable,
  type Named,
  type Snapshot,
} from './chart.ts';
import { asNamed } from './xstate.ts';

/** Whether a transition is enabled; throws what the guard throws. */
export type Guard = (snapshot: Snapshot, event: ActorEvent) => unknown;

/** A guard of a chart, ready to be asked. */
export function guardOf(machine: AnyStateMachine, guard: Named): Guard {
  const resolved = isCallable(guard) ? guard : machine.implementations.guards[nameOf(guard)];
  if (!isCallable(resolved)) return guardOf(machine, asNamed(resolved));
  if (isBuiltInGuard(resolved)) return checking(resolved);
  return calling(resolved, paramsOf(guard));
}

function checking(guard: BuiltInGuard): Guard {
  return (snapshot, event) => guard.check(snapshot, { context: snapshot.context, event }, guard);
}

function calling(guard: Callable, { make, data }: Params): Guard {
  if (make === undefined)
    return (snapshot, event) => guard({ context: snapshot.context, event }, data);
  return (snapshot, event) => {
    const args = { context: snapshot.context, event };
    return guard(args, make({ context: snapshot.context, event }));
  };
}

/** Parameters of a guard or an action: data, or a function that makes them. */
export interface Params {
  readonly data: unknown;
  readonly make: Callable | undefined;
}

/** The parameters that `{ type, params }` gives; none for anything else. */
export function paramsOf(thing: Named): Params {
  if (isCallable(thing) || typeof thing === 'string' || !('params' in thing)) return NO_PARAMS;
  const { params } = thing;
  if (typeof params === 'function') return { data: undefined, make: params.bind(thing) };
  return { data: params, make: undefined };
}

const NO_PARAMS: Params = { data: undefined, make: undefined };

/** The name of what is no function. */
export const nameOf = (thing: string | { readonly type: string }): string =>
  typeof thing === 'string' ? thing : thing.type;
