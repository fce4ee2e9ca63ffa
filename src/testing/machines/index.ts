/** Machines: what is wrong with one, shown before it runs, and the laws of all of them. */
export { defaultBounds } from './bounds.ts';
export { checkMachine } from './check-machine.ts';
export { type MachineLaw, machineLawNames, machineLaws } from './laws/laws.ts';
