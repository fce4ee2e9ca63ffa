/** The types of migrations: steps of the new plan by name, with their results. */
import { defineWorkflow } from 'troupe';
import { z } from 'zod';

const flow = defineWorkflow({ id: 'w', version: '2', input: z.object({ q: z.string() }) })
  .step('search', () => ['a fact'])
  .step('count', ({ search }) => search.length);

flow
  .migrate('1', (old) => ({ search: z.array(z.string()).parse(old['find']) }))
  .migrate('0', () => ({}))
  .step('end', ({ count }) => count.toFixed());
// @ts-expect-error a result of another type
flow.migrate('1', () => ({ count: 'three' }));
// @ts-expect-error no step of the new plan
flow.migrate('1', () => ({ find: ['a fact'] }));
// @ts-expect-error what it sees is unknown
flow.migrate('1', (old) => ({ search: old['find'] }));
