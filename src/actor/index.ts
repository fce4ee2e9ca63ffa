/** Door of the actors: cells in memory, and references that outsiders hold. */
export type { Child } from './brood.ts';
export { Cell, changed, type Identity, type NewActor } from './cell.ts';
export {
  Hosted,
  isOfMachine,
  isRootSpec,
  type Life,
} from './hosted.ts';
export { InnerRef, mayHoldRefs, type RefHub, withRefs } from './inner-ref.ts';
export type { Listener } from './listener.ts';
export { actorRef, type RefSource } from './ref.ts';
