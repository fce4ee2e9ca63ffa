/**
 * A publishing team: five bots and three people bring an issue out, and take the hall back when it
 * does not come out.
 */
import { z } from 'zod';
import {
  defineApproval,
  defineBot,
  defineWorkflow,
  type Runnable,
  type Troupe,
} from '../../../src/index.ts';
import type { PlantedTeam } from './team.ts';

const Topic = z.object({ topic: z.string(), isRefused: z.boolean() });
type Topic = z.infer<typeof Topic>;
const Text = z.object({ text: z.string() });

const retry = { attempts: 2, backoff: '1s' } as const;

const finder = defineBot({
  id: 'finder',
  input: Topic,
  output: Text,
  concurrency: 2,
  retry,
  work: async ({ input, step }) => {
    const facts = await step('search', () => [`a fact about ${input.topic}`]);
    return { text: facts.join(', ') };
  },
});

const checker = defineBot({
  id: 'checker',
  input: Text,
  output: z.boolean(),
  retry,
  work: ({ input }) => input.text !== '',
});

const writer = defineBot({
  id: 'writer',
  input: Text,
  output: Text,
  concurrency: 1,
  retry,
  work: async ({ input, step, report }) => {
    await report({ cost: 3 });
    const isTrue = await step('check', checker, input);
    return step('write', () => ({ text: `${input.text}${isTrue ? '.' : '?'}` }));
  },
});

const painter = defineBot({
  id: 'painter',
  input: Text,
  retry,
  work: ({ input, step }) => step('paint', () => `a picture of ${input.text}`),
});

const printer = defineBot({
  id: 'printer',
  input: Text,
  retry: false,
  work: async ({ input, report }) => {
    await report({ cost: 5 });
    return `${input.text} in print`;
  },
});

const editor = defineApproval({
  id: 'editor',
  input: Text,
  remindEvery: '12h',
  expiresIn: '2d',
});
const lawyer = defineApproval({ id: 'lawyer', input: Text, expiresIn: '3d' });
const judge = defineApproval({ id: 'judge', input: Text, expiresIn: '3d' });

const budget = 9;

/** An issue, from its topic to the shops. */
const issue = defineWorkflow({ id: 'issue', input: Topic, concurrency: 2, budget })
  .step('find', finder, ({ input }) => input)
  .step('write', writer, ({ find }) => find)
  .step('paint', painter, ({ find }) => find, { after: ['find'] })
  .step('index', ({ find }) => find.text.length, { after: ['find'] })
  .step('style', editor, ({ write }) => write, { after: ['write'] })
  .step('law', lawyer, ({ write }) => write, { after: ['write'], fallback: judge })
  .step('hall', () => 'hall 3', {
    after: ['style', 'law', 'paint', 'index'],
    undo: () => 'free again',
  })
  .step('print', printer, ({ write }) => write, { after: ['write', 'hall'], cost: 5 })
  .step(
    'deliver',
    ({ input, print }) => {
      if (input.isRefused) throw new TypeError('nobody takes it');
      return print;
    },
    { after: ['print'], retry: false },
  );

const topics: readonly Topic[] = [
  { topic: 'ants', isRefused: false },
  { topic: 'wasps', isRefused: true },
];

/** The publishing team. */
export const publishing: PlantedTeam = {
  definitions: [issue, finder, checker, writer, painter, printer, editor, lawyer, judge],
  given: topics,
  faults: ['crash', 'duplicate', 'delay', 'bot-error', 'slow-bot', 'cancel', 'pause'],
  scenario: (troupe: Troupe, given: Topic) => troupe.start(issue, given, { id: 'spring' }),
  always: {
    'nothing is printed without the yes of the editor and of a lawyer': (view) => {
      const said = [editor, lawyer, judge].flatMap((one) => view.runs<Runnable>(one));
      const hasYes = (step: string): boolean =>
        said.some(({ runId, result }) => runId.includes(step) && Object(result).approved === true);
      return view.calls('printer').length === 0 || (hasYes('/style') && hasYes('/law'));
    },
    'an issue that ends takes all below it along': (view) =>
      view.runs(issue).every(({ completedAt }) => completedAt === undefined) ||
      [finder, writer, checker, painter, printer, editor, lawyer, judge]
        .flatMap((one) => view.runs<Runnable>(one))
        .every(({ completedAt }) => completedAt !== undefined),
    'an issue costs what it may': (view) => view.runs(issue).every(({ cost }) => cost <= budget),
  },
  eventually: {
    'every issue comes out, or is given up': (view) =>
      view.runs(issue).every(({ status }) => ['COMPLETED', 'FAILED', 'CANCELLED'].includes(status)),
    'the hall is paid for issues that come out alone': (view) =>
      view.incidents.length > 0 ||
      view
        .runs(issue)
        .every(({ status, steps }) => status === 'COMPLETED' || steps.hall === undefined),
    'what people say is heard': (view) =>
      view.deadLetters.every(({ type }) => type !== 'approval.decide'),
  },
};
