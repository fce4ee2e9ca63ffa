/** Reminders and expiry: counted, told, durable; they stand still in a pause, not in downtime. */
import { expect, test } from 'vitest';
import { defineApproval, defineBot, defineWorkflow, type RunEvent } from '../../src/index.ts';
import { simulatedDisk } from '../../src/journal/index.ts';
import { refused } from '../refusal.ts';
import { teamOf, testClock } from '../troupe/team.ts';

const HOUR = 3_600_000;
const gate = defineApproval({ id: 'gate', title: 'Go?', remindEvery: '4h', expiresIn: '10h' });
const yes = { approve: true, by: 'ann' } as const;

test('it reminds every so often, and silence fails it when it expires', async () => {
  const { troupe, clock, logged } = await teamOf([gate]);
  const asked = clock.now();
  const run = await troupe.start(gate, undefined, { id: 'g' });
  const seen: string[] = [];
  const events = (async () => {
    for await (const event of run.events()) seen.push(event.type);
  })();
  await clock.advance(9 * HOUR);
  expect(await troupe.approvals.get('gate/g')).toMatchObject({
    reminders: 2,
    requestedAt: asked,
    expiresAt: asked + 10 * HOUR,
  });
  const told = { approval: 'gate/g', definition: 'gate', title: 'Go?' };
  expect(logged.filter(({ level }) => level === 'info')).toEqual([
    { level: 'info', text: 'an approval waits for a decision', facts: { ...told, reminders: 1 } },
    { level: 'info', text: 'an approval waits for a decision', facts: { ...told, reminders: 2 } },
  ]);
  await clock.advance(HOUR);
  expect(await run.outcome()).toMatchObject({
    status: 'FAILED',
    error: { code: 'APPROVAL_EXPIRED', retryable: false, at: 'run/gate/g' },
    elapsedMs: 10 * HOUR,
  });
  const late = { code: 'APPROVAL_EXPIRED', approval: 'gate/g', afterMs: 10 * HOUR };
  expect(await refused(run.decide(yes))).toEqual({ ...late, at: asked + 10 * HOUR });
  await events;
  expect(seen).toEqual(['status', 'approval', 'reminder', 'reminder', 'status']);
  expect(await troupe.approvals.list({ status: 'EXPIRED' })).toHaveLength(1);
  await clock.advance(100 * HOUR);
  expect(logged.filter(({ level }) => level === 'info')).toHaveLength(2);
});

test('its own options go before those of the definition, of a run and of a step', async () => {
  const lead = defineBot({
    id: 'lead',
    work: ({ step }) => step('ask', gate, undefined, { expiresIn: '1h' }),
  });
  const { troupe, clock } = await teamOf([gate, lead]);
  const run = await troupe.start(gate, undefined, { remindEvery: '1h', expiresIn: '2d' });
  const below = await troupe.start(lead, undefined);
  await clock.advance(20 * HOUR);
  expect(await troupe.approvals.get(run.runId)).toMatchObject({ status: 'OPEN', reminders: 20 });
  expect((await below.outcome()).status).toBe('FAILED');
  const wrong = [
    [gate, { retry: 2 }],
    [gate, { timeout: '1h' }],
    [gate, { supervision: {} }],
    [lead, { expiresIn: '1h' }],
    [lead, { remindEvery: '1h' }],
    [gate, { expiresIn: 0 }],
    [gate, { remindEvery: 0 }],
  ] as const;
  for (const [work, options] of wrong) {
    const field = Object.keys(options)[0];
    const call = troupe.start(work, undefined, options as never);
    expect(await refused(call)).toMatchObject({ code: 'BAD_OPTION', field });
  }
});

