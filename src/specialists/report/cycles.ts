/**
 * Cycles of imports as places: how large a component is, and a shortest way around in it, where
 * cutting is easiest to begin. Pure.
 */
import { cyclicComponents as componentsOf, type Facts, type Modules } from '../analysers/index.ts';
import { type CyclePlace, shown } from './places.ts';

/** Members of a component from which a way around is searched; each search walks its imports. */
const startsMax = 300;

/** The components of the module graph in which modules reach each other. */
export function cyclePlaces(
  { cyclicComponents, moduleGraph }: Pick<Facts, 'cyclicComponents' | 'moduleGraph'>,
  typeImports: TypeImports = {},
): CyclePlace[] {
  return cyclicComponents.map((members) => {
    const inside = new Set(members);
    const graph = new Map(
      members.map((file) => [file, (moduleGraph[file] ?? []).filter((to) => inside.has(to))]),
    );
    return {
      kind: 'cycle',
      members: members.slice(0, shown),
      size: members.length,
      imports: [...graph.values()].reduce((sum, targets) => sum + targets.length, 0),
      shortest: shortestWay(graph, members.slice(0, startsMax)).slice(0, shown),
      ...(isOfTypes(graph, typeImports) && { isOfTypes: true }),
    };
  });
}

/** Imports of types alone, by file. */
export type TypeImports = NonNullable<Modules['typeImports']>;

/** Whether there is no cycle once the imports of types alone are gone, as compilers see to. */
function isOfTypes(graph: Graph, typeImports: TypeImports): boolean {
  const values = [...graph].map(([file, targets]): [string, string[]] => {
    const types = new Set(typeImports[file]);
    return [file, targets.filter((to) => !types.has(to))];
  });
  return componentsOf(Object.fromEntries(values)).length === 0;
}

type Graph = ReadonlyMap<string, readonly string[]>;

/** The first of the shortest ways around that pass one of `starts`. */
function shortestWay(graph: Graph, starts: readonly string[]): string[] {
  let best: string[] = [];
  for (const start of starts) {
    const way = wayAround(graph, start);
    if (way.length > 0 && (best.length === 0 || way.length < best.length)) best = way;
    if (best.length === 2) break;
  }
  return best;
}

/** Breadth first from `start` until an import leads back to it. */
function wayAround(graph: Graph, start: string): string[] {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const file of queue) {
    for (const target of graph.get(file) ?? []) {
      if (target === start && file !== start) return wayTo(file, cameFrom);
      if (target === start || cameFrom.has(target)) continue;
      cameFrom.set(target, file);
      queue.push(target);
    }
  }
  return [];
}

function wayTo(file: string, cameFrom: ReadonlyMap<string, string>): string[] {
  const way = [file];
  for (let at = cameFrom.get(file); at !== undefined; at = cameFrom.get(at)) way.unshift(at);
  return way;
}
