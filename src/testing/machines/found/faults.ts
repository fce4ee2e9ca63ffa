/**
 * Faults: what a step does that a troupe can't keep or do: a context that JSON does not tell, a
 * delay that is no number, an actor that nobody could start again.
 */
import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import { isEffect, said } from '../../../protocol/index.ts';
import { type ChartAction, isInline } from '../../charts/index.ts';
import type { Trouble } from '../ledger.ts';

/** Looks for faults; what it has looked at it does not look at again. */
export class Faults {
  readonly #machine: AnyStateMachine;
  readonly #fit = new WeakSet<object>();

  constructor(machine: AnyStateMachine) {
    this.#machine = machine;
  }

  /** All that a context holds that its JSON text does not tell. */
  inContext({ context }: AnyMachineSnapshot): readonly Pick<Trouble, 'place' | 'message'>[] {
    return this.#faultsOf(context, 'context', []).map(({ at, is, remedy }) => ({
      place: at,
      message: `${at} ${is}, which a snapshot can't keep; ${remedy}`,
    }));
  }

  /** What actions ask for that is not possible, or may be lost. */
  inActions(actions: readonly ChartAction[]): readonly Omit<Trouble, 'trail'>[] {
    return actions.flatMap((action) => this.#inAction(action) ?? []);
  }

  #inAction({ type, params, exec }: ChartAction): Omit<Trouble, 'trail'> | undefined {
    if (type === 'xstate.raise' || type === 'xstate.sendTo') return delayFault(params);
    if (type === 'xstate.spawnChild') return this.#spawnFault(params);
    if (type.startsWith('xstate.') || isEffect(exec) || isInline(exec)) return undefined;
    return { code: 'effect-may-be-lost', ...lossOf(`action ${type}`, exec) };
  }

  #spawnFault({ src, actorRef, id }: ChartAction['params']): Omit<Trouble, 'trail'> | undefined {
    const actor = Object(actorRef);
    const name = said(src);
    const isNamed = typeof src === 'string' && src.startsWith('xstate.invoke.');
    if (!isNamed && !(name in this.#machine.implementations.actors)) {
      const message = `the source ${name} has no implementation; give it under \`actors\` in setup`;
      return { code: 'not-durable', place: `the source ${name}`, message };
    }
    if (id !== undefined || actor.id !== actor.sessionId) return undefined;
    const message = `an actor of ${name} is spawned without id; give it an id`;
    return { code: 'not-durable', place: `an actor of ${name}`, message };
  }

  #faultsOf(value: unknown, at: string, above: readonly object[]): readonly Fault[] {
    switch (typeof value) {
      case 'string':
      case 'boolean':
      case 'undefined':
        return [];
      case 'number':
        if (Number.isFinite(value)) return [];
        return [{ at, is: `is ${value}`, remedy: 'keep finite numbers, null or text' }];
      case 'object':
        if (value === null || this.#fit.has(value)) return [];
        return this.#objectFaults(value, at, above);
      case 'bigint':
        return [{ at, is: 'is a bigint', remedy: 'keep it as text, or a number' }];
      default:
        return [{ at, is: `is a ${typeof value}`, remedy: 'make it anew where it is used' }];
    }
  }

  #objectFaults(value: object, at: string, above: readonly object[]): readonly Fault[] {
    if ('sessionId' in value && 'send' in value) return [];
    if (above.includes(value)) return [{ at, is: 'holds itself', remedy: 'keep an id instead' }];
    const prototype: unknown = Object.getPrototypeOf(value);
    if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) {
      return [{ at, is: `is a ${said(value.constructor?.name)}`, remedy: remedyFor(value) }];
    }
    const within = [...above, value];
    const faults = Object.entries(value).flatMap(([key, item]) => {
      const path = Array.isArray(value) ? `${at}[${key}]` : `${at}.${key}`;
      const isGap = Array.isArray(value) && item === undefined;
      if (isGap) return [{ at: path, is: 'is undefined', remedy: 'use null inside arrays' }];
      return this.#faultsOf(item, path, within);
    });
    if (faults.length === 0) this.#fit.add(value);
    return faults;
  }
}

/** Actors that were spawned without id while the context changed. */
export const nameless = ({
  children,
}: AnyMachineSnapshot): readonly Pick<Trouble, 'place' | 'message'>[] =>
  Object.values(children).flatMap((child) => {
    const { id, sessionId, src }: Record<string, unknown> = Object(child);
    if (id !== sessionId) return [];
    const place = `an actor of ${said(src)}`;
    return [{ place, message: `${place} is spawned without id; give it an id` }];
  });

interface Fault {
  readonly at: string;
  readonly is: string;
  readonly remedy: string;
}

/** What is to be said of an action that is called after the commit, at most once. */
export function lossOf(place: string, exec: unknown): Pick<Trouble, 'place' | 'message'> {
  if (exec === undefined) {
    return { place, message: 'the action has no implementation, so nothing happens; give it one' };
  }
  const message =
    'the action is called after the commit, at most once: what it does is lost when the process ' +
    'ends first; make it an invoke of a promise, which is tried until it has ended';
  return { place, message };
}

function delayFault({ delay }: ChartAction['params']): Omit<Trouble, 'trail'> | undefined {
  if (delay === undefined || (typeof delay === 'number' && Number.isFinite(delay)))
    return undefined;
  const message = `a delay is ${said(delay)}; give a number of milliseconds`;
  return { code: 'not-durable', place: 'a delay', message };
}

function remedyFor(value: object): string {
  if (value instanceof Date) return 'keep its milliseconds: date.getTime()';
  if (value instanceof Map || value instanceof Set) return 'keep an array or a plain object';
  return 'keep plain data';
}
