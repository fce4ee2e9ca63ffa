/** Door of the actors: cells in memory, and references that outsiders hold. */
export { Cell, type Identity, type Listener, type NewActor } from './cell.ts';
export { actorRef, type RefSource } from './ref.ts';
