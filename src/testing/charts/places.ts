/**
 * Places of a chart: its states and transitions, each with a name that tells it from all others and
 * stays the same as long as the chart does: `#door.open`, `#door.open on CLOSE[0]`,
 * `#door.open after 1000[0]`, `#door.open always[0]`, `#door onDone[0]`,
 * `#door.open onError of lock[0]`. The number counts the transitions of one trigger.
 */
import type {
  AnyMachineSnapshot,
  AnyStateMachine,
  AnyTransitionDefinition,
  StateNode,
} from 'xstate';

/** A state of a chart. */
export interface ChartState {
  /** `#door.open`. */
  readonly place: string;
  readonly node: StateNode;
}

/** A transition of a chart. */
export interface ChartTransition {
  /** `#door.open on CLOSE[0]`. */
  readonly place: string;
  readonly transition: AnyTransitionDefinition;
  /** The state that has it. */
  readonly node: StateNode;
  /** What XState calls its trigger: `CLOSE`, `xstate.after.1000.door.open`; empty: `always`. */
  readonly descriptor: string;
  readonly index: number;
}

/**
 * The states whose transitions XState asks at a snapshot: it selects by the value, so the states
 * above are asked also where its own set has lost one (a region that left and came back alone).
 */
export function activeIn({ _nodes: nodes }: Pick<AnyMachineSnapshot, '_nodes'>): StateNode[] {
  const found = new Set<StateNode>();
  for (const one of nodes) {
    for (let node: StateNode | undefined = one; node !== undefined; node = node.parent) {
      found.add(node);
    }
  }
  return [...found];
}

/** Place of a state. */
export const placeOf = ({ id }: Pick<StateNode, 'id'>): string => `#${id}`;

/** All states that an actor can be in, in document order: without the root and history states. */
export function statesOf({ root }: AnyStateMachine): readonly ChartState[] {
  return below(root)
    .filter(({ type }) => type !== 'history')
    .map((node) => ({ place: placeOf(node), node }));
}

/** History states, in document order. */
export function historiesOf({ root }: AnyStateMachine): readonly ChartState[] {
  return below(root)
    .filter(({ type }) => type === 'history')
    .map((node) => ({ place: placeOf(node), node }));
}

/** All transitions in document order, those of the root first. */
export function transitionsOf({ root }: AnyStateMachine): readonly ChartTransition[] {
  return [root, ...below(root)].flatMap((node) =>
    [...node.transitions, ['', node.always ?? []] as const].flatMap(([descriptor, list]) => {
      const trigger = triggerOf(node, descriptor);
      return list.map((transition, index) => {
        const place = `${placeOf(node)} ${trigger}[${index}]`;
        return { place, transition, node, descriptor, index };
      });
    }),
  );
}

/** A trigger in words: `on CLOSE`, `after 1000`, `always`, `onDone`, `onError of lock`. */
export function triggerOf(node: StateNode, descriptor: string): string {
  if (descriptor === '') return 'always';
  if (descriptor === `xstate.done.state.${node.id}`) return 'onDone';
  const delay = delayOf(node, descriptor);
  if (delay !== undefined) return `after ${delay}`;
  for (const [head, word] of Object.entries(ends)) {
    const name = descriptor.startsWith(head)
      ? invokeName(node, descriptor.slice(head.length))
      : undefined;
    if (name !== undefined) return `${word} of ${name}`;
  }
  return `on ${descriptor}`;
}

const ends: Readonly<Record<string, string>> = {
  'xstate.done.actor.': 'onDone',
  'xstate.error.actor.': 'onError',
  'xstate.snapshot.': 'onSnapshot',
};

const below = (node: StateNode): readonly StateNode[] =>
  Object.values(node.states).flatMap((child) => [child, ...below(child)]);

function delayOf({ id }: StateNode, descriptor: string): string | undefined {
  const [head, tail] = ['xstate.after.', `.${id}`];
  if (!descriptor.startsWith(head) || !descriptor.endsWith(tail)) return undefined;
  return descriptor.slice(head.length, -tail.length);
}

/** Its own id, else its source's name; of several without names the number beside. */
function invokeName({ invoke, id: node }: StateNode, id: string): string | undefined {
  const index = invoke.findIndex((one) => one.id === id);
  const found = invoke[index];
  if (found === undefined) return undefined;
  if (id !== `${index}.${node}`) return id;
  const name = String(found.src);
  const isAlone = invoke.filter(({ src }) => src === name).length === 1;
  return isAlone && !name.startsWith('xstate.invoke.') ? name : `invoke ${index}`;
}
