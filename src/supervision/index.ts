/** Door of supervision: the behaviour of supervisors, and what owners hold of one. */
export { Calls } from './calls.ts';
export type { Starting, Workers } from './children.ts';
export {
  type HandlePorts,
  type MemberOptions,
  type SupervisedChild,
  Supervisor,
  type SupervisorOutcome,
} from './handle.ts';
export type {
  ChildrenOf,
  ChildTemplate,
  SupervisedChildOptions,
  SupervisedInput,
  SuperviseOptions,
} from './options.ts';
export { definitionOfChild, specNow, supervisedRuns } from './runs.ts';
export type { DefinitionPorts } from './specs.ts';
export { supervise, supervisorAddress } from './supervise.ts';
export { addressOfChild, Supervisors, supervisorCreation } from './supervisors.ts';
