/**
 * A login system in sequence: design, build, security review.
 *
 * Each bot gets what the ones before it made. Killed at any point and started again on its journal,
 * the program goes on with the step that was under way: `node login.ts [JOURNAL]`.
 */
import { createTroupe, defineBot, defineWorkflow } from 'troupe';
import { z } from 'zod';

const Design = z.object({ login: z.string(), parts: z.array(z.string()) });
const Code = z.object({ files: z.array(z.string()) });

/** Says which parts a login needs. */
export const architect = defineBot({
  id: 'architect',
  input: z.object({ login: z.string() }),
  output: Design,
  work({ input }) {
    console.log(`architect: designs a login with ${input.login}`);
    return { login: input.login, parts: ['form', 'session', 'recovery'] };
  },
});

/** Writes a file for each part: a step for each, so that none is written twice. */
export const developer = defineBot({
  id: 'developer',
  input: Design,
  output: Code,
  async work({ input, step }) {
    const files: string[] = [];
    for (const part of input.parts) {
      const file = await step(`write ${part}`, () => {
        console.log(`developer: writes the ${part}`);
        return `${part}.ts`;
      });
      files.push(file);
    }
    return { files };
  },
});

/** Looks at every file with the design beside it. */
export const reviewer = defineBot({
  id: 'reviewer',
  input: z.object({ design: Design, code: Code }),
  output: z.object({ findings: z.array(z.string()) }),
  work({ input: { design, code } }) {
    console.log(`reviewer: looks for holes in ${code.files.length} files`);
    const isWeak = design.login === 'passwords';
    return { findings: isWeak ? ['session.ts: passwords are guessed without a limit'] : [] };
  },
});

/** The whole: one step after the other. A step sees the steps that it waits for. */
export const login = defineWorkflow({ id: 'login', input: z.object({ login: z.string() }) })
  .step('design', architect, ({ input }) => input)
  .step('build', developer, ({ design }) => design)
  .step('review', reviewer, ({ design, build }) => ({ design, code: build }), {
    after: ['design', 'build'],
  })
  .output(({ build, review }) => ({ files: build.files, findings: review.findings }));

export default login;

/** Builds one login. */
export async function main(journal?: string): Promise<void> {
  await using troupe = await createTroupe({ definitions: [login], journal });
  const run = await troupe.start(login, { login: 'passwords' }, { id: 'shop' });
  const { files, findings } = await run.result();
  console.log(`Built: ${files.join(', ')}`);
  for (const finding of findings) console.log(`Finding: ${finding}`);
}

if (import.meta.main) await main(process.argv[2]);
