/** Arbitrary small workflows with every option, and the alphabets of their pictures. */
import fc from 'fast-check';
import {
  type Definition,
  FailureMode,
  type StepCondition,
  type StepDefinition,
  StepEnd,
  type Workflow,
} from '../../../src/protocol/index.ts';
import { drawable } from '../../../src/workflows/picture/machine-of.ts';

const retry = { attempts: 2, backoffMs: 0, backoffMsMax: 0 };
const undo = { run: () => undefined, retry };
const loop = { max: 3, until: () => true };

const nested = drawable({
  kind: 'workflow',
  id: 'nested',
  version: '1',
  retry,
  concurrency: 1,
  steps: [],
});
const asked: Definition = { kind: 'approval', id: 'asked', version: '1', retry };
const other: Definition = { kind: 'task', id: 'other', version: '1', retry };

/** What a step is beside its place in the graph. */
const traits: fc.Arbitrary<Omit<StepDefinition, 'name' | 'after' | 'runsWhen'>> = fc
  .record(
    {
      optional: fc.constant(true),
      when: fc.constant(() => true),
      undo: fc.constant(undo),
      loop: fc.record({ max: fc.integer({ min: 1, max: 3 }), until: fc.constant(() => true) }),
      fallback: fc.array(fc.constant(other), { minLength: 1, maxLength: 2 }),
      cost: fc.integer({ min: 1, max: 4 }),
      estimateMs: fc.nat(4),
    },
    { requiredKeys: [] },
  )
  .chain((given) => fc.constantFrom(other, nested, asked).map((work) => ({ ...given, work })));

const names = ['a', 'b', 'c', 'd', 'e'];

const stepsOf = (count: number): fc.Arbitrary<readonly StepDefinition[]> =>
  fc.tuple(
    ...names.slice(0, count).map((name, index) =>
      fc
        .tuple(traits, fc.subarray(names.slice(0, index), { maxLength: Math.min(index, 3) }))
        .chain(([own, after]) =>
          conditionOn(after).map((runsWhen) => ({
            name,
            ...own,
            after,
            ...(runsWhen === undefined ? {} : { runsWhen }),
          })),
        ),
    ),
  );

function conditionOn(after: readonly string[]): fc.Arbitrary<StepCondition | undefined> {
  if (after.length === 0) {
    return fc.oneof(
      { weight: 9, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.constantFrom({ all: [] }, { any: [] }) },
    );
  }
  const step = fc.constantFrom(...after);
  const one: fc.Arbitrary<StepCondition> = fc.oneof(
    step,
    fc.record({ step, is: fc.subarray([...StepEnd.options], { minLength: 1 }) }),
  );
  const many = fc.array(one, { maxLength: 2 });
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: one },
    { weight: 1, arbitrary: many.map((all) => ({ all })) },
    { weight: 1, arbitrary: many.map((any) => ({ any })) },
  );
}

/** Workflows of up to so many steps. */
export const workflowsOf = (stepsMax: number): fc.Arbitrary<Workflow> =>
  fc
    .tuple(
      fc.integer({ min: 0, max: stepsMax }).chain(stepsOf),
      fc.record(
        {
          concurrency: fc.integer({ min: 1, max: 3 }),
          onFailure: fc.constantFrom(...FailureMode.options),
          budget: fc.nat(8),
          timeoutMs: fc.constant(1_000),
        },
        { requiredKeys: ['concurrency'] },
      ),
    )
    .map(([steps, facts]) =>
      drawable({ kind: 'workflow', id: 'drawn', version: '1', retry, steps, ...facts }),
    );

/** Workflows most of whose steps can be undone, and nothing else is said of them. */
export const undoableOf = (stepsMax: number): fc.Arbitrary<Workflow> =>
  workflowsOf(stepsMax).map(({ concurrency, steps, ...workflow }) =>
    drawable({
      ...workflow,
      budget: undefined,
      concurrency: concurrency + 1,
      steps: steps.map(({ name, after, optional }) => ({
        name,
        after,
        work: other,
        ...(optional === true ? {} : { undo }),
      })),
    }),
  );

/** Workflows whose steps are begun anew in every way: rounds of tries, and fallbacks. */
export const repeatedOf = (stepsMax: number): fc.Arbitrary<Workflow> =>
  workflowsOf(stepsMax).map(({ steps, ...workflow }) =>
    drawable({
      ...workflow,
      onFailure: 'retry',
      steps: steps.map(({ name, after }) => ({
        name,
        after,
        work: nested,
        loop,
        fallback: [nested],
      })),
    }),
  );

/** One step that is begun anew in every way, beside two that can be undone. */
export const repeatedAndUndone: Workflow = drawable({
  kind: 'workflow',
  id: 'drawn',
  version: '1',
  retry,
  concurrency: 3,
  onFailure: 'retry',
  steps: [
    { name: 'a', after: [], work: nested, loop, fallback: [nested] },
    { name: 'b', after: [], work: other, undo },
    { name: 'c', after: [], work: other, undo },
  ],
});

const ofRuns = ['BEGIN', 'PAUSE', 'RESUME', 'CANCEL', 'TIMEOUT', 'FINISH', 'FAIL'];
const ofSteps = ['START', 'COMPLETE', 'RETURN', 'AGAIN', 'FAIL', 'CANCEL', 'SKIP', 'UNDO', 'LEAVE'];

/** All that can happen in a picture. */
export const alphabetOf = ({ steps }: Workflow): readonly string[] => [
  ...ofRuns,
  ...steps.flatMap(({ name }) => ofSteps.map((what) => `${what} ${name}`)),
];

/** The same workflow, its steps with these estimates. */
export const withEstimates = (
  workflow: Workflow,
  estimates: ReadonlyMap<string, number>,
): Workflow =>
  drawable({
    ...workflow,
    steps: workflow.steps.map((step) => ({ ...step, estimateMs: estimates.get(step.name) })),
  });
