/** Machines: what is wrong with one, shown before it runs. */
export { checkMachine, defaultBounds } from './check-machine.ts';
