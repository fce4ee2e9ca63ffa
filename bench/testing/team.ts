/** A team of five bots whose workflow forks, joins, asks a person, and can undo what it began. */
import { z } from 'zod';
import { defineApproval, defineBot, defineWorkflow, type Troupe } from '../../src/index.ts';

const Topic = z.object({ topic: z.string() });
const Text = z.object({ text: z.string() });

const finder = defineBot({
  id: 'finder',
  input: Topic,
  retry: { attempts: 3, backoff: 10 },
  work: async ({ input, step }) => [await step('search', () => `about ${input.topic}`)],
});
const critic = defineBot({ id: 'critic', input: Topic, work: ({ input }) => input.topic.length });
const writer = defineBot({
  id: 'writer',
  input: z.object({ facts: z.array(z.string()), doubts: z.number() }),
  retry: { attempts: 3, backoff: 10 },
  work: ({ input, step }) => step('write', () => input.facts.join()),
});
const editor = defineBot({ id: 'editor', input: Text, work: ({ input }) => `${input.text}.` });
const printer = defineBot({
  id: 'printer',
  input: Text,
  retry: { attempts: 3, backoff: 10 },
  work: ({ input, step }) => step('print', () => input.text.length),
});
const release = defineApproval({ id: 'release', input: Text, expiresIn: '3d' });

const issue = defineWorkflow({ id: 'issue', input: Topic })
  .step('find', finder, ({ input }) => input, { undo: () => undefined })
  .step('doubt', critic, ({ input }) => input, { after: [] })
  .step('write', writer, ({ find, doubt }) => ({ facts: find, doubts: doubt }), {
    after: ['find', 'doubt'],
  })
  .step('edit', editor, ({ write }) => ({ text: write }))
  .step('release', release, ({ edit }) => ({ text: edit }), { after: ['edit'] })
  .step('print', printer, ({ edit }) => ({ text: edit }), { after: ['edit', 'release'] });

/** The team, and the scenario of one issue. */
export const newsroom = {
  definitions: [issue],
  given: z.object({ topic: z.enum(['bees', 'tides', 'rust']) }),
  scenario: async (troupe: Troupe, given: z.infer<typeof Topic>): Promise<void> => {
    const run = await troupe.start(issue, given, { id: 'i' });
    await run.outcome();
  },
};
