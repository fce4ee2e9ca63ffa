/**
 * Trimmer: cuts what a journal need not keep, a piece at a time.
 *
 * Rows and dead letters go from the oldest on. An ended run goes with its family, which is all that
 * is below it and its handoffs: those first, itself last, so that its address is free only when
 * nothing of it is left. A family may take many pieces; it is looked at as a whole before anything
 * of it goes.
 * Invariants: nothing goes that lives, that mail waits for or that has an armed timer, nor what
 * stands with it in a family.
 */
import { limits } from '../../protocol/index.ts';
import { Budget } from './budget.ts';
import type { Keep, Trimmed } from './keep.ts';
import type { EndedRoot, Member, TrimStore } from './trim-store.ts';

/** A family that is looked at, or on its way out. */
interface Leaving {
  readonly root: EndedRoot;
  /** The last member that was looked at; undefined when all were, and it may go. */
  lookedAt: string | undefined;
}

/** Cuts pieces off one journal; what it remembers between them makes them cheaper, no more. */
export class Trimmer {
  readonly #store: TrimStore;
  /** How the count of the newest ended runs goes on. */
  #count: { below: number; left: number } | undefined;
  /** A run whose last row is that one, or an older one, is beyond the number. */
  #upTo: number | undefined;
  /** Runs whose last row is that one, or an older one, were looked at in this round. */
  #after = -1;
  #leaving: Leaving | undefined;

  constructor(store: TrimStore) {
    this.#store = store;
  }

  /** Cuts a piece, in the open transaction. */
  trim(keep: Keep): Trimmed {
    const budget = new Budget(limits.trimRows, limits.trimChars);
    const rowAt = this.#rows(keep, budget);
    this.#letters(keep, budget);
    const runs = budget.isSpent ? { more: true } : this.#runs(keep, budget);
    return runs.more ? { more: true } : { more: false, rowAt, runAt: runs.runAt };
  }

  #rows({ rows, rowsSince = Number.NEGATIVE_INFINITY }: Keep, budget: Budget): number | undefined {
    if (rows === undefined && rowsSince === Number.NEGATIVE_INFINITY) return undefined;
    const upTo = this.#store.heads().seq - (rows ?? Number.POSITIVE_INFINITY);
    const isBeyond = (row: { number: number; at: number }) =>
      row.number <= upTo || row.at < rowsSince;
    const [oldest] = this.#store.oldestRows(1);
    if (oldest === undefined || !isBeyond(oldest)) return oldest?.at;
    let to = 0;
    for (const row of this.#store.oldestRows(limits.trimRows)) {
      if (budget.isSpent || !isBeyond(row)) break;
      budget.take(row.chars);
      to = row.number;
    }
    this.#store.cutRows(to);
    return this.#store.oldestRows(1)[0]?.at;
  }

  #letters({ letters }: Keep, budget: Budget): void {
    if (letters === undefined) return;
    const upTo = this.#store.heads().letter - letters;
    let to = 0;
    for (const { number, chars } of this.#store.oldestLetters(upTo, limits.trimRows)) {
      if (budget.isSpent) break;
      budget.take(chars);
      to = number;
    }
    if (to > 0) this.#store.cutLetters(to);
  }

  #runs(keep: Keep, budget: Budget): { readonly more: boolean; readonly runAt?: number } {
    if (keep.runs === undefined && keep.runsSince === undefined) return { more: false };
    if (!this.#isCounted(keep.runs)) return { more: true };
    while (!budget.isSpent) {
      if (this.#leaving === undefined) {
        const [root] = this.#store.endedAfter(this.#after, 1);
        if (root === undefined || !this.#isBeyond(root, keep)) {
          this.#beginRound();
          return root === undefined ? { more: false } : { more: false, runAt: root.at };
        }
        budget.take(0, limits.trimRows / 100);
        this.#after = root.last;
        if (keep.isHeld !== undefined && this.#store.isHeld(root, keep.isHeld)) continue;
        this.#leaving = { root, lookedAt: '' };
      }
      if (this.#go(this.#leaving, budget)) this.#leaving = undefined;
    }
    return { more: true };
  }

  #beginRound(): void {
    this.#after = -1;
    this.#upTo = undefined;
    this.#count = undefined;
  }

  #isBeyond({ last, at }: EndedRoot, { runsSince }: Keep): boolean {
    return last <= (this.#upTo ?? 0) || at < (runsSince ?? Number.NEGATIVE_INFINITY);
  }

  /** Counts the newest ended runs, as far as one piece goes; whether that is done. */
  #isCounted(runs: number | undefined): boolean {
    if (this.#upTo !== undefined) return true;
    this.#count ??= { below: Number.MAX_SAFE_INTEGER, left: runs ?? Number.POSITIVE_INFINITY };
    const { below, left } = this.#count;
    if (runs === undefined) this.#upTo = 0;
    else if (left === 0) this.#upTo = below - 1;
    else {
      const asked = Math.min(left, limits.trimCounted);
      const { count, lowest } = this.#store.endedBelow(below, asked);
      if (count < asked) this.#upTo = 0;
      else if (left > count) this.#count = { below: lowest, left: left - count };
      else this.#upTo = lowest - 1;
    }
    return this.#upTo !== undefined;
  }

  /** Goes on with a family; whether that is over, as it is gone or stays. */
  #go(leaving: Leaving, budget: Budget): boolean {
    const root = this.#store.member(leaving.root.address);
    // It lives again, or somebody waits for it.
    if (root === undefined || !isOver(root)) return true;
    let small: readonly Member[] | undefined;
    while (leaving.lookedAt !== undefined) {
      if (budget.isSpent) return false;
      const after = leaving.lookedAt;
      const asked = budget.left;
      const page = this.#store.below(root.address, after, asked);
      for (const _ of page) budget.take(0);
      if (!page.every(isOver)) return true;
      leaving.lookedAt = page.length < asked ? undefined : page.at(-1)?.address;
      // A family of one page is looked at and dropped in one go.
      if (after === '' && leaving.lookedAt === undefined) small = page;
    }
    for (;;) {
      if (budget.isSpent) return false;
      const members = small ?? this.#store.below(root.address, '', budget.left);
      for (const member of members) {
        if (!isOver(member)) return true;
        if (!this.#drop(member, budget)) return false;
      }
      if (small !== undefined || members.length === 0) return this.#drop(root, budget);
    }
  }

  /** Drops an actor with what was recorded of it; whether all of that is gone. */
  #drop(member: Member, budget: Budget): boolean {
    for (const { step, chars } of this.#store.stepsOf(member.actor, limits.trimRows)) {
      if (budget.isSpent) return false;
      budget.take(chars);
      this.#store.dropStep(member.actor, step);
    }
    if (budget.isSpent) return false;
    budget.take(member.chars);
    this.#store.dropActor(member.actor);
    return true;
  }
}

const isOver = ({ done, isAwaited }: Member): boolean => done && !isAwaited;
