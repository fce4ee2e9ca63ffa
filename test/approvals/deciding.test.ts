/** Approvals: asking a person, alone, as a step of a workflow and of work, and what they decide. */
import { createHash } from 'node:crypto';
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

const gates: (() => void)[] = [];

/** Waits until `go` is called, when its text says so. */
const held = async (text: string): Promise<void> => {
  if (text === 'held') await new Promise<void>((resolve) => void gates.push(resolve));
};
const go = (): void => gates.splice(0).forEach((open) => void open());

const answer = defineWorkflow({ id: 'answer', input: Text })
  .step('write', async ({ input: { text } }) => {
    await held(text);
    return { text: `${text}!` };
  })
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

const decided = { approval: 'answer/a-1/release', decision: 'approved', by: 'ann' };

test('early, double, contradicting and late decisions are refused with what happened', async () => {
  const { troupe, clock } = await teamOf([answer]);
  const run = await troupe.start(answer, { text: 'held' }, { id: 'a-1' });
  const yes = { approve: true, by: 'ann' } as const;
  const early = { code: 'APPROVAL_NOT_OPEN', state: 'has not been reached' };
  expect(await refused(run.decide('release', yes))).toMatchObject(early);
  const byId = troupe.approvals.decide('answer/a-1/release', yes);
  expect(await refused(byId)).toMatchObject({ ...early, approval: 'answer/a-1/release' });
  go();
  await clock.quiet();
  await run.decide('release', { ...yes, comment: 'go' });
  const at = clock.now();
  await clock.advance(50);
  const past = { code: 'ALREADY_DECIDED', ...decided, at, comment: 'go' };
  expect(await refused(run.decide('release', yes))).toEqual(past);
  const no = { approve: false, by: 'bob' } as const;
  expect(await refused(run.decide('release', no))).toEqual(past);
  await run.cancel('changed my mind');
  const closed = { code: 'APPROVAL_CLOSED', state: 'CANCELLED', at: clock.now() };
  const answered = { ...yes, answer: { cents: 1 } } as const;
  expect(await refused(run.decide('pay', answered))).toMatchObject(closed);
  expect(await refused(run.decide('release', no))).toEqual(past);
});

test('a decision on a step that was never reached, or is none, is refused as such', async () => {
  const { troupe, clock } = await teamOf([answer]);
  const run = await troupe.start(answer, { text: 'held' }, { id: 'a-1' });
  await run.cancel();
  const yes = { approve: true, by: 'ann' };
  expect(await refused(run.decide('release', { approve: true, by: 'ann' }))).toEqual({
    code: 'APPROVAL_CLOSED',
    approval: 'answer/a-1/release',
    state: 'CANCELLED',
    reason: 'its step was never reached',
    at: clock.now(),
  });
  for (const id of ['answer/a-1/none', 'none/1', 'answer/a-1/write/none']) {
    expect(await refused(troupe.approvals.decide(id, yes))).toEqual({
      code: 'UNKNOWN_APPROVAL',
      approval: id,
    });
  }
  const own = refused(troupe.approvals.decide('answer/a-1', yes));
  expect(await own).toEqual({ code: 'NO_APPROVAL', approval: 'answer/a-1', open: [] });
  const any = await troupe.runs.get('answer/a-1');
  expect(await refused(any?.decide('none', yes) ?? Promise.resolve())).toMatchObject({
    code: 'UNKNOWN_APPROVAL',
  });
});

test('an approval that waits for runs, for its time, or is paused is not open yet', async () => {
  const slow = defineBot({ id: 'slow' });
  const { troupe, clock } = await teamOf([slow, editor]);
  const first = await troupe.start(slow, undefined, { id: 's' });
  const input = { text: 'x' };
  const after = await troupe.start(editor, input, { id: 'after', after: [first] });
  const notBefore = clock.now() + 1_000;
  const later = await troupe.start(editor, input, { id: 'later', notBefore });
  const yes = { approve: true, by: 'ann' } as const;
  const code = 'APPROVAL_NOT_OPEN';
  expect(await refused(after.decide(yes))).toMatchObject({ code, state: 'waits for other runs' });
  expect(await refused(later.decide(yes))).toMatchObject({ code, state: 'must not begin yet' });
  await after.pause();
  expect(await refused(after.decide(yes))).toMatchObject({ code, state: 'is paused' });
  expect(await troupe.approvals.list({ status: 'PENDING' })).toHaveLength(2);
  await after.resume();
  await first.begin();
  await first.complete();
  await clock.advance(1_000);
  for (const run of [after, later]) await run.decide(yes);
  expect(await later.result()).toMatchObject({ by: 'ann' });
  const other = await troupe.start(slow, undefined, { id: 't' });
  const failing = await troupe.start(editor, input, { id: 'f', after: [other] });
  const skipped = await troupe.start(editor, input, {
    after: [other],
    onDependencyFailure: 'skip',
  });
  await other.cancel('no');
  expect(await failing.outcome()).toMatchObject({ error: { code: 'DEPENDENCY_FAILED' } });
  expect((await skipped.outcome()).status).toBe('CANCELLED');
  expect(await refused(failing.decide(yes))).toMatchObject({
    code: 'APPROVAL_CLOSED',
    state: 'FAILED',
  });
  expect(await troupe.approvals.get('editor/f')).toMatchObject({ status: 'FAILED' });
});

