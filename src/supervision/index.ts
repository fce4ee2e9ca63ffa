/** Door of supervision: the behaviour of supervisors, and what owners hold of one. */
export { Calls } from './calls.ts';
export type { Starting, Workers } from './children.ts';
export { addressOfChild, Supervisors, supervisorCreation } from './supervisors.ts';
