/**
 * Shrinking: from a script that breaks a law to the shortest one found that still breaks the same
 * law. Greedy: the first simpler script that still does is taken, until none does.
 */
import type fc from 'fast-check';
import type { Script } from '../../simulation/script.ts';
import { simplestOf } from '../scripts/given.ts';
import type { Trial } from '../trial.ts';
import { simplerThan } from './simpler.ts';

/** What shrinking starts from. */
export interface Shrinking {
  readonly script: Script;
  readonly trial: Trial;
  readonly once: (script: Script) => Promise<Trial>;
  /** Where its input was drawn, and by which number; undefined: it stays. */
  readonly given?: { readonly arbitrary: fc.Arbitrary<unknown>; readonly chance: number };
  /** Plays at most (default 600). */
  readonly plays?: number;
  readonly signal?: AbortSignal | undefined;
}

/** What shrinking came to. */
export interface Shrunk {
  readonly script: Script;
  readonly trial: Trial;
  /** Simpler scripts that still broke the law, one after the other. */
  readonly shrinks: number;
  /** Scripts that were tried for that. */
  readonly tries: number;
}

/** The shortest script found that breaks the same law. */
export async function shrink(from: Shrinking): Promise<Shrunk> {
  const state = new Shrinker(from);
  let before: Script | undefined;
  while (before !== state.best.script) {
    before = state.best.script;
    await state.simplify();
    await state.simplifyGiven();
  }
  return { ...state.best, shrinks: state.shrinks, tries: state.tried.size };
}

class Shrinker {
  best: Pick<Shrunk, 'script' | 'trial'>;
  shrinks = 0;
  /** Scripts that were tried, and whether they break the law. */
  readonly tried = new Map<string, boolean>();
  readonly #from: Shrinking;

  constructor(from: Shrinking) {
    this.#from = from;
    this.best = from;
    this.tried.set(textOf(from.script), true);
  }

  /** Takes simpler scripts with the same input as long as there are some. */
  async simplify(): Promise<void> {
    for (const simpler of simplerThan(this.best.script)) {
      if (await this.#takes(simpler)) return this.simplify();
    }
  }

  /**
   * Takes the simplest input with which the rest still breaks the law. The walk begins with the
   * drawn input, which needs no trial, and goes on from what breaks the law.
   */
  async simplifyGiven(): Promise<void> {
    const { given } = this.#from;
    if (given === undefined) return;
    let isFirst = true;
    await simplestOf(given.arbitrary, given.chance, async (value) => {
      const isDrawn = isFirst;
      isFirst = false;
      const simpler = { ...this.best.script, given: value };
      return isDrawn || (this.tried.get(textOf(simpler)) ?? this.#takes(simpler));
    });
  }

  /** Whether a script breaks the same law; it is the best one then. */
  async #takes(script: Script): Promise<boolean> {
    const { once, trial: first, plays = 600, signal } = this.#from;
    const text = textOf(script);
    if (this.tried.has(text) || this.tried.size > plays || signal?.aborted) return false;
    const trial = await once(script);
    const breaks = trial.broken?.law === first.broken?.law;
    this.tried.set(text, breaks);
    if (!breaks) return false;
    this.best = { script, trial };
    this.shrinks += 1;
    return true;
  }
}

/** What tells scripts apart; values that JSON can't tell are told by their type. */
const textOf = (script: Script): string =>
  JSON.stringify(script, (_, value: unknown) =>
    typeof value === 'bigint' || value === undefined ? String(value) : value,
  );
