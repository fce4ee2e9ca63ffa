/**
 * Sites: where in a machine's config something can be changed, with the places that findings name.
 * Transitions have the places of charts; their guards add `if isFree`, their actions `do note`;
 * a state's own actions are at `#door.open entry do note`.
 */
import type { AnyStateMachine, StateNode } from 'xstate';
import { placeOf, triggerOf } from '../charts/index.ts';
import { fieldOf, type Item, itemsAt, type Path } from './edits.ts';

/** A transition in a config. */
export interface TransitionSite {
  readonly place: string;
  readonly path: Path;
  readonly config: unknown;
}

/** An action in a config. */
export interface ActionSite {
  /** `#door.open entry do note`. */
  readonly place: string;
  /** Place of the state or transition that has it. */
  readonly within: string;
  readonly action: unknown;
  readonly path: Path;
}

/** What there is to be changed in a machine, in document order. */
export interface Sites {
  readonly transitions: readonly TransitionSite[];
  readonly actions: readonly ActionSite[];
}

/** Finds all sites. */
export function sitesOf({ config, root }: AnyStateMachine): Sites {
  const states = statesIn(config, root, []);
  const transitions = states.flatMap(transitionsIn);
  const own = states.flatMap(({ config: state, node, path }) => [
    ...['entry', 'exit'].flatMap((key) =>
      actionsIn(fieldOf(state, key), placeOf(node), ` ${key}`, [...path, key]),
    ),
    ...actionsIn(fieldOf(fieldOf(state, 'initial'), 'actions'), placeOf(node), ' initial', [
      ...path,
      'initial',
      'actions',
    ]),
  ]);
  const taken = transitions.flatMap(({ config: one, place, path }) =>
    actionsIn(fieldOf(one, 'actions'), place, '', [...path, 'actions']),
  );
  return { transitions, actions: [...own, ...taken] };
}

interface State {
  readonly config: unknown;
  readonly node: StateNode;
  readonly path: Path;
}

function statesIn(config: unknown, node: StateNode, path: Path): readonly State[] {
  const below = Object.entries(node.states).flatMap(([key, child]) => {
    const states = fieldOf(config, 'states');
    return statesIn(fieldOf(states, key), child, [...path, 'states', key]);
  });
  return [{ config, node, path }, ...below];
}

/** Lists of transitions of a state, each with what XState calls its trigger. */
function transitionsIn({ config, node, path }: State): readonly TransitionSite[] {
  const { id } = node;
  const keyed = (key: string, descriptorOf: (one: string) => string) =>
    Object.entries(Object(fieldOf(config, key))).flatMap(([one, list]) =>
      listed(list, descriptorOf(one), [...path, key, one], node),
    );
  const single = (key: string, descriptor: string) => {
    const list = fieldOf(config, key);
    return list === undefined ? [] : listed(list, descriptor, [...path, key], node);
  };
  return [
    ...keyed('on', (type) => type),
    ...keyed('after', (delay) => `xstate.after.${delay}.${id}`),
    ...single('always', ''),
    ...single('onDone', `xstate.done.state.${id}`),
    ...invocationsIn(config, node, path),
  ];
}

const ends = { onDone: 'done.actor.', onError: 'error.actor.', onSnapshot: 'snapshot.' } as const;

function invocationsIn(config: unknown, node: StateNode, path: Path): readonly TransitionSite[] {
  const invoke = fieldOf(config, 'invoke');
  if (invoke === undefined) return [];
  return itemsAt(invoke, [...path, 'invoke']).flatMap(({ item, path: own, index }) =>
    Object.entries(ends).flatMap(([key, end]) => {
      const list = fieldOf(item, key);
      const descriptor = `xstate.${end}${node.invoke[index]?.id ?? ''}`;
      return list === undefined ? [] : listed(list, descriptor, [...own, key], node);
    }),
  );
}

function listed(
  list: unknown,
  descriptor: string,
  path: Path,
  node: StateNode,
): readonly TransitionSite[] {
  const trigger = triggerOf(node, descriptor);
  return itemsAt(list, path).map(({ item, path: own, index }) => {
    return { place: `${placeOf(node)} ${trigger}[${index}]`, path: own, config: item };
  });
}

function actionsIn(
  given: unknown,
  within: string,
  when: string,
  path: Path,
): readonly ActionSite[] {
  if (given === undefined) return [];
  const items = itemsAt(given, path);
  const names = items.map(({ item }) => nameOf(item));
  return items.map(({ item: action, path: own }: Item, index) => {
    const name = names[index] ?? '';
    const isAlone = names.indexOf(name) === names.lastIndexOf(name);
    const place = `${within}${when} do ${name}${isAlone ? '' : `[${index}]`}`;
    return { place, within, action, path: own };
  });
}

/** The name of an action: `note`, `assign`, of a nameless function `action`. */
function nameOf(action: unknown): string {
  const type = Reflect.get(Object(action), 'type');
  if (typeof action === 'string') return action;
  if (typeof type === 'string') return type.replace(/^xstate\./, '');
  return typeof action === 'function' && action.name !== '' ? action.name : 'action';
}
