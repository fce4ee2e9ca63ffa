/** The error of a property that does not hold: the law, the shortest story, and a test to paste. */
import { type TroupeError, troupeError } from '../../../protocol/index.ts';
import type { Breach } from '../../simulation/played.ts';
import type { Script } from '../../simulation/script.ts';
import { codeRepeats, sameTwice, type Trial } from '../trial.ts';
import { testToPaste } from './pasted.ts';
import { numbered, storyOf } from './story.ts';

/** Where a failure was found. */
export interface Found {
  readonly seed: number;
  /** The run of the seed; undefined: a script was given. */
  readonly run: number | undefined;
  readonly shrinks: number;
}

/**
 * The error of a broken trial.
 * @returns `NOT_REPEATABLE` when the same script went two ways, else `PROPERTY_FAILED`.
 */
export function failureOf(script: Script, trial: Trial, found: Found): TroupeError {
  const broken = trial.broken ?? { law: sameTwice, found: 'what broke holds now', commit: 0 };
  const lines = storyOf(trial.played, broken);
  const known = {
    found: foundOf(trial, broken),
    story: numbered(lines),
    steps: lines.length,
    seed: found.seed,
    path: found.run === undefined ? '' : String(found.run),
    script,
    test: testToPaste(broken.law, script),
  };
  if (broken.law === sameTwice) return troupeError('NOT_REPEATABLE', known);
  const { law } = broken;
  return troupeError('PROPERTY_FAILED', {
    ...{ law, ...known, runs: found.run ?? 1, shrinks: found.shrinks },
  });
}

/** What was found, and code that was seen to do otherwise, which may be why. */
function foundOf({ played }: Trial, { law, found }: Breach): string {
  const [first] = played.unrepeatable;
  if (first === undefined || law === codeRepeats || law === sameTwice) return found;
  return `${found} (and code can't be repeated: ${first.where}: ${first.what})`;
}
