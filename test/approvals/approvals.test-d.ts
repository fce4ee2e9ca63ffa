/** Type tests of approvals: what they take and give, and which decisions a run takes. */
import { z } from 'zod';
import {
  type Approved,
  createTroupe,
  defineApproval,
  defineBot,
  defineWorkflow,
  escalation,
  graph,
  type InputOf,
  type Json,
  type OutputOf,
} from '../../src/index.ts';
import type { Equal, Expect } from '../type-tests/equal.ts';

const Text = z.object({ text: z.string().default('') });
const plain = defineApproval({ id: 'plain' });
const editor = defineApproval({ id: 'editor', input: Text, expiresIn: '2d' });
const banker = defineApproval({
  id: 'banker',
  input: Text,
  answer: z.object({ cents: z.string().transform(Number) }),
});
const maybe = defineApproval({ id: 'maybe', answer: z.string().optional() });
export type Sides = [
  Expect<Equal<InputOf<typeof plain>, undefined>>,
  Expect<Equal<OutputOf<typeof plain>, Approved>>,
  Expect<Equal<InputOf<typeof editor>, { text?: string | undefined }>>,
  Expect<Equal<OutputOf<typeof banker>, { cents: number }>>,
  Expect<Equal<OutputOf<typeof maybe>, string | undefined>>,
  Expect<Equal<OutputOf<typeof escalation>, Json>>,
];

// @ts-expect-error: a person decides once
defineApproval({ id: 'a', retry: 2 });
// @ts-expect-error: it has expiresIn
defineApproval({ id: 'a', timeout: '1h' });
// @ts-expect-error: an answer is a schema
defineApproval({ id: 'a', answer: true });

const flow = defineWorkflow({ id: 'flow', input: Text })
  .step('release', editor, ({ input }) => input)
  .step('pay', banker, ({ release }) => ({ text: release.by }))
  .step('hint', maybe)
  .step('end', ({ hint, pay }) => [hint, pay.cents] as const, { after: ['hint', 'pay'] });
export type Flow = Expect<Equal<OutputOf<typeof flow>, readonly [string | undefined, number]>>;
const plan = graph('plan', { release: { work: editor } });
const lead = defineBot({
  id: 'lead',
  work: async ({ step }) => {
    const { cents } = await step('pay', banker, {}, { expiresIn: '1h', remindEvery: '10m' });
    const told = await step('stuck', escalation, { severity: 'SEV1', issue: 'Stuck' });
    // @ts-expect-error: its answer has no such field
    console.log(cents.length);
    // @ts-expect-error: there are four severities
    await step('bad', escalation, { severity: 'SEV5', issue: 'Stuck' });
    return told;
  },
});

const troupe = await createTroupe({ definitions: [flow, lead, plain] });
const run = await troupe.start(flow, {});
await run.decide('release', { approve: true, by: 'ann', comment: 'fine', digest: 'd' });
await run.decide('release', { approve: false, by: 'ann' });
await run.decide('pay', { approve: true, by: 'ann', answer: { cents: '3' } });
await run.decide('pay', { approve: false, by: 'ann' });
await run.decide('hint', { approve: true, by: 'ann' });
await run.decide('hint', { approve: true, by: 'ann', answer: 'left' });
await run.decide('release/inner', { approve: true, by: 'ann', answer: 1 });
// @ts-expect-error: no step has that name
await run.decide('publish', { approve: true, by: 'ann' });
// @ts-expect-error: that step is a function
await run.decide('end', { approve: true, by: 'ann' });
// @ts-expect-error: who decides is said
await run.decide('release', { approve: true });
// @ts-expect-error: it takes no answer
await run.decide('release', { approve: true, by: 'ann', answer: 1 });
// @ts-expect-error: a yes brings an answer
await run.decide('pay', { approve: true, by: 'ann' });
// @ts-expect-error: its answer is what the schema takes
await run.decide('pay', { approve: true, by: 'ann', answer: { cents: 3 } });
// @ts-expect-error: a no brings none
await run.decide('pay', { approve: false, by: 'ann', answer: { cents: '3' } });
// @ts-expect-error: the step is named
await run.decide({ approve: true, by: 'ann' });

const asked = await troupe.start(banker, { text: 'x' });
await asked.decide({ approve: true, by: 'ann', answer: { cents: '3' } });
// @ts-expect-error: its answer is what the schema takes
await asked.decide({ approve: true, by: 'ann', answer: { cents: 3 } });
// @ts-expect-error: it has no steps
await asked.decide('release', { approve: true, by: 'ann' });
const got = await troupe.get(plain, 'p');
await got?.decide({ approve: true, by: 'ann' });

// What other runs ask is not known by name.
const planned = await troupe.start(plan, undefined);
await planned.decide('release', { approve: true, by: 'ann' });
const led = await troupe.start(lead, undefined);
await led.decide('pay', { approve: true, by: 'ann', answer: { cents: '3' } });
const nothing = await troupe.start(defineWorkflow({ id: 'none' }), undefined);
// @ts-expect-error: it asks nobody
await nothing.decide('release', { approve: true, by: 'ann' });

const opened = await troupe.escalations.open({ severity: 'SEV2', issue: 'x', context: [1] });
export type Answer = Expect<Equal<Awaited<ReturnType<typeof opened.result>>, Json>>;
const [open] = await troupe.approvals.list({ status: 'OPEN', run });
if (open !== undefined) await troupe.approvals.decide(open.id, { approve: true, by: 'ann' });
// @ts-expect-error: there is no such status
await troupe.approvals.list({ status: 'WAITING' });
// @ts-expect-error: an answer is needed
await troupe.escalations.resolve('e', { by: 'ann' });
