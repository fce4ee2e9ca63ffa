/**
 * The schedule of a plan: waves that are as early as can be, and cycles that are real.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cycleIn, cyclicGroups, wavesOf } from '../../../src/policies/plan/waves.ts';
import type { Plan } from '../../../src/protocol/index.ts';

const planWith = (after: readonly (readonly number[])[]): Plan => ({
  steps: after.map((before, index) => ({ name: `s${index}`, after: [...before] })),
});

/** Plans without cycles: numbers are shuffled, so that a step may wait for a later number. */
const acyclic = fc
  .array(fc.array(fc.nat(), { maxLength: 4 }), { maxLength: 30 })
  .chain((rows) =>
    fc.tuple(fc.constant(rows), fc.shuffledSubarray([...rows.keys()], { minLength: rows.length })),
  )
  .map(([rows, places]) => {
    const after: number[][] = rows.map(() => []);
    for (const [rank, row] of rows.entries()) {
      const before = rank === 0 ? [] : row.map((pick) => places[pick % rank] ?? 0);
      after[places[rank] ?? 0] = [...new Set(before)];
    }
    return planWith(after);
  });

/** Plans with any edges, loops included. */
const tangled = fc
  .array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 1, maxLength: 20 })
  .map((rows) => planWith(rows.map((row) => [...new Set(row.map((pick) => pick % rows.length))])));

const afterOf = (plan: Plan, index: number): readonly number[] => plan.steps[index]?.after ?? [];

/** Whether each member waits for the next, the last for the first, and none comes twice. */
function isCycle(plan: Plan, members: readonly number[]): boolean {
  const closed = members.every((member, place) =>
    afterOf(plan, member).includes(members[(place + 1) % members.length] ?? -1),
  );
  return members.length > 0 && new Set(members).size === members.length && closed;
}

/** Everything that a step waits for, directly or not: the slow way. */
function allBefore(plan: Plan, index: number): Set<number> {
  const found = new Set<number>();
  const open = [...afterOf(plan, index)];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    open.push(...afterOf(plan, next));
  }
  return found;
}

describe('waves', () => {
  test('an empty plan has none', () => {
    expect(wavesOf(planWith([]))).toEqual([]);
  });

  test('a diamond has three', () => {
    expect(wavesOf(planWith([[], [0], [0], [1, 2]]))).toEqual([[0], [1, 2], [3]]);
  });

  test('steps of a cycle, and those behind it, are in none', () => {
    expect(wavesOf(planWith([[], [2], [1], [2, 0]]))).toEqual([[0]]);
  });

  test('property: every step is in one wave, the first after all that it waits for', () => {
    fc.assert(
      fc.property(acyclic, (plan) => {
        const waves = wavesOf(plan);
        const waveOf = new Map(waves.flatMap((wave, at) => wave.map((index) => [index, at])));
        expect(waves.flat().toSorted((a, b) => a - b)).toEqual([...plan.steps.keys()]);
        for (const index of plan.steps.keys()) {
          const last = Math.max(-1, ...afterOf(plan, index).map((one) => waveOf.get(one) ?? 99));
          expect(waveOf.get(index)).toBe(last + 1);
        }
      }),
    );
  });
});

describe('cycles', () => {
  test('a step that waits for itself is a cycle of one', () => {
    expect(cycleIn(planWith([[], [0, 1]]))).toEqual([1]);
  });

  test('the members come in order, each waiting for the next', () => {
    expect(cycleIn(planWith([[3], [0], [1], [2], [0]]))).toEqual([0, 3, 2, 1]);
  });

  test('the cycle is a shortest one through its lowest member', () => {
    expect(cycleIn(planWith([[1], [2, 0], [0]]))).toEqual([0, 1]);
  });

  test('every group is named, apart from what only leads into it', () => {
    const plan = planWith([[1], [2], [1], [4, 0], [3], []]);
    expect(cyclicGroups(plan)).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  test('property: a plan whose steps wait only for others before them has no cycle', () => {
    fc.assert(
      fc.property(acyclic, (plan) => {
        expect(cycleIn(plan)).toBeUndefined();
        expect(cyclicGroups(plan)).toEqual([]);
      }),
    );
  });

  test('property: given one edge back, the named members form a real cycle', () => {
    fc.assert(
      fc.property(acyclic, fc.nat(), fc.nat(), (plan, from, pick) => {
        const candidates = [...plan.steps.keys()].flatMap((index) =>
          [...allBefore(plan, index), index].map((before) => [before, index] as const),
        );
        fc.pre(candidates.length > 0);
        const [before, behind] = candidates[(from + pick) % candidates.length] ?? [0, 0];
        const tied = planWith(
          plan.steps.map(({ after }, index) => (index === before ? [...after, behind] : after)),
        );
        const cycle = cycleIn(tied) ?? [];
        expect(isCycle(tied, cycle)).toBe(true);
        expect(cycle).toContain(before);
        expect(cycle).toContain(behind);
      }),
    );
  });

  test('property: groups are the steps that wait for themselves in the end', () => {
    fc.assert(
      fc.property(tangled, (plan) => {
        const before = [...plan.steps.keys()].map((index) => allBefore(plan, index));
        const groups = cyclicGroups(plan);
        const inCycle = [...plan.steps.keys()].filter((index) => before[index]?.has(index));
        expect(groups.flat().toSorted((a, b) => a - b)).toEqual(inCycle);
        for (const group of groups)
          for (const member of group)
            expect(
              inCycle.filter((one) => before[member]?.has(one) && before[one]?.has(member)),
            ).toEqual(group);
        const cycle = cycleIn(plan);
        expect(cycle !== undefined && isCycle(plan, cycle)).toBe(inCycle.length > 0);
      }),
    );
  });

  test('a ring of 100,000 steps is found without running out of stack', () => {
    const ring = planWith(Array.from({ length: 100_000 }, (_, index) => [(index + 1) % 100_000]));
    expect(cycleIn(ring)).toHaveLength(100_000);
    expect(wavesOf(ring)).toEqual([]);
  });

  test('a chain of 100,000 steps has as many waves', () => {
    const chain = planWith(Array.from({ length: 100_000 }, (_, at) => (at === 0 ? [] : [at - 1])));
    expect(cycleIn(chain)).toBeUndefined();
    expect(wavesOf(chain)).toHaveLength(100_000);
  });
});
