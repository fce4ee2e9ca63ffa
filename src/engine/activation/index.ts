/** Door of activation: actors come to memory when they have something to do, and leave it idle. */
export { Activation } from './activation.ts';
