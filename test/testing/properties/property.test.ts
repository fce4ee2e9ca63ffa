/** What `property` says of a team that holds, and of one that does not. */

import { defineBot, defineWorkflow, isTroupeError, type Troupe } from 'troupe';
import { calm, type PropertyProgress, property, replay, type Script } from 'troupe/testing';
import { expect, test } from 'vitest';
import { propertyOf } from '../../../src/testing/properties/property.ts';
import { bot, fakePlayer } from './fake.ts';
import { attempts } from './teams/money.ts';

const finder = defineBot({ id: 'finder', work: ({ step }) => step('search', () => 'hits') });
const flow = defineWorkflow({ id: 'flow' })
  .step('find', finder, undefined)
  .step('show', ({ find }) => find);
const holds = {
  definitions: [flow],
  scenario: (troupe: Troupe) => troupe.run(flow, undefined, { id: 'f' }),
  always: { 'it is so': () => true },
  eventually: { 'it was so': () => true },
};

const failureOf = async (property: Promise<unknown>) => {
  const error = await property.catch((thrown: unknown) => thrown);
  if (isTroupeError(error, 'PROPERTY_FAILED')) return error;
  throw error;
};

test('a team that holds: how much was played, what struck, what was watched', async () => {
  const progress: PropertyProgress[] = [];
  const result = await property({ ...holds, runs: 40, onRun: (one) => progress.push(one) });
  expect(result).toMatchObject({ runs: 40, seed: 1, questions: 0 });
  expect(Object.keys(result.struck)).toEqual([
    ...['crash', 'disk-full', 'duplicate', 'delay', 'reorder', 'bot-error', 'slow-bot'],
  ]);
  expect(Object.values(result.struck).filter((count) => count > 0).length).toBeGreaterThan(5);
  expect(result.struck.reorder).toBeGreaterThan(0);
  expect(result.lives).toBeGreaterThan(40);
  expect(result.laws).toEqual(expect.arrayContaining(['it is so', 'it was so']));
  expect(result.laws).toContain('what is awaited settles');
  expect(result.coverage.length).toBeGreaterThan(5);
  expect(result.report).toContain('40, each played twice, from seed 1');
  expect(result.report).not.toMatch(/proved|proven|correct/i);
  expect(progress.map(({ run }) => run)).toEqual(Array.from({ length: 40 }, (_, at) => at + 1));
  expect(progress.reduce((sum, { commits }) => sum + commits, 0)).toBe(result.commits);
});

test('the same seed does the same, another one something else', async () => {
  const told = async (seed: number) => (await property({ ...holds, runs: 20, seed })).report;
  const first = await told(4);
  expect(await told(4)).toBe(first);
  expect(await told(5)).not.toBe(first);
});

test('a failure tells law, story, seed, path and a test; its path finds it again', async () => {
  const extra = { runs: 200, seed: 3 };
  const failure = await failureOf(attempts.play(false, extra));
  const { law, story, steps, seed, path, runs, script, test: pasted } = failure.data;
  expect({ law, seed, runs: String(runs) }).toEqual({ law: attempts.law, seed: 3, runs: path });
  expect(story.split('\n')).toHaveLength(steps);
  for (const part of [law, story, pasted, `Seed 3, path '${path}'`]) {
    expect(failure.message).toContain(part);
  }
  const again = await failureOf(attempts.play(false, { ...extra, path }));
  expect(again.data).toMatchObject({ story, script, path });
});

test('given a team that breaks calm, when it is checked, then the first run tells', async () => {
  const played: PropertyProgress[] = [];
  const failure = await failureOf(
    property({ ...holds, always: { 'no commit': () => false }, onRun: (one) => played.push(one) }),
  );
  expect(failure.data).toMatchObject({ law: 'no commit', path: '1', runs: 1 });
  expect(failure.data.script).toEqual(calm(undefined));
  expect(failure.data.steps).toBeLessThanOrEqual(3);
  expect(played).toEqual([]);
});

test('given a path, then its run alone is played after the calm ones', async () => {
  const runs: number[] = [];
  await property({ ...holds, path: '30', onRun: ({ run }) => runs.push(run) });
  expect(runs).toEqual([1, 30]);
});

test('a law that throws is broken, and says what it threw', async () => {
  const throws = () => {
    throw new RangeError('out of range');
  };
  const failure = await failureOf(property({ ...holds, always: { throws } }));
  expect(failure.data).toMatchObject({
    law: 'throws',
    found: expect.stringMatching(/out of range/),
  });
});

test('a script that is replayed holds, or fails with its own story', async () => {
  const script: Script = {
    ...calm(undefined),
    faults: [{ fault: 'crash', commit: 3, moment: 'after' }],
  };
  const { lives, breach } = await replay(holds, script);
  expect({ lives, breach }).toEqual({ lives: 2, breach: undefined });
  const once = (view: { calls(of: string): readonly unknown[] }) =>
    view.calls('flow.show').length < 1;
  const failure = await failureOf(replay({ ...holds, always: { once } }, script));
  expect(failure.data).toMatchObject({ law: 'once', path: '', shrinks: 0, script });
});

test('given its signal, when it is aborted, then it ends before the next run', async () => {
  const controller = new AbortController();
  const runs: number[] = [];
  const onRun = ({ run }: PropertyProgress): void => {
    runs.push(run);
    if (run === 5) controller.abort();
  };
  const ended = property({ ...holds, onRun, signal: controller.signal });
  await expect(ended).rejects.toMatchObject({ code: 'ABORTED' });
  expect(runs).toEqual([1, 2, 3, 4, 5]);
});

test('given two plays that differ, when they are compared, then it is told how', async () => {
  const { play, played } = fakePlayer((_, nth) => ({ trace: String(nth), commits: nth }));
  const failure = propertyOf(bot, play);
  await expect(failure).rejects.toMatchObject({ code: 'NOT_REPEATABLE' });
  expect(played).toHaveLength(2);
  await expect(failure).rejects.toThrow('1 commits the first time, 2 the second time');
});

test('given code that does not repeat, when a script is played, then it is a failure', async () => {
  const { play } = fakePlayer(() => ({
    unrepeatable: [{ what: 'it read Date', where: 'finder' }],
  }));
  const failure = await failureOf(propertyOf(bot, play));
  expect(failure.data).toMatchObject({
    law: 'code can be repeated',
    found: 'finder: it read Date',
    path: '1',
  });
});

test('given a breach in one of two plays only, then the plays differ', async () => {
  const { play } = fakePlayer((_, nth) => ({
    law: nth % 2 === 1 ? 'a' : undefined,
    trace: `${nth}`,
  }));
  await expect(propertyOf(bot, play)).rejects.toMatchObject({ code: 'NOT_REPEATABLE' });
});
