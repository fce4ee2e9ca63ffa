/**
 * How far an audit is, and when it will end: each piece of work is weighed by its estimate, and
 * the estimates are corrected by how fast this machine turned out to be.
 */
import type { Unit } from '../../specialists/index.ts';

/** So many milliseconds of work weigh as much as what was measured so far. */
const trustMs = 2_000;

interface Part {
  readonly costMs: number;
  /** Of it, 0 to 1. */
  fraction: number;
  isDone: boolean;
  /** Whether it was worked on here, and not recorded before. */
  isOurs: boolean;
}

/** The estimate of one audit. */
export class Estimate {
  readonly #threads: number;
  readonly #parts = new Map<string, Part>();
  /** Recorded work of which no plan told yet. */
  readonly #early = new Set<string>();
  #startedAt: number | undefined;

  constructor(threads: number) {
    this.#threads = threads;
  }

  /** What there is to do. */
  plan(units: readonly Unit[]): void {
    for (const { name, estimateMs: costMs } of units)
      if (!this.#parts.has(name))
        this.#parts.set(name, { costMs, fraction: 0, isDone: false, isOurs: false });
    for (const name of this.#early) this.done(name);
  }

  /** A piece of work is under way. */
  working(name: string, fraction: number, now: number): void {
    const part = this.#parts.get(name);
    if (part === undefined || part.isDone) return;
    this.#startedAt ??= now;
    part.isOurs = true;
    part.fraction = Math.max(part.fraction, fraction);
  }

  /** A piece of work is recorded; it may be told before the plan. */
  done(name: string): void {
    const part = this.#parts.get(name);
    if (part === undefined) this.#early.add(name);
    else Object.assign(part, { fraction: 1, isDone: true });
  }

  /** Pieces of work that are recorded, and all; undefined before the plan. */
  get steps(): { readonly done: number; readonly total: number } | undefined {
    if (this.#parts.size === 0) return undefined;
    const parts = [...this.#parts.values()];
    return { done: parts.filter(({ isDone }) => isDone).length, total: parts.length };
  }

  /** How much is done, 0 to 1. */
  get fraction(): number {
    const parts = [...this.#parts.values()];
    const all = sum(parts.map(({ costMs }) => costMs));
    return all === 0 ? 0 : sum(parts.map(({ costMs, fraction }) => costMs * fraction)) / all;
  }

  /** Milliseconds until the end, as far as that can be known. */
  leftMs(now: number): number {
    const parts = [...this.#parts.values()];
    const spentMs = sum(parts.map((part) => (part.isOurs ? part.costMs * part.fraction : 0)));
    const elapsedMs = (now - (this.#startedAt ?? now)) * this.#threads;
    const pace = (elapsedMs + trustMs) / (spentMs + trustMs);
    const left = parts.map(({ costMs, fraction }) => costMs * (1 - fraction));
    return pace * Math.max(sum(left) / this.#threads, ...left);
  }
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
