/**
 * Chart: XState's machines as compiled steps see them. Everything that they rely on is named here;
 * `seen-through.ts` looks whether a machine is made of it.
 */
import type { AnyMachineSnapshot } from 'xstate';
import type { ActorEvent } from '../../../protocol/index.ts';

/** A machine's snapshot. */
export type Snapshot = AnyMachineSnapshot;

/** States, value and tags: what a snapshot has of its configuration. */
export type Face = Pick<Snapshot, '_nodes' | 'value' | 'tags'>;

/** What history states remember, by their ids. */
export type Past = Readonly<Record<string, readonly ChartNode[]>>;

/** A state of the chart. */
export interface ChartNode {
  readonly key: string;
  readonly id: string;
  readonly type: string;
  /** Its place in the document. */
  readonly order: number;
  readonly parent?: ChartNode | undefined;
  readonly states: Readonly<Record<string, ChartNode>>;
  readonly history: unknown;
  readonly config: { readonly target?: unknown };
  readonly entry: readonly unknown[];
  readonly exit: readonly unknown[];
  readonly invoke: readonly Invocation[];
  readonly initial: Initial;
  readonly transitions: ReadonlyMap<string, readonly ChartTransition[]>;
  readonly always?: readonly ChartTransition[] | undefined;
  readonly output?: unknown;
}

/** What a state invokes. */
export interface Invocation {
  readonly id: string;
  readonly src: string;
  readonly onSnapshot?: unknown;
}

/** Where a compound state begins. */
export interface Initial {
  readonly target: readonly ChartNode[];
  readonly actions: readonly unknown[];
}

/** A transition of the chart. */
export interface ChartTransition {
  readonly source: ChartNode;
  readonly target: readonly ChartNode[] | undefined;
  readonly reenter: boolean;
  readonly guard?: Named | undefined;
  readonly actions: readonly unknown[];
}

/** What actions get. */
export interface ActionArgs {
  readonly context: unknown;
  readonly event: ActorEvent;
  readonly self: unknown;
  readonly system: unknown;
}

/** An action that a scope is handed. */
export interface ScopeAction {
  readonly type: string;
  readonly info: ActionArgs;
  readonly params: unknown;
  readonly exec: unknown;
}

/** The scope of a step, as far as a step itself uses it; built-in actions use more. */
export interface Scope {
  readonly self: unknown;
  readonly system: { readonly _sendInspectionEvent: (event: object) => void };
  readonly actionExecutor: (action: ScopeAction) => void;
}

/** What a built-in action knows of the microstep that it is in. */
export interface Extra {
  readonly internalQueue: ActorEvent[];
  readonly deferredActorIds: readonly string[] | undefined;
}

/** An action of XState's own: it changes the snapshot, and may have something executed later. */
export interface BuiltIn {
  readonly type: string;
  readonly assignment?: unknown;
  readonly resolve: (
    scope: Scope,
    snapshot: Snapshot,
    args: ActionArgs,
    params: unknown,
    action: unknown,
    extra: Extra,
  ) => readonly [snapshot: Snapshot, params: unknown, actions: readonly unknown[] | undefined];
  readonly execute?: (scope: Scope, params: unknown) => void;
  readonly retryResolve?: (scope: Scope, snapshot: Snapshot, params: unknown) => void;
}

/** A guard of XState's own: `and`, `or`, `not`, `stateIn`. */
export interface BuiltInGuard {
  readonly check: (snapshot: Snapshot, args: GuardArgs, guard: unknown) => boolean;
}

/** What guards get. */
export interface GuardArgs {
  readonly context: unknown;
  readonly event: ActorEvent;
}

/** A function of a chart. */
export type Callable = (args: unknown, params?: unknown) => unknown;

/** Whether something can be called. */
export const isCallable = (thing: unknown): thing is Callable => typeof thing === 'function';

/** A function, or what goes by a name: with parameters, or bare. */
export type Named = Callable | string | { readonly type: string; readonly params?: unknown };

/** Whether an action is one of XState's own. */
export const isBuiltIn = (action: unknown): action is BuiltIn =>
  typeof action === 'function' && 'resolve' in action;

/** Whether a guard is one of XState's own. */
export const isBuiltInGuard = (guard: unknown): guard is BuiltInGuard =>
  typeof guard === 'function' && 'check' in guard;

/** All states of a chart, from the root down. */
export const statesBelow = (node: ChartNode): ChartNode[] => [
  node,
  ...Object.values(node.states).flatMap(statesBelow),
];
