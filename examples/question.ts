/**
 * One question to one researcher.
 *
 * The researcher searches, then reads what it found; each is a step, done once. With a journal the
 * program goes on where it was killed, and asked again it has the answer at hand:
 * `node question.ts [JOURNAL]`.
 */
import { createTroupe, defineBot } from 'troupe';
import { z } from 'zod';

/** Stands in for the world: what is written where. */
const library: Readonly<Record<string, string>> = {
  'actors.txt': 'An actor has a mailbox and takes one message at a time.',
  'journals.txt': 'A journal keeps what was acknowledged.',
  'tea.txt': 'Tea is best at 80 degrees.',
};

/** Answers from the library. */
export const researcher = defineBot({
  id: 'researcher',
  input: z.object({ question: z.string() }),
  output: z.object({ answer: z.string(), sources: z.array(z.string()) }),
  async work({ input, step }) {
    const sources = await step('search', () => {
      console.log(`researcher: searches the library for "${input.question}"`);
      const words = input.question.toLowerCase().match(/\w{4,}/g) ?? [];
      return Object.keys(library).filter((file) => words.some((word) => file.includes(word)));
    });
    const answer = await step('read', () => {
      console.log(`researcher: reads ${sources.join(', ')}`);
      return sources.map((file) => library[file]).join(' ');
    });
    return { answer, sources };
  },
});

export default researcher;

/** Asks one question. The same id is the same run: asked again, it is only looked up. */
export async function main(journal?: string): Promise<void> {
  await using troupe = await createTroupe({ definitions: [researcher], journal });
  const question = 'What do actors keep in journals?';
  const { answer, sources } = await troupe.run(researcher, { question }, { id: 'q-1' });
  console.log(`Answer: ${answer}`);
  console.log(`From ${sources.length} sources`);
}

if (import.meta.main) await main(process.argv[2]);
