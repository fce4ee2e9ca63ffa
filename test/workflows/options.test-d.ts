/**
 * Type tests of the options of steps: what they do to results, what their functions see, and what
 * does not compile.
 */
import { z } from 'zod';
import { defineBot } from '../../src/bots/index.ts';
import type {
  Approval,
  FailureMode,
  OutputOf,
  Runnable,
  Workflow,
} from '../../src/protocol/index.ts';
import { defineWorkflow } from '../../src/workflows/index.ts';
import type { Equal, Expect } from '../type-tests/equal.ts';

declare const someday: boolean;
declare const mode: FailureMode;
declare const editor: Approval<{ text: string }, { note: string }, { note?: string }>;
declare function unpost(url: string): Promise<void>;
declare function post(text: string): Promise<{ url: string }>;

const Text = z.object({ text: z.string() });
const writer = defineBot({ id: 'writer', input: Text, work: () => ({ text: '', ok: true }) });
const critic = defineBot({ id: 'critic', input: Text, work: () => ({ ok: true }) });
const loose = defineBot({
  id: 'loose',
  input: z.object({ text: z.string().optional() }),
  work: () => ({ text: '', ok: true, more: 1 }),
});
const strict = defineBot({
  id: 'strict',
  input: z.object({ text: z.string(), more: z.number() }),
  work: () => ({ text: '', ok: true }),
});
const ping = defineBot({ id: 'ping', work: () => 7 });

const start = defineWorkflow({ id: 'w', input: z.object({ text: z.string(), loud: z.boolean() }) })
  .step('write', writer, ({ input }) => input)
  .step('count', ({ write }) => write.text.length);

/** What its options add to the type of a step's result. */
const unsure = start
  .step('whenWork', writer, ({ count }) => ({ text: `${count}` }), { when: () => true })
  .step('whenFunction', () => 1, { after: ['count'], when: ({ count }) => count > 1 })
  .step('whenDestructured', ({ write }) => write.ok, {
    after: ['write'],
    when: ({ write: { ok }, input }) => ok && input.loud,
  })
  .step('optional', () => 1, { optional: true })
  .step('optionalMaybe', ping, { optional: someday })
  .step('optionalNot', ping, { optional: false })
  .step('failed', () => 'f', { after: ['write', 'count'], runsWhen: 'failed' })
  .step('always', () => 'a', { after: ['write', 'count'], runsWhen: 'always' })
  .step('named', ping, { after: ['write', 'count'], runsWhen: { any: ['write', 'count'] } })
  .step('plain', ping, { retry: false, timeout: '1m', estimate: '2s', cost: 3 })
  .output((view) => view);
export type Unsure = [
  Expect<Equal<OutputOf<typeof unsure>['whenWork'], { text: string; ok: boolean } | undefined>>,
  Expect<Equal<OutputOf<typeof unsure>['whenFunction'], number | undefined>>,
  Expect<Equal<OutputOf<typeof unsure>['whenDestructured'], boolean | undefined>>,
  Expect<Equal<OutputOf<typeof unsure>['optional'], number | undefined>>,
  Expect<Equal<OutputOf<typeof unsure>['optionalMaybe'], number | undefined>>,
  Expect<Equal<OutputOf<typeof unsure>['optionalNot'], number>>,
  Expect<Equal<OutputOf<typeof unsure>['failed'], string | undefined>>,
  Expect<Equal<OutputOf<typeof unsure>['always'], string>>,
  Expect<Equal<OutputOf<typeof unsure>['named'], number | undefined>>,
  Expect<Equal<OutputOf<typeof unsure>['plain'], number>>,
];

/** Who begins after a failure lacks results; others don't. */
export const rules = start
  .step(
    'recover',
    ({ write, count }) => {
      const typed: [
        Expect<Equal<typeof write, { text: string; ok: boolean } | undefined>>,
        Expect<Equal<typeof count, number | undefined>>,
      ] = [true, true];
      return typed.length;
    },
    { after: ['write', 'count'], runsWhen: { step: 'write', is: ['FAILED', 'CANCELLED'] } },
  )
  .step('clean', writer, ({ count }) => ({ text: count === undefined ? '' : `${count}` }), {
    after: ['count'],
    runsWhen: 'always',
  })
  .step('all', writer, ({ write }) => ({ text: write?.text ?? '' }), {
    after: ['write', 'count'],
    runsWhen: { all: ['write', { any: [{ step: 'count', is: ['SKIPPED'] }] }] },
  })
  .step('next', ({ all }) => all?.text);

