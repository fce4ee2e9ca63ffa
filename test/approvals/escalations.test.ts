/** Escalations: opened by calls, by work and by workflows; answered by people, in any process. */
import { expect, test } from 'vitest';
import { defineBot, escalation, graph } from '../../src/index.ts';
import { simulatedDisk } from '../../src/journal/index.ts';
import { refused } from '../refusal.ts';
import { teamOf, testClock } from '../troupe/team.ts';

const HOUR = 3_600_000;

test('an escalation is listed until somebody answers it; the answer is its result', async () => {
  const { troupe, clock } = await teamOf([]);
  const openedAt = clock.now();
  const run = await troupe.escalations.open(
    {
      severity: 'SEV2',
      issue: 'The feed is empty',
      context: { feed: 'news' },
      attempted: ['again'],
    },
    { id: 'e-1' },
  );
  await troupe.escalations.open({ severity: 'SEV4', issue: 'A typo' });
  expect(await troupe.escalations.list({ severity: 'SEV2' })).toEqual([
    {
      id: 'escalation/e-1',
      definition: 'escalation',
      version: '1',
      title: 'Escalation',
      description: expect.any(String),
      status: 'OPEN',
      paused: false,
      severity: 'SEV2',
      issue: 'The feed is empty',
      context: { feed: 'news' },
      attempted: ['again'],
      priority: 5,
      digest: expect.any(String),
      requestedAt: openedAt,
      reminders: 0,
    },
  ]);
  expect(await troupe.escalations.list({ status: 'OPEN' })).toHaveLength(2);
  expect(await troupe.approvals.list()).toEqual([]);
  expect(await troupe.approvals.list({ definition: 'escalation' })).toHaveLength(2);
  await clock.advance(HOUR);
  const answer = { feed: 'archive' };
  await troupe.escalations.resolve('escalation/e-1', { answer, by: 'ann', comment: 'for now' });
  expect(await run.result()).toEqual(answer);
  expect(await troupe.escalations.get('escalation/e-1')).toMatchObject({
    status: 'RESOLVED',
    resolution: { answer, by: 'ann', comment: 'for now', at: openedAt + HOUR },
  });
  const again = troupe.escalations.resolve('escalation/e-1', { answer: 1, by: 'bob' });
  expect(await refused(again)).toMatchObject({ code: 'ALREADY_DECIDED', by: 'ann' });
});

test('work and graphs escalate as a step, and go on with the answer after a restart', async () => {
  const lead = defineBot({
    id: 'lead',
    work: async ({ step }) => {
      const input = { severity: 'SEV1', issue: 'Stuck', attempted: [] } as const;
      return { told: await step('stuck', escalation, input) };
    },
  });
  const severe = { json: { severity: 'SEV3', issue: 'Which one?' } } as const;
  const plan = graph('plan', { ask: { work: 'escalation', input: severe.json } });
  const disk = simulatedDisk();
  const clock = testClock();
  const first = await teamOf([lead], { journal: disk.open(), clock });
  await first.troupe.start(lead, undefined, { id: 'l' });
  await first.troupe.start(plan, undefined, { id: 'p' });
  await clock.advance(100 * HOUR);
  const { troupe } = await teamOf([lead], { journal: disk.open(), clock });
  await clock.quiet();
  const open = await troupe.escalations.list({ status: 'OPEN' });
  expect(open.map(({ id, run, step }) => [id, run, step])).toEqual([
    ['lead/l/stuck', 'lead/l', 'stuck'],
    ['plan/p/ask', 'plan/p', 'ask'],
  ]);
  const run = await troupe.get(lead, 'l');
  await run?.decide('stuck', { approve: true, by: 'ann', answer: ['use b'] });
  expect(await run?.result()).toEqual({ told: ['use b'] });
  await troupe.escalations.resolve('plan/p/ask', { answer: null, by: 'bob' });
  expect(await (await troupe.get(plan, 'p'))?.result()).toBeNull();
});

test('there is no no to a question; silence expires when that was asked for', async () => {
  const { troupe, clock } = await teamOf([]);
  const stuck = { severity: 'SEV1', issue: 'Stuck' } as const;
  const run = await troupe.escalations.open(stuck, { id: 's', expiresIn: '1h' });
  const no = troupe.approvals.decide('escalation/s', { approve: false, by: 'ann' });
  expect(await refused(no)).toMatchObject({ code: 'BAD_OPTION', field: 'approve' });
  await clock.advance(HOUR);
  expect(await run.outcome()).toMatchObject({ error: { code: 'APPROVAL_EXPIRED' } });
  expect(await troupe.escalations.list({ status: 'EXPIRED' })).toHaveLength(1);
});

test('what is no escalation is refused', async () => {
  const { troupe } = await teamOf([]);
  const bad = [
    {},
    { severity: 'SEV5', issue: 'x' },
    { severity: 'SEV1', issue: '' },
    { severity: 'SEV1', issue: 'x', attempted: 'much' },
    { severity: 'SEV1', issue: 'x', atempted: [] },
  ];
  for (const input of bad) {
    expect(await refused(troupe.escalations.open(input as never))).toMatchObject({
      code: 'INVALID',
    });
  }
  const where = { code: 'BAD_OPTION' };
  const { escalations } = troupe;
  expect(await refused(escalations.list({ status: 'DECIDED' } as never))).toMatchObject(where);
  expect(await refused(escalations.list({ severity: 'SEV9' } as never))).toMatchObject(where);
  await escalations.open({ severity: 'SEV1', issue: 'x' }, { id: 's' });
  const wrong = [{}, { answer: 1 }, { by: 'ann' }, { answer: 1, by: 'ann', approve: true }];
  for (const resolution of wrong) {
    const call = escalations.resolve('escalation/s', resolution as never);
    expect(await refused(call)).toMatchObject(where);
  }
  const unknown = escalations.resolve('escalation/none', { answer: 1, by: 'ann' });
  expect(await refused(unknown)).toMatchObject({ code: 'UNKNOWN_APPROVAL' });
  expect(await escalations.get('escalation/none')).toBeUndefined();
});
