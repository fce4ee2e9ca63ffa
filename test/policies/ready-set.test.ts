/** The ready set against a naive model that works everything out anew at every step. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  dependentsOf,
  initialReadySet,
  isComplete,
  type ReadySet,
  settleStep,
  startReady,
  stepsIn,
} from '../../src/policies/index.ts';
import type { Plan } from '../../src/protocol/index.ts';
import { plansOf } from '../machines/plans.ts';

/** What happens to a plan: steps may start under a limit, or one ends. */
type Move = { readonly limit: number } | { readonly pick: number; readonly completed: boolean };

const moves: fc.Arbitrary<Move> = fc.oneof(
  fc.record({ limit: fc.nat(5) }),
  fc.record({ pick: fc.nat(1_000), completed: fc.nat(9).map((drawn) => drawn > 0) }),
);

const numbersIn = (progress: string, letter: string): number[] =>
  [...progress].flatMap((one, index) => (one === letter ? [index] : []));

/** The steps that may start, by the definition of it. */
const free = (plan: Plan, progress: string): number[] =>
  numbersIn(progress, 'W').filter((index) =>
    plan.steps[index]?.after.every((before) => progress[before] === 'C'),
  );

test('property: the bookkeeping equals a naive model, whatever happens in whatever order', () => {
  fc.assert(
    fc.property(plansOf(12), fc.array(moves, { maxLength: 60, size: 'max' }), (plan, story) => {
      let set = initialReadySet(plan);
      let progress = 'W'.repeat(plan.steps.length);
      for (const move of story) {
        [set, progress] =
          'limit' in move ? started(set, progress, move) : ended(set, progress, move);
        expect(set.progress).toBe(progress);
        expect(set.running).toBe(numbersIn(progress, 'S').length);
        expect([...set.ready].sort((a, b) => a - b)).toEqual(free(plan, progress));
        expect(set.unmet).toEqual(unmetOf(plan, progress));
        expect(isComplete(set)).toBe(/^C*$/.test(progress));
        for (const letter of ['W', 'S', 'C', 'F'] as const) {
          expect(stepsIn(plan, set, letter)).toEqual(namesOf(plan, numbersIn(progress, letter)));
        }
      }

      function started(from: ReadySet, known: string, { limit }: { limit: number }) {
        const [next, chosen] = startReady(from, limit);
        const count = Math.max(0, Math.min(limit - from.running, from.ready.length));
        expect(chosen).toEqual(from.ready.slice(0, count));
        return [next, written(known, chosen, 'S')] as const;
      }

      function ended(from: ReadySet, known: string, move: { pick: number; completed: boolean }) {
        const open = numbersIn(known, 'S');
        const index = open[move.pick % Math.max(1, open.length)] ?? move.pick;
        const next = settleStep(plan, from, index, move.completed);
        if (known[index] !== 'S') expect(next).toBe(from);
        const isOpen = known[index] === 'S';
        return [
          next,
          isOpen ? written(known, [index], move.completed ? 'C' : 'F') : known,
        ] as const;
      }
    }),
    { numRuns: 500 },
  );
});

const written = (text: string, indexes: readonly number[], letter: string): string =>
  [...text].map((one, index) => (indexes.includes(index) ? letter : one)).join('');

const unmetOf = (plan: Plan, progress: string): number[] =>
  plan.steps.map(({ after }) => after.filter((before) => progress[before] !== 'C').length);

const namesOf = (plan: Plan, indexes: readonly number[]): string[] =>
  indexes.map((index) => plan.steps[index]?.name ?? '');

test('property: each edge of a plan stands once in the dependents', () => {
  fc.assert(
    fc.property(plansOf(20), (plan) => {
      const forwards = dependentsOf(plan).flatMap((later, before) =>
        later.map((index) => `${before} ${index}`),
      );
      const backwards = plan.steps.flatMap(({ after }, index) =>
        after.map((before) => `${before} ${index}`),
      );
      expect(forwards.sort()).toEqual(backwards.sort());
      expect(dependentsOf(plan)).toBe(dependentsOf(plan));
    }),
  );
});

test('given steps that became ready, when there is room, then the first ready starts first', () => {
  const plan: Plan = {
    steps: [
      { name: 'late', after: [2] },
      { name: 'early', after: [] },
      { name: 'first', after: [] },
    ],
  };
  const [begun, chosen] = startReady(initialReadySet(plan), 2);
  expect(chosen).toEqual([1, 2]);
  const [, next] = startReady(settleStep(plan, begun, 2, true), 2);
  expect(next).toEqual([0]);
});

test('given a set, when it is used, then it stays as it was', () => {
  const plan: Plan = { steps: [{ name: 'only', after: [] }] };
  const set = Object.freeze(initialReadySet(plan));
  const [begun] = startReady(set, 1);
  expect(settleStep(plan, Object.freeze(begun), 0, true).progress).toBe('C');
  expect(set.progress).toBe('W');
  expect(JSON.parse(JSON.stringify(begun))).toEqual(begun);
});
