/** A migration under crashes: wherever the process ends, the run becomes what it is to be, once. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineBot, defineWorkflow } from '../../src/index.ts';
import { simulate } from '../../src/testing/index.ts';

const input = z.object({ question: z.string() });
const finder = defineBot({ id: 'finder', input, work: () => ['a fact', 'another'] });
const sleeper = defineBot({ id: 'sleeper', work: ({ sleep }) => sleep('nap', '1h') });
const answer = defineWorkflow({ id: 'answer', input })
  .step('find', finder, ({ input }) => input)
  .step('rest', sleeper)
  .step('print', () => 'printed');
const answer2 = defineWorkflow({ id: 'answer', version: '2', input })
  .step('search', finder, ({ input }) => input)
  .step('rest', sleeper)
  .step('publish', ({ search, key }) => `${search.join(', ')} [${key}]`, {
    after: ['search', 'rest'],
  })
  .migrate('1', ({ find }) =>
    find === undefined ? {} : { search: z.array(z.string()).parse(find) },
  );

/** Plays it with a crash at one commit, in the process of either version. */
async function played(commit: number, moment: 'before' | 'after'): Promise<number> {
  const faults = [{ fault: 'crash', commit, moment }] as const;
  await using sim = await simulate({ definitions: [answer], seed: commit, faults });
  // A process that ends never says that it has begun the run.
  const started = sim.troupe.start(answer, { question: '?' }, { id: 'a' }).catch(() => undefined);
  await Promise.race([started, sim.advance(0)]);
  await sim.crash({ definitions: [answer2] });
  await sim.troupe.start(answer2, { question: '?' }, { id: 'a' });
  await sim.rest();
  const run = sim.view.runs(answer2).find(({ runId }) => runId === 'answer/a');
  const result = 'a fact, another [answer/a/publish]';
  expect(run).toMatchObject({ status: 'COMPLETED', result });
  return sim.happenings.filter(({ kind }) => kind === 'life').length;
}

const places = Array.from({ length: 16 }, (_, index) => index + 1);

test.each(['before', 'after'] as const)(
  'given a crash %s any commit, then it ends the same',
  async (moment) => {
    const lives: number[] = [];
    for (const commit of places) lives.push(await played(commit, moment));
    // Some crashes strike in the first process, some in that of the new version.
    expect(Math.max(...lives)).toBeGreaterThan(1);
  },
);
