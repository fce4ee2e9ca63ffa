/** Teams that wait for people and for answers: each with a mistake, and mended. */
import { defineApproval, defineBot, defineWorkflow } from 'troupe';
import { property } from 'troupe/testing';
import { z } from 'zod';
import type { Planted } from './planted.ts';

const Text = z.object({ text: z.string() });
const editor = defineApproval({ id: 'editor', input: Text, expiresIn: '2d' });

/** The release is optional: a no is as good as a yes. */
export const optionalYes: Planted = {
  name: 'an approval that is optional',
  law: 'nothing out without a yes',
  play: (isMended, extra) => {
    const answer = defineWorkflow({ id: 'answer', input: Text })
      .step('release', editor, ({ input }) => input, isMended ? {} : { optional: true })
      .step('publish', ({ input }) => `out: ${input.text}`, { after: ['release'] });
    return property({
      definitions: [answer],
      given: Text,
      scenario: (troupe, given) => troupe.start(answer, given, { id: 'a' }),
      always: {
        'nothing out without a yes': (view) =>
          view.runs(answer).every(({ steps }) => !steps.publish || steps.release !== undefined),
      },
      ...extra,
    });
  },
};

const consent = { approved: true, by: 'robot', at: 0 } as const;

/** Silence is taken for consent: somebody else takes over and says yes. */
export const silentYes: Planted = {
  name: 'silence that is taken for a yes',
  law: 'a person has released what is out',
  play: (isMended, extra) => {
    const robot = defineBot({ id: 'robot', input: Text, work: () => consent });
    const answer = defineWorkflow({ id: 'answer', input: Text })
      .step('release', editor, ({ input }) => input, isMended ? {} : { fallback: [robot] })
      .step('publish', ({ input }) => `out: ${input.text}`);
    return property({
      definitions: [answer],
      given: Text,
      scenario: (troupe, given) => troupe.start(answer, given, { id: 'a' }),
      always: {
        'a person has released what is out': (view) =>
          view.runs(answer).every(({ steps }) => !steps.publish) ||
          view.runs(editor).some(({ status }) => status === 'COMPLETED'),
      },
      ...extra,
    });
  },
};

/** An answer that never comes is waited for without end. */
export const noTimeout: Planted = {
  name: 'a step without a time-out',
  law: 'every run ends, or waits for a person',
  play: (isMended, extra) => {
    const finder = defineBot({
      id: 'finder',
      ...(isMended ? { timeout: '5m' } : {}),
      work: ({ step }) => step('search', () => 'hits', isMended ? { timeout: '30s' } : {}),
    });
    return property({
      definitions: [finder],
      scenario: (troupe) => troupe.start(finder, undefined, { id: 'f' }),
      faults: ['crash', 'drop', 'slow-bot'],
      ...extra,
    });
  },
};

/** What a process remembers is gone when it ends. */
export const inMemory: Planted = {
  name: 'a bot that keeps state in memory',
  law: 'no number is given twice',
  play: (isMended, extra) => {
    let last = 0;
    const clerk = defineBot({
      id: 'clerk',
      input: z.object({ after: z.int() }),
      work: async ({ input, step }) => {
        if (isMended) return step('number', () => input.after + 1);
        last += 1;
        return last;
      },
    });
    return property({
      definitions: [clerk],
      scenario: async (troupe) => {
        const first = await troupe.run(clerk, { after: 0 }, { id: 'c-1' });
        await troupe.run(clerk, { after: first }, { id: 'c-2' });
      },
      always: {
        'no number is given twice': (view) => {
          const given = view.runs(clerk).flatMap(({ result }) => result ?? []);
          return new Set(given).size === given.length;
        },
      },
      ...extra,
    });
  },
};