test('in a pause its times stand still, and a decision is taken all the same', async () => {
  const flow = defineWorkflow({ id: 'flow' }).step('ask', gate);
  const { troupe, clock } = await teamOf([flow]);
  const runs = await Promise.all(['one', 'two'].map((id) => troupe.start(flow, undefined, { id })));
  const [one, two] = runs;
  await clock.advance(3 * HOUR);
  for (const run of runs) await run.pause();
  await clock.advance(100 * HOUR);
  const paused = await troupe.approvals.get('flow/one/ask');
  expect(paused).toMatchObject({ status: 'OPEN', paused: true, reminders: 0 });
  expect(paused).not.toHaveProperty('expiresAt');
  await one?.decide('ask', yes);
  for (const run of runs) await run.resume();
  expect(await one?.result()).toMatchObject({ by: 'ann' });
  await clock.advance(HOUR);
  expect(await troupe.approvals.get('flow/two/ask')).toMatchObject({ reminders: 1 });
  await clock.advance(6 * HOUR - 1);
  expect(await troupe.approvals.get('flow/two/ask')).toMatchObject({ status: 'OPEN' });
  await clock.advance(1);
  expect(await two?.outcome()).toMatchObject({
    error: { code: 'STEP_FAILED', cause: { code: 'APPROVAL_EXPIRED' } },
  });
});

test('an approval that is paused by itself stays so when the run above goes on', async () => {
  const flow = defineWorkflow({ id: 'flow' }).step('ask', gate);
  const { troupe, clock } = await teamOf([flow]);
  const run = await troupe.start(flow, undefined, { id: 'f' });
  await clock.quiet();
  const ask = await troupe.runs.get('flow/f/ask');
  await ask?.pause();
  await run.pause();
  await run.resume();
  await clock.advance(50 * HOUR);
  expect(await ask?.snapshot()).toMatchObject({ status: 'BLOCKED', paused: true });
  await ask?.resume();
  await clock.advance(10 * HOUR);
  expect((await run.outcome()).status).toBe('FAILED');
});

test('another process goes on: what was missed is told once, what was late expires', async () => {
  const disk = simulatedDisk();
  const clock = testClock();
  const begin = () => teamOf([gate], { journal: disk.open(), clock });
  const first = await begin();
  await first.troupe.start(gate, undefined, { id: 'one', expiresIn: '100h' });
  await first.troupe.start(gate, undefined, { id: 'two' });
  await clock.advance(HOUR);
  const stopped = first.troupe.stop();
  await clock.quiet();
  await stopped;
  clock.after(50 * HOUR, () => undefined);
  while (clock.jump());
  const { troupe, logged } = await begin();
  await clock.advance(0);
  expect(await troupe.approvals.get('gate/one')).toMatchObject({ status: 'OPEN', reminders: 1 });
  expect(await troupe.approvals.get('gate/two')).toMatchObject({ status: 'EXPIRED' });
  const told = logged.filter(({ level }) => level === 'info').map(({ facts }) => facts?.approval);
  expect(told).toEqual(['gate/one']);
  const run = await troupe.get(gate, 'one');
  await run?.pause();
  await run?.resume();
  await clock.advance(4 * HOUR - 1);
  expect(await troupe.approvals.get('gate/one')).toMatchObject({ reminders: 1 });
  await clock.advance(1);
  expect(await troupe.approvals.get('gate/one')).toMatchObject({ reminders: 2 });
  await run?.decide(yes);
  expect(await run?.result()).toMatchObject({ by: 'ann' });
  expect(await troupe.approvals.get('gate/one')).not.toHaveProperty('expiresAt');
});

test('what is due is told as overdue, and it waits on', async () => {
  const { troupe, clock, logged } = await teamOf([gate]);
  const run = await troupe.start(gate, undefined, { due: clock.now() + HOUR });
  await clock.advance(2 * HOUR);
  expect(await run.snapshot()).toMatchObject({ status: 'BLOCKED', isOverdue: true });
  expect(logged).toMatchObject([{ level: 'warn', text: 'a run is overdue' }]);
  await run.decide(yes);
  const types: RunEvent['type'][] = [];
  for await (const { type } of run.events()) types.push(type);
  expect(types).toEqual(['status', 'approval', 'overdue', 'status']);
});
