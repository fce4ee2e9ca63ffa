/** Approvals: asking a person, alone, as a step of a workflow and of work, and what they decide. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  defineApproval,
  defineBot,
  defineWorkflow,
  RunError,
  type RunEvent,
} from '../../src/index.ts';
import { refused } from '../refusal.ts';
import { teamOf } from '../troupe/team.ts';

const Text = z.object({ text: z.string() });
const editor = defineApproval({ id: 'editor', title: 'Release?', input: Text });
const Amount = z.object({ cents: z.number() });
const banker = defineApproval({ id: 'banker', input: Text, answer: Amount });

test('a yes gives the decision or its answer, a no fails the run with who and why', async () => {
  const { troupe, clock } = await teamOf([editor, banker]);
  const plain = await troupe.start(editor, { text: 'one' }, { id: 'a' });
  const asked = await troupe.start(banker, { text: 'two' }, { id: 'b' });
  const denied = await troupe.start(editor, { text: 'three' }, { id: 'c' });
  expect((await plain.snapshot()).status).toBe('BLOCKED');
  await clock.advance(5_000);
  await plain.decide({ approve: true, by: 'ann', comment: 'fine' });
  await troupe.approvals.decide('banker/b', { approve: true, by: 'bob', answer: { cents: 3 } });
  await troupe.approvals.decide(denied.runId, { approve: false, by: 'cid', comment: 'too long' });
  const at = clock.now();
  expect(await plain.result()).toEqual({ approved: true, by: 'ann', at, comment: 'fine' });
  expect(await asked.result()).toEqual({ cents: 3 });
  expect(await denied.outcome()).toMatchObject({
    status: 'FAILED',
    error: { code: 'REJECTED', message: 'cid said no to editor/c (too long).', retryable: false },
    elapsedMs: 5_000,
  });
});

const answer = defineWorkflow({ id: 'answer', input: Text })
  .step('write', ({ input }) => ({ text: `${input.text}!` }))
  .step('release', editor, ({ write }) => write)
  .step('pay', banker, ({ write }) => write, { after: ['write'] })
  .step('publish', ({ release, pay }) => [release.by, pay.cents], { after: ['release', 'pay'] });

test('steps of a workflow ask; they are decided by name, in any order, typed', async () => {
  const { troupe, clock } = await teamOf([answer]);
  const run = await troupe.start(answer, { text: 'hi' }, { id: 'a-1' });
  await clock.quiet();
  const open = await troupe.approvals.list({ status: 'OPEN' });
  expect(open).toEqual([
    {
      id: 'answer/a-1/release',
      definition: 'editor',
      version: '1',
      title: 'Release?',
      status: 'OPEN',
      paused: false,
      run: 'answer/a-1',
      step: 'release',
      priority: 5,
      payload: { text: 'hi!' },
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      takesAnswer: false,
      requestedAt: clock.now(),
      reminders: 0,
    },
    expect.objectContaining({ id: 'answer/a-1/pay', takesAnswer: true }),
  ]);
  await run.decide('pay', { approve: true, by: 'bob', answer: { cents: 4 } });
  await run.decide('release', { approve: true, by: 'ann' });
  expect(await run.result()).toEqual(['ann', 4]);
  const events: RunEvent[] = [];
  for await (const event of run.events()) events.push(event);
  expect(events.filter(({ type }) => type === 'approval')).toMatchObject([
    { step: 'release', approval: 'answer/a-1/release' },
    { step: 'pay', approval: 'answer/a-1/pay' },
  ]);
});

test('a step of work asks and holds no slot; a no is an error that work can catch', async () => {
  const lead = defineBot({
    id: 'lead',
    concurrency: 1,
    work: async ({ step }) => {
      const { cents } = await step('pay', banker, { text: 'pay?' });
      try {
        await step('release', editor, { text: 'release?' });
      } catch (error) {
        if (error instanceof RunError) return [cents, error.outcome.status];
      }
      return cents;
    },
  });
  const { troupe, clock } = await teamOf([lead, banker, editor]);
  const [one, two] = [await troupe.start(lead, undefined), await troupe.start(lead, undefined)];
  await clock.advance(100_000);
  expect((await one.snapshot()).status).toBe('BLOCKED');
  expect((await two.snapshot()).status).toBe('BLOCKED');
  for (const run of [two, one]) {
    await run.decide('pay', { approve: true, by: 'bob', answer: { cents: 1 } });
    await clock.quiet();
    await run.decide('release', { approve: false, by: 'ann' });
    expect(await run.result()).toEqual([1, 'FAILED']);
  }
});
