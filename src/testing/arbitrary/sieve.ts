/**
 * Sieve: a filter that gives up. fast-check's own goes on for ever when nothing passes.
 */
import fc from 'fast-check';
import { troupeError } from '../../protocol/index.ts';

/**
 * Draws in a row of which one has to pass. What passes once in a thousand draws is found all but
 * once in ten thousand times; giving up takes well under a second for most schemas.
 */
const TRIES_MAX = 10_000;

const BIASED_MAX = 100;

/** What a sieve lets through, and how its place is called when nothing passes. */
export interface Passing<T> {
  readonly passes: (value: unknown) => value is T;
  readonly path: string;
}

/** An arbitrary of what passes; it shrinks as the one below, through what passes. */
export class Sieve<T> extends fc.Arbitrary<T> {
  readonly #source: fc.Arbitrary<unknown>;
  readonly #passing: Passing<T>;

  constructor(source: fc.Arbitrary<unknown>, passing: Passing<T>) {
    super();
    this.#source = source;
    this.#passing = passing;
  }

  /** @throws TroupeError `NO_ARBITRARY` when nothing passes, however often it tries. */
  override generate(random: fc.Random, bias: number | undefined): fc.Value<T> {
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      // What is drawn with a bias is small, and repeats itself: perhaps that alone never passes.
      const drawn = this.#source.generate(random, tries < BIASED_MAX ? bias : undefined);
      if (this.#isPassing(drawn)) return drawn;
    }
    const reason = `of ${TRIES_MAX} values drawn none satisfied the schema`;
    throw troupeError('NO_ARBITRARY', { path: this.#passing.path, reason });
  }

  override canShrinkWithoutContext(value: unknown): value is T {
    return this.#passing.passes(value) && this.#source.canShrinkWithoutContext(value);
  }

  override shrink(value: T, context: unknown): fc.Stream<fc.Value<T>> {
    const shrunk = this.#source.shrink(value, context);
    return shrunk.filter((one): one is fc.Value<T> => this.#isPassing(one));
  }

  #isPassing(drawn: fc.Value<unknown>): drawn is fc.Value<T> {
    return this.#passing.passes(drawn.value);
  }
}
