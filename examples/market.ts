/**
 * A study of market, screens and database, side by side.
 *
 * Three bots get the same idea and work at once; the result has the view of each under its name.
 * `node market.ts [JOURNAL]`.
 */
import { createTroupe, defineBot, parallel } from 'troupe';
import { z } from 'zod';

const Idea = z.object({ idea: z.string(), users: z.number() });

/** Who else sells it. */
export const analyst = defineBot({
  id: 'analyst',
  input: Idea,
  output: z.object({ rivals: z.array(z.string()) }),
  work({ input }) {
    console.log(`analyst: looks who else sells ${input.idea}`);
    return { rivals: ['Corner Shop', 'Big Basket'] };
  },
});

/** What people see of it. */
export const designer = defineBot({
  id: 'designer',
  input: Idea,
  output: z.object({ screens: z.array(z.string()) }),
  work({ input }) {
    console.log(`designer: draws the screens for ${input.idea}`);
    return { screens: ['search', 'basket', 'checkout'] };
  },
});

/** Where its data goes. */
export const modeller = defineBot({
  id: 'modeller',
  input: Idea,
  output: z.object({ tables: z.array(z.string()), rows: z.number() }),
  work({ input }) {
    console.log(`modeller: plans tables for ${input.users} users`);
    return { tables: ['users', 'baskets', 'orders'], rows: 40 * input.users };
  },
});

/** The whole: one input, three different steps at once, a result for each. */
export const study = parallel('study', {
  market: analyst,
  screens: designer,
  database: modeller,
});

export default study;

/** Studies one idea. */
export async function main(journal?: string): Promise<void> {
  await using troupe = await createTroupe({ definitions: [study], journal });
  const idea = { idea: 'groceries by bicycle', users: 5_000 };
  const { market, screens, database } = await troupe.run(study, idea, { id: 'groceries' });
  console.log(`Market: ${market.rivals.join(', ')}`);
  console.log(`Screens: ${screens.screens.join(', ')}`);
  console.log(`Database: ${database.tables.join(', ')}; ${database.rows} rows`);
}

if (import.meta.main) await main(process.argv[2]);
