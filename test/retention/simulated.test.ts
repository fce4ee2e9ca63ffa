/** A simulated team that keeps next to nothing of what is over: all stock laws hold of it. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineBot, defineWorkflow, handler, type Troupe } from '../../src/index.ts';
import { property } from '../../src/testing/index.ts';
import { play } from '../../src/testing/simulation/index.ts';
import { answer, scriptOf } from '../testing/simulation/team.ts';

const scout = defineBot({
  id: 'scout',
  input: z.number(),
  async work({ input, step, sleep }) {
    const seen = await step('look', () => input);
    await sleep('rest', '2s');
    return step('tell', () => seen + 1);
  },
});

const clerk = defineBot({
  id: 'clerk',
  retry: { attempts: 1 },
  on: {
    file: handler(z.number(), ({ payload }) => {
      if (payload === 0) throw new TypeError('no number');
    }),
  },
});

const survey = defineWorkflow({ id: 'survey', input: z.number() })
  .step('one', scout, ({ input }) => input)
  .step('two', scout, ({ one }) => one)
  .step('sum', ({ one, two }) => one + two, { after: ['one', 'two'] });

const scenario = async (troupe: Troupe): Promise<void> => {
  for (let n = 0; n < 4; n += 1) {
    await troupe.start(survey, n, { id: `s${n}` });
    await troupe.start(scout, n, { id: `s${n}` });
    await troupe.send(clerk, { type: 'file', payload: n % 2 });
  }
  await troupe.start(answer, { question: 'q' }, { id: 'a' });
};

const team = {
  definitions: [survey, scout, clerk, answer],
  options: { retention: { rows: 3, runs: 1, letters: 1 } },
  scenario,
};

test('property: a team that keeps next to nothing keeps all laws all the same', async () => {
  await property({ ...team, runs: 15 });
});

test('given no fault, then what is over is cut, and what is not is done', async () => {
  const played = await play(team, scriptOf([]));
  expect(played.breach).toBeUndefined();
  const { journal } = played;
  expect(journal.extent().rows).toBeLessThan(10);
  const runs = journal.actors({}).filter(({ address, parent }) => /^run/.test(address) && !parent);
  expect(runs.length).toBeLessThan(3);
  expect(journal.deadLetters(9).length).toBeLessThan(2);
});
