/**
 * A trial: one script, played twice. It fails when a law breaks, when code asks otherwise as it
 * runs again, and when the same script does not give the same trace.
 */
import { replayLaw } from '../reach/index.ts';
import type { PlayOptions } from '../simulation/play.ts';
import type { Breach, Played } from '../simulation/played.ts';
import type { Script } from '../simulation/script.ts';
import type { Play } from '../simulation/team.ts';
import { differenceBetween } from './difference.ts';

/** Plays a script; what `property` does it with. */
export type Player = (play: Play, script: Script, options?: PlayOptions) => Promise<Played>;

/** What came of a trial. */
export interface Trial {
  readonly played: Played;
  /** What broke; undefined: nothing. */
  readonly broken: Breach | undefined;
}

/** The law of what is played twice. */
export const sameTwice = 'the same script gives the same story twice';
/** The law of code that runs again. */
export const codeRepeats = 'code can be repeated';

/** Plays a script once: enough to see whether a law breaks. */
export async function tryOnce(
  player: Player,
  play: Play,
  script: Script,
  options?: PlayOptions,
): Promise<Trial> {
  const played = await player(play, script, options);
  const { breach } = played;
  // Code that does otherwise when it runs again is why a replay gives another state.
  const isVague = breach === undefined || breach.law === replayLaw;
  return { played, broken: isVague ? (unrepeatableIn(played) ?? breach) : breach };
}

/**
 * Plays a script twice, also after a breach: a story that can't be told again is none. When the two
 * differ and code was seen to do otherwise, that is why.
 */
export async function tryTwice(player: Player, play: Play, script: Script): Promise<Trial> {
  const first = await tryOnce(player, play, script);
  // Where nothing broke, the same trace says that nothing breaks.
  const isWatched = first.broken !== undefined;
  const { played: again } = await tryOnce(player, play, script, { isWatched });
  const found = differenceBetween(first.played, again);
  if (found === undefined) return first;
  const { commits } = first.played;
  const cause = unrepeatableIn(first.played) ?? unrepeatableIn(again);
  const differs = { law: sameTwice, found, commit: commits };
  return { ...first, broken: cause === undefined ? differs : { ...cause, commit: commits } };
}

function unrepeatableIn({ unrepeatable, commits }: Played): Breach | undefined {
  const [first] = unrepeatable;
  if (first === undefined) return undefined;
  return { law: codeRepeats, found: `${first.where}: ${first.what}`, commit: commits };
}
