/** Tasks by example: every path of the chart, and what each asks of the host. */
import { expect, test } from 'vitest';
import { transition } from 'xstate';
import { taskMachine } from '../../machines/index.ts';
import type { Effect, TaskSpec } from '../../src/protocol/index.ts';
import { failure, taskSpec } from './fixtures.ts';
import { allowedMoves } from './task-judge.ts';
import { statusOf, Walk } from './walk.ts';

const RUN = 'run/answer/a-1';
const start = (own: Partial<TaskSpec> = {}): Walk => Walk.start(taskMachine, taskSpec(own));

/** A task that has its first slot. */
function begun(own: Partial<TaskSpec> = {}): Walk {
  const walk = start(own);
  walk.send(assigned(1));
  return walk;
}

/** A task whose work waits for the child run `fetch`, 100 ms after it began. */
function suspended(own: Partial<TaskSpec> = {}): Walk {
  const walk = begun(own);
  walk.send({ type: 'child.started', at: 1_050, step: 'fetch' });
  walk.send({ type: 'task.block', at: 1_100, attempt: 1 });
  return walk;
}

const assigned = (slot: number, at = 1_000) => ({
  type: 'task.assigned',
  at,
  bot: 'finder',
  slot: `${RUN}#${slot}`,
});
const completed = (attempt = 1) => ({ type: 'task.complete', at: 2_000, attempt, result: 42 });
const failed = (attempt = 1, retryable = true) => ({
  type: 'task.fail',
  at: 2_000,
  attempt,
  error: failure({ retryable }),
  chance: 0.5,
});
const cancel = { type: 'run.cancel', at: 2_000, reason: 'not needed', orphan: false };
const settled = (run: string, status = 'COMPLETED') => ({
  type: 'dependency.settled',
  at: 1_500,
  run,
  outcome: { status },
});
const childSettled = (step: string) => ({
  type: 'child.settled',
  at: 1_500,
  step,
  outcome: { status: 'COMPLETED', result: 'page' },
});

const last = (walk: Walk) => walk.steps.at(-1);
const effectsOf = (walk: Walk): readonly Effect[] => last(walk)?.effects ?? [];
const asked = (walk: Walk, type: string): unknown[] =>
  effectsOf(walk).flatMap((effect) => (effect.type === type ? [effect.params] : []));
const sent = (walk: Walk, type: string): { to: readonly string[] }[] =>
  (asked(walk, 'send') as { to: readonly string[]; event: { type: string } }[]).filter(
    ({ to, event }) => event.type === type && to.length > 0,
  );
const statuses = (walk: Walk): string[] =>
  walk.steps
    .flatMap(({ microsteps }) => microsteps.map(({ status }) => status))
    .filter((status, index, all) => status !== all[index - 1]);

test('given a pinned task, when it starts, then it asks its bot for a slot', () => {
  const walk = start({ priority: 8 });
  expect(walk.snapshot.value).toEqual({ PENDING: 'queued' });
  expect(asked(walk, 'send')).toEqual([
    {
      to: ['bot/finder'],
      event: { type: 'slot.request', slot: `${RUN}#1` },
      gate: { priority: 8, key: `${RUN}#1` },
    },
  ]);
});

test('given a queued task, when it gets its slot, then its work begins and can complete', () => {
  const walk = begun();
  expect(asked(walk, 'run')).toEqual([{ attempt: 1 }]);
  expect(walk.snapshot.hasTag('active')).toBe(true);
  walk.send(completed());
  expect(statuses(walk)).toEqual(['PENDING', 'ASSIGNED', 'IN_PROGRESS', 'COMPLETED']);
  expect(sent(walk, 'slot.release')).toMatchObject([{ to: ['bot/finder'] }]);
  expect(walk.snapshot.output).toMatchObject({
    status: 'COMPLETED',
    result: 42,
    attempts: 1,
    elapsedMs: 1_000,
  });
});

test('given a routed task, when it starts, then it asks for a route before a slot', () => {
  const walk = start({ route: 'routed' });
  expect(walk.snapshot.value).toEqual({ PENDING: 'unrouted' });
  expect(asked(walk, 'route')).toEqual([undefined]);
  expect(walk.snapshot.hasTag('active')).toBe(true);
  walk.send({ type: 'task.routed', at: 1_000, bot: 'a/b' });
  expect(sent(walk, 'slot.request')).toMatchObject([{ to: ['bot/a%2Fb'] }]);
});

