/**
 * Door of the analysers: what an audit measures, as jobs that run in threads, and the facts that
 * their results add up to. Loads no analyser; the threads do.
 */
export { factsOf, notesOf, type Results } from './facts.ts';
export {
  Chunk,
  Clone,
  Complexity,
  Duplication,
  Facts,
  FanIn,
  FunctionComplexity,
  FunctionValue,
  KindTotals,
  Leftovers,
  Lines,
  Modules,
  type Progress,
  Recheck,
  Skipped,
  SkipReason,
  SourceFile,
  Survey,
  SurveyRequest,
  SyntaxFault,
  Totals,
  WarningComment,
} from './findings.ts';
export { leftoverTerms, thresholds } from './lint.ts';
export { cyclicComponents } from './modules.ts';
export {
  createPool,
  type Job,
  type JobOptions,
  jobs,
  type Pool,
  type PoolOptions,
} from './pool.ts';
export { auditedKinds, buildFolders, chunksOf, leftOutFolders, surveyLimits } from './sources.ts';
export { type Availability, availability, tools } from './tools.ts';