// @ts-expect-error: undefined is not handled
start.step('a', writer, ({ write }) => write, { when: () => true }).step('b', writer, ({ a }) => a);
// @ts-expect-error: undefined is not handled, when it may fail
start.step('a', () => 'x', { optional: true }).step('b', ({ a }) => a.length);
// @ts-expect-error: nor where it begins after a failure
start.step('a', ({ count }) => count.toFixed(), { runsWhen: 'always' });
// @ts-expect-error: nor in the input of work
start.step('a', writer, ({ write }) => write, { after: ['write'], runsWhen: 'failed' });
// @ts-expect-error: the result of the whole may be undefined too
start.step('a', () => 'x', { when: () => true }).output(({ a }) => a.length);

/** In the mode `best-effort` every result may be missing; in others none. */
const effort = defineWorkflow({ id: 'effort', onFailure: 'best-effort' })
  .step('one', ping)
  .step('two', ({ one }) => one?.toFixed());
const other = defineWorkflow({ id: 'other', onFailure: 'continue', budget: 7 }).step('one', ping);
const either = defineWorkflow({ id: 'either', onFailure: mode }).step('one', ping);
export type Modes = [
  Expect<Equal<OutputOf<typeof effort>, string | undefined>>,
  Expect<Equal<OutputOf<typeof other>, number>>,
  Expect<Equal<OutputOf<typeof either>, number | undefined>>,
];
const risky = defineWorkflow({ id: 'e', onFailure: 'best-effort' }).step('a', ping);
// @ts-expect-error: undefined is not handled
risky.step('b', ({ a }) => a + 1);
// @ts-expect-error: no such mode
defineWorkflow({ id: 'e', onFailure: 'worst-effort' });
// @ts-expect-error: a budget is a number
defineWorkflow({ id: 'e', budget: '7' });

/** Conditions see what the step sees; an undo sees the step's own result too. */
export const undone = start
  .step('publish', ({ write }) => post(write.text), {
    after: ['write'],
    undo: ({ result, write, input, key, signal }) => {
      const typed: Expect<Equal<typeof result, { url: string }>> = true;
      return [unpost(result.url), write.ok, input.loud, key, signal.aborted, typed];
    },
  })
  .step('again', writer, ({ write }) => write, {
    after: ['write'],
    when: ({ write, input }) => write.ok && input.loud,
    undo: async ({ result, attempt }) => `${result.text} ${attempt}`,
  })
  .step('plain', () => 1, { undo: ({ result }) => result.toFixed() });
// @ts-expect-error: a condition sees what the step waits for, and no more
start.step('a', ping, { when: ({ write }) => write.ok });
// @ts-expect-error: nor has it a key
start.step('a', ping, { when: ({ key }) => key === '' });
// @ts-expect-error: a condition is pure, so it does not wait
start.step('a', ping, { when: async () => true });
// @ts-expect-error: and it says yes or no
start.step('a', ping, { when: ({ count }) => count });
// @ts-expect-error: the result is the step's own
start.step('a', () => post(''), { undo: ({ result }) => result.uri });
// @ts-expect-error: an undo sees what its step saw, and no more
start.step('a', () => post(''), { undo: ({ write }) => write });
// @ts-expect-error: the result of work is typed too
start.step('a', writer, () => ({ text: '' }), { undo: ({ result }) => result.length });

// @ts-expect-error: a rule names steps that it waits for
start.step('a', ping, { runsWhen: 'write' });
// @ts-expect-error: also inside
start.step('a', ping, { after: ['count'], runsWhen: { all: ['count', 'write'] } });
// @ts-expect-error: also with ends
start.step('a', () => 1, { runsWhen: { step: 'write', is: ['FAILED'] } });
// @ts-expect-error: no such end
start.step('a', () => 1, { runsWhen: { step: 'count', is: ['BROKEN'] } });

