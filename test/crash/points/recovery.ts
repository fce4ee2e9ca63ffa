/** Crashes of the recovery itself, three in a row, at each of its commits. */
import type { LivesOptions } from './lives.ts';
import type { Crash } from './outside.ts';
import { type DiskName, moments, survived } from './surviving.ts';

/** Three recoveries in a row crash at the same commit of theirs, after a crash at a place. */
export async function recoveriesSurvived(
  disk: DiskName,
  first: Crash,
  options: LivesOptions = {},
): Promise<number> {
  // More than it has: what was under way is begun again in the commits after it.
  const { recovery } = await survived(disk, { ...options, crashes: [first] });
  for (let at = 1; at <= recovery + 3; at += 1) {
    for (const moment of moments) {
      const again: Crash = { of: 'commit', at, moment };
      await survived(disk, { ...options, crashes: [first, again, again, again] });
    }
  }
  return recovery;
}