test('given a function step, when it starts, then its work begins without a bot', () => {
  const walk = start({ route: 'none' });
  expect(statuses(walk)).toEqual(['PENDING', 'ASSIGNED', 'IN_PROGRESS']);
  walk.send(completed());
  expect(sent(walk, 'slot.release')).toEqual([]);
  expect(statusOf(walk.snapshot)).toBe('COMPLETED');
});

test('given a queued task, when a slot of an older request comes, then nothing changes', () => {
  const walk = start();
  walk.send(assigned(0));
  expect(last(walk)).toMatchObject({ isTaken: false, effects: [] });
});

test('given a failure worth trying again, when attempts are left, then it pauses first', () => {
  const walk = begun();
  walk.send(failed());
  expect(walk.snapshot.value).toEqual({ PENDING: 'backingOff' });
  expect(walk.timers).toMatchObject([{ delayMs: 100 }]);
  expect(sent(walk, 'slot.release')).toHaveLength(1);
  expect(walk.snapshot.context.lastError).toMatchObject({ code: 'WORK_FAILED' });
  walk.fireOnly();
  walk.send(assigned(2));
  expect(asked(walk, 'run')).toEqual([{ attempt: 2 }]);
  walk.send(completed(2));
  expect(walk.snapshot.context.lastError).toBeUndefined();
  expect(walk.snapshot.output).toMatchObject({ status: 'COMPLETED', attempts: 2 });
});

test('given a failure with a recovery, when it is final, then the task keeps it', () => {
  const walk = begun();
  walk.send({ ...failed(), error: failure({ retryable: false, recovery: 'log in again' }) });
  expect(walk.snapshot.context.recovery).toBe('log in again');
});

test('given a failure not worth trying again, when it comes, then the task fails', () => {
  const walk = begun();
  walk.send(failed(1, false));
  expect(walk.snapshot.output).toMatchObject({
    status: 'FAILED',
    error: failure({ retryable: false }),
  });
  expect(sent(walk, 'slot.release')).toHaveLength(1);
});

test('given the last attempt, when it fails, then the task fails', () => {
  const walk = begun({ retry: { attempts: 1, backoffMs: 0, backoffMsMax: 0 } });
  walk.send(failed());
  expect(statusOf(walk.snapshot)).toBe('FAILED');
});

test('given work that takes too long, when time is up, then it is aborted and tried again', () => {
  const walk = begun({ timeoutMs: 500 });
  expect(walk.timers).toMatchObject([{ delayMs: 500 }]);
  walk.fireOnly();
  expect(asked(walk, 'abort')).toEqual([
    { reason: 'time-out', bots: ['bot/finder'], slot: `${RUN}#1` },
  ]);
  expect(sent(walk, 'slot.release')).toEqual([]);
  expect(walk.timers).toMatchObject([{ delayMs: 200 }]);
  walk.send(completed());
  expect(last(walk)).toMatchObject({ isTaken: false });
  expect(walk.snapshot.context.lastError).toMatchObject({ code: 'WORK_TIMEOUT' });
});

test('given attempts that take too long, when they repeat, then pauses double', () => {
  const walk = begun({ timeoutMs: 500 });
  walk.fireOnly();
  walk.fireOnly();
  walk.send(assigned(2));
  walk.fireOnly();
  expect(walk.timers).toMatchObject([{ delayMs: 400 }]);
});

test('given the last attempt, when time is up, then the task fails with the time-out', () => {
  const walk = begun({ timeoutMs: 500, retry: { attempts: 1, backoffMs: 0, backoffMsMax: 0 } });
  walk.fireOnly();
  expect(walk.snapshot.output).toMatchObject({ status: 'FAILED', error: { code: 'WORK_TIMEOUT' } });
  expect(asked(walk, 'abort')).toHaveLength(1);
});

test('given a task with dependencies, when all complete, then it goes on in any order', () => {
  const walk = start({ dependsOn: ['run/look/1', 'run/look/2'] });
  expect(walk.snapshot.value).toEqual({ BLOCKED: 'byDependency' });
  expect(asked(walk, 'watch')).toEqual([{ runs: ['run/look/1', 'run/look/2'] }]);
  walk.send(settled('run/look/2'));
  walk.send(settled('run/look/2'));
  walk.send(settled('run/look/unknown'));
  expect(statusOf(walk.snapshot)).toBe('BLOCKED');
  walk.send(settled('run/look/1'));
  expect(walk.snapshot.value).toEqual({ PENDING: 'queued' });
});

