/**
 * Snapshots: a run as it is now, field by field, at every point of its life.
 */
import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  defineBot,
  defineTask,
  defineWorkflow,
  graph,
  memoryJournal,
  type RunSnapshot,
} from '../../../src/index.ts';
import type { RunSpec } from '../../../src/protocol/index.ts';
import { newFile } from '../../journal/files.ts';
import { refused } from '../../refusal.ts';
import { teamOf } from '../../troupe/team.ts';

/** A bot that does nothing before it is told to. */
function gated() {
  const gates = new Map<string, PromiseWithResolvers<unknown>>();
  const gateOf = (id: string) => {
    const gate = gates.get(id) ?? Promise.withResolvers<unknown>();
    gates.set(id, gate);
    return gate;
  };
  const bot = defineBot({
    id: 'bot',
    title: 'Looks things up',
    description: 'It looks',
    domain: 'news',
    capabilities: ['look'],
    concurrency: 1,
    input: z.unknown(),
    work: ({ runId }) => gateOf(runId).promise,
  });
  return { bot, gateOf };
}

const defined = (snapshot: RunSnapshot): object => JSON.parse(JSON.stringify(snapshot));

test('a snapshot has every field that its caller and its definition gave', async () => {
  const { bot, gateOf } = gated();
  const { troupe, clock } = await teamOf([bot]);
  const before = await troupe.start(bot, null, { id: 'before' });
  const now = clock.now();
  const run = await troupe.start(
    bot,
    { n: 1 },
    {
      id: 'x/1',
      title: 'Look it up',
      description: 'Quickly',
      priority: 8,
      due: new Date(now + 500),
      after: [before],
      requirements: ['two sources'],
      constraints: ['no cost'],
    },
  );
  expect(defined(await run.snapshot())).toEqual({
    id: 'x/1',
    runId: 'bot/x%2F1',
    definition: 'bot',
    version: '1',
    type: 'bot',
    status: 'BLOCKED',
    title: 'Look it up',
    description: 'Quickly',
    domain: 'news',
    priority: 8,
    stages: [],
    requirements: ['two sources'],
    constraints: ['no cost'],
    input: { n: 1 },
    assignedTo: 'bot',
    createdBy: expect.stringMatching(/^client\//),
    dependsOn: ['bot/before'],
    attempts: 0,
    learnings: [],
    createdAt: now,
    dueAt: now + 500,
    elapsedMs: 0,
    isOverdue: false,
    paused: false,
  });
  gateOf('bot/before').resolve(1);
  await clock.advance(100);
  expect(await run.snapshot()).toMatchObject({
    status: 'IN_PROGRESS',
    attempts: 1,
    startedAt: now,
    elapsedMs: 100,
  });
  await clock.advance(401);
  expect(await run.snapshot()).toMatchObject({ isOverdue: true, elapsedMs: 501 });
  gateOf('bot/x%2F1').resolve({ found: true });
  await clock.quiet();
  await clock.advance(1_000);
  expect(await run.snapshot()).toMatchObject({
    status: 'COMPLETED',
    result: { found: true },
    progress: 1,
    completedAt: now + 501,
    elapsedMs: 501,
    isOverdue: false,
  });
});

test('without options the definition speaks, and the defaults', async () => {
  const { bot, gateOf } = gated();
  const { troupe } = await teamOf([bot]);
  gateOf('bot/a').resolve(1);
  const run = await troupe.start(bot, undefined, { id: 'a' });
  expect(await run.snapshot()).toMatchObject({
    title: 'Looks things up',
    description: 'It looks',
    priority: 5,
    requirements: [],
    constraints: [],
    dependsOn: [],
    dueAt: undefined,
    parent: undefined,
  });
});

test("a task's own fields stand beside those of its run; the run's priority counts", async () => {
  const { bot } = gated();
  const task = defineTask({
    id: 'task',
    bot,
    title: 'Wanted',
    priority: 7,
    requirements: ['sources'],
    constraints: ['cheap'],
  });
  const { troupe } = await teamOf([task]);
  const plain = await (await troupe.start(task, 1)).snapshot();
  expect(plain).toMatchObject({ type: 'task', title: 'Wanted', priority: 7, assignedTo: 'bot' });
  const own = { priority: 1, requirements: ['fast'], constraints: ['clean'] };
  expect(await (await troupe.start(task, 1, own)).snapshot()).toMatchObject({
    priority: 1,
    requirements: ['sources', 'fast'],
    constraints: ['cheap', 'clean'],
  });
});

test('steps know the run above, inherit its priority, and functions have no title', async () => {
  const { bot } = gated();
  const urgent = defineTask({ id: 'urgent', bot, priority: 9 });
  const lead = defineBot({
    id: 'lead',
    work: ({ step }) =>
      Promise.all([
        step('own', bot, 1),
        step('said', bot, 1, { priority: 1, title: 'Said' }),
        step('task', urgent, 1),
      ]),
  });
  const flow = defineWorkflow({ id: 'flow', title: 'Flows', timeout: '1h' })
    .step('ask', lead)
    .step('fn', () => new Promise(() => {}), { after: [] });
  const journal = memoryJournal();
  const { troupe, clock } = await teamOf([flow, urgent, bot], { journal });
  await troupe.start(flow, undefined, { id: 'f', priority: 8 });
  await clock.quiet();
  const specOf = (step: string): RunSpec =>
    JSON.parse(journal.byAddress(`run/flow/f/${step}`)?.input ?? '');
  const above = { parent: 'run/flow/f/ask', createdBy: 'run/flow/f/ask' };
  expect(specOf('ask/own')).toMatchObject({ ...above, priority: 8, title: 'Looks things up' });
  expect(specOf('ask/said')).toMatchObject({ ...above, priority: 1, title: 'Said' });
  expect(specOf('ask/task')).toMatchObject({ ...above, priority: 9 });
  expect(specOf('fn')).toMatchObject({
    type: 'function',
    title: null,
    parent: 'run/flow/f',
    priority: 8,
    timeoutMs: null,
  });
});

test("a workflow's progress is the share of its steps that completed", async () => {
  const { bot, gateOf } = gated();
  const plan = graph('plan', {
    a: { work: () => 1 },
    b: { work: () => 2 },
    c: { work: 'bot', after: ['a', 'b'] },
    d: { work: () => 4, after: ['c'] },
  });
  const { troupe, clock } = await teamOf([plan, bot]);
  const run = await troupe.start(plan, undefined, { id: 'p' });
  await clock.quiet();
  expect(await run.snapshot()).toMatchObject({ type: 'workflow', progress: 0.5, attempts: 1 });
  gateOf('plan/p/c').resolve(3);
  expect(await run.result()).toBe(4);
  expect(await run.snapshot()).toMatchObject({ status: 'COMPLETED', progress: 1, result: 4 });
});

test('between attempts a snapshot shows the last failure, and keeps no error', async () => {
  const bot = defineBot({
    id: 'bot',
    retry: { attempts: 2, backoff: 100 },
    work: () => {
      throw Object.assign(new Error('busy'), { recovery: 'wait' });
    },
  });
  const { troupe, clock } = await teamOf([bot]);
  const run = await troupe.start(bot, undefined);
  await clock.quiet();
  expect(await run.snapshot()).toMatchObject({
    status: 'PENDING',
    attempts: 1,
    error: undefined,
    lastError: { message: 'busy' },
    recovery: 'wait',
  });
  await clock.advance(100);
  expect(await run.snapshot()).toMatchObject({
    status: 'FAILED',
    attempts: 2,
    error: { message: 'busy' },
  });
});

test('a snapshot is the same after a restart, and a copy', async () => {
  const journal = newFile();
  const bot = defineBot({ id: 'bot', input: z.unknown(), work: ({ input }) => input });
  const first = await teamOf([bot], { journal });
  const run = await first.troupe.start(bot, { list: [1] }, { id: 'x', due: new Date(5) });
  await run.result();
  const snapshot = await run.snapshot();
  const { input } = await run.snapshot();
  if (input instanceof Object && 'list' in input && Array.isArray(input.list)) input.list.push(2);
  expect(await run.snapshot()).toEqual(snapshot);
  await first.troupe.stop();
  const second = await teamOf([bot], { journal });
  expect(await (await second.troupe.get(bot, 'x'))?.snapshot()).toEqual(snapshot);
  await second.troupe.stop();
  expect(await refused(run.snapshot())).toMatchObject({ code: 'STOPPED' });
});
