/**
 * Keys: the idempotency key of each start of a promise. It tells the way from the run down to the
 * promise, with the number of the start at each level: no crash and no restart changes it, and two
 * lives of one actor never share one.
 */
import type { InnerRef } from '../../actor/index.ts';
import { type Address, runIdOf } from '../../protocol/index.ts';

const keys = new WeakMap<object, string>();

/**
 * The idempotency key of an invoked promise, from the `self` that its function gets: unchanged by
 * crash, restart and retry, another one when the promise is invoked anew. Under XState's own
 * `createActor` it is as good as the actor's session.
 */
export const idempotencyKey = (self: { readonly id: string; readonly sessionId: string }): string =>
  keys.get(self) ?? `${self.sessionId}/${self.id}`;

/** Gives the `self` of a promise its key. */
export function giveKey(
  self: InnerRef,
  parent: InnerRef,
  parentOf: (address: Address) => InnerRef | undefined,
): void {
  let path = started(self);
  let above: InnerRef | undefined = parent;
  // Only a root is named without its life.
  for (; above !== undefined && above.generation !== 0; above = parentOf(above.address)) {
    path = `${started(above)}/${path}`;
  }
  keys.set(self, `${runIdOf((above ?? parent).address)}/${path}`);
}

const started = ({ address, generation }: InnerRef): string =>
  `${generation}/${address.slice(address.lastIndexOf('/') + 1)}`;