test.each([
  ['fail', 'FAILED'],
  ['skip', 'CANCELLED'],
  ['wait', 'BLOCKED'],
] as const)('given the rule %s, when a dependency fails, then the task is %s', (rule, status) => {
  const walk = start({ dependsOn: ['run/look/1'], onDependencyFailure: rule });
  walk.send(settled('run/look/1', 'FAILED'));
  expect(statusOf(walk.snapshot)).toBe(status);
});

test('given a task with a dependency, when another run fails, then nothing changes', () => {
  const walk = start({ dependsOn: ['run/look/1'] });
  walk.send(settled('run/look/2', 'FAILED'));
  expect(last(walk)).toMatchObject({ isTaken: false });
});

test('given a failed dependency, when the task fails with it, then the cause is kept', () => {
  const walk = start({ dependsOn: ['run/look/1'] });
  const error = failure({ code: 'NO_NETWORK' });
  walk.send({ ...settled('run/look/1'), outcome: { status: 'FAILED', error } });
  expect(walk.snapshot.output).toMatchObject({
    error: { code: 'DEPENDENCY_FAILED', cause: { code: 'NO_NETWORK' } },
  });
});

test('given work that waits for a child, when it blocks, then its slot is free', () => {
  const walk = suspended();
  expect(walk.snapshot.value).toEqual({ BLOCKED: 'byChildren' });
  expect(sent(walk, 'slot.release')).toHaveLength(1);
  walk.send(childSettled('fetch'));
  expect(asked(walk, 'record')).toMatchObject([{ step: 'fetch', value: { result: 'page' } }]);
  expect(sent(walk, 'slot.request')).toHaveLength(1);
  walk.send(assigned(2));
  expect(asked(walk, 'run')).toEqual([{ attempt: 1 }]);
  walk.send(completed());
  expect(walk.snapshot.output).toMatchObject({ status: 'COMPLETED', attempts: 1 });
});

test('given work that waits for a child, when it wants to go on, then it asks for a slot', () => {
  const walk = suspended();
  walk.send({ type: 'task.resume', at: 1_200, attempt: 1 });
  expect(walk.snapshot.value).toEqual({ PENDING: 'queued' });
});

test('given no open child, when work wants to block, then nothing changes', () => {
  const walk = begun();
  walk.send({ type: 'task.block', at: 1_100, attempt: 1 });
  expect(last(walk)).toMatchObject({ isTaken: false });
});

test('given a time-out, when work waits for a child, then the time is not counted', () => {
  const walk = suspended({ timeoutMs: 500 });
  expect(walk.timers).toEqual([]);
  walk.send(childSettled('fetch'));
  walk.send(assigned(2, 9_000));
  expect(walk.timers).toMatchObject([{ delayMs: 400 }]);
});

test('given an attempt that has waited, when the next one begins, then its time is whole', () => {
  const walk = suspended({ timeoutMs: 500 });
  walk.send(childSettled('fetch'));
  walk.send(assigned(2));
  walk.send(failed());
  walk.fireOnly();
  walk.send(assigned(3));
  expect(walk.timers).toMatchObject([{ delayMs: 500 }]);
});

test('given a clock that went back, when work blocks, then no time is given back', () => {
  const walk = begun({ timeoutMs: 500 });
  walk.send({ type: 'child.started', at: 10, step: 'fetch' });
  walk.send({ type: 'task.block', at: 10, attempt: 1 });
  walk.send({ type: 'task.resume', at: 10, attempt: 1 });
  walk.send(assigned(2, 20));
  expect(walk.timers).toMatchObject([{ delayMs: 500 }]);
});

test('given a new process, then the time between counts not, and the timer is armed anew', () => {
  const walk = begun({ timeoutMs: 500 });
  const since = walk.snapshot.context.runningSince;
  const [old] = walk.timers;
  walk.send({ type: 'host.recovered', at: since + 90_000, until: since + 100 });
  expect(walk.timers).toMatchObject([{ id: old?.id, delayMs: 400 }]);
  walk.send({ type: 'host.recovered', at: since + 95_000, until: since + 90_000 });
  expect(walk.timers).toMatchObject([{ delayMs: 400 }]);
  expect(asked(walk, 'run')).toEqual([]);
  expect(walk.snapshot.context.attempts).toBe(1);
  walk.fireOnly();
  expect(walk.snapshot.value).toEqual({ PENDING: 'backingOff' });
});

