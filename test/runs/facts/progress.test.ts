/** Progress rolls up: of work that reports none, from the runs below it. */
import { expect, test } from 'vitest';
import { defineBot, graph } from '../../../src/index.ts';
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
  expect((await run.snapshot()).progress).toBe(0.5);
});
