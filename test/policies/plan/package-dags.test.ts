/**
 * Real dependency graphs of npm packages: their cycles with exactly the members that another
 * implementation found, and their levels. The data is read from the folder TROUPE_DATA.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { graph } from '../../../src/index.ts';
import { cycleIn, cyclicGroups, wavesOf } from '../../../src/policies/plan/waves.ts';
import { isTroupeError, type Plan } from '../../../src/protocol/index.ts';
import { dataFolder } from '../../data.ts';

const Dag = z.object({
  root: z.string(),
  cycles: z.array(z.array(z.string())),
  levelsAfterMergingCycles: z.int(),
  widestLevel: z.int(),
  nodes: z.array(
    z.object({
      id: z.string(),
      deps: z.array(z.string()),
      peer: z.array(z.string()).default([]),
    }),
  ),
});
type Dag = z.infer<typeof Dag>;

function dagsIn(folder: string): readonly Dag[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json') && name !== 'index.json')
    .map((name) => Dag.parse(JSON.parse(readFileSync(join(folder, name), 'utf8'))));
}

function planOf(dag: Dag, leaveOut: (node: Dag['nodes'][number], id: string) => boolean): Plan {
  const places = new Map(dag.nodes.map((node, index) => [node.id, index]));
  const steps = dag.nodes.map((node) => ({
    name: node.id,
    after: [...new Set(node.deps)]
      .filter((id) => !leaveOut(node, id))
      .flatMap((id) => places.get(id) ?? []),
  }));
  return { steps };
}

/** The plan with each group of packages that need each other as one step. */
function merged(plan: Plan): Plan {
  const headOf = new Map(
    cyclicGroups(plan).flatMap((group) => group.map((member) => [member, group[0] ?? member])),
  );
  const head = (index: number): number => headOf.get(index) ?? index;
  const heads = [...plan.steps.keys()].filter((index) => head(index) === index);
  const place = new Map(heads.map((index, at) => [index, at]));
  const steps = heads.map((index) => {
    const members = [...plan.steps.keys()].filter((one) => head(one) === index);
    const before = members.flatMap((member) => (plan.steps[member]?.after ?? []).map(head));
    const after = [...new Set(before)].filter((one) => one !== index);
    return { name: String(index), after: after.flatMap((one) => place.get(one) ?? []) };
  });
  return { steps };
}

/** What `graph` says against these packages as steps. */
function refusalOf(nodes: Dag['nodes']): { readonly members: readonly string[] } | undefined {
  const known = new Set(nodes.map(({ id }) => id));
  const steps = nodes.map(({ id, deps }) => {
    const after = [...new Set(deps)].filter((one) => known.has(one));
    return [id, { work: () => id, after }] as const;
  });
  try {
    graph('packages', Object.fromEntries(steps));
    return undefined;
  } catch (error) {
    if (isTroupeError(error, 'STEP_CYCLE')) return error.data;
    throw error;
  }
}

const sorted = (groups: readonly (readonly string[])[]): string[] =>
  groups.map((group) => group.toSorted().join(' ')).toSorted();

const folder = dataFolder('package-dags');

test('real dependency graphs are there', ({ skip }) => {
  skip(folder === undefined, 'skipped: no data');
});

describe.each(folder === undefined ? [] : dagsIn(folder))('$root', (dag) => {
  const plan = planOf(dag, () => false);
  const name = (index: number): string => plan.steps[index]?.name ?? '';

  test('its cycles have exactly the members that were found by others', () => {
    const groups = cyclicGroups(plan).map((group) => group.map(name));
    expect(sorted(groups)).toEqual(sorted(dag.cycles));
  });

  test('the cycle that is named is one of them, each member needing the next', () => {
    const cycle = cycleIn(plan);
    expect(cycle === undefined).toBe(dag.cycles.length === 0);
    for (const [at, index] of (cycle ?? []).entries())
      expect(plan.steps[index]?.after).toContain(cycle?.[(at + 1) % cycle.length]);
    const members = (cycle ?? []).map(name);
    expect(dag.cycles.filter((group) => members.every((one) => group.includes(one)))).toHaveLength(
      members.length === 0 ? dag.cycles.length : 1,
    );
  });

  test('as a graph it is refused with every cycle in turn, naming its members', () => {
    const left = dag.cycles.map((members) => members.toSorted().join(' '));
    let packages = dag.nodes;
    for (let error = refusalOf(packages); error !== undefined; error = refusalOf(packages)) {
      const { members: named } = error;
      const group = dag.cycles.find((members) => members.includes(named[0] ?? ''));
      expect(group).toEqual(expect.arrayContaining([...named]));
      left.splice(left.indexOf(group?.toSorted().join(' ') ?? ''), 1);
      packages = packages.map((node) =>
        group?.includes(node.id)
          ? { ...node, deps: node.deps.filter((id) => !group.includes(id)) }
          : node,
      );
    }
    expect(left).toEqual([]);
  });

  test('what is left with each cycle as one has its levels and its widest level', () => {
    const waves = wavesOf(merged(plan));
    expect(waves).toHaveLength(dag.levelsAfterMergingCycles);
    expect(Math.max(...waves.map((wave) => wave.length))).toBe(dag.widestLevel);
  });

  test('without peer dependencies nothing is a cycle and everything is in a wave', () => {
    const without = planOf(dag, (node, id) => node.peer.includes(id));
    expect(cycleIn(without)).toBeUndefined();
    expect(wavesOf(without).flat()).toHaveLength(dag.nodes.length);
  });
});
