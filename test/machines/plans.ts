/** Arbitrary plans: directed graphs without cycles, their steps numbered in any order. */
import fc from 'fast-check';
import type { Plan } from '../../src/protocol/index.ts';

/** Plans of up to so many steps; a step may name another twice. */
export function plansOf(stepsMax: number): fc.Arbitrary<Plan> {
  return fc
    .array(fc.tuple(fc.array(fc.nat(1_000), { maxLength: 3 }), fc.nat(1_000_000)), {
      maxLength: stepsMax,
    })
    .map((drawn) => {
      const places = numbersOf(drawn.map(([, place]) => place));
      const steps = drawn.map(([earlier], index) => ({
        name: `step-${places[index]}`,
        after: index === 0 ? [] : earlier.map((pick) => places[pick % index] ?? 0),
      }));
      return { steps: steps.toSorted((a, b) => placeOf(a.name) - placeOf(b.name)) };
    });
}

/** Each step's number: the rank of the place that was drawn for it. */
function numbersOf(drawn: readonly number[]): readonly number[] {
  const ranked = drawn
    .map((_, index) => index)
    .sort((a, b) => at(drawn, a) - at(drawn, b) || a - b);
  const numbers: number[] = [];
  for (const [rank, index] of ranked.entries()) numbers[index] = rank;
  return numbers;
}

const at = (numbers: readonly number[], index: number): number => numbers[index] ?? 0;
const placeOf = (name: string): number => Number(name.slice('step-'.length));
