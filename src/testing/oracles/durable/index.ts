/** Laws of what is durable: nothing is lost, nothing is done twice, whatever crashes. */
export { acknowledged } from './acknowledged.ts';
export { commitFirst } from './commit-first.ts';
export { keys } from './keys.ts';
export { once } from './once.ts';
export { recovered } from './recovered.ts';
export { timers } from './timers.ts';
