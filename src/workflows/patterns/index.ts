/** Door of the patterns: workflows that are declared by their shape. */
export {
  type ForkOptions,
  type ForkParts,
  forkJoin,
} from './fork-join.ts';
export {
  type Assignment,
  type HierarchyOptions,
  type HierarchyParts,
  hierarchy,
  type ReviewOf,
  type Verdict,
  type WorkerReport,
} from './hierarchy.ts';
export {
  type BranchApprovals,
  type Branches,
  type Fitting,
  type ParallelOptions,
  type ParallelResult,
  parallel,
  type SharedInput,
} from './parallel.ts';
export type {
  PatternContext,
  PatternOptions,
  PatternPart,
  StrictMode,
} from './pattern.ts';
export { type PipelineOptions, pipeline } from './pipeline.ts';
export { type RepeatOptions, repeat } from './repeat.ts';
export { type ListInput, type ScatterOptions, scatterGather } from './scatter-gather.ts';
export { type LastOf, type Linked, type SequenceOptions, sequence } from './sequence.ts';
