/** Holders: the handlers that wait while they hold a slot, each with what it waits for. */
import type { Stage } from '../../engine/index.ts';
import type { Address } from '../../protocol/index.ts';
import { deadlockOf, type Wait } from './deadlock.ts';
import { slotsIn } from './open-ask.ts';

/** Something that a handler waits for. */
export interface Held extends Wait {
  /** Whether it has begun: before that it keeps nobody. */
  readonly isWaiting: boolean;
  /** Its handler has ended. */
  readonly cancel: () => void;
}

/** All that handlers wait for. */
export class Holders {
  readonly #held = new Map<string, Set<Held>>();

  add(held: Held): void {
    const all = this.#held.get(held.holder) ?? new Set();
    this.#held.set(held.holder, all.add(held));
  }

  delete(held: Held): void {
    const all = this.#held.get(held.holder);
    if (all?.delete(held) && all.size === 0) this.#held.delete(held.holder);
  }

  /** The handler of a message has ended. */
  cancelOf(holder: string): void {
    for (const { cancel } of [...(this.#held.get(holder) ?? [])]) cancel();
  }

  /** Whether a handler of `from` that begins to wait would never go on; see `deadlockOf`. */
  deadlockOf(stage: Stage, from: Address, wait: Wait): Address[] | undefined {
    const waitsOf = (holder: string): Wait[] =>
      [...(this.#held.get(holder) ?? [])].filter(({ isWaiting }) => isWaiting);
    const slotsOf = (bot: Address) => slotsIn(stage.find(bot));
    return deadlockOf({ waitsOf, slotsOf }, from, wait);
  }
}
