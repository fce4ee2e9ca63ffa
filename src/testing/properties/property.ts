/**
 * `property`: plays a team through many scripts and says the shortest story in which a law breaks.
 *
 * The first runs are calm: they must hold by themselves, and show where faults can strike.
 */
import type fc from 'fast-check';
import { simulatedClock } from '../../clock/index.ts';
import { troupeError } from '../../protocol/index.ts';
import { stockOracles } from '../oracles/index.ts';
import { Reach } from '../reach/index.ts';
import { Repeatable } from '../repeatable/index.ts';
import { play, playLaws } from '../simulation/play.ts';
import type { Played } from '../simulation/played.ts';
import { calm, type Script } from '../simulation/script.ts';
import { holdCoverage } from './covering.ts';
import { failureOf } from './failing/failure.ts';
import { shrink } from './failing/shrink.ts';
import {
  type AnyPropertyOptions,
  type CheckedOptions,
  checkedOptions,
  type Givens,
  type PropertyOptions,
} from './options.ts';
import { type PropertyResult, Tally } from './result.ts';
import { chanceOf, drawn, givensOf, placesOf, scriptsOf } from './scripts/index.ts';
import { codeRepeats, type Player, sameTwice, type Trial, tryOnce, tryTwice } from './trial.ts';

/** Runs without faults, with different inputs, that show where faults can strike. */
const calmRunsMax = 4;

/**
 * Plays a team through scripts in which the world does what it can, on the real runtime with
 * simulated time and disk, each script twice. What it says holds of the scripts it played.
 * @throws TroupeError `PROPERTY_FAILED` with the shortest story found in which a law breaks, a seed
 * and a path to find it again, and a test to paste; `NOT_REPEATABLE` when the same script went two
 * ways; `CHECK_FAILED` for what no run came to, and what `cover` asks for; `BAD_OPTION`,
 * `DUPLICATE_DEFINITION`, `NO_ARBITRARY`; `ABORTED` by its signal.
 */
export async function property<const G extends Givens | undefined = undefined>(
  options: PropertyOptions<G>,
): Promise<PropertyResult> {
  return propertyOf(options);
}

/**
 * `property` of a team whose types are not known, and with a player of its own.
 * @throws TroupeError as `property`. @internal
 */
export async function propertyOf(
  options: AnyPropertyOptions,
  player: Player = play,
): Promise<PropertyResult> {
  const campaign = new Campaign(options, checkedOptions(options), player);
  // Installed once for all plays: that costs more than a small play.
  const held = new Repeatable({ clock: simulatedClock(1), random: () => 0 });
  held.install();
  try {
    return await campaign.run();
  } finally {
    held.uninstall();
  }
}

/**
 * Plays one script, as the test does that a failure prints.
 * @returns what came of it. @throws TroupeError as `property`.
 */
export async function replay<const G extends Givens | undefined = undefined>(
  options: PropertyOptions<G>,
  script: Script,
): Promise<Played> {
  return replayOf(options, script);
}

/** `replay` of a team whose types are not known. @throws TroupeError as `replay`. @internal */
export async function replayOf(options: AnyPropertyOptions, script: Script): Promise<Played> {
  checkedOptions(options);
  const trial = await tryTwice(play, options, script);
  const found = { seed: script.seed, run: undefined, shrinks: 0 };
  if (trial.broken !== undefined) throw failureOf(script, trial, found);
  return trial.played;
}

/** All runs of one property. */
class Campaign {
  readonly #options: AnyPropertyOptions;
  readonly #checked: CheckedOptions;
  readonly #player: Player;
  readonly #tally: Tally;
  readonly #reach: Reach;
  readonly #givens: fc.Arbitrary<unknown>;

  constructor(options: AnyPropertyOptions, checked: CheckedOptions, player: Player) {
    this.#options = options;
    this.#checked = checked;
    this.#player = player;
    this.#tally = new Tally(checked.faults);
    this.#reach = new Reach(options.definitions, { faults: checked.faults });
    this.#givens = givensOf(options.given);
  }

  /** Plays all runs, or the one that a path names. */
  async run(): Promise<PropertyResult> {
    const { runs, only, seed } = this.#checked;
    const calmRuns = Math.min(this.#options.given === undefined ? 1 : calmRunsMax, only ?? runs);
    const shown: Played[] = [];
    for (let run = 1; run <= calmRuns; run += 1) {
      shown.push(await this.#one(run, calm(this.#givenOf(run), run)));
    }
    const worlds = scriptsOf(this.#checked.faults, placesOf(this.#options, shown));
    for (let run = Math.max(calmRuns + 1, only ?? 0); run <= (only ?? runs); run += 1) {
      const world = drawn(worlds, chanceOf(seed, -run));
      await this.#one(run, { ...calm(undefined), ...world, given: this.#givenOf(run) });
    }
    const { coverage } = this.#reach;
    if (only === undefined) holdCoverage(this.#reach, { cover: this.#options.cover, runs });
    return this.#tally.result({ seed, laws: this.#laws(), coverage });
  }

  /** One run; it ends the campaign when it breaks a law. */
  async #one(run: number, script: Script): Promise<Played> {
    const { signal, onRun } = this.#options;
    if (signal?.aborted === true) {
      throw troupeError('ABORTED', { run: 'the property', reason: 'its signal' }, signal.reason);
    }
    const trial = await tryTwice(this.#player, this.#options, script);
    if (trial.broken !== undefined) throw await this.#failure(run, script, trial);
    this.#tally.add(trial.played);
    this.#reach.add(trial.played);
    const { runs } = this.#checked;
    onRun?.({ run, runs, commits: trial.played.commits, faults: script.faults.length });
    return trial.played;
  }

  /** Shrinks what broke, and tells it. */
  async #failure(run: number, script: Script, trial: Trial): Promise<unknown> {
    const { seed } = this.#checked;
    // What goes two ways can't be told shorter: nothing says which way it goes next.
    if (trial.broken?.law === sameTwice) return failureOf(script, trial, { seed, run, shrinks: 0 });
    const shrunk = await shrink({
      script,
      trial,
      once: (simpler) => tryOnce(this.#player, this.#options, simpler),
      given: { arbitrary: this.#givens, chance: chanceOf(seed, run) },
      signal: this.#options.signal,
    });
    const { script: shortest, shrinks } = shrunk;
    const last = await tryTwice(this.#player, this.#options, shortest);
    // Code that can't be repeated need not be seen each time.
    const isSeenOnce = last.broken === undefined && trial.broken?.law === codeRepeats;
    return failureOf(shortest, isSeenOnce ? shrunk.trial : last, { seed, run, shrinks });
  }

  #givenOf(run: number): unknown {
    return drawn(this.#givens, chanceOf(this.#checked.seed, run));
  }

  /** What was watched: the stock laws, those of playing, those of the options. */
  #laws(): readonly string[] {
    const { oracles = [], always = {}, eventually = {} } = this.#options;
    const laws = [...stockOracles, ...oracles].map((oracleOf) => oracleOf().law);
    return [
      ...laws,
      ...Object.values(playLaws),
      ...Object.keys(always),
      ...Object.keys(eventually),
    ];
  }
}
