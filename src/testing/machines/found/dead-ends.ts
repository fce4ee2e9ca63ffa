/**
 * Dead ends: moments from which nothing leads on. A chart that has a final state is meant to end,
 * so what can't reach an end is one; of others, where neither an event nor a timer nor the end of
 * an actor moves anything. Nothing is said of what could lead to something that was not looked at.
 */
import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import { activeIn } from '../../charts/index.ts';
import type { Explored, Node } from '../explore.ts';
import type { Trouble } from '../ledger.ts';
import { whereabouts } from '../model/trail.ts';
import type { Spot } from '../telling.ts';

/** What else can happen at a moment, with more values than were tried. */
export type Further = (node: Node) => readonly { readonly spot: Spot }[];

/** All dead ends, each with the first story that leads into it. */
export function deadEnds(
  machine: AnyStateMachine,
  { nodes }: Explored,
  further: Further,
): readonly Trouble[] {
  const hasEnd = Object.values(machine.root.states).some(({ type }) => type === 'final');
  const isWayOut = (node: Node): boolean =>
    !node.isKnown || node.throws || isOver(node.moment.snapshot) || (!hasEnd && node.moves);
  const saved = leadingTo(nodes, isWayOut);
  const lost = nodes.filter((node) => !saved.has(node) || isStuck(node, hasEnd));
  const groups = bottoms(lost.filter((node) => !isStuck(node, hasEnd))).filter(
    (group) => !isLeft(group, hasEnd, further),
  );
  const all = [
    ...lost.filter((node) => isStuck(node, hasEnd)).map((node): [Node] => [node]),
    ...groups,
  ];
  const found = new Map<string, Trouble>();
  for (const group of all) {
    const trouble = troubleOf(group, hasEnd);
    const known = found.get(trouble.place);
    if (known === undefined || known.trail.depth > trouble.trail.depth) {
      found.set(trouble.place, trouble);
    }
  }
  return [...found.values()];
}

const isOver = ({ status }: AnyMachineSnapshot): boolean => status !== 'active';

/** Of a large group so many moments are looked at again. */
const LOOKED = 50;

/** Whether other values lead out of a group. */
function isLeft(group: readonly Node[], hasEnd: boolean, further: Further): boolean {
  const places = new Set(group.map(({ moment }) => whereabouts(moment.snapshot)));
  return group
    .slice(0, LOOKED)
    .some((node) =>
      further(node).some(
        ({ spot: { moment, taken } }) =>
          !places.has(whereabouts(moment.snapshot)) || (!hasEnd && taken.length > 0),
      ),
    );
}

/** No transition of its states leads anywhere, whatever its context becomes. */
function isStuck({ moment: { snapshot } }: Node, hasEnd: boolean): boolean {
  if (isOver(snapshot)) return false;
  return activeIn(snapshot).every(({ transitions, always = [] }) =>
    [...transitions.values(), always].flat().every(({ target, actions }) => {
      const leads = target !== undefined && target.length > 0;
      return hasEnd ? !leads : !leads && actions.length === 0;
    }),
  );
}

/** Nodes from which a way leads to some. */
function leadingTo(nodes: readonly Node[], isWanted: (node: Node) => boolean): ReadonlySet<Node> {
  const from = new Map<number, Node[]>();
  for (const node of nodes) {
    for (const to of node.to) {
      const list = from.get(to) ?? [];
      if (list.length === 0) from.set(to, list);
      list.push(node);
    }
  }
  const found = new Set(nodes.filter(isWanted));
  for (const node of found) for (const before of from.get(node.number) ?? []) found.add(before);
  return found;
}

/** Groups of nodes that lead to each other, and to nothing else. */
function bottoms(nodes: readonly Node[]): readonly (readonly [Node, ...Node[]])[] {
  const byNumber = new Map(nodes.map((node) => [node.number, node] as const));
  const done = new Set<Node>();
  const groups: [Node, ...Node[]][] = [];
  // The last ones lead on seldom, and who leads to one that was looked at is no bottom.
  for (const node of nodes.toReversed()) {
    if (done.has(node)) continue;
    const reached = reachedFrom(node, byNumber, done);
    done.add(node);
    if (reached === undefined) continue;
    const back = leadingTo([...reached], (one) => one === node);
    if (back.size < reached.size) continue;
    for (const one of reached) done.add(one);
    const [first = node, ...others] = [...reached].sort((a, b) => a.number - b.number);
    groups.push([first, ...others]);
  }
  return groups;
}

/** What a node leads to, itself included; undefined when that was looked at. */
function reachedFrom(
  node: Node,
  byNumber: ReadonlyMap<number, Node>,
  done: ReadonlySet<Node>,
): ReadonlySet<Node> | undefined {
  const reached = new Set([node]);
  for (const one of reached) {
    for (const number of one.to) {
      const other = byNumber.get(number);
      if (other === undefined || done.has(other)) return undefined;
      reached.add(other);
    }
  }
  return reached;
}

function troubleOf(group: readonly [Node, ...Node[]], hasEnd: boolean): Trouble {
  const [first] = group;
  const places = [...new Set(group.map(({ moment }) => whereabouts(moment.snapshot)))];
  const what = hasEnd
    ? 'no end can be reached any more'
    : 'nothing that can happen does anything any more';
  const where = places.length === 1 ? '' : `; it only goes round between ${places.join(', ')}`;
  const hasCandidates = group.some(({ moment }) => mayLead(moment.snapshot));
  const why = hasCandidates ? ' with the events, outputs and inputs that were tried' : '';
  const remedy = hasEnd ? 'give it a way out, or make it final' : 'give it a way out, or an end';
  return {
    code: 'dead-end',
    place: places[0] ?? '',
    message: `from here ${what}${why}${where}; ${remedy}`,
    trail: first.trail,
  };
}

const mayLead = (snapshot: AnyMachineSnapshot): boolean =>
  activeIn(snapshot).some(({ transitions }) =>
    [...transitions.values()].flat().some(({ target }) => (target ?? []).length > 0),
  );
