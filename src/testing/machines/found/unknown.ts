/**
 * Unknown: what nobody looked at, so that nothing can be said of it. It lies behind what the bounds
 * cut off, behind what throws or never comes to rest, and behind guards of two minds.
 */
import type { AnyStateMachine, StateNode } from 'xstate';
import { activeIn, placeOf, statesOf, transitionsOf } from '../../charts/index.ts';
import type { Explored } from '../explore.ts';
import type { Ledger } from '../ledger.ts';

/** States that may be reached by what was not looked at. */
export function unknownIn(
  machine: AnyStateMachine,
  ledger: Ledger,
  { nodes, isCut }: Explored,
): ReadonlySet<StateNode> {
  const states = new Map(statesOf(machine).map(({ place, node }) => [place, node] as const));
  const edge = isCut ? nodes.filter(({ isKnown }) => !isKnown) : [];
  const rested = edge.flatMap(({ moment }) => activeIn(moment.snapshot).map(placeOf));
  const transitions = transitionsOf(machine).filter(({ place }) => isDark(place, ledger));
  const first = ledger.troubles.some(({ trail }) => trail.step.do === 'start' && !trail.snapshot);
  return spread(machine, [
    ...(first ? [machine.root] : []),
    ...[...new Set(rested)].flatMap((place) => states.get(place) ?? []),
    ...transitions.flatMap(({ transition }) => transition.target ?? []),
    ...transitions.filter(({ place }) => isOfLoop(place, ledger)).map(({ node }) => node),
  ]);
}

/** Whether nobody knows where a transition leads: it threw, or it goes round. */
export const isDark = (place: string, ledger: Ledger): boolean =>
  isOfLoop(place, ledger) ||
  ledger.troubles.some(
    (one) => one.code === 'throws' && (one.place === place || one.place.startsWith(`${place} if `)),
  ) ||
  [...ledger.wavering].some((guard) => guard.startsWith(`${place} if `));

const isOfLoop = (place: string, { loops }: Ledger): boolean => loops.has(place);

/** All that can be active when some may be, whatever guards say. */
function spread(machine: AnyStateMachine, roots: readonly StateNode[]): ReadonlySet<StateNode> {
  const found = new Set<StateNode>(roots);
  const byNode = new Map<StateNode, StateNode[]>();
  for (const { node, transition } of transitionsOf(machine)) {
    byNode.set(node, [...(byNode.get(node) ?? []), ...(transition.target ?? [])]);
  }
  for (const node of found) {
    const inner =
      node.type === 'parallel' ? Object.values(node.states) : (node.initial?.target ?? []);
    const past = node.type === 'history' ? Object.values(node.parent?.states ?? {}) : [];
    const above = node.parent === undefined ? [] : [node.parent];
    for (const next of [...inner, ...past, ...above, ...(byNode.get(node) ?? [])]) found.add(next);
  }
  return found;
}
