/** Door of the workflows: how they are declared, and their plans. */
export type { Chain, ChainStepOptions, NewName, StepRest, ViewOf } from './chain.ts';
export { Conductor, type ConductorPorts } from './conductor.ts';
export { defineWorkflow, WorkflowOptions } from './define-workflow.ts';
export { type GraphOptions, type GraphStep, type GraphView, graph } from './graph.ts';
export { inlineSteps, inlineWorkflow } from './inline.ts';
export { indexesOf, planOf } from './plan.ts';
export { functionWork } from './results.ts';
export { type ReservedName, reservedNames } from './step.ts';
