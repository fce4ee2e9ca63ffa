/** A small publishing team for simulations: two bots, a person, a step with undo. */
import { z } from 'zod';
import { defineApproval, defineBot, defineWorkflow } from '../../../src/index.ts';
import {
  calm,
  type Fault,
  type Play,
  type play,
  type Script,
} from '../../../src/testing/simulation/index.ts';

export const Question = z.object({ question: z.string() });

export const finder = defineBot({
  id: 'finder',
  input: Question,
  timeout: '1m',
  async work({ input, step }) {
    const found = await step('search', () => [input.question]);
    return step('sort', () => found.toSorted());
  },
});

export const editor = defineApproval({
  id: 'editor',
  input: z.object({ text: z.string() }),
  remindEvery: '4h',
  expiresIn: '2d',
});

export const answer = defineWorkflow({ id: 'answer', input: Question })
  .step('find', finder, ({ input }) => input)
  .step('draft', ({ find }) => find.join(), { timeout: '1m', undo: () => undefined })
  .step('release', editor, ({ draft }) => ({ text: draft }))
  .step('publish', ({ draft, key }) => ({ url: `${key}/${draft}` }), {
    after: ['draft', 'release'],
    timeout: '1m',
  });

/** One run of the workflow. */
export const publishing = {
  definitions: [answer],
  scenario: (troupe, given: z.infer<typeof Question>) => troupe.start(answer, given, { id: 'a' }),
} satisfies Play;

/** A script of these faults. */
export const scriptOf = (faults: readonly Fault[], more: Partial<Script> = {}): Script => ({
  ...calm({ question: 'what' }),
  faults,
  ...more,
});

/** How all runs ended. */
export const endsOf = ({ journal }: Awaited<ReturnType<typeof play>>): readonly string[] =>
  journal
    .actors({})
    .filter(({ address }) => address.startsWith('run/'))
    .map(({ address, status }) => `${address.slice(4)} ${status}`)
    .sort();

/** Lines of the story. */
export const linesOf = ({ happenings }: Awaited<ReturnType<typeof play>>): readonly string[] =>
  happenings.map(({ text }) => text);
