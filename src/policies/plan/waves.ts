/**
 * The schedule of a plan: its waves, and the cycles that would make it wait for itself.
 *
 * Waves: A. B. Kahn, "Topological sorting of large networks", 1962. Cycles: R. Tarjan, "Depth-first
 * search and linear graph algorithms", 1972, on a stack of its own, so that a plan may be deep.
 * Each is linear in steps and edges. A step that waits for itself is a cycle of one.
 */
import type { Plan } from '../../protocol/index.ts';
import { dependentsOf } from './graph.ts';

/**
 * The steps by wave: each is in the first wave in which all it waits for is done before.
 * Steps of a cycle, and those that wait for one, are in no wave.
 */
export function wavesOf(plan: Plan): readonly (readonly number[])[] {
  const unmet = plan.steps.map((step) => step.after.length);
  const dependents = dependentsOf(plan);
  const queue = [...unmet.keys()].filter((index) => unmet[index] === 0);
  const waveOf = new Map(queue.map((index) => [index, 0]));
  for (const done of queue) {
    for (const index of dependents[done] ?? []) {
      const left = (unmet[index] ?? 0) - 1;
      unmet[index] = left;
      if (left > 0) continue;
      // What it waited for last is in the latest wave, for the queue runs wave by wave.
      waveOf.set(index, (waveOf.get(done) ?? 0) + 1);
      queue.push(index);
    }
  }
  const last = queue.at(-1);
  const count = last === undefined ? 0 : (waveOf.get(last) ?? 0) + 1;
  const waves = Array.from({ length: count }, (): number[] => []);
  for (const index of plan.steps.keys()) waves[waveOf.get(index) ?? -1]?.push(index);
  return waves;
}

/**
 * A cycle of the plan, in order: each member waits for the next, the last for the first. It is a
 * shortest one through the lowest step that is in any; undefined when the plan has none.
 */
export function cycleIn(plan: Plan): readonly number[] | undefined {
  const [group] = cyclicGroups(plan);
  const start = group?.[0];
  if (group === undefined || start === undefined) return undefined;
  const inside = new Set(group);
  const cameFrom = new Map<number, number>();
  const queue = [start];
  for (const index of queue) {
    for (const before of plan.steps[index]?.after ?? []) {
      if (before === start) return pathTo(index, cameFrom);
      if (!inside.has(before) || cameFrom.has(before)) continue;
      cameFrom.set(before, index);
      queue.push(before);
    }
  }
  return undefined;
}

/**
 * The groups of steps that all wait for each other (strongly connected components that hold a
 * cycle). Each is sorted, and they are sorted by their first members.
 */
export function cyclicGroups(plan: Plan): readonly (readonly number[])[] {
  return components(plan)
    .filter((group) => group.length > 1 || waitsForItself(plan, group[0] ?? -1))
    .map((group) => group.sort((a, b) => a - b))
    .sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
}

function pathTo(end: number, cameFrom: ReadonlyMap<number, number>): readonly number[] {
  const path = [end];
  for (let at = cameFrom.get(end); at !== undefined; at = cameFrom.get(at)) path.push(at);
  return path.reverse();
}

const waitsForItself = (plan: Plan, index: number): boolean =>
  plan.steps[index]?.after.includes(index) === true;

/** One step on the way down: which of its edges comes next. */
interface Visit {
  readonly index: number;
  edge: number;
}

function components(plan: Plan): number[][] {
  const found: number[][] = [];
  /** Order of discovery; the lowest that is reached from below makes the root of a component. */
  const order = new Map<number, number>();
  const low = new Map<number, number>();
  const open: number[] = [];
  const isOpen = new Set<number>();
  const lower = (index: number, to: number): void => {
    low.set(index, Math.min(low.get(index) ?? to, to));
  };
  const enter = (index: number): Visit => {
    lower(index, order.size);
    order.set(index, order.size);
    open.push(index);
    isOpen.add(index);
    return { index, edge: 0 };
  };
  const leave = (index: number): void => {
    if (low.get(index) !== order.get(index)) return;
    const group = open.splice(open.lastIndexOf(index));
    for (const member of group) isOpen.delete(member);
    found.push(group);
  };
  for (const root of plan.steps.keys()) {
    const path: Visit[] = order.has(root) ? [] : [enter(root)];
    for (let at = path.at(-1); at !== undefined; at = path.at(-1)) {
      const before = plan.steps[at.index]?.after[at.edge];
      at.edge += 1;
      if (before === undefined) {
        leave(at.index);
        path.pop();
        const above = path.at(-1);
        if (above !== undefined) lower(above.index, low.get(at.index) ?? 0);
      } else if (!order.has(before)) path.push(enter(before));
      else if (isOpen.has(before)) lower(at.index, order.get(before) ?? 0);
    }
  }
  return found;
}
