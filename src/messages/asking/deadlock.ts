/**
 * Deadlocks of handlers that wait for each other.
 *
 * A handler holds a slot of its bot while it waits for a reply. What it waits for is handled now,
 * or waits for any slot of another bot. A handler can go on when everything that it waits for can;
 * a message without a slot gets one when any holder of a slot there can go on (tasks always can:
 * work that waits for a reply gives its slot back). Who can't go on by the least fixed point of
 * that waits for ever (Knapp, Deadlock Detection in Distributed Databases, 1987: the AND-OR model).
 */
import type { Address } from '../../protocol/index.ts';

/** A handler that waits for the answer to a message. */
export interface Wait {
  /** Id of the message whose handler waits. */
  readonly holder: string;
  /** Id of the message that it waits for. */
  readonly target: string;
  /** The bot that the target was sent to. */
  readonly to: Address;
}

/** Who has the slots of a bot. */
export interface Slots {
  /** Slots that are free, or that tasks have. */
  readonly isServed: boolean;
  /** Ids of the messages being handled. */
  readonly handling: readonly string[];
}

/** What is known of waits and slots. */
export interface Waiting {
  /** What the handler of a message waits for. */
  waitsOf(holder: string): readonly Wait[];
  slotsOf(bot: Address): Slots;
}

/**
 * Whether a handler of `from` that begins to wait would never go on: then the bots of the circle,
 * each waiting for the next; undefined when it can go on.
 */
export function deadlockOf(waiting: Waiting, from: Address, first: Wait): Address[] | undefined {
  const waits = reachable(waiting, first);
  const stuck = new Set(waits.keys());
  const isStuck = ({ target, to }: Wait): boolean => {
    const { isServed, handling } = waiting.slotsOf(to);
    if (handling.includes(target)) return stuck.has(target);
    return !isServed && handling.every((id) => stuck.has(id));
  };
  for (let before = -1; before !== stuck.size; ) {
    before = stuck.size;
    for (const [holder, all] of waits) if (!all.some(isStuck)) stuck.delete(holder);
  }
  if (!stuck.has(first.holder)) return undefined;
  return circle({ waiting, waits, isStuck }, from, first.holder);
}

/** All handlers that the first one waits for, directly or through others, with their waits. */
function reachable(waiting: Waiting, first: Wait): Map<string, readonly Wait[]> {
  const found = new Map<string, readonly Wait[]>();
  const open = [first.holder];
  for (let holder = open.pop(); holder !== undefined; holder = open.pop()) {
    if (found.has(holder)) continue;
    const own = waiting.waitsOf(holder);
    const all = holder === first.holder ? [...own, first] : own;
    if (all.length === 0) continue;
    found.set(holder, all);
    for (const { target, to } of all) {
      const { isServed, handling } = waiting.slotsOf(to);
      if (handling.includes(target)) open.push(target);
      else if (!isServed) open.push(...handling);
    }
  }
  return found;
}

interface Stuck {
  readonly waiting: Waiting;
  readonly waits: ReadonlyMap<string, readonly Wait[]>;
  readonly isStuck: (wait: Wait) => boolean;
}

/** Walks from stuck handler to stuck handler until one comes again. */
function circle({ waiting, waits, isStuck }: Stuck, from: Address, first: string): Address[] {
  const path = [from];
  const seen = new Set<string>();
  for (let holder = first; !seen.has(holder); ) {
    seen.add(holder);
    const wait = waits.get(holder)?.find(isStuck);
    if (wait === undefined) break;
    path.push(wait.to);
    const { handling } = waiting.slotsOf(wait.to);
    holder = handling.includes(wait.target) ? wait.target : (handling[0] ?? holder);
  }
  return path;
}
