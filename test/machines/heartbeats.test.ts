/** Signs of life in the machine of tasks: whose sign counts, and from when silence does. */
import { expect, test } from 'vitest';
import { taskMachine } from '../../machines/index.ts';
import type { Effect, TaskSpec } from '../../src/protocol/index.ts';
import { failure, taskSpec } from './fixtures.ts';
import { Walk } from './walk.ts';

const assigned = (slot: number, at: number) => ({
  type: 'task.assigned',
  at,
  bot: 'finder',
  slot: `run/answer/a-1#${slot}`,
});

/** A task whose first attempt was begun by hand at 2,000. */
function begun(own: Partial<TaskSpec>): Walk {
  const walk = Walk.start(taskMachine, taskSpec({ byHand: { heartbeatMs: 300 }, ...own }));
  walk.send(assigned(1, 1_000));
  walk.send({ type: 'task.begin', at: 2_000 });
  return walk;
}

const limitOf = (walk: Walk): unknown => walk.timers.map(({ delayMs }) => delayMs);

test('given a sign or a report of an earlier attempt, then nothing changes', () => {
  const walk = begun({ retry: { attempts: 3, backoffMs: 0, backoffMsMax: 0 } });
  walk.send({ type: 'task.fail', at: 2_100, attempt: 1, error: failure(), chance: 0 });
  for (const timer of walk.timers) walk.fire(timer);
  walk.send(assigned(2, 2_100));
  walk.send({ type: 'task.begin', at: 2_100 });
  const before = walk.snapshot;
  expect(before.context.attempts).toBe(2);
  for (const type of ['task.heartbeat', 'task.report']) {
    walk.send({ type, at: 2_200, attempt: 1, note: 'of an earlier attempt' });
    expect([type, walk.snapshot.context]).toEqual([type, before.context]);
  }
  expect(walk.send({ type: 'task.heartbeat', at: 2_200, attempt: 1 }).isTaken).toBe(false);
  walk.send({ type: 'task.heartbeat', at: 2_200, attempt: 2 });
  expect(walk.snapshot.context).toMatchObject({ ranMs: 100, runningSince: 2_200 });
});

test('given silence before a crash, when work has waited, then its silence begins anew', () => {
  const walk = begun({});
  walk.send({ type: 'child.started', at: 2_050, step: 'fetch' });
  walk.send({ type: 'host.recovered', until: 2_200, at: 9_000 });
  expect(limitOf(walk)).toEqual([100]);
  walk.send({ type: 'task.block', at: 9_050, attempt: 1 });
  expect(limitOf(walk)).toEqual([]);
  const outcome = { status: 'COMPLETED' };
  walk.send({ type: 'child.settled', at: 9_100, step: 'fetch', outcome });
  walk.send({ type: 'task.resume', at: 9_100, attempt: 1 });
  walk.send(assigned(2, 9_100));
  walk.send({ type: 'task.begin', at: 9_100 });
  expect(walk.snapshot.context.attempts).toBe(1);
  expect(limitOf(walk)).toEqual([300]);
});

test('given both limits at once, then the time-out is told, and its work hears that', () => {
  const walk = begun({ timeoutMs: 300 });
  walk.fireOnly();
  const effects: readonly Effect[] = walk.steps.at(-1)?.effects ?? [];
  expect(walk.snapshot.context.lastError).toMatchObject({ code: 'WORK_TIMEOUT' });
  const aborts = effects.filter(({ type }) => type === 'abort');
  expect(aborts).toMatchObject([{ params: { reason: 'time-out' } }]);
});
