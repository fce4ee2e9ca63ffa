/**
 * Small cases of what becomes of a graph when tasks fail, are skipped, limited or tried again:
 * imported as graphs, they come out as stated. What the model lacks is skipped with the reason.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineBot, type GraphStep, graph } from '../../../src/index.ts';
import { dataFolder } from '../../data.ts';
import { type TestClock, teamOf, testClock } from '../../troupe/team.ts';
import { readDepends } from './depends.ts';

const Task = z.object({
  id: z.string(),
  depends: z.string(),
  result: z.string(),
  when: z.boolean().default(true),
  retries: z.int().default(0),
  items: z.int().optional(),
  results: z.array(z.string()).optional(),
  ms: z.int().default(10),
});
type Task = z.infer<typeof Task>;

const Options = z.object({
  target: z.array(z.string()).optional(),
  failFast: z.boolean().default(false),
  parallelism: z.int().optional(),
});

const Case = z.object({
  id: z.string(),
  options: z.looseObject(Options.shape),
  tasks: z.array(z.looseObject(Task.shape)),
  expect: z.record(z.string(), z.unknown()),
});
type Case = z.infer<typeof Case>;

const folder = dataFolder('ci-dags');
const cases =
  folder === undefined
    ? []
    : z.array(Case).parse(JSON.parse(readFileSync(join(folder, 'dag-semantics.json'), 'utf8')));

const ends: Readonly<Record<string, string | undefined>> = {
  Succeeded: 'COMPLETED',
  Failed: 'FAILED',
  Skipped: 'SKIPPED',
  Omitted: 'OMITTED',
  NotRun: undefined,
};

/** What a case says beside the state of its tasks. */
const Expectations = z.object({
  run: z.enum(['Succeeded', 'Failed']).optional(),
  attempts: z.record(z.string(), z.int()).default({}),
  instances: z.record(z.string(), z.int()).default({}),
  maxParallel: z.int().optional(),
});

/** Watches what is called, and how many at once. */
class Site {
  readonly #clock: TestClock;
  readonly calls: string[] = [];
  #open = 0;
  maxParallel = 0;

  constructor(clock: TestClock) {
    this.#clock = clock;
  }

  async do({ id, ms, result }: Pick<Task, 'id' | 'ms' | 'result'>): Promise<string> {
    this.calls.push(id);
    this.#open += 1;
    this.maxParallel = Math.max(this.maxParallel, this.#open);
    await new Promise<void>((resolve) => this.#clock.after(ms, resolve));
    this.#open -= 1;
    if (result === 'fail') throw new RangeError(`${id} fails`);
    return id;
  }
}

/** The tasks that these need, themselves included. */
function neededBy(targets: readonly string[], tasks: readonly Task[]): ReadonlySet<string> {
  const needed = new Set(targets);
  for (const id of needed) {
    const depends = readDepends(tasks.find((task) => task.id === id)?.depends ?? '');
    if (typeof depends !== 'string') for (const one of depends.after) needed.add(one);
  }
  return needed;
}

/** What the model lacks for a case beside its conditions; undefined: nothing. */
function lackOf({ options, tasks, expect: wanted }: Case): string | undefined {
  const unknown = [
    ...Object.keys(options).filter((name) => !(name in Options.shape)),
    ...tasks.flatMap((task) => Object.keys(task).filter((name) => !(name in Task.shape))),
    ...tasks
      .flatMap(({ result, results = [] }) => [result, ...results])
      .filter((result) => result !== 'ok' && result !== 'fail'),
    ...tasks.map(({ id }) => String(wanted[id] ?? 'NotRun')).filter((end) => !(end in ends)),
  ];
  return unknown.length === 0 ? undefined : `what is meant by ${unknown.join(', ')}`;
}

/** The case as a graph; a text says what the model lacks for it. */
function imported(given: Case, site: Site) {
  const { id, options, tasks } = given;
  const lack = lackOf(given);
  if (lack !== undefined) return lack;
  const needed = neededBy(options.target ?? tasks.map((task) => task.id), tasks);
  const item = defineBot({
    id: 'item',
    input: Task,
    retry: { attempts: 1 },
    work: ({ input }) => site.do(input),
  });
  const steps: [string, GraphStep][] = [];
  for (const task of tasks.filter((one) => needed.has(one.id))) {
    const depends = readDepends(task.depends);
    if (typeof depends === 'string') return depends;
    const items = Array.from({ length: task.items ?? 0 }, (_, index) => ({
      ...task,
      result: task.results?.[index] ?? task.result,
    }));
    const what: GraphStep =
      task.items === undefined
        ? { work: () => site.do(task) }
        : { work: item, input: items, each: true };
    const step = { ...what, ...depends, when: () => task.when };
    const retry = { attempts: task.retries + 1, backoff: 1 };
    steps.push([task.id, task.items === undefined ? { ...step, retry } : step]);
  }
  const plan = graph(id, Object.fromEntries(steps), {
    onFailure: options.failFast ? 'finish' : 'continue',
    concurrency: options.parallelism ?? 100,
  });
  return { plan, item };
}

test('cases are there', ({ skip }) => {
  skip(folder === undefined, 'skipped: no data');
  expect(cases.length).toBeGreaterThan(0);
});

describe.each(cases)('$id', (one) => {
  test('comes out as stated', async ({ skip }) => {
    const clock = testClock();
    const site = new Site(clock);
    const made = imported(one, site);
    if (typeof made === 'string') return skip(`skipped: the model lacks ${made}`);
    const { troupe } = await teamOf([made.plan, made.item], { clock });
    const run = await troupe.start(made.plan, undefined);
    await clock.advance(1_000_000);
    const { status, steps = {} } = await run.outcome();
    const { run: whole, attempts, instances, maxParallel } = Expectations.parse(one.expect);
    for (const { id } of one.tasks.filter((task) => task.id in one.expect))
      expect([id, steps[id]?.status]).toEqual([id, ends[String(one.expect[id])]]);
    if (whole !== undefined) expect(status).toBe(ends[whole]);
    for (const [id, count] of Object.entries({ ...attempts, ...instances }))
      expect(site.calls.filter((call) => call === id)).toHaveLength(count);
    if (maxParallel !== undefined) expect(site.maxParallel).toBe(maxParallel);
    return undefined;
  });
});
