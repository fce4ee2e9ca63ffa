/**
 * Repeatable: whether code does the same when it runs again. It stands between user code and what
 * no seed decides (time, chance, timers, the world), serves it from the simulated clock and the
 * seed, and names who read it outside of a step.
 */
import type { SimulatedClock } from '../../clock/index.ts';
import type { Unrepeatable } from '../simulation/played.ts';
import { type Activation, Activations, type Answered, type Asking } from './activations.ts';
import { type Context, type Surprises, within } from './context.ts';

/** What simulated surprises come from. */
export interface RepeatableOptions {
  readonly clock: SimulatedClock;
  /** Numbers from 0 up to, not including, 1, of the seed: for `Math.random` and ids. */
  readonly random: () => number;
}

/** Watches one simulation. */
export class Repeatable {
  readonly #surprises: Surprises;
  readonly #found = new Map<string, Unrepeatable>();
  readonly #activations = new Activations((what, of) => this.#find(what, of));
  #life = 1;

  constructor({ clock, random }: RepeatableOptions) {
    const life = (): number => this.#life;
    this.#surprises = {
      clock,
      random,
      get life() {
        return life();
      },
      read: () => 'simulated',
      work: () => () => undefined,
    };
  }

  /**
   * Puts simulated time, chance and timers in place of the process's. Only code that is called by
   * `outside` and `inside` sees them; it may be installed more than once, also by several.
   */
  install(): void {}

  /** Gives back exactly what was there, when nobody has it installed any more. */
  uninstall(): void {}

  /** The process has ended: what still runs of it sets no timers and is not listened to. */
  crashed(): void {
    this.#life += 1;
  }

  /**
   * Calls code outside of a step: what it reads of time, chance and the world is a finding. Of
   * code that no seam knows (guards and actions of machines) call the runtime itself so.
   */
  outside<V>(of: string, call: () => V): V {
    return within(this.#context(of, false), call);
  }

  /** Calls code inside a step, or a scenario: simulated time and chance are fine. */
  inside<V>(of: string, call: () => V): V {
    return within(this.#context(of, true), call);
  }

  /**
   * Calls a function that must be pure (`when`, `input`, `until`, `output`), outside of a step: for
   * equal arguments it must give the same.
   */
  pure<V>(of: string, _args: unknown, call: () => V): V {
    return this.outside(of, call);
  }

  /**
   * Work asks for a step, sends, sleeps: compared with earlier activations of the same attempt.
   * @returns tells the answer, once it is there.
   */
  asked(activation: Activation, asking: Asking): Answered {
    return this.#activations.asked(activation, asking);
  }

  /** Work has ended with a result: compared likewise. */
  gave(activation: Activation, result: unknown): void {
    this.#activations.gave(activation, result);
  }

  /** What was found, each once, in order. */
  get found(): readonly Unrepeatable[] {
    return [...this.#found.values()];
  }

  /** Real work that the process waits for now, in words; empty: none. */
  realWork(): readonly string[] {
    return [];
  }

  #context(of: string, isInside: boolean): Context {
    return { of, isInside, life: this.#surprises.life, surprises: this.#surprises };
  }

  #find(what: string, where: string): void {
    const key = `${what}\n${where}`;
    if (!this.#found.has(key)) this.#found.set(key, { what, where });
  }
}
