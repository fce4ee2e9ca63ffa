/** Progress rolls up: of work that reports none, from the runs below it. */
import { expect, test } from 'vitest';
import { defineBot, defineWorkflow, graph, repeat } from '../../../src/index.ts';
import { teamOf } from '../../troupe/team.ts';

const ann = defineBot({ id: 'ann' });

test('work that reports nothing is as far as its child runs are', async () => {
  const lead = defineBot({
    id: 'lead',
    work: async ({ step, sleep }) => {
      await Promise.all(['a', 'b', 'c', 'd'].map((name) => step(name, ann, undefined)));
      await sleep('nap', '1h');
    },
  });
  const silent = defineBot({ id: 'silent', work: () => new Promise(() => {}) });
  const { troupe, clock } = await teamOf([lead, ann, silent], { limits: { suspendAfterMs: 10 } });
  const run = await troupe.start(lead, undefined, { id: 'l' });
  const progress = async () => (await run.snapshot()).progress;
  await clock.advance(100);
  expect(await progress()).toBe(0);
  const [a, b] = [await troupe.runs.get('lead/l/a'), await troupe.runs.get('lead/l/b')];
  await a?.begin();
  await a?.complete();
  await b?.begin();
  await b?.report({ progress: 0.5 });
  await clock.advance(100);
  expect(await progress()).toBe(0.375);
  const other = await troupe.start(silent, undefined);
  await clock.quiet();
  expect((await other.snapshot()).progress).toBeUndefined();
});

test('what work reports counts, whatever is below; completed is 1', async () => {
  const lead = defineBot({
    id: 'lead',
    work: async ({ step, report }) => {
      await report({ progress: 0.9 });
      return step('ask', ann, undefined);
    },
  });
  const { troupe, clock } = await teamOf([lead, ann]);
  const run = await troupe.start(lead, undefined, { id: 'l' });
  await clock.quiet();
  expect((await run.snapshot()).progress).toBe(0.9);
  const asked = await troupe.runs.get('lead/l/ask');
  await asked?.begin();
  await asked?.complete();
  await run.result();
  expect((await run.snapshot()).progress).toBe(1);
});

test('steps under way count in a workflow by their own progress', async () => {
  const flow = graph('flow', {
    one: { work: ann },
    two: { work: ann },
    three: { work: () => 3, after: ['one'] },
    four: { work: ann, after: ['two'] },
  });
  const { troupe, clock } = await teamOf([flow, ann]);
  const run = await troupe.start(flow, undefined, { id: 'f' });
  await clock.quiet();
  for (const [id, progress] of [
    ['flow/f/one', 0.5],
    ['flow/f/two', 0.25],
  ] as const) {
    const step = await troupe.runs.get(id);
    await step?.begin();
    await step?.report({ progress });
  }
  expect((await run.snapshot()).progress).toBe(0.1875);
  await (await troupe.runs.get('flow/f/one'))?.complete();
  await clock.quiet();
  expect((await run.snapshot()).progress).toBe(0.5625);
  await run.cancel();
  expect((await run.snapshot()).progress).toBe(0.5625);
});

/** A workflow whose steps are tried again, taken over and go round; some never complete. */
function restless() {
  const slow = defineBot({ id: 'slow', work: ({ sleep }) => sleep('z', 1_000) });
  const flaky = defineBot({
    id: 'flaky',
    retry: { attempts: 2, backoff: 0 },
    work: async ({ attempt, report, sleep }): Promise<void> => {
      await report({ progress: 0.8 / attempt });
      await sleep(`x${attempt}`, 1_000);
      throw new Error('x');
    },
  });
  const inner = defineWorkflow({ id: 'inner' }).step('s1', slow).step('s2', slow).step('s3', flaky);
  const round = defineWorkflow({ id: 'round' }).step('a', slow).step('b', slow);
  const again = { retry: { attempts: 2, backoff: 0 }, optional: true };
  return defineWorkflow({ id: 'restless', onFailure: 'continue' })
    .step('tried', inner, { ...again, fallback: slow })
    .step('loop', repeat('loop', round, { until: () => false, max: 3 }), {
      optional: true,
      after: [],
    })
    .step('fails', inner, { after: [] });
}

test('no try, fallback, round or failure takes progress back; open, it is below 1', async () => {
  const flow = restless();
  const { troupe, clock } = await teamOf([flow]);
  const run = await troupe.start(flow, undefined, { id: '1' });
  let last = new Map<string, number>();
  for (let tick = 0; tick < 120; tick += 1) {
    const { progress = 0, stages, status } = await run.snapshot();
    const now = new Map(stages.map((stage) => [stage.name, stage.progress ?? 0]));
    for (const stage of stages) {
      if (stage.status !== 'COMPLETED') expect(now.get(stage.name)).toBeLessThan(1);
    }
    now.set('run', progress);
    for (const [name, before] of last) expect(now.get(name)).toBeGreaterThanOrEqual(before);
    last = now;
    if (status !== 'FAILED') expect(progress).toBeLessThan(1);
    await clock.advance(100);
  }
  const { stages, status } = await run.snapshot();
  expect(status).toBe('FAILED');
  expect(stages.map((stage) => [stage.name, stage.status, stage.runs])).toEqual([
    ['tried', 'COMPLETED', 3],
    ['loop', 'FAILED', 1],
    ['fails', 'FAILED', 1],
  ]);
  expect(last.get('fails')).toBeCloseTo((2 + 0.8) / 3);
});

test('a later attempt takes back nothing; within one the last word counts', async () => {
  const twice = defineBot({ id: 'twice', retry: { attempts: 2, backoff: 0 } });
  const { troupe, clock } = await teamOf([twice]);
  const run = await troupe.start(twice, undefined);
  const progress = async () => (await run.snapshot()).progress;
  await run.begin();
  await run.report({ progress: 0.8 });
  await run.report({ progress: 0.6 });
  expect(await progress()).toBe(0.6);
  await run.fail({ error: new Error('x') });
  await clock.advance(1_000);
  await run.begin();
  await run.report({ progress: 0.1 });
  expect(await progress()).toBe(0.6);
  await run.report({ progress: 0.9 });
  expect(await progress()).toBe(0.9);
  await run.complete();
  expect(await progress()).toBe(1);
});
