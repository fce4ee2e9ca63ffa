/**
 * Watched: the voyages of `test/simulation` with all oracles on board. The journal that the team
 * gets tells them every commit, crashes included; the calls are the deeds of the world.
 */
import { createTroupe } from '../../../src/index.ts';
import type { Batch, Journal } from '../../../src/journal/index.ts';
import { isTroupeError } from '../../../src/protocol/index.ts';
import { type Oracle, stockOracles } from '../../../src/testing/oracles/index.ts';
import type { CallRecord, Committed, Sight } from '../../../src/testing/simulation/index.ts';
import { type Crash, type Life, type Lived, lives } from '../../simulation/lives.ts';
import { program } from '../../simulation/program.ts';
import { teamOn } from '../../simulation/team.ts';
import type { World } from '../../simulation/world.ts';

/** A voyage, and what the oracles said. */
export interface Watched extends Lived<unknown> {
  /** Every commit, as it was told. */
  readonly commitsTold: readonly Committed[];
  readonly found: readonly string[];
  /** Milliseconds that the oracles took, and all of it. */
  readonly watchedMs: number;
  readonly ms: number;
}

/** What a watched voyage may set. */
export interface WatchedOptions {
  readonly seed?: number;
  readonly shuffle?: boolean;
  readonly crashes?: readonly Crash[];
  readonly groupTurns?: number;
}

const quiet = (): void => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

/** Runs the team of the smoke simulation with all stock oracles. */
export async function watched(options: WatchedOptions = {}): Promise<Watched> {
  const { groupTurns = 512 } = options;
  const watch = new Watch(stockOracles.map((oracle) => oracle()));
  const live = async ({ world, journal, atRest }: Life): Promise<unknown> => {
    const team = teamOn(world);
    const { definitions } = team;
    const { clock } = world;
    watch.begins(world, journal);
    const troupe = await createTroupe({
      definitions,
      journal: watch.over(journal),
      clock,
      log,
      limits: { groupTurns },
    });
    const outcomes = await program(troupe, world, team);
    await atRest;
    watch.rested();
    await troupe.stop();
    return outcomes;
  };
  const began = performance.now();
  const lived = await lives(live, options);
  const ms = performance.now() - began;
  const { told: commitsTold, found, watchedMs } = watch;
  return { ...lived, commitsTold, found, watchedMs, ms };
}

/** Tells oracles what happens. */
export class Watch {
  readonly told: Committed[] = [];
  readonly found: string[] = [];
  watchedMs = 0;
  readonly #oracles: readonly Oracle[];
  #world: World | undefined;
  #journal: Journal | undefined;
  readonly #deeds: CallRecord[] = [];
  #seen: Sight | undefined;

  constructor(oracles: readonly Oracle[]) {
    this.#oracles = oracles;
  }

  /** A process begins on what was durable. */
  begins(world: World, journal: Journal): void {
    this.#world = world;
    this.#journal = journal;
    if (world.life > 1) this.#ask((oracle, sight) => oracle.recovered?.(sight));
  }

  rested(): void {
    this.#ask((oracle, sight) => oracle.rested?.(sight));
  }

  /** The same journal; what it commits is told. */
  over(journal: Journal): Journal {
    return {
      ...journal,
      commit: (batch: Batch) => {
        try {
          journal.commit(batch);
        } catch (error) {
          if (isTroupeError(error) && String(error.cause).includes('after')) this.#commits(batch);
          throw error;
        }
        this.#commits(batch);
      },
    };
  }

  #commits(batch: Batch): void {
    // What was done since the last commit began before this one.
    this.#sight();
    const what = { batch, commit: this.told.length + 1 };
    this.told.push(what);
    this.#ask((oracle, sight) => oracle.committed?.(what, sight));
  }

  #ask(speak: (oracle: Oracle, sight: Sight) => string | undefined): void {
    const sight = this.#sight();
    const began = performance.now();
    for (const oracle of this.#oracles) {
      const said = speak(oracle, sight);
      if (said !== undefined) this.found.push(`${oracle.law}: ${said}`);
    }
    this.watchedMs += performance.now() - began;
  }

  #sight(): Sight {
    const { told } = this;
    const world = this.#world;
    const journal = this.#journal;
    if (world === undefined || journal === undefined) throw new RangeError('no process has begun');
    for (const { key, life } of world.deeds.slice(this.#deeds.length)) {
      this.#deeds.push(
        callOf(key, life, {
          nth: this.#deeds.length + 1,
          commit: told.length,
          at: world.clock.now(),
        }),
      );
    }
    this.#seen ??= this.#present();
    return this.#seen;
  }

  /** One sight for all lives: it shows the present. */
  #present(): Sight {
    const worldOf = (): World => this.#world ?? fail();
    const journalOf = (): Journal => this.#journal ?? fail();
    const { told } = this;
    const deeds = this.#deeds;
    return {
      get journal() {
        return journalOf();
      },
      now: () => worldOf().clock.now(),
      get commits() {
        return told.length;
      },
      get life() {
        return worldOf().life;
      },
      isHealed: true,
      calls: deeds,
      requests: [],
      definitions: [],
      errors: [],
    };
  }
}

interface Called {
  readonly nth: number;
  readonly commit: number;
  readonly at: number;
}

/** A deed as a call: handlers' deeds have keys with a blank. */
function callOf(key: string, life: number, { nth, commit, at }: Called): CallRecord {
  const kind = key.includes(' ') ? 'promise' : 'step';
  const of = `team.${key.slice(key.lastIndexOf('/') + 1)}`;
  return {
    of,
    nth,
    key,
    kind,
    attempt: 1,
    life,
    commit,
    input: undefined,
    beganAt: at,
    end: 'done',
  };
}

const fail = (): never => {
  throw new RangeError('no process has begun');
};
