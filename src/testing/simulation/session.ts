/**
 * A session: a team in its simulated world, over all its lives. It starts the real runtime, starts
 * it again after a crash, and watches every commit.
 */

import fc from 'fast-check';
import { collectDefinitions } from '../../bots/index.ts';
import { simulatedClock } from '../../clock/index.ts';
import type { Batch } from '../../journal/index.ts';
import { type Definition, isApproval } from '../../protocol/index.ts';
import { composeTroupe, type Troupe } from '../../troupe/index.ts';
import { arbitraryOf } from '../arbitrary/index.ts';
import type { Oracle, OracleOf } from '../oracles/oracle.ts';
import { Repeatable } from '../repeatable/index.ts';
import { type View, viewOf } from '../view/index.ts';
import { ByHand } from './outside/by-hand.ts';
import { Code } from './outside/code.ts';
import { isThenable } from './outside/given.ts';
import type { Ground } from './outside/ground.ts';
import { type Inside, type KeptPeople, People } from './outside/people.ts';
import type { Breach } from './played.ts';
import type { Script } from './script.ts';
import type { SimulatedTeam } from './team.ts';
import { World } from './world.ts';

/** Laws of the user by name. */
export type Laws = Readonly<Record<string, (view: View) => boolean>>;

/** What a session is made of. */
export interface SessionParts {
  readonly team: SimulatedTeam;
  readonly script: Script;
  readonly oracles: readonly OracleOf[];
  readonly always: Laws;
  /** What to stand on in place of the simulation, and what people knew. */
  readonly ground?: (Ground & { readonly people?: KeptPeople | undefined }) | undefined;
}

/** One team in one world. */
export class Session {
  readonly world: World;
  readonly people: People;
  readonly repeatable: Repeatable;
  readonly oracles: readonly Oracle[];
  /** Calls and timers that the scheduler ran. */
  steps = 0;
  readonly #parts: SessionParts;
  readonly #code: Code;
  readonly #byHand: ByHand;
  #definitions: SimulatedTeam['definitions'];

  constructor(parts: SessionParts) {
    const { team, script, oracles, ground } = parts;
    this.#parts = parts;
    this.#definitions = team.definitions;
    const known: readonly Definition[] = collectDefinitions(team.definitions).all();
    this.world = new World(script, known, ground);
    const { clock } = this.world;
    const { random } = simulatedClock(script.seed + 1);
    const repeatable = new Repeatable({ clock, random });
    this.repeatable = repeatable;
    const inside: Inside = (call) => repeatable.inside('people', call);
    this.people = new People(this.world, team.people ?? {}, drawAnswer(known), inside);
    if (ground?.people !== undefined) this.people.goOnFrom(ground.people);
    this.#code = new Code(this.world, team.stubs ?? [], this.repeatable);
    this.#byHand = new ByHand(this.world, this.#code);
    this.oracles = oracles.map((make) => make());
    this.world.watching = {
      committed: (batch, commit) => this.#committed(batch, commit),
      noticed: (batch) => this.#noticed(batch),
    };
  }

  /** A process begins; gives the troupe when what was live is live again. */
  async begin(definitions: SimulatedTeam['definitions'] = this.#definitions): Promise<Troupe> {
    this.#definitions = definitions;
    const { world } = this;
    world.begin();
    const { life } = world;
    const journal = await world.disk.open();
    this.#judge('recovered');
    const { clock } = world;
    const log = logOf(world);
    const { options } = this.#parts.team;
    world.isTrimmed = options?.retention !== undefined;
    const given = { ...options, definitions, journal, clock, log };
    const troupe = await composeTroupe(given, this.#code.seam);
    if (life !== world.life || !world.isAlive) return troupe;
    world.troupe = troupe;
    this.people.began();
    this.#byHand.began();
    return troupe;
  }

  /** Calls the runtime: code that no seam knows, such as a guard, is outside of any step. */
  called<Value>(call: () => Value): Value {
    return this.repeatable.outside('a machine or a pure function', call);
  }

  /** The process is over. */
  end(): void {
    this.world.end();
    this.repeatable.crashed();
  }

  /** At rest: what must hold now. */
  rested(eventually: Laws): void {
    this.#judge('rested');
    this.world.breach ??= broken(eventually, viewOf(this.world), this.world.commits);
  }

  #judge(when: 'recovered' | 'rested'): void {
    const { world } = this;
    for (const oracle of this.oracles) {
      const found = oracle[when]?.(world);
      if (found !== undefined) world.broke(oracle.law, found);
    }
  }

  #committed(batch: Batch, commit: number): Breach | undefined {
    for (const oracle of this.oracles) {
      const found = oracle.committed?.({ batch, commit }, this.world);
      if (found !== undefined) return { law: oracle.law, found, commit };
    }
    return broken(this.#parts.always, viewOf(this.world), commit);
  }

  #noticed(batch: Batch): void {
    this.people.noticed(batch);
    this.#byHand.noticed(batch);
  }
}

/** The first law that does not hold, or that throws. */
function broken(laws: Laws, view: View, commit: number): Breach | undefined {
  for (const [law, holds] of Object.entries(laws)) {
    try {
      const held: unknown = holds(view);
      const found = isThenable(held)
        ? 'it gives a promise, and a law is synchronous'
        : 'it does not hold';
      if (!held || isThenable(held)) return { law, found, commit };
    } catch (error) {
      return { law, found: `it throws: ${String(error)}`, commit };
    }
  }
  return undefined;
}

/** What a yes carries when nobody says it: drawn from the schema of the approval's answers. */
const drawAnswer =
  (known: readonly Definition[]) =>
  (id: string, chance: number): unknown => {
    const found = known.find((one) => one.id === id);
    // What is escalated takes any answer.
    if (found === undefined || !isApproval(found)) return 'an answer';
    if (found.answer === undefined) return null;
    const seed = Math.floor(chance * 2 ** 31);
    return fc.sample(arbitraryOf(found.answer), { seed, numRuns: 1 })[0];
  };

const logOf = (world: World) => ({
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: (text: string) => void world.errors.push(text),
});
