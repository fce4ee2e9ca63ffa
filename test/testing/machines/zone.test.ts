/** Zones: which of several timers can fire first. */
import { expect, test } from 'vitest';
import { armed, fired, noTimers, passed } from '../../../src/testing/machines/model/zone.ts';

const canFire = (zone: ReturnType<typeof armed>, timer: number): boolean =>
  fired(zone, timer) !== undefined;

test('given timers armed together, then the shorter fires first, of equal ones the earlier', () => {
  const zone = passed(armed(armed(noTimers, 20), 10));
  expect([canFire(zone, 1), canFire(zone, 2)]).toEqual([false, true]);
  const equal = passed(armed(armed(noTimers, 10), 10));
  expect([canFire(equal, 1), canFire(equal, 2)]).toEqual([true, false]);
});

test('given time between them, then either can fire first, unless the later one is longer', () => {
  const either = passed(armed(passed(armed(noTimers, 20)), 10));
  expect([canFire(either, 1), canFire(either, 2)]).toEqual([true, true]);
  const later = passed(armed(passed(armed(noTimers, 10)), 20));
  expect([canFire(later, 1), canFire(later, 2)]).toEqual([true, false]);
});
