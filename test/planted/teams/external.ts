/**
 * A team with people behind its bots: a clerk files papers, an expert looks at what is hard, a
 * helper hands on what it is asked to, and a typist corrects herself.
 */
import { z } from 'zod';
import { defineBot, type RunOf, type Troupe } from '../../../src/index.ts';
import type { PlantedTeam } from './team.ts';

const Paper = z.object({ title: z.string() });

const clerk = defineBot({
  id: 'clerk',
  input: Paper,
  output: z.string(),
  concurrency: 1,
  heartbeat: '3h',
  retry: { attempts: 5, backoff: '1m' },
});

const expert = defineBot({
  id: 'expert',
  input: Paper,
  output: z.string(),
  concurrency: 1,
  handoffs: 'accept',
  retry: { attempts: 5, backoff: '1m' },
  work: ({ input, step }) => step('look', () => `${input.title}, looked at`),
});

const helper = defineBot({
  id: 'helper',
  input: Paper,
  output: z.string(),
  concurrency: 1,
  retry: { attempts: 5, backoff: '1m' },
  work: async ({ input, step }) => {
    const sorted = await step('sort', () => input.title);
    return step('help', () => `${sorted}, helped with`);
  },
});

/** Nobody stands in for her: the scenario drives her runs. */
const typist = defineBot({
  id: 'typist',
  input: Paper,
  output: z.string(),
  heartbeat: '3h',
  retry: { attempts: 2, backoff: '1s' },
});

const ignored = (): undefined => undefined;

/** The first attempt fails; what it made is reported when the second one is under way. */
async function corrected(run: RunOf<typeof typist>, first: number): Promise<void> {
  await run.fail({ error: 'a blot', attempt: first }).catch(ignored);
  await run.outcome({ timeout: '1m' }).catch(ignored);
  await run.begin().catch(ignored);
  await run.complete({ result: 'with a blot', attempt: first }).catch(ignored);
}

/** Whatever went wrong, the letter is written in the end. */
async function written(run: RunOf<typeof typist>): Promise<void> {
  for (let tries = 0; tries < 3; tries += 1) {
    await run.complete({ result: 'clean' }).catch(ignored);
    const outcome = await run.outcome({ timeout: '4h' }).catch(ignored);
    if (outcome !== undefined) return;
    await run.begin().catch(ignored);
  }
}

const team = {
  definitions: [clerk, expert, helper, typist],
  stubs: [{ of: clerk.id, work: ({ title }: z.infer<typeof Paper>) => `${title}, filed` }],
  faults: ['crash', 'delay', 'reorder', 'bot-error', 'slow-bot', 'cancel'],
  always: {
    'a letter is clean': (view) =>
      view.runs(typist).every(({ result }) => result === undefined || result === 'clean'),
  },
  eventually: {
    'papers are filed, or given up': (view) =>
      view.runs(clerk).every(({ completedAt }) => completedAt !== undefined),
  },
} as const satisfies Omit<PlantedTeam, 'given' | 'scenario'>;

/** Two papers for one clerk, who may be too busy for the first at once. */
export const clerks: PlantedTeam = {
  ...team,
  given: ['free', 'busy'],
  scenario: async (troupe: Troupe, how: string) => {
    const first = await troupe.start(clerk, { title: 'bill' }, { id: 'p-1' });
    if (how === 'busy') await first.decline('too busy').catch(ignored);
    await troupe.start(clerk, { title: 'map' }, { id: 'p-2' });
  },
};

/** A helper, and somebody who thinks that an expert is needed. */
export const helpers: PlantedTeam = {
  ...team,
  given: ['riddle'],
  scenario: async (troupe: Troupe, title: string) => {
    const help = await troupe.start(helper, { title }, { id: 'h-1' });
    const why = { to: expert, reason: 'needs-specialist' } as const;
    await troupe.handoffs.request(help, why).catch(ignored);
  },
};

/** A letter that is written at once, or only when the first attempt was a blot. */
export const typists: PlantedTeam = {
  ...team,
  given: ['at once', 'with a blot'],
  scenario: async (troupe: Troupe, how: string) => {
    const run = await troupe.start(typist, { title: 'letter' }, { id: 'l-1' });
    await run.outcome({ timeout: '1m' }).catch(ignored);
    const first = await run.begin().catch(ignored);
    if (how === 'with a blot' && first !== undefined) await corrected(run, first);
    await written(run);
  },
};
