/**
 * Job graphs of public build pipelines: imported as graphs they run in their waves, and what must
 * run always does so whichever job failed.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineBot, type GraphStep, graph } from '../../../src/index.ts';
import { wavesOf } from '../../../src/policies/index.ts';
import { planOf } from '../../../src/workflows/index.ts';
import { dataFolder } from '../../data.ts';
import { type TestClock, teamOf, testClock } from '../../troupe/team.ts';

const Job = z.object({
  id: z.string(),
  needs: z.array(z.string()),
  /** `conditional`: by a condition that is not part of the data; it is taken to be true. */
  runsWhen: z.string(),
  /** How many runs of it there are, where that is a plain number. */
  matrix: z.int().nullish(),
  failFast: z.boolean().optional(),
  /** How many of them run at once (default: all). */
  maxParallel: z.int().nullish(),
  timeoutMin: z.number().optional(),
});

const Pipeline = z.object({
  name: z.string(),
  waves: z.array(z.array(z.string())),
  jobs: z.array(Job),
});
type Pipeline = z.infer<typeof Pipeline>;

const folder = dataFolder('ci-dags');
const pipelines =
  folder === undefined
    ? []
    : z.array(Pipeline).parse(JSON.parse(readFileSync(join(folder, 'ci-graphs.json'), 'utf8')));

/** How long every job takes. */
const JOB_MS = 1_000;

/** The pipeline as a graph whose jobs note when they begin; one of them fails. */
function imported({ name, jobs }: Pipeline, clock: TestClock, failing?: string) {
  const begun: { readonly job: string; readonly at: number }[] = [];
  const work = async (job: string): Promise<void> => {
    begun.push({ job, at: clock.now() });
    await new Promise<void>((resolve) => clock.after(JOB_MS, resolve));
    if (job === failing) throw new RangeError(`${job} fails`);
  };
  const bot = defineBot({
    id: 'runner',
    concurrency: 1_000,
    input: z.string(),
    retry: { attempts: 1 },
    work: ({ input }) => work(input),
  });
  const steps = jobs.map(
    ({ id, needs, runsWhen, matrix, failFast = true, timeoutMin, maxParallel }) => {
      const base = {
        after: needs,
        ...(runsWhen === 'always' ? { runsWhen } : {}),
        ...(timeoutMin === undefined ? {} : { timeout: timeoutMin * 60_000 }),
      };
      const count = matrix ?? 0;
      const step: GraphStep =
        count === 0
          ? { ...base, work: bot, input: id }
          : {
              ...base,
              work: bot,
              input: Array.from({ length: count }, () => id),
              each: {
                concurrency: maxParallel ?? 100,
                onFailure: failFast ? 'fail-fast' : 'continue',
              },
            };
      return [id, step] as const;
    },
  );
  const plan = graph(name.replaceAll(/\W/g, '-'), Object.fromEntries(steps), {
    concurrency: 100,
    onFailure: 'continue',
  });
  return { definitions: [plan, bot], plan, begun };
}

const classes = ['success', 'conditional', 'always'];

/** When each job begins, wave by wave; a job of the matrix when there is a place for it. */
function beginnings({ waves, jobs }: Pipeline) {
  const ends = new Map<string, number>();
  return waves.flat().flatMap((id) => {
    const { needs = [], matrix, maxParallel } = jobs.find((job) => job.id === id) ?? {};
    const begin = Math.max(0, ...needs.map((one) => ends.get(one) ?? Number.NaN));
    const at = Array.from(
      { length: matrix ?? 1 },
      (_, index) => begin + Math.floor(index / (maxParallel ?? 100)) * JOB_MS,
    );
    ends.set(id, Math.max(begin, ...at) + JOB_MS);
    return at.map((time) => ({ job: id, at: time }));
  });
}

/** What becomes of each job when one fails, found by asking until nothing changes. */
function expected({ jobs }: Pipeline, failing: string): Readonly<Record<string, string>> {
  const ends = new Map<string, string>();
  while (ends.size < jobs.length) {
    for (const { id, needs, runsWhen } of jobs) {
      if (!needs.every((one) => ends.has(one))) continue;
      const runs = runsWhen === 'always' || needs.every((one) => ends.get(one) === 'COMPLETED');
      const end = id === failing ? 'FAILED' : 'COMPLETED';
      ends.set(id, runs ? end : 'OMITTED');
    }
  }
  return Object.fromEntries(ends);
}

test('pipelines are there', ({ skip }) => {
  skip(folder === undefined, 'skipped: no data');
  expect(pipelines.length).toBeGreaterThan(0);
});

describe.each(pipelines)('$name', (pipeline) => {
  const unknown = pipeline.jobs.find(({ runsWhen }) => !classes.includes(runsWhen));
  const lack = `skipped: the model has no jobs that run on ${unknown?.runsWhen}`;

  test('its jobs begin wave by wave, those of a matrix as many as may', async ({ skip }) => {
    skip(unknown !== undefined, lack);
    const clock = testClock();
    const { definitions, plan, begun } = imported(pipeline, clock);
    const { troupe } = await teamOf(definitions, { clock });
    const start = clock.now();
    const run = await troupe.start(plan, undefined);
    await clock.advance(1_000_000);
    expect(await run.outcome()).toMatchObject({ status: 'COMPLETED' });
    const wanted = beginnings(pipeline).map(({ job, at }) => `${start + at} ${job}`);
    expect(begun.map(({ job, at }) => `${at} ${job}`).sort()).toEqual(wanted.sort());
    const { steps } = planOf(plan);
    const found = wavesOf({ steps }).map((wave) => wave.map((step) => steps[step]?.name).sort());
    expect(found).toEqual(pipeline.waves.map((wave) => wave.toSorted()));
  });

  test('whichever job fails, what must run always does, what waits for it is left out', async ({
    skip,
  }) => {
    skip(unknown !== undefined, lack);
    for (const { id } of pipeline.jobs) {
      const clock = testClock();
      const { definitions, plan } = imported(pipeline, clock, id);
      const { troupe } = await teamOf(definitions, { clock });
      const run = await troupe.start(plan, undefined);
      await clock.advance(1_000_000);
      const { status, steps = {} } = await run.outcome();
      const found = Object.entries(steps).map(([name, step]) => [name, step.status]);
      expect(Object.fromEntries(found)).toEqual(expected(pipeline, id));
      expect(status).toBe('FAILED');
    }
  });
});
