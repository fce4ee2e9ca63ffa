/** What of the process is no function of what code is given, and its simulated form. */
import { chanceSwaps } from './chance.ts';
import { computingSwaps } from './computing.ts';
import { promisedSwaps } from './promised.ts';
import type { Swap } from './swaps.ts';
import { timeSwaps } from './time.ts';
import { timerSwaps } from './timers.ts';
import { worldSwaps } from './world.ts';

export {
  type Context,
  contextNow,
  isGenerator,
  isGhost,
  keepWithin,
  type Surprise,
  type Surprises,
  within,
} from './context.ts';
export { callerOf, placeIn, type SourcePlace } from './place.ts';
export { giveBack, putIn } from './swaps.ts';

/** All that is swapped. */
export const allSwaps = (): readonly Swap[] => [
  ...timeSwaps(),
  ...chanceSwaps(),
  ...promisedSwaps(),
  ...timerSwaps(),
  ...worldSwaps(),
  ...computingSwaps(),
];
