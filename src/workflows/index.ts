/** Door of the workflows: how they are declared, and their plans. */
export type { Chain, Missed, NewName, StepRest } from './chain.ts';
export { Conductor, type ConductorPorts, type StepRun } from './conductor.ts';
export { defineWorkflow, WorkflowOptions } from './define-workflow.ts';
export { type GraphOptions, type GraphStep, type GraphView, graph } from './graph.ts';
export {
  type Assignment,
  type BranchApprovals,
  type Branches,
  type Fitting,
  type ForkOptions,
  type ForkParts,
  forkJoin,
  type HierarchyOptions,
  type HierarchyParts,
  hierarchy,
  type LastOf,
  type Linked,
  type ListInput,
  type ParallelOptions,
  type ParallelResult,
  type PatternContext,
  type PatternOptions,
  type PatternPart,
  type PipelineOptions,
  parallel,
  pipeline,
  type RepeatOptions,
  type ReviewOf,
  repeat,
  type ScatterOptions,
  type SequenceOptions,
  type SharedInput,
  type StrictMode,
  scatterGather,
  sequence,
  type Verdict,
  type WorkerReport,
} from './patterns/index.ts';
export { Estimates } from './plans/estimates.ts';
export { fanSpec, fanWorkflow, itemsOf, wholeOf } from './plans/fan.ts';
export { inlineSteps, inlineWorkflow } from './plans/inline.ts';
export { indexesOf, type PlanPorts, planOf } from './plans/plan.ts';
export { functionWork, type WorkflowRun } from './results.ts';
export { misfitOf, type ReservedName, reservedNames } from './step.ts';
export type {
  ChainStepOptions,
  EachOption,
  EachOptions,
  EachResult,
  EndCondition,
  Fallback,
  FallbackFor,
  FallbackOption,
  RunsWhen,
  UndoView,
  Unseen,
  Unsure,
  ViewOf,
} from './step-options.ts';
export {
  type Migration,
  migrationOf,
  type NewVersion,
  type OldRun,
  type OldStepRun,
} from './versions/migrating.ts';
