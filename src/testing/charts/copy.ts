/**
 * Copy: a machine made anew from a changed copy of its config, with the same implementations. Each
 * guard tells what it answers. The user's own actions do nothing, and every source of actors is
 * replaced by one in which nothing happens, so that no promise runs and no child lives. The machine
 * itself is never touched.
 */
import type { AnyStateMachine, StateNode } from 'xstate';
import { isEffect } from '../../protocol/index.ts';
import { type GuardWatch, guardPlace, watchedGuard } from './guards.ts';
import { placeOf, triggerOf } from './places.ts';

/** The copy. Its states and transitions have the places of the machine's. */
export function copyOf(machine: AnyStateMachine, watch: GuardWatch): AnyStateMachine {
  const { config } = machine;
  const implementations = { ...machine.implementations, actions: mutedIn(machine) };
  const copied = new Copying(machine, watch).node(config, machine.root);
  const options = { ...config.options, maxIterations: Number.POSITIVE_INFINITY };
  const make = machine.constructor as new (
    config: object,
    implementations: object,
  ) => AnyStateMachine;
  return new make({ ...copied, options }, { ...implementations, actors });
}

/** Nothing happens in it; it keeps the input that it was spawned with. */
const inert = {
  transition: (snapshot: unknown) => snapshot,
  getInitialSnapshot: (_scope: unknown, input: unknown) => ({ status: 'active', input }),
  getPersistedSnapshot: (snapshot: unknown) => snapshot,
};

/** The user's own actions do nothing; what XState brings, and declared effects, stays. */
function mutedIn({ implementations }: AnyStateMachine): Readonly<Record<string, unknown>> {
  const all = Object.entries(implementations.actions);
  return Object.fromEntries(all.map(([name, action]) => [name, muted(action)]));
}

function muted(action: unknown): unknown {
  if (typeof action !== 'function' || 'resolve' in action || isEffect(action)) return action;
  return Object.defineProperty(() => {}, 'name', { value: action.name });
}

const mutedAll = (given: unknown): unknown =>
  Array.isArray(given) ? given.map(inlineMuted) : inlineMuted(given);

function inlineMuted(action: unknown): unknown {
  const quiet = muted(action);
  if (typeof quiet === 'function' && quiet !== action) inline.add(quiet);
  return quiet;
}

const inline = new WeakSet<object>();

/** Whether a custom action of a copy is written in the chart itself. */
export const isInline = (action: unknown): boolean =>
  typeof action === 'function' && inline.has(action);

/** Whatever name is asked for. */
const actors = new Proxy({}, { get: () => inert });

interface NodeConfig {
  readonly on?: Readonly<Record<string, unknown>> | undefined;
  readonly after?: Readonly<Record<string, unknown>> | undefined;
  readonly always?: unknown;
  readonly onDone?: unknown;
  readonly invoke?: unknown;
  readonly states?: Readonly<Record<string, NodeConfig>> | undefined;
  readonly entry?: unknown;
  readonly exit?: unknown;
  readonly initial?: unknown;
}

type Copied = { -readonly [Key in keyof NodeConfig]: unknown };

interface Invocation {
  readonly src: unknown;
  readonly onDone?: unknown;
  readonly onError?: unknown;
  readonly onSnapshot?: unknown;
}

class Copying {
  readonly #machine: AnyStateMachine;
  readonly #watch: GuardWatch;

  constructor(machine: AnyStateMachine, watch: GuardWatch) {
    this.#machine = machine;
    this.#watch = watch;
  }

  node(config: NodeConfig, node: StateNode): object {
    const { on, after, always, onDone, invoke, states, entry, exit, initial } = config;
    const copied: Copied = { ...config };
    if (entry !== undefined) copied.entry = mutedAll(entry);
    if (exit !== undefined) copied.exit = mutedAll(exit);
    if (hasActions(initial)) copied.initial = { ...initial, actions: mutedAll(initial.actions) };
    if (on !== undefined) copied.on = this.#each(on, node, (type) => type);
    if (after !== undefined) {
      copied.after = this.#each(after, node, (delay) => `xstate.after.${delay}.${node.id}`);
    }
    if (always !== undefined) copied.always = this.#list(always, node, '');
    if (onDone !== undefined) {
      copied.onDone = this.#list(onDone, node, `xstate.done.state.${node.id}`);
    }
    if (invoke !== undefined) copied.invoke = this.#invocations(invoke, node);
    if (states !== undefined) {
      const below = Object.entries(states).map(([key, one]) => {
        const child = node.states[key];
        return [key, child === undefined ? one : this.node(one, child)];
      });
      copied.states = Object.fromEntries(below);
    }
    return copied;
  }

  #each(
    lists: Readonly<Record<string, unknown>>,
    node: StateNode,
    descriptorOf: (key: string) => string,
  ): object {
    return Object.fromEntries(
      Object.entries(lists).map(([key, list]) => [key, this.#list(list, node, descriptorOf(key))]),
    );
  }

  #list(given: unknown, node: StateNode, descriptor: string): unknown {
    if (given === undefined) return undefined;
    const trigger = triggerOf(node, descriptor);
    const copied = [given].flat().map((one, index) => {
      const quiet = hasActions(one) ? { ...one, actions: mutedAll(one.actions) } : one;
      if (!hasGuard(quiet)) return quiet;
      const place = guardPlace(`${placeOf(node)} ${trigger}[${index}]`, quiet.guard);
      return { ...quiet, guard: watchedGuard(this.#machine, quiet.guard, place, this.#watch) };
    });
    return Array.isArray(given) ? copied : copied[0];
  }

  #invocations(given: unknown, node: StateNode): unknown {
    const invocations: readonly Invocation[] = Array.isArray(given) ? given : [given];
    return invocations.map((invocation, index) => {
      const id = node.invoke[index]?.id ?? '';
      const { onDone, onError, onSnapshot, src } = invocation;
      return {
        ...invocation,
        src: typeof src === 'string' ? src : inert,
        onDone: this.#list(onDone, node, `xstate.done.actor.${id}`),
        onError: this.#list(onError, node, `xstate.error.actor.${id}`),
        onSnapshot: this.#list(onSnapshot, node, `xstate.snapshot.${id}`),
      };
    });
  }
}

const hasActions = (given: unknown): given is { readonly actions: unknown } =>
  typeof given === 'object' && given !== null && 'actions' in given && given.actions !== undefined;

const hasGuard = (given: unknown): given is { readonly guard: unknown } =>
  typeof given === 'object' && given !== null && 'guard' in given && given.guard !== undefined;
