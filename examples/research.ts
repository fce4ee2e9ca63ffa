/**
 * Research with a review and an approval: written until it is good, released by a person.
 *
 * A writer and a critic take turns, at most three times; then nothing is published before an editor
 * has said yes. The question waits in the journal for as long as it takes: here the program itself
 * answers for the editor, `node research.ts [JOURNAL] [yes|no|later]`; after `later` it ends, and
 * started again on the same journal it asks again.
 */
import {
  createTroupe,
  defineApproval,
  defineBot,
  defineWorkflow,
  type Failure,
  repeat,
  sequence,
} from 'troupe';
import { z } from 'zod';

const Order = z.object({ facts: z.array(z.string()), notes: z.string().optional() });
const Text = z.object({ text: z.string() });
const Review = Text.extend({ isGood: z.boolean(), notes: z.string() });

/** Finds what is known about a topic. */
export const finder = defineBot({
  id: 'finder',
  input: z.object({ topic: z.string() }),
  output: z.object({ facts: z.array(z.string()) }),
  work({ input }) {
    console.log(`finder: looks up ${input.topic}`);
    return { facts: ['bees dance', 'the dance shows the way to food'] };
  },
});

/** Writes a text, the second time with the critic's notes at hand. */
export const writer = defineBot({
  id: 'writer',
  input: Order,
  output: Text,
  work({ input: { facts, notes } }) {
    console.log(`writer: writes${notes === undefined ? '' : ` again: ${notes}`}`);
    const [first = '', ...rest] = facts;
    return { text: notes === undefined ? `${first}.` : `${[first, ...rest].join('; ')}.` };
  },
});

/** Judges a text. */
export const critic = defineBot({
  id: 'critic',
  input: Text,
  output: Review,
  work({ input: { text } }) {
    console.log(`critic: reads "${text}"`);
    const isGood = text.includes('food');
    return { text, isGood, notes: isGood ? '' : 'say what the dance is for' };
  },
});

/** A person who releases a text. No answer within two days is a no. */
export const editor = defineApproval({
  id: 'editor',
  input: Text,
  remindEvery: '4h',
  expiresIn: '2d',
});

/** Writer and critic, until the critic is content. */
export const polish = repeat('polish', sequence('draft', writer, critic), {
  until: (review) => review.isGood,
  again: (review, order) => ({ ...order, notes: review.notes }),
  max: 3,
});

/** The whole. What is published is what the editor saw: both get the same text. */
export const research = defineWorkflow({ id: 'research', input: z.object({ topic: z.string() }) })
  .step('find', finder, ({ input }) => input)
  .step('polish', polish, ({ find }) => find)
  .step('release', editor, ({ polish: { text } }) => ({ text }))
  .step(
    'publish',
    ({ polish: { text }, key }) => {
      console.log(`publisher: prints "${text}"`);
      return { url: `/${encodeURIComponent(key)}`, text };
    },
    { after: ['polish', 'release'] },
  );

export default research;

/** Researches one topic; `answer` is the editor's. */
export async function main(journal?: string, answer = 'yes'): Promise<void> {
  await using troupe = await createTroupe({ definitions: [research], journal });
  const run = await troupe.start(research, { topic: 'bees' }, { id: 'bees' });
  for await (const event of run.events()) {
    if (event.type !== 'approval') continue;
    // Events tell what was; what waits now is listed.
    const [open] = await troupe.approvals.list({ run, status: 'OPEN' });
    if (open === undefined) continue;
    console.log('The editor is asked to release it');
    if (answer !== 'yes' && answer !== 'no') return; // `later`: the run waits in the journal.
    await run.decide('release', { approve: answer === 'yes', by: 'ann' });
  }
  const outcome = await run.outcome();
  if (outcome.status === 'COMPLETED') console.log(`Published: ${outcome.result.text}`);
  else if (outcome.status === 'FAILED')
    console.log('Not published:', rootOf(outcome.error).message);
}

/** What went wrong first. */
const rootOf = (error: Failure): Failure =>
  error.cause === undefined ? error : rootOf(error.cause);

if (import.meta.main) await main(process.argv[2], process.argv[3]);
