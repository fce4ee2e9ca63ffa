/**
 * Repeatable: whether code does the same when it runs again. It stands between user code and what
 * no seed decides (time, chance, timers, the world), serves it from the simulated clock and the
 * seed, and names who reads it outside of a step.
 *
 * Not seen: what code took before (`const { now } = Date`, a class that extends `Date` at load),
 * `Intl` formatting without a date, streams of zlib, native add-ons.
 */
import type { SimulatedClock } from '../../clock/index.ts';
import type { Unrepeatable } from '../simulation/played.ts';
import {
  type Activation,
  Activations,
  type Answered,
  type Asking,
  type OpenAsking,
  textOf,
} from './activations.ts';
import {
  allSwaps,
  type Context,
  callerOf,
  giveBack,
  isGenerator,
  isGhost,
  keepWithin,
  putIn,
  type Surprise,
  type Surprises,
  within,
} from './surprises/index.ts';
import {
  differsWords,
  insideWords,
  outsideWords,
  resourceWords,
  threwWords,
  whereWords,
} from './words.ts';

/** What simulated surprises come from. */
export interface RepeatableOptions {
  readonly clock: SimulatedClock;
  /** Numbers from 0 up to, not including, 1, of the seed: for `Math.random` and ids. */
  readonly random: () => number;
}

/** How often the place of one surprise in one function is looked for; it costs microseconds. */
const LOOKS_MAX = 200;

/** Watches one simulation. */
export class Repeatable {
  readonly #surprises: Surprises;
  readonly #found = new Map<string, Unrepeatable>();
  readonly #activations = new Activations((what, of) => this.#find(what, of));
  readonly #pure = new Map<string, string>();
  readonly #looks = new Map<string, number>();
  readonly #work = new Map<symbol, string>();
  #computing = 0;
  #computed: (() => void)[] = [];
  #life = 1;
  #installs = 0;
  #before: readonly string[] = [];

  constructor({ clock, random }: RepeatableOptions) {
    const life = (): number => this.#life;
    this.#surprises = {
      clock,
      random,
      startedAt: clock.now(),
      get life() {
        return life();
      },
      read: (context, surprise) => this.#read(context, surprise),
      work: (context, surprise) => this.#works(context, surprise),
      computes: () => this.#computes(),
      threw: ({ of }, error) => this.#find(threwWords(error), of),
    };
  }

  /**
   * Puts simulated time, chance and timers in place of the process's. Only code that is called by
   * `outside` and `inside` sees them; it may be installed more than once, also by several.
   */
  install(): void {
    if (this.#installs === 0) this.#before = process.getActiveResourcesInfo();
    this.#installs += 1;
    putIn(allSwaps);
  }

  /** Gives back exactly what was there, when nobody has it installed any more. */
  uninstall(): void {
    if (this.#installs === 0) return;
    this.#installs -= 1;
    giveBack();
  }

  /** The process has ended: what still runs of it sets no timers and is not listened to. */
  crashed(): void {
    this.#life += 1;
    this.#work.clear();
    this.#activations.crashed();
  }

  /**
   * Calls code outside of a step: what it reads of time, chance and the world is a finding. For
   * code that no seam knows (guards and actions of machines) the runtime itself is called so.
   */
  outside<V>(of: string, call: () => V): V {
    return this.#called(this.#context(of, false), call);
  }

  /** Calls code inside a step, a handler or a scenario: simulated time and chance are fine. */
  inside<V>(of: string, call: () => V): V {
    return this.#called(this.#context(of, true), call);
  }

  /**
   * Calls a function that must be pure (`when`, `input`, `until`, `output`), outside of a step: for
   * equal arguments it must give the same.
   */
  pure<V>(of: string, args: unknown, call: () => V): V {
    const value = this.outside(of, call);
    const key = `${of}\n${textOf(args)}`;
    const now = textOf(value);
    const then = this.#pure.get(key) ?? now;
    this.#pure.set(key, then);
    if (then !== now) this.#find(differsWords(now, then), of);
    return value;
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

  /** What work of this process has asked for and got no answer to. */
  get open(): readonly OpenAsking[] {
    return this.#activations.open;
  }

  /** What was found, each once, in order. */
  get found(): readonly Unrepeatable[] {
    return [...this.#found.values()];
  }

  /** Real work that the process waits for now, in words; empty: none. Timers are not counted. */
  realWork(): readonly string[] {
    const others = resourceWords(this.#before, process.getActiveResourcesInfo());
    return [...this.#work.values(), ...others];
  }

  /** Resolves when nothing is computed beside any more; undefined: nothing is. */
  computing(): Promise<void> | undefined {
    if (this.#computing === 0) return undefined;
    return new Promise((done) => void this.#computed.push(done));
  }

  #computes(): () => void {
    this.#computing += 1;
    return () => {
      this.#computing -= 1;
      if (this.#computing > 0) return;
      for (const done of this.#computed.splice(0)) done();
    };
  }

  #called<V>(context: Context, call: () => V): V {
    const value = within(context, call);
    if (isGenerator(value)) keepWithin(context, value);
    return value;
  }

  #context(of: string, isInside: boolean): Context {
    return { of, isInside, life: this.#life, surprises: this.#surprises };
  }

  #read(context: Context, surprise: Surprise): boolean {
    if (isGhost(context) || !this.#looksAt(context, surprise)) return true;
    const { by, text } = callerOf(surprise.at);
    if (by === 'user') this.#find(outsideWords(surprise), whereWords(context.of, text));
    return by !== 'runner';
  }

  #works(context: Context, surprise: Surprise): () => void {
    if (isGhost(context)) return nothing;
    const { by, text } = callerOf(surprise.at);
    if (by !== 'user') return nothing;
    const where = whereWords(context.of, text);
    const words = context.isInside ? insideWords(surprise) : outsideWords(surprise);
    this.#find(words, where, surprise.name);
    const work = Symbol(surprise.name);
    this.#work.set(work, `${surprise.name} of ${where}`);
    return () => void this.#work.delete(work);
  }

  #looksAt({ of }: Context, { name }: Surprise): boolean {
    const key = `${of}\n${name}`;
    const looks = (this.#looks.get(key) ?? 0) + 1;
    this.#looks.set(key, looks);
    return looks <= LOOKS_MAX;
  }

  #find(what: string, where: string, alike = what): void {
    const key = `${alike}\n${where}`;
    if (!this.#found.has(key)) this.#found.set(key, { what, where });
  }
}

const nothing = (): void => undefined;