/** A fallback takes as much as the work, or asks for less; it gives as much, or more. */
export const fallbacks = start
  .step('one', writer, ({ input }) => input, { after: [], fallback: loose })
  .step('more', writer, ({ input }) => input, { after: [], fallback: [loose, writer] })
  .step('none', ping, { fallback: ping });
// @ts-expect-error: the fallback takes another input
start.step('a', writer, ({ input }) => input, { fallback: strict });
// @ts-expect-error: the fallback gives another result
start.step('a', writer, ({ input }) => input, { fallback: critic });
// @ts-expect-error: one of several is wrong
start.step('a', writer, ({ input }) => input, { fallback: [loose, critic] });
// @ts-expect-error: a function has no input to hand over
start.step('a', () => 1, { fallback: ping });

/** A step that runs for each item of a list. */
const fanned = start
  .step('all', writer, ({ write }) => [write, write], { after: ['write'], each: true })
  .step('some', writer, ({ all }) => all, { each: { need: 2, concurrency: 3 } })
  .step('effort', writer, ({ all }) => all, { after: ['all'], each: { onFailure: 'best-effort' } })
  .step('timed', writer, ({ all }) => all, {
    after: ['all'],
    each: { estimate: ({ text }) => text.length },
    undo: ({ result }) => result.map(({ text }) => text),
  })
  .output((view) => view);
type Written = { text: string; ok: boolean };
export type Fanned = [
  Expect<Equal<OutputOf<typeof fanned>['all'], Written[]>>,
  Expect<Equal<OutputOf<typeof fanned>['some'], (Written | null)[]>>,
  Expect<Equal<OutputOf<typeof fanned>['effort'], (Written | null)[]>>,
  Expect<Equal<OutputOf<typeof fanned>['timed'], Written[]>>,
];
// @ts-expect-error: one input is no list
start.step('a', writer, ({ write }) => write, { after: ['write'], each: true });
// @ts-expect-error: a list of something else
start.step('a', writer, () => [1, 2], { each: true });
// @ts-expect-error: a list is no input
start.step('a', writer, ({ write }) => [write], { after: ['write'] });
// @ts-expect-error: a function that fans out needs its items
start.step('a', () => [1], { each: true });

/** A function sees the item as its input; it says what that is, for it stands before the items. */
const called = start
  .step(
    'letters',
    ({ input, key }: { input: { letter: string }; key: string }) => `${input.letter} ${key}`,
    ({ write }) => [...write.text].map((letter) => ({ letter })),
    { after: ['write'], each: true },
  )
  .step(
    'lengths',
    async ({ input }) => input.length,
    () => ['a', 'b'],
    { each: { need: 1 } },
  );
export type Called = Expect<Equal<OutputOf<typeof called>, (number | null)[]>>;
start.step(
  'a',
  // @ts-expect-error: the items are something else
  ({ input }: { input: number }) => input,
  () => ['a', 'b'],
  { each: true },
);

/** Approvals among the steps: their answers by name. */
const asked = start
  .step('release', editor, ({ write }) => write, { after: ['write'] })
  .step('note', ({ release }) => release.note);
type ApprovalsOf<W> = W extends Workflow<infer _, infer _, infer _, infer A> ? A : never;
export type Asked = [
  Expect<Equal<keyof ApprovalsOf<typeof asked>, 'release'>>,
  Expect<Equal<ApprovalsOf<typeof asked>['release'], { note?: string }>>,
  Expect<Equal<keyof ApprovalsOf<typeof start>, never>>,
];
// @ts-expect-error: the approval is about a text
start.step('a', editor, ({ count }) => ({ text: count }));
// @ts-expect-error: its answer has no such field
asked.step('a', ({ note, release }) => [note, release.by], { after: ['note', 'release'] });
export const runnable: readonly Runnable[] = [asked, effort, unsure];

// @ts-expect-error: reserved for runs begun anew
start.step('a~2', ping);
// @ts-expect-error: reserved for runs that undo
start.step('a~undo', ping);
export const tilde = start.step('a~b', ping);
// @ts-expect-error: no such option
start.step('a', ping, { whenn: () => true });
// @ts-expect-error: no such option for functions
start.step('a', () => 1, { optionl: true });
