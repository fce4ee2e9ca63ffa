/** Type tests of properties: what is given types the scenario, definitions type the view. */
import fc from 'fast-check';
import { defineBot, defineWorkflow } from 'troupe';
import { type Given, type PropertyResult, property, replay } from 'troupe/testing';
import { z } from 'zod';
import type { Equal, Expect } from '../../type-tests/equal.ts';

const Question = z.object({ text: z.string(), count: z.int().default(1) });
const finder = defineBot({ id: 'finder', input: Question, work: () => ['hit'] });
const answer = defineWorkflow({ id: 'answer', input: Question })
  .step('find', finder, ({ input }) => input)
  .step('show', ({ find }) => find.length);

export type Inputs = [
  Expect<Equal<Given<typeof Question>, { text: string; count?: number | undefined }>>,
  Expect<Equal<Given<readonly [1, 2]>, 1 | 2>>,
  Expect<Equal<Given<fc.Arbitrary<Date>>, Date>>,
  Expect<Equal<Given<undefined>, undefined>>,
];

const team = { definitions: [answer] };

// Of a schema the scenario gets what callers pass.
export const result: Promise<PropertyResult> = property({
  ...team,
  given: Question,
  scenario: (troupe, given) => troupe.start(answer, given),
  always: {
    'a shown answer was found': (view) =>
      view.runs(answer).every(({ steps, input, result: shown }) => {
        const found: readonly string[] | undefined = steps.find?.result;
        const text: string = input.text;
        const count: number | undefined = shown;
        return found?.length === count || text === '';
      }),
  },
});

await property({
  ...team,
  given: [{ text: 'a' }, { text: 'b' }],
  scenario: (troupe, { text }) => troupe.start(answer, { text }),
});
await property({
  ...team,
  given: fc.string(),
  scenario: (troupe, text) => troupe.start(answer, { text }),
});
await property({
  ...team,
  scenario: (_, nothing) => {
    const none: undefined = nothing;
    return none;
  },
});
await replay(
  { ...team, given: Question, scenario: (troupe, given) => troupe.start(answer, given) },
  {
    given: { text: '' },
    seed: 1,
    faults: [{ fault: 'crash', commit: 1, moment: 'after' }],
    people: [],
  },
);

// What is given is of its type.
await property({
  ...team,
  given: fc.integer(),
  // @ts-expect-error: a number is no text
  scenario: (troupe, text) => troupe.start(answer, { text }),
});

await property({
  ...team,
  scenario: () => undefined,
  // @ts-expect-error: there is no such kind of fault
  faults: ['flood'],
});

await property({
  ...team,
  scenario: () => undefined,
  always: {
    // @ts-expect-error: a law is synchronous
    late: async () => true,
    // @ts-expect-error: the workflow has no step of that name
    unknown: (view) => view.runs(answer).every(({ steps }) => steps.publish === undefined),
  },
});

// @ts-expect-error: there is no scenario
await property({ ...team });

const noScript = { given: undefined, seed: 1, people: [] };
// @ts-expect-error: a script says which faults strike
await replay({ ...team, scenario: () => undefined }, noScript);