test('given a queued task, when it is cancelled, then its request is taken back', () => {
  const walk = start();
  walk.send(cancel);
  expect(asked(walk, 'withdraw')).toEqual([{ from: ['bot/finder'], key: `${RUN}#1` }]);
  expect(sent(walk, 'slot.release')).toHaveLength(1);
  expect(asked(walk, 'abort')).toEqual([]);
  expect(walk.snapshot.output).toMatchObject({ status: 'CANCELLED', reason: 'not needed' });
});

test('given work under way, when it is cancelled, then its slot goes with its abort', () => {
  const walk = begun();
  walk.send(cancel);
  expect(asked(walk, 'abort')).toEqual([
    { reason: 'not needed', bots: ['bot/finder'], slot: `${RUN}#1` },
  ]);
  expect(sent(walk, 'slot.release')).toEqual([]);
});

test('given sleeping work, when it is cancelled, then it is aborted, its child cancelled', () => {
  const walk = suspended();
  walk.send(cancel);
  expect(asked(walk, 'abort')).toEqual([{ reason: 'not needed', bots: [], slot: '' }]);
  expect(sent(walk, 'run.cancel')).toMatchObject([{ to: [`${RUN}/fetch`] }]);
});

test('given work that waits to go on, when it is cancelled, then it is aborted', () => {
  const walk = suspended();
  walk.send(childSettled('fetch'));
  walk.send(cancel);
  expect(asked(walk, 'abort')).toHaveLength(1);
  expect(asked(walk, 'withdraw')).toEqual([{ from: ['bot/finder'], key: `${RUN}#2` }]);
});

test('given a child run, when it ends, then its parent is told, unless that ended before', () => {
  const own = { parent: 'run/plan/p-1', step: 'answer' };
  const walk = begun(own);
  walk.send(completed());
  expect(sent(walk, 'child.settled')).toMatchObject([{ to: ['run/plan/p-1'] }]);
  const orphan = begun(own);
  orphan.send({ ...cancel, orphan: true });
  expect(sent(orphan, 'child.settled')).toEqual([]);
});

test('given reports, when they come, then the newest counts and costs add up', () => {
  const walk = begun();
  const report = { type: 'task.report', at: 1_100, attempt: 1 };
  walk.send({ ...report, progress: 0.25, cost: 2, learnings: ['sites differ'] });
  walk.send({ ...report, note: 'half done', confidence: 0.5, cost: 3, learnings: ['caches help'] });
  walk.send({ ...report, attempt: 2, progress: 0.75 });
  expect(walk.snapshot.context).toMatchObject({ progress: 0.25, note: 'half done' });
  walk.send(completed());
  expect(walk.snapshot.output).toMatchObject({
    confidence: 0.5,
    cost: 5,
    learnings: ['sites differ', 'caches help'],
  });
});

test('given a finished step, when its attempt is the one under way, then it is recorded', () => {
  const walk = begun();
  const step = { type: 'step.completed', at: 1_100, attempt: 1, step: 'read', result: [1] };
  walk.send({ ...step, attempt: 0 });
  expect(asked(walk, 'record')).toEqual([]);
  walk.send(step);
  expect(asked(walk, 'record')).toEqual([{ step: 'read', value: [1] }]);
});

test('given the specification, when the chart is read, then both have the same statuses', () => {
  const tops = Object.values(taskMachine.root.states);
  expect(tops.map(({ key }) => key).sort()).toEqual(Object.keys(allowedMoves).sort());
  const final = tops.filter(({ type }) => type === 'final').map(({ key }) => key);
  expect(final.sort()).toEqual(['CANCELLED', 'COMPLETED', 'FAILED']);
});

