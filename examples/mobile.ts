/**
 * A mobile app: three parts are built at once, assembled, then tested.
 *
 * `parts` is a workflow of its own and a step of the larger one. A test that fails is not the end:
 * `fix` runs only when something was found. `node mobile.ts [JOURNAL]`.
 */
import { createTroupe, defineBot, defineWorkflow, parallel } from 'troupe';
import { z } from 'zod';

const Order = z.object({ app: z.string() });
const Part = z.object({ name: z.string(), version: z.number() });
const App = z.object({ app: z.string(), parts: z.array(Part) });

const builder = (id: string, name: string, version: number) =>
  defineBot({
    id,
    input: Order,
    output: Part,
    work({ input }) {
      console.log(`${id}: builds the ${name} of ${input.app}`);
      return { name, version };
    },
  });

/** The three who build: what people see, what the phone does, what answers it. */
export const builders = {
  screens: builder('designer', 'screens', 3),
  client: builder('app-developer', 'client', 2),
  server: builder('server-developer', 'server', 1),
};

/** Puts the parts together. */
export const assembler = defineBot({
  id: 'assembler',
  input: App,
  output: App,
  work({ input }) {
    console.log(`assembler: puts ${input.parts.length} parts together`);
    return input;
  },
});

/** Tries the whole app: every part must be of version 2 at least. */
export const tester = defineBot({
  id: 'tester',
  input: App,
  output: z.object({ faults: z.array(z.string()) }),
  work({ input }) {
    console.log(`tester: tries ${input.app}`);
    const old = input.parts.filter(({ version }) => version < 2);
    return { faults: old.map(({ name }) => `the ${name} is too old`) };
  },
});

/** Mends what the tester found. */
export const fixer = defineBot({
  id: 'fixer',
  input: z.object({ faults: z.array(z.string()) }),
  output: z.object({ fixed: z.number() }),
  work({ input }) {
    console.log(`fixer: mends what is wrong: ${input.faults.join(', ')}`);
    return { fixed: input.faults.length };
  },
});

/** The whole. */
export const mobile = defineWorkflow({ id: 'mobile', input: Order })
  .step('parts', parallel('parts', builders), ({ input }) => input)
  .step('assemble', assembler, ({ input, parts }) => ({
    app: input.app,
    parts: [parts.screens, parts.client, parts.server],
  }))
  .step('test', tester, ({ assemble }) => assemble)
  .step('fix', fixer, ({ test }) => test, { when: ({ test }) => test.faults.length > 0 })
  .output(({ assemble, test, fix }) => ({
    app: assemble.app,
    faults: test.faults,
    fixed: fix?.fixed ?? 0,
  }));

export default mobile;

/** Builds one app. */
export async function main(journal?: string): Promise<void> {
  await using troupe = await createTroupe({ definitions: [mobile], journal });
  const { app, faults, fixed } = await troupe.run(mobile, { app: 'Runner' }, { id: 'runner' });
  console.log(`${app} is built; faults found: ${faults.join(', ')}; mended: ${fixed}`);
}

if (import.meta.main) await main(process.argv[2]);
