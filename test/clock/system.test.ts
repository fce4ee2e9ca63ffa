/** The process's clock: time that never falls, timers of any length, ids sorted by time. */
import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../src/clock/index.ts';
import { limits } from '../../src/protocol/index.ts';

/** Lets time go by: on the clock that can be set, and on the one that can't. */
function stopwatch(): (ms: number) => void {
  let elapsedMs = 0;
  const spy = vi.spyOn(performance, 'now').mockImplementation(() => elapsedMs);
  onTestFinished(() => spy.mockRestore());
  return (ms) => {
    elapsedMs += ms;
    vi.advanceTimersByTime(ms);
  };
}

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000, toFake: ['Date', 'setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const yearMs = 365 * 86_400_000;

test('given a clock set back, when it is read, then time goes on at its pace', () => {
  const pass = stopwatch();
  const clock = systemClock();
  expect(clock.now()).toBe(1_000_000);
  vi.setSystemTime(1_000_000 - yearMs);
  expect(clock.now()).toBe(1_000_000);
  pass(5_000);
  expect(clock.now()).toBe(1_005_000);
  vi.setSystemTime(1_005_001);
  expect(clock.now()).toBe(1_005_001);
});

test('given a time that was told before, then it goes on from there', () => {
  const pass = stopwatch();
  const clock = systemClock(1_000_000 + yearMs);
  pass(7);
  expect(clock.now()).toBe(1_000_007 + yearMs);
});

test('given a clock that leaps forward, then it is believed, and time never falls', () => {
  const pass = stopwatch();
  const clock = systemClock();
  vi.setSystemTime(1_000_000 + yearMs);
  expect(clock.now()).toBe(1_000_000 + yearMs);
  vi.setSystemTime(1_000_000);
  pass(3);
  expect(clock.now()).toBe(1_000_003 + yearMs);
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
  stopwatch();
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
