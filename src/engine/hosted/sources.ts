/**
 * Sources: tells what kind of logic an actor is made of, by the shape of its object, because a
 * user's machines may come from another copy of XState. Machines, promises and transition functions
 * can be made durable; callbacks and observables live outside of any state, and are refused.
 */
import type { AnyStateMachine } from 'xstate';
import { isMachine, troupeError } from '../../protocol/index.ts';

/** What an actor of a machine can be made of. */
export type Source =
  | { readonly kind: 'machine'; readonly machine: AnyStateMachine }
  /** A transition function; it has the methods of a machine that a step calls. */
  | { readonly kind: 'transition'; readonly logic: AnyStateMachine }
  | { readonly kind: 'promise'; readonly create: PromiseCreator };

/** What `fromPromise` was given. */
export type PromiseCreator = (given: {
  readonly input: unknown;
  readonly self: unknown;
  readonly system: unknown;
  readonly signal: AbortSignal;
  readonly emit: (event: unknown) => void;
}) => unknown;

/** The source that an implementation is. @throws TroupeError `NOT_DURABLE`. */
export function sourceOf(implementation: unknown, machine: string, name: string): Source {
  if (isMachine(implementation)) return { kind: 'machine', machine: implementation };
  const place = `the source ${name}`;
  if (!isLogic(implementation)) {
    const remedy = 'give it under `actors` in setup or provide';
    throw troupeError('NOT_DURABLE', { machine, place, problem: 'has no implementation', remedy });
  }
  if (!('start' in implementation)) {
    return { kind: 'transition', logic: implementation as unknown as AnyStateMachine };
  }
  const { config } = implementation;
  if (isPromise(implementation) && isCreator(config)) return { kind: 'promise', create: config };
  const problem = 'is a callback or an observable, which lives outside of any state';
  const remedy = 'use fromPromise, fromTransition or a machine, and events for what comes later';
  throw troupeError('NOT_DURABLE', { machine, place, problem, remedy });
}

interface AnyLogic {
  readonly config: unknown;
  transition(snapshot: unknown, event: unknown, scope: unknown): unknown;
}

const isLogic = (value: unknown): value is AnyLogic =>
  typeof value === 'object' &&
  value !== null &&
  'config' in value &&
  'transition' in value &&
  typeof value.transition === 'function';

const isCreator = (value: unknown): value is PromiseCreator => typeof value === 'function';

/** A promise's logic is the one that ends done when its promise is resolved. */
function isPromise(logic: AnyLogic): boolean {
  const resolved = { type: 'xstate.promise.resolve', data: 'probe' };
  try {
    const after: unknown = logic.transition({ status: 'active' }, resolved, {});
    return typeof after === 'object' && after !== null && Reflect.get(after, 'output') === 'probe';
  } catch {
    return false;
  }
}
