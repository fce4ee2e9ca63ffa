/**
 * `simulate`: a team on a simulated clock and disk, in the hands of a test. The real runtime runs;
 * the process crashes when the test says so, and time moves when the test moves it, or while it
 * waits for an answer and nothing else goes on.
 */
import { type Duration, durationMs, troupeError } from '../../protocol/index.ts';
import type { Troupe } from '../../troupe/index.ts';
import { stockOracles } from '../oracles/index.ts';
import { whyStuck } from '../repeatable/index.ts';
import { type View, viewOf } from '../view/index.ts';
import { checkSimulation } from './checked.ts';
import { drive, endlessText } from './driver.ts';
import { Client } from './outside/client.ts';
import { playLaws } from './play.ts';
import type { Happening } from './played.ts';
import { calm, type Fault } from './script.ts';
import { Session } from './session.ts';
import type { CallRecord } from './sight.ts';
import type { Play, SimulatedTeam } from './team.ts';

/** A team to simulate, with what must hold of it. */
export interface SimulateOptions extends SimulatedTeam, Pick<Play, 'always' | 'oracles'> {
  /** Of chance and ids (default 1). */
  readonly seed?: number | undefined;
  /** Faults at their places, as in a script (default: none). */
  readonly faults?: readonly Fault[] | undefined;
}

/** What a crash may change: the next process may know other definitions. */
export interface CrashOptions {
  readonly definitions?: SimulatedTeam['definitions'] | undefined;
}

/** A simulated team. */
export interface Simulation extends AsyncDisposable {
  /**
   * The troupe of the process that lives now. What an earlier one was asked never settles; what it
   * is asked later fails with `NEVER_SETTLES`.
   */
  readonly troupe: Troupe;
  /** What is committed. */
  readonly view: View;
  /** Milliseconds since 1970, simulated. */
  readonly now: number;
  /** All calls of code so far, over all lives. */
  readonly calls: readonly CallRecord[];
  /** What happened so far, in words. */
  readonly happenings: readonly Happening[];
  /** Lets time pass, with all that is due on the way. @throws TroupeError `LAW_BROKEN`. */
  advance(duration: Duration): Promise<void>;
  /**
   * Lets everything go on until nothing does, with all the time that takes; then the laws of a team
   * that rests must hold too. @throws as above.
   */
  rest(): Promise<void>;
  /** Ends the process at once and starts it again on what was durable. @throws as above. */
  crash(options?: CrashOptions): Promise<void>;
  /** Stops the team. @throws as above. */
  stop(): Promise<void>;
}

/**
 * Starts a simulated team. The laws that always hold are watched after every commit: one that
 * breaks fails the call that waits then with `LAW_BROKEN`. A call that can never settle fails with
 * `NEVER_SETTLES`, which says why.
 * @throws TroupeError `BAD_OPTION`, `DUPLICATE_DEFINITION`; else as `createTroupe`.
 */
export async function simulate(options: SimulateOptions): Promise<Simulation> {
  checkSimulation(options);
  const simulation = new RunningSimulation(options);
  try {
    await simulation.begin();
  } catch (error) {
    simulation.giveUp();
    throw error;
  }
  return simulation;
}

const stopped = (call: string): unknown => troupeError('STOPPED', { state: 'stopped', call });

class RunningSimulation implements Simulation {
  readonly #session: Session;
  #client: Client;
  #troupe: Troupe | undefined;
  #real: Troupe | undefined;
  #pumping: Promise<void> | undefined;
  #turn: Promise<void> = Promise.resolve();
  /** Up to when time may move by itself; undefined: as far as a call that waits needs. */
  #until: number | undefined;

  constructor({ seed = 1, faults = [], always = {}, oracles = [], ...team }: SimulateOptions) {
    const script = { ...calm(undefined, seed), faults };
    this.#session = new Session({ team, script, always, oracles: [...stockOracles, ...oracles] });
    this.#session.repeatable.install();
    this.#client = new Client(this.#session.world);
  }

