/** Many timers that are armed when a process ends; some are due before the next one begins. */
import { expect } from 'vitest';
import { sqlite } from '../points/disks.ts';
import { rung } from './ringing.ts';

/** They fire once each, in the order of their times. */
export async function holdMany(count: number, isCramped: boolean): Promise<void> {
  const many = Array.from({ length: count }, (_, n) => ({ ms: 1 + ((n * 7_919) % count) }));
  // The first commit is that of the start, each of the others starts what fits into one group.
  const at = 2 + Math.ceil(count / 512);
  const crash = { of: 'commit', at, moment: 'after' } as const;
  const downtimes = [{ crash, ms: Math.ceil(count / 3) }];
  const { wrongs, rang, crashes } = await rung(sqlite(), many, downtimes, { isCramped });
  expect({ wrongs, crashes }).toEqual({ wrongs: [], crashes: 1 });
  expect(rang.map((n) => many[n]?.ms)).toEqual(Array.from({ length: count }, (_, n) => n + 1));
}
