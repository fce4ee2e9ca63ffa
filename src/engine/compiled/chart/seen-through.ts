/**
 * Seen through: whether a machine is one whose steps can be compiled.
 *
 * Compiled steps lean on internals of XState 5. A machine of which anything is not as expected
 * stays with the interpreter: one of another copy of XState (its classes are others), a subclass, a
 * key, guard, action or descriptor out of the ordinary. That is decided once for each machine,
 * before it made any step.
 */
import { type AnyStateMachine, StateMachine, StateNode } from 'xstate';
import { type ChartNode, type ChartTransition, isBuiltIn, statesBelow } from './chart.ts';
import { stateAt } from './state-sets.ts';
import { rootOf, snapshotFields, templateOf } from './xstate.ts';

/** Whether everything of a machine is as compiled steps expect it. */
export function isSeenThrough(machine: AnyStateMachine): boolean {
  if (!(machine instanceof StateMachine)) return false;
  if (Object.getPrototypeOf(machine) !== StateMachine.prototype) return false;
  try {
    return isPlain(machine);
  } catch {
    // A part that can't be read, such as an initial state that is nowhere, may never be met.
    return false;
  }
}

function isPlain(machine: AnyStateMachine): boolean {
  const nodes = statesBelow(rootOf(machine));
  const orders = new Set(nodes.map(({ order }) => order));
  return (
    orders.size === nodes.length &&
    nodes.every((node) => isPlainNode(node, machine)) &&
    Object.keys(templateOf(machine, [rootOf(machine)])).join() === snapshotFields
  );
}

function isPlainNode(node: ChartNode, machine: AnyStateMachine): boolean {
  const transitions = [...node.transitions.values(), node.always ?? []].flat();
  const actions = [node.entry, node.exit, node.initial.actions].flat();
  return (
    node instanceof StateNode &&
    NODE_TYPES.has(node.type) &&
    (node.parent === undefined || /^[^#]/.test(node.key)) &&
    [...node.transitions.keys()].every(isPlainDescriptor) &&
    transitions.every((transition) => isPlainTransition(transition, machine)) &&
    actions.every((action) => isPlainAction(action, machine)) &&
    isPlainOutput(node.output) &&
    (node.type !== 'history' || isPlainHistory(node))
  );
}

/** `*` stands alone or is the last of several tokens. */
const isPlainDescriptor = (descriptor: string): boolean =>
  descriptor === '*' || !descriptor.replace(/\.\*$/, '').includes('*');

function isPlainTransition(transition: ChartTransition, machine: AnyStateMachine): boolean {
  const { source, target, guard, actions } = transition;
  return (
    source instanceof StateNode &&
    (target === undefined || target.every((node) => node instanceof StateNode)) &&
    (guard === undefined || isPlainGuard(guard, machine)) &&
    actions.every((action) => isPlainAction(action, machine))
  );
}

/** A guard by name leads to a function, in a few hops. */
function isPlainGuard(guard: unknown, machine: AnyStateMachine, hops = 0): boolean {
  if (typeof guard === 'function') return true;
  const name = nameOf(guard);
  const named = name === undefined ? undefined : machine.implementations.guards[name];
  return hops < 8 && named !== undefined && isPlainGuard(named, machine, hops + 1);
}

function isPlainAction(action: unknown, machine: AnyStateMachine): boolean {
  const name = nameOf(action);
  if (typeof action !== 'function' && name === undefined) return false;
  const made: unknown = name === undefined ? action : machine.implementations.actions[name];
  if (made !== undefined && typeof made !== 'function') return false;
  return !isBuiltIn(made) || BUILT_IN_TYPES.has(made.type);
}

/** The name that a guard or an action goes by, `undefined` when it is none of both. */
function nameOf(thing: unknown): string | undefined {
  if (typeof thing === 'string') return thing === '' ? undefined : thing;
  if (typeof thing !== 'object' || thing === null || !('type' in thing)) return undefined;
  return typeof thing.type === 'string' ? thing.type : undefined;
}

/** XState warns of objects that hold functions; that is its own affair. */
const isPlainOutput = (output: unknown): boolean =>
  typeof output !== 'object' ||
  output === null ||
  !Object.values(output).some((value) => typeof value === 'function');

/**
 * The default of a history state is its parent's, or states at paths of keys; never a history
 * state, which might lead to itself.
 */
function isPlainHistory({ config, parent }: ChartNode): boolean {
  if (parent === undefined) return false;
  const isDefault = config.target === undefined && parent.type !== 'parallel';
  const targets = isDefault
    ? parent.initial.target
    : [config.target ?? []].flat().map((path) => stateAt(parent, path));
  return targets.every((node) => node !== undefined && node.type !== 'history');
}

const NODE_TYPES = new Set(['atomic', 'compound', 'parallel', 'final', 'history']);

const BUILT_IN_TYPES = new Set(
  'assign cancel emit enqueueActions log raise sendTo spawnChild stopChild'
    .split(' ')
    .map((name) => `xstate.${name}`),
);
