/**
 * XState: what compiled steps have it do itself, so that it is done its way; and the places where
 * its own types say less than we know of a machine that is seen through.
 */
import { type AnyStateMachine, assign, spawnChild, stopChild } from 'xstate';
import type { ActorEvent } from '../../../protocol/index.ts';
import type {
  BuiltIn,
  Callable,
  ChartNode,
  Face,
  Invocation,
  Named,
  Past,
  Scope,
  Snapshot,
} from './chart.ts';

/** The root of a machine's chart. */
export const rootOf = (machine: AnyStateMachine): ChartNode => machine.root as ChartNode;

/** The states of a snapshot, in the order in which they were entered. */
export const nodesOf = ({ _nodes }: Pick<Snapshot, '_nodes'>): readonly ChartNode[] =>
  _nodes as readonly ChartNode[];

/** A guard or an action as charts have them; XState does not check that either. */
export const asNamed = (thing: unknown): Named => thing as Named;

const { resolve: resolveAssign } = assign({}) as unknown as BuiltIn;

/** Whether an action is an `assign` as we know it. */
export const isAssign = (action: BuiltIn): boolean =>
  action.type === 'xstate.assign' && action.resolve === resolveAssign;

const { resolve: resolveSpawn } = spawnChild('') as unknown as BuiltIn;

/** Whether an action is a `spawnChild` as we know it. */
export const isSpawn = (action: BuiltIn): boolean =>
  action.type === 'xstate.spawnChild' && action.resolve === resolveSpawn;

const { resolve: resolveStop } = stopChild('') as unknown as BuiltIn;

/** Whether an action is a `stopChild` as we know it. */
export const isStop = (action: BuiltIn): boolean =>
  action.type === 'xstate.stopChild' && action.resolve === resolveStop;

/** The action by which a state starts what it invokes. */
export const startOf = (invocation: Invocation): unknown =>
  spawnChild(invocation.src, { ...invocation, syncSnapshot: !!invocation.onSnapshot } as never);

/** The action that stops a child, by its id or itself. */
export const stopOf = (child: unknown): unknown => stopChild(child as never);

/** What the history states of a snapshot remember. */
export const pastOf = ({ historyValue }: Snapshot): Past => historyValue as Past;

/** What XState's interpreter makes of an event. */
export const interpreted = (snapshot: Snapshot, event: ActorEvent, scope: Scope): Snapshot =>
  snapshot.machine.transition(snapshot, event, scope as never);

/** What XState's interpreter makes of an input. */
export const interpretedFirst = (
  machine: AnyStateMachine,
  input: unknown,
  scope: Scope,
): Snapshot => machine.getInitialSnapshot(scope as never, input as never);

interface Beginning {
  readonly spawn: unknown;
  readonly event: ActorEvent;
  readonly self: unknown;
}

/** A machine's context, or the action by which XState makes it of the input. */
export function contextOf({ config }: AnyStateMachine): unknown {
  const { context } = config;
  if (typeof context !== 'function') return context || {};
  const make: Callable = context;
  return assign((({ spawn, event, self }: Beginning) =>
    make({ spawn, input: event.input, self })) as never);
}

/**
 * The snapshot that XState makes of these states: the one way to a value and to tags, so that
 * keys come in its order.
 */
export function templateOf(machine: AnyStateMachine, nodes: readonly ChartNode[]): Snapshot {
  const context = {};
  const given = { machine, context, children: {}, status: 'active', _nodes: nodes } as never;
  const args = { context, event: { type: '' }, self: undefined, system: undefined };
  const extra = { internalQueue: [], deferredActorIds: undefined };
  return resolveAssign({} as Scope, given, args, undefined, { assignment: {} }, extra)[0];
}

/** The fields of a snapshot, in the order in which XState makes them. */
export const snapshotFields =
  'status,output,error,machine,context,_nodes,value,tags,children,historyValue,' +
  'matches,hasTag,can,getMeta,toJSON';

/** What actions change of a snapshot. */
export type Now = Pick<Snapshot, 'status' | 'output' | 'context' | 'children'>;

/** A snapshot like another one, with what is different now. */
export function snapshotOf(from: Snapshot, now: Now, face: Face, past: Past): Snapshot {
  return {
    status: now.status,
    output: now.output,
    error: from.error,
    machine: from.machine,
    context: now.context,
    _nodes: face._nodes,
    value: face.value,
    tags: face.tags,
    children: now.children,
    historyValue: past,
    matches: from.matches,
    hasTag: from.hasTag,
    can: from.can,
    getMeta: from.getMeta,
    toJSON: from.toJSON,
  } as unknown as Snapshot;
}
