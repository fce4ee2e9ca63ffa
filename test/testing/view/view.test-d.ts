/** Type tests of views: runs know the input, the result and the steps of what they are runs of. */
import { setup } from 'xstate';
import { z } from 'zod';
import { defineBot, defineWorkflow } from '../../../src/index.ts';
import type { CompletedStep, View } from '../../../src/testing/index.ts';
import type { Equal, Expect } from '../../type-tests/equal.ts';

declare const view: View;

const finder = defineBot({
  id: 'finder',
  input: z.object({ topic: z.string() }),
  work: ({ input }) => [input.topic],
});
const answer = defineWorkflow({ id: 'answer', input: z.object({ topic: z.string() }) })
  .step('find', finder, ({ input }) => input)
  .step('publish', ({ find }) => ({ url: find.join('/') }));
const door = setup({ types: {} as { input: { key: string }; output: number } }).createMachine({});

const [run] = view.runs(answer);
const [found] = view.runs(finder);
const [opened] = view.runs(door);

export type Views = [
  Expect<Equal<NonNullable<typeof run>['input'], { topic: string }>>,
  Expect<Equal<NonNullable<typeof run>['result'], { url: string } | undefined>>,
  Expect<Equal<NonNullable<typeof found>['result'], string[] | undefined>>,
  Expect<
    Equal<NonNullable<typeof found>['steps'], Readonly<Record<string, CompletedStep | undefined>>>
  >,
  Expect<Equal<NonNullable<typeof opened>['input'], { key: string }>>,
  Expect<Equal<NonNullable<typeof opened>['result'], number | undefined>>,
];

/** The result of a step has the type that its code gives. */
export const url: string | undefined = run?.steps.publish?.result.url;
export const facts: string[] | undefined = run?.steps.find?.result;
export const always = (seen: View): boolean =>
  seen.runs(answer).every(({ steps }) => steps.publish === undefined || steps.find !== undefined);

// @ts-expect-error a step may not have completed
export const surely = run?.steps.publish.result;
// @ts-expect-error no step has this name
export const unknown = run?.steps.release;
// @ts-expect-error the result is no number
export const wrong: number | undefined = run?.steps.publish?.result;
// @ts-expect-error a status is one of the words that runs have
export const status = run?.status === 'DONE';
// @ts-expect-error what is shown is not to be changed
if (run !== undefined) run.status = 'FAILED';
// @ts-expect-error runs are asked for by their definition
view.runs('answer');