test('given a snapshot of the format before, then it is loaded and goes on', () => {
  const spec = taskSpec({ timeoutMs: 5_000 });
  const told = [
    ['{"PENDING":"queued"}', '{"attempts":0,"slots":1,"assignedTo":"finder"}', assigned(1)],
    [
      '{"PENDING":"backingOff"}',
      '{"attempts":1,"slots":1,"assignedTo":"finder","startedAt":1,"runningSince":1,"pauseMs":5}',
      cancel,
    ],
    [
      '{"IN_PROGRESS":"timed"}',
      '{"attempts":1,"slots":1,"assignedTo":"finder","startedAt":1,"runningSince":1}',
      completed(),
    ],
    [
      '{"BLOCKED":"byChildren"}',
      '{"attempts":1,"slots":1,"assignedTo":"finder","startedAt":1,"children":["fetch"],"ranMs":9}',
      childSettled('fetch'),
    ],
  ] as const;
  const reached = told.map(([value, context, event]) => {
    const text = { value: JSON.parse(value), context: { ...JSON.parse(context), spec } };
    const snapshot = taskMachine.resolveState(text);
    return transition(taskMachine, snapshot, event as never)[0].value;
  });
  const timed = { IN_PROGRESS: 'timed' };
  expect(reached).toEqual([timed, 'CANCELLED', 'COMPLETED', { PENDING: 'queued' }]);
});

test('given an external bot, then the task rests in ASSIGNED until it is begun', () => {
  const walk = begun({ byHand: { heartbeatMs: 300 }, timeoutMs: 1_000 });
  expect(walk.snapshot.value).toBe('ASSIGNED');
  expect(walk.timers).toEqual([]);
  walk.send({ type: 'task.begin', at: 2_000 });
  expect(asked(walk, 'run')).toEqual([{ attempt: 1 }]);
  expect(walk.timers).toMatchObject([{ delayMs: 300 }]);
  walk.send({ type: 'task.heartbeat', at: 2_250, attempt: 1 });
  walk.send({ type: 'task.heartbeat', at: 2_800, attempt: 0 });
  walk.send({ type: 'task.report', at: 2_800, attempt: 1, note: 'alive' });
  expect(walk.timers).toMatchObject([{ delayMs: 200 }]);
  walk.fireOnly();
  expect(walk.snapshot.context.lastError).toMatchObject({ code: 'WORK_TIMEOUT' });
});

test('given an assigned task, when it is declined or refused, then its slot is free', () => {
  const walk = begun({ byHand: {} });
  walk.send({ type: 'task.decline', at: 1_100, reason: 'no time' });
  expect(walk.snapshot.value).toEqual({ PENDING: 'backingOff' });
  expect(sent(walk, 'slot.release')).toHaveLength(1);
  walk.fireOnly();
  walk.send(assigned(2));
  walk.send({ type: 'task.refuse', at: 1_200, error: failure() });
  expect(walk.snapshot.output).toMatchObject({ status: 'FAILED', attempts: 0 });
  expect(sent(walk, 'slot.release')).toHaveLength(1);
});

test('given a task under way, when it is paused and resumed, then its attempt goes on', () => {
  const walk = begun({ timeoutMs: 1_000 });
  walk.send({ type: 'child.started', at: 1_050, step: 'fetch' });
  walk.send({ type: 'run.pause', at: 1_400, above: false });
  expect(walk.snapshot.value).toEqual({ BLOCKED: 'paused' });
  expect(asked(walk, 'abort')).toMatchObject([{ reason: 'paused', slot: `${RUN}#1` }]);
  expect(sent(walk, 'run.pause')).toMatchObject([{ to: [`${RUN}/fetch`] }]);
  expect(walk.timers).toEqual([]);
  walk.send({ type: 'run.resume', at: 9_000, above: false });
  expect(sent(walk, 'run.resume')).toMatchObject([{ to: [`${RUN}/fetch`] }]);
  walk.send(assigned(2, 9_000));
  expect(asked(walk, 'run')).toEqual([{ attempt: 1 }]);
  expect(walk.timers).toMatchObject([{ delayMs: 600 }]);
});

test('given a due date, when it comes, then that is told once; before another, it rests', () => {
  const walk = start({ dueAt: 3_000, notBefore: 2_500 });
  expect(walk.snapshot.value).toEqual({ PENDING: 'resting' });
  expect(walk.timers.map(({ delayMs }) => delayMs)).toEqual([2_000, 1_500]);
  walk.fireOf({ type: 'run.overdue' });
  expect(asked(walk, 'overdue')).toEqual([{ dueAt: 3_000 }]);
  walk.fireOnly();
  expect(walk.snapshot.value).toEqual({ PENDING: 'queued' });
  expect(walk.timers).toEqual([]);
});
