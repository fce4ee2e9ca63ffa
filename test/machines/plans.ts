/** Arbitrary plans: directed graphs without cycles, their steps numbered in any order. */
import fc from 'fast-check';
import type { Condition, Plan, PlanRules, PlanStep, StepEnd } from '../../src/protocol/index.ts';

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

/** What a step may have beside its place in the graph. */
export type StepTraits = Omit<PlanStep, 'name' | 'after' | 'runsWhen'>;

/** Plans whose steps also have conditions on those that they wait for, and these traits. */
export const richPlansOf = (
  stepsMax: number,
  traits: fc.Arbitrary<StepTraits>,
): fc.Arbitrary<Plan> =>
  plansOf(stepsMax).chain(({ steps }) =>
    fc
      .tuple(
        ...steps.map(({ name, after }) =>
          fc.tuple(conditionsOn(after), traits).map(
            ([runsWhen, own]): PlanStep => ({
              name,
              after,
              ...own,
              ...(runsWhen === undefined ? {} : { runsWhen }),
            }),
          ),
        ),
      )
      .map((made) => ({ steps: made })),
  );

/** Conditions on these steps; mostly none. */
function conditionsOn(after: readonly number[]): fc.Arbitrary<Condition | undefined> {
  const [first] = after;
  if (first === undefined) return fc.constant(undefined);
  const step = fc.constantFrom(first, ...after);
  const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
    condition: fc.oneof(
      { maxDepth: 2 },
      step,
      fc.constant('always' as const),
      fc.record({ step, is: fc.subarray(ENDS, { minLength: 1 }) }),
      fc.record({ all: fc.array(tie('condition'), { maxLength: 2 }) }),
      fc.record({ any: fc.array(tie('condition'), { maxLength: 2 }) }),
    ),
  }));
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant(undefined) },
    { weight: 2, arbitrary: condition },
  );
}

const ENDS: StepEnd[] = ['COMPLETED', 'FAILED', 'CANCELLED', 'SKIPPED', 'OMITTED'];

/** Whatever the policy reads of a step. Costs are quarters, so that sums of them are exact. */
export const policyTraits: fc.Arbitrary<StepTraits> = fc.record(
  {
    optional: fc.constant(true as const),
    isFree: fc.constant(true as const),
    unpriced: fc.constant(true as const),
    estimateMs: fc.nat(4),
    cost: fc.nat(8).map((quarters) => quarters / 4),
  },
  { requiredKeys: [] },
);

/** Whatever the machine reads of a step. */
export const machineTraits: fc.Arbitrary<StepTraits> = fc
  .tuple(
    fc.option(policyTraits, { nil: {} }),
    fc.record(
      {
        undo: fc.constant(true as const),
        loop: fc.constant(true as const),
        tries: fc.integer({ min: 1, max: 3 }),
        fallbacks: fc.integer({ min: 1, max: 2 }),
      },
      { requiredKeys: [] },
    ),
  )
  .map(([policy, own]) => ({ ...policy, ...own }));

/** Rules of every mode. */
export const planRules: fc.Arbitrary<PlanRules> = fc.record(
  {
    concurrency: fc.integer({ min: 1, max: 4 }),
    onFailure: fc.constantFrom('fail-fast', 'finish', 'continue', 'best-effort', 'retry'),
    need: fc.integer({ min: 1, max: 5 }),
    budget: fc.nat(24).map((quarters) => quarters / 4),
  },
  { requiredKeys: ['concurrency'] },
);

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
