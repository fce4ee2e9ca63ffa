/**
 * Effects that may be lost: custom actions, found in the chart. Those that only `enqueueActions`
 * knows are found when they are asked for.
 */
import type { AnyStateMachine } from 'xstate';
import { isEffect } from '../../../protocol/index.ts';
import { placeOf, statesOf, transitionsOf } from '../../charts/index.ts';
import type { Trouble } from '../ledger.ts';
import { lossOf } from './faults.ts';

/** A custom action at its place. */
export interface CustomAction {
  readonly name: string;
  readonly place: string;
  readonly message: string;
}

/** The custom actions of a chart in document order. */
export const customActions = (machine: AnyStateMachine): readonly CustomAction[] =>
  actionsIn(machine).flatMap(({ at, action }) => customOf(machine, at, action));

/** Delays that a chart names and nobody gives: XState does not wait at all then. */
export function missingDelays(machine: AnyStateMachine): readonly Omit<Trouble, 'trail'>[] {
  return actionsIn(machine).flatMap(({ at, action }) => {
    const delay: unknown = Reflect.get(Object(action), 'delay');
    if (typeof delay !== 'string' || delay in machine.implementations.delays) return [];
    const message = `the delay ${delay} has no implementation, so that nothing waits; ${giveIt}`;
    return [{ code: 'not-durable', place: `the delay ${delay} in ${at}`, message }];
  });
}

const giveIt = 'give it under `delays` in setup';

/** An action, and where it stands. */
interface Use {
  readonly at: string;
  readonly action: unknown;
}

function actionsIn(machine: AnyStateMachine): readonly Use[] {
  const nodes = [machine.root, ...statesOf(machine).map(({ node }) => node)];
  return [
    ...nodes.flatMap((node) => [
      ...node.entry.map((action) => ({ at: `${placeOf(node)} entry`, action })),
      ...node.exit.map((action) => ({ at: `${placeOf(node)} exit`, action })),
      ...(node.initial?.actions ?? []).map((action) => ({
        at: `${placeOf(node)} initial`,
        action,
      })),
    ]),
    ...transitionsOf(machine).flatMap(({ place, transition }) =>
      transition.actions.map((action) => ({ at: place, action })),
    ),
  ];
}

function customOf(machine: AnyStateMachine, at: string, action: unknown): CustomAction[] {
  const implementations: Readonly<Record<string, unknown>> = machine.implementations.actions;
  const name = nameOf(action);
  const exec = typeof action === 'function' ? action : implementations[name];
  const isBuiltIn = typeof exec === 'function' && 'resolve' in exec;
  if (isBuiltIn || isEffect(exec)) return [];
  return [{ name, ...lossOf(`${at} ${name}`, exec) }];
}

function nameOf(action: unknown): string {
  if (typeof action === 'string') return action;
  if (typeof action === 'function') return unnamed.has(action.name) ? '(inline)' : action.name;
  const type: unknown = Reflect.get(Object(action), 'type');
  return typeof type === 'string' ? type : '(inline)';
}

/** What functions are called by where they are written. */
const unnamed = new Set(['', 'actions', 'entry', 'exit']);