test('the payload after its schema is what is shown; another digest is refused', async () => {
  const a = z.number().transform((n) => n + 1);
  const input = z.object({ b: z.string().default('two'), a });
  const dated = defineApproval({ id: 'dated', input: z.string().transform((s) => new Date(s)) });
  const strict = defineApproval({ id: 'strict', input });
  const { troupe } = await teamOf([strict, dated]);
  const run = await troupe.start(strict, { a: 1 }, { id: 's' });
  const report = await troupe.approvals.get(run.runId);
  expect(report?.payload).toEqual({ a: 2, b: 'two' });
  const text = '{"a":2,"b":"two"}';
  expect(report?.digest).toBe(createHash('sha256').update(text).digest('hex'));
  const yes = { approve: true, by: 'ann' } as const;
  expect(await refused(run.decide({ ...yes, digest: 'other' }))).toEqual({
    code: 'OTHER_PAYLOAD',
    approval: 'strict/s',
    seen: 'other',
    digest: report?.digest,
  });
  await run.decide({ ...yes, digest: report?.digest });
  expect((await run.result()).by).toBe('ann');
  expect(await refused(troupe.start(dated, '2026-01-01'))).toMatchObject({ code: 'NOT_JSON' });
});

const wrong = [
  [{}, 'BAD_OPTION'],
  [null, 'BAD_OPTION'],
  ['yes', 'BAD_OPTION'],
  [{ approve: 'yes', by: 'ann' }, 'BAD_OPTION'],
  [{ approve: true }, 'BAD_OPTION'],
  [{ approve: true, by: '' }, 'BAD_OPTION'],
  [{ approve: true, by: 'ann', answer: { cents: 1 }, coment: 'x' }, 'BAD_OPTION'],
  [{ approve: true, by: 'ann' }, 'INVALID'],
  [{ approve: true, by: 'ann', answer: { cents: '1' } }, 'INVALID'],
  [{ approve: true, by: 'ann', answer: { cents: Number.NaN } }, 'NOT_JSON'],
  [{ approve: false, by: 'ann', answer: { cents: 1 } }, 'BAD_OPTION'],
] as const;

test.each(wrong)('a decision %j is refused and changes nothing', async (decision, code) => {
  const { troupe } = await teamOf([banker]);
  const run = await troupe.start(banker, { text: 'x' }, { id: 'b' });
  const before = await troupe.approvals.get('banker/b');
  expect(await refused(troupe.approvals.decide('banker/b', decision as never))).toMatchObject({
    code,
  });
  expect(await refused(run.decide(decision as never))).toMatchObject({ code });
  expect(await troupe.approvals.get('banker/b')).toEqual(before);
});

test('an answer that is too large is refused', async () => {
  const { troupe } = await teamOf([banker]);
  const run = await troupe.start(banker, { text: 'x' });
  const large = { cents: 1, why: 'x'.repeat(1_100_000) };
  const call = run.decide({ approve: true, by: 'ann', answer: large });
  expect(await refused(call)).toMatchObject({ code: 'TOO_LARGE' });
});

test('an answer to what takes none is refused; so are paths that are none', async () => {
  const { troupe, clock } = await teamOf([editor, answer]);
  const run = await troupe.start(editor, { text: 'x' });
  const said = { approve: true, by: 'ann', answer: 1 };
  expect(await refused(run.decide(said as never))).toMatchObject({ field: 'answer' });
  const flow = await troupe.start(answer, { text: 'x' });
  await clock.quiet();
  for (const path of ['', 7, null, {}]) {
    const call = flow.decide(path as never, { approve: true, by: 'ann' } as never);
    expect(await refused(call)).toMatchObject({ code: 'BAD_OPTION', field: 'step' });
  }
  const own = flow.decide(...([{ approve: true, by: 'ann' }] as never));
  expect(await refused(own)).toMatchObject({ code: 'NO_APPROVAL' });
});
