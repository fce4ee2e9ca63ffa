/** The process's clock: time that never falls, timers of any length, ids sorted by time. */
import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/clock/index.ts';
import { limits } from '../../src/protocol/index.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000, toFake: ['Date', 'setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('given a clock set back, when it is read, then it stands until that is caught up', () => {
  const clock = systemClock();
  expect(clock.now()).toBe(1_000_000);
  vi.setSystemTime(400_000);
  expect(clock.now()).toBe(1_000_000);
  vi.setSystemTime(1_000_001);
  expect(clock.now()).toBe(1_000_001);
});

test('given a timer longer than the event loop takes, then it fires once at its time', () => {
  const clock = systemClock();
  const fired = vi.fn();
  const ms = limits.timerMs * 3 + 7;
  clock.after(ms, fired);
  vi.advanceTimersByTime(ms - 1);
  expect(fired).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  vi.advanceTimersByTime(ms);
  expect(fired).toHaveBeenCalledOnce();
});

test('given a long timer in its second piece, when it is cancelled, then it never fires', () => {
  const clock = systemClock();
  const fired = vi.fn();
  const cancel = clock.after(limits.timerMs * 2, fired);
  vi.advanceTimersByTime(limits.timerMs + 1);
  cancel();
  cancel();
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(limits.timerMs * 2);
  expect(fired).not.toHaveBeenCalled();
});

test('given a waiting timer and nothing else, then the program waits for it', () => {
  const door = new URL('../../src/clock/index.ts', import.meta.url);
  const program = `
    import { systemClock } from ${JSON.stringify(door.href)};
    const clock = systemClock();
    clock.after(1e9, () => console.log('never'))();
    await new Promise((resolve) => clock.after(20, resolve));
    clock.soon(() => console.log('done'));`;
  const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
  });
  expect([stdout, status]).toEqual(['done\n', 0]);
});

test('given ids, then they are UUIDs of version 7, unique and sorted by time', () => {
  const clock = systemClock();
  const ids: string[] = [];
  for (let ms = 0; ms < 3_000; ms += 1) {
    vi.setSystemTime(1_000_000 + ms);
    ids.push(clock.id());
  }
  const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  expect(ids.filter((id) => !shape.test(id))).toEqual([]);
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids.map((id) => id.slice(15))).size).toBe(ids.length);
  expect(Number.parseInt((ids[0] ?? '').replace('-', '').slice(0, 12), 16)).toBe(1_000_000);
});

test('given turns that go on, then promises come first, and others within a moment', async () => {
  const clock = systemClock();
  const order: string[] = [];
  const done = Promise.withResolvers<void>();
  let rounds = 0;
  const goOn = (): void => {
    rounds += 1;
    if (order.includes('immediate')) done.resolve();
    else clock.next?.(goOn);
  };
  clock.soon(() => {
    setImmediate(() => order.push('immediate'));
    clock.next?.(() => order.push('next'));
    void Promise.resolve()
      .then(() => undefined)
      .then(() => order.push('promise'));
    clock.next?.(goOn);
  });
  await done.promise;
  expect(order).toEqual(['promise', 'next', 'immediate']);
  expect(rounds).toBeGreaterThan(1);
});
