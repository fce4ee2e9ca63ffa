/**
 * A voyage: the life of a team on a simulated clock and disk, from its first start to its rest,
 * through all crashes on the way.
 */
import { createTroupe, type Troupe } from '../../src/index.ts';
import type { Journal } from '../../src/journal/index.ts';
import { type Crash, type Life, type Lived, lives } from './lives.ts';
import { program } from './program.ts';
import { teamOn } from './team.ts';
import type { World } from './world.ts';

export type { Crash } from './lives.ts';

/** What a voyage may set. */
export interface VoyageOptions {
  readonly seed?: number;
  readonly shuffle?: boolean;
  /** In order; each is of a life of its own. */
  readonly crashes?: readonly Crash[];
  readonly groupTurns?: number;
  /** Actors that may stay in memory idle, and that a start brings back at once. */
  readonly residence?: { readonly activeActors: number; readonly recoveryActors: number };
  /** Stands between the team and its journal. */
  readonly wrap?: (journal: Journal) => Journal;
  /** Sees each troupe as it begins. */
  readonly begins?: (troupe: Troupe, world: World) => void;
}

type Outcomes = Readonly<Record<string, unknown>>;

/** What came of it. */
export interface Voyage extends Omit<Lived<Outcomes>, 'value'> {
  readonly outcomes: Outcomes;
}

const quiet = (): void => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

/** Runs a team to its rest. */
export async function voyage(options: VoyageOptions = {}): Promise<Voyage> {
  const { groupTurns = 512, wrap = (journal) => journal, begins = quiet } = options;
  const live = async ({ world, journal: disk, atRest }: Life): Promise<Outcomes> => {
    const journal = wrap(disk);
    const team = teamOn(world);
    const { definitions } = team;
    const { clock } = world;
    const limits = { groupTurns, ...options.residence };
    const troupe = await createTroupe({ definitions, journal, clock, log, limits });
    begins(troupe, world);
    const outcomes = await program(troupe, world, team);
    await atRest;
    await troupe.stop();
    return outcomes;
  };
  const { value: outcomes, ...lived } = await lives(live, options);
  return { outcomes, ...lived };
}