  get troupe(): Troupe {
    if (this.#troupe === undefined) throw stopped('simulation.troupe');
    return this.#troupe;
  }

  get view(): View {
    return viewOf(this.#session.world);
  }

  get now(): number {
    return this.#session.world.now();
  }

  get calls(): readonly CallRecord[] {
    return this.#session.world.calls;
  }

  get happenings(): readonly Happening[] {
    return this.#session.world.happenings;
  }

  /** A process begins. */
  async begin(definitions?: SimulatedTeam['definitions']): Promise<void> {
    const { world } = this.#session;
    for (;;) {
      const beginning = this.#session.begin(definitions);
      const client = new Client(world, () => this.#pump());
      this.#client = client;
      try {
        this.#real = await this.#driven(beginning);
        this.#troupe = client.wrap(this.#real);
        return;
      } catch (error) {
        // A fault that strikes while the process begins ends it like any other.
        if (world.breach !== undefined || (world.isAlive && !world.isDiskFull)) throw error;
        this.#session.end();
      }
    }
  }

  async advance(duration: Duration): Promise<void> {
    const ms = durationMs(duration);
    await this.#inTurn('advance', async () => {
      const { world } = this.#session;
      const until = world.now() + ms;
      await this.#exclusive(until, async () => {
        await this.#through(until);
        world.clock.leap(Math.max(0, until - world.now()));
      });
    });
  }

  async rest(): Promise<void> {
    await this.#inTurn('rest', () =>
      this.#exclusive(Number.POSITIVE_INFINITY, async () => {
        await this.#through();
        this.#session.rested({});
        this.#check();
      }),
    );
  }

  async crash({ definitions }: CrashOptions = {}): Promise<void> {
    await this.#inTurn('crash', async () => {
      this.#session.world.note('fault', 'the process ends', true);
      await this.#again(definitions);
    });
  }

  async stop(): Promise<void> {
    if (this.#troupe === undefined) return;
    this.#troupe = undefined;
    const client = this.#client;
    try {
      const real = this.#real;
      if (real !== undefined) await this.#driven(real.stop({ deadline: 0 }));
      this.#check();
    } finally {
      client.close(stopped('a call on its troupe'));
      this.giveUp();
    }
  }

  /** Ends it at once, and gives the process its time and chance back. */
  giveUp(): void {
    this.#troupe = undefined;
    this.#session.end();
    this.#session.repeatable.uninstall();
  }

  /** One after the other, whoever asks. @throws TroupeError `STOPPED`. */
  async #inTurn(call: string, work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(() => {
      if (this.#troupe === undefined) throw stopped(`simulation.${call}`);
      return work();
    });
    this.#turn = turn.catch(() => undefined);
    await turn;
  }

  /** The process ends, and begins again. */
  async #again(definitions?: SimulatedTeam['definitions']): Promise<void> {
    const because = ['its process has ended: take it from `simulation.troupe` again'];
    this.#client.close(troupeError('NEVER_SETTLES', { waits: 'a call of another life', because }));
    this.#session.end();
    await this.begin(definitions);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  get #isOver(): boolean {
    const { world } = this.#session;
    return !world.isAlive || world.breach !== undefined;
  }

  /** @throws TroupeError `LAW_BROKEN`. */
  #check(): void {
    const { breach } = this.#session.world;
    if (breach === undefined) return;
    const { law, found, commit } = breach;
    throw troupeError('LAW_BROKEN', { law, found, at: `after commit ${commit}` });
  }

  /** Drives until a promise of ours has settled. */
  async #driven<Value>(waited: Promise<Value>): Promise<Value> {
    let isSettled = false;
    const done = (): void => {
      isSettled = true;
    };
    waited.then(done, done);
    await drive(this.#session, () => isSettled || this.#session.world.breach !== undefined);
    this.#check();
    if (!isSettled) throw this.#stuck('the simulation');
    return waited;
  }

  /** Drives through all crashes that faults bring. @throws TroupeError `LAW_BROKEN`. */
  async #through(until?: number): Promise<void> {
    const { world } = this.#session;
    for (;;) {
      const end = await drive(this.#session, () => this.#isOver, until);
      if (end === 'endless' || end === 'busy') {
        world.broke(playLaws.rests, endlessText(this.#session, end));
      }
      this.#check();
      if (world.isAlive && !world.isDiskFull) return;
      await this.#again();
    }
  }

  /** One driver at a time: what a call in waiting needs goes on below an `advance`. */
  async #exclusive(until: number, work: () => Promise<void>): Promise<void> {
    this.#until = until;
    await this.#pumping;
    try {
      await work();
    } finally {
      this.#until = undefined;
      this.#pump();
    }
  }

  /** Lets go on what calls wait for, in the background. */
  #pump(): void {
    if (this.#until !== undefined || this.#pumping !== undefined) return;
    this.#pumping = this.#pumped().finally(() => {
      this.#pumping = undefined;
    });
  }

  async #pumped(): Promise<void> {
    const client = this.#client;
    const isOver = (): boolean =>
      client.open === 0 || client !== this.#client || this.#until !== undefined || this.#isOver;
    const end = await drive(this.#session, isOver);
    if (client !== this.#client || this.#until !== undefined || client.open === 0) return;
    const { world } = this.#session;
    if (end === 'endless' || end === 'busy') {
      world.broke(playLaws.rests, endlessText(this.#session, end));
    }
    if (world.breach !== undefined) {
      const { law, found, commit } = world.breach;
      client.refuse(troupeError('LAW_BROKEN', { law, found, at: `after commit ${commit}` }));
    } else if (!world.isAlive || world.isDiskFull) await this.#again();
    else client.refuse(this.#stuck(client.waits.join(', ')));
  }

  #stuck(waits: string): unknown {
    const { world, repeatable } = this.#session;
    const because = [...repeatable.realWork(), ...whyStuck(world, repeatable.open)];
    const known = because.length > 0 ? because : ['nothing goes on any more, not even with time'];
    return troupeError('NEVER_SETTLES', { waits, because: known });
  }
}
