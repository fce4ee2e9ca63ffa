/**
 * What the analysers take and give: plain JSON, with a schema for each, so that a bot can use them
 * as input and output and a journal can keep them.
 *
 * Invariants: paths are relative to the audited folder, with forward slashes; lines count from 1;
 * every list has one order that depends only on the audited files.
 */
import { z } from 'zod';
import type { ErrorData } from '../../index.ts';

/** Codes with which an audited path is refused. */
export type RefusalCode =
  | 'AUDIT_PATH_MISSING'
  | 'AUDIT_PATH_NOT_FOLDER'
  | 'AUDIT_PATH_UNREADABLE'
  | 'AUDIT_FOLDER_TOO_LARGE'
  | 'AUDIT_FOLDER_EMPTY';

/** A refusal as plain data, for it crosses a thread; the pool throws it as a `TroupeError`. */
export type Refusal = {
  [Code in RefusalCode]: { readonly refused: Code; readonly data: ErrorData<Code> };
}[RefusalCode];

/** Told as a job goes on: how many of its files are done. */
export type Progress = (done: number, total: number) => void;

const count = z.int().min(0);
const line = z.int().min(0);

/** Why a file, folder or link was left aside. */
export const SkipReason = z.enum([
  /** It could not be read (`detail` names the system's code). */
  'unreadable',
  /** It is larger than the limit. */
  'too-large',
  /** It holds a zero byte, as no source text does. */
  'binary',
  /** Its lines are as long as only machines write them. */
  'minified',
  /** A link that leads out of the audited folder; links are not followed. */
  'link-outside',
  /** A link that leads nowhere, or in a circle. */
  'link-broken',
  /** It was there when the folder was surveyed and is gone now. */
  'vanished',
  /** An analyser stumbled over it (`detail` says how). */
  'analyser-failed',
]);
export type SkipReason = z.infer<typeof SkipReason>;

/** A file, folder or link that was left aside, and why. */
export const Skipped = z.object({
  file: z.string(),
  reason: SkipReason,
  detail: z.string().optional(),
});
export type Skipped = z.infer<typeof Skipped>;

/** Lines of one file, counted as cloc counts them. */
export const Lines = z.object({ code: count, comment: count, blank: count });
export type Lines = z.infer<typeof Lines>;

/** One audited file. */
export const SourceFile = z.object({
  file: z.string(),
  /** File name extension in lower case, such as `ts`. */
  kind: z.string(),
  bytes: count,
  /** Of the content, in hexadecimal. */
  sha256: z.string(),
  lines: Lines,
});
export type SourceFile = z.infer<typeof SourceFile>;

/** Files, bytes and lines of one kind, audited or not. */
export const KindTotals = z.object({
  kind: z.string(),
  audited: z.boolean(),
  files: count,
  bytes: count,
  lines: count,
});
export type KindTotals = z.infer<typeof KindTotals>;

/** What to survey. */
export const SurveyRequest = z.object({
  /** The folder to audit. */
  path: z.string(),
  /** Names of folders left out wherever they are; default: see `leftOutFolders`. */
  leaveOut: z.array(z.string()).optional(),
  /** Largest file that is read, in bytes; default 1 MiB. */
  fileBytesMax: z.int().min(1).optional(),
});
export type SurveyRequest = z.infer<typeof SurveyRequest>;

/** The audited folder: its source files, lines by kind, and what was left aside. */
export const Survey = z.object({
  /** The folder's absolute path, links resolved. */
  root: z.string(),
  files: z.array(SourceFile),
  kinds: z.array(KindTotals),
  skipped: z.array(Skipped),
  /** Files with bytes that are no UTF-8; they are audited with those bytes replaced. */
  invalidUtf8: z.array(z.string()),
  /** Folders and source files left out by name, or by the `.gitignore` of the folder. */
  leftOut: z.array(z.string()),
});
export type Survey = z.infer<typeof Survey>;

/** Some files of a survey, for one job. Of a hash, the first digits are enough. */
export const Chunk = z.object({
  root: z.string(),
  files: z.array(SourceFile.pick({ file: true, sha256: true })),
});
export type Chunk = z.infer<typeof Chunk>;

const notes = {
  /** Files whose content is no longer the surveyed one; these findings are of the new content. */
  changed: z.array(z.string()),
  skipped: z.array(Skipped),
};

/** A function above a threshold. */
export const FunctionValue = z.object({ file: z.string(), line, value: count });
export type FunctionValue = z.infer<typeof FunctionValue>;

/** A function whose cyclomatic complexity is above the threshold. */
export const FunctionComplexity = z.object({
  file: z.string(),
  line,
  endLine: line,
  /** Such as `Function 'send'` or `Arrow function`. */
  what: z.string(),
  complexity: count,
});
export type FunctionComplexity = z.infer<typeof FunctionComplexity>;

/** A file that is no valid JavaScript or TypeScript. */
export const SyntaxFault = z.object({ file: z.string(), line, message: z.string() });
export type SyntaxFault = z.infer<typeof SyntaxFault>;

/** Complexity of one chunk. */
export const Complexity = z.object({
  files: count,
  functions: count,
  maxComplexity: count,
  /** Functions by complexity: `51+`, `21-50`, `11-20`, `6-10`, `1-5`; without empty classes. */
  complexityHistogram: z.record(z.string(), count),
  functionsOver10: z.array(FunctionComplexity),
  cognitiveOver15: z.array(FunctionValue),
  longFunctions: z.array(FunctionValue),
  manyParams: z.array(FunctionValue),
  depthOver4: count,
  syntaxFaults: z.array(SyntaxFault),
  ...notes,
});
export type Complexity = z.infer<typeof Complexity>;

/** A comment that says that something is left to do. */
export const WarningComment = z.object({ file: z.string(), line, term: z.string() });
export type WarningComment = z.infer<typeof WarningComment>;

/** Warning comments of one chunk. */
export const Leftovers = z.object({ warningComments: z.array(WarningComment), ...notes });
export type Leftovers = z.infer<typeof Leftovers>;

/** Two places with the same tokens. */
export const Clone = z.object({
  a: z.string(),
  aStart: line,
  aEnd: line,
  b: z.string(),
  bStart: line,
  bEnd: line,
  lines: count,
  tokens: count,
});
export type Clone = z.infer<typeof Clone>;

/** Duplication over all files. */
export const Duplication = z.object({
  clones: z.array(Clone),
  duplicatedLines: count,
  duplicationPercent: z.number(),
  ...notes,
});
export type Duplication = z.infer<typeof Duplication>;

/** What the files of one chunk import inside the audited folder, type imports included. */
export const Modules = z.object({
  imports: z.record(z.string(), z.array(z.string())),
  /** Those of them that are types alone, and gone once compiled. */
  typeImports: z.record(z.string(), z.array(z.string())).optional(),
  /** Relative imports that lead to no file, or lie under a package.json that can't be read. */
  unresolved: z.array(z.object({ file: z.string(), module: z.string() })),
  skipped: z.array(Skipped),
});
export type Modules = z.infer<typeof Modules>;

/** What became of files since the survey. */
export const Recheck = z.object(notes);
export type Recheck = z.infer<typeof Recheck>;

/** A module and how many modules import it. */
export const FanIn = z.object({ file: z.string(), n: count });
export type FanIn = z.infer<typeof FanIn>;

/** The figures of a whole audit. */
export const Totals = z.object({
  ...Lines.shape,
  functions: count,
  parseErrors: count,
  complexityHistogram: z.record(z.string(), count),
  maxComplexity: count,
  over10: count,
  over20: count,
  cognitiveOver15: count,
  warningComments: count,
  byTerm: z.record(z.string(), count),
  functionsOver50Lines: count,
  functionsOver5Params: count,
  depthOver4: count,
  clones: count,
  duplicatedLines: count,
  duplicationPercent: z.number(),
  moduleEdges: count,
  cyclicComponents: count,
  modulesInCycles: count,
});
export type Totals = z.infer<typeof Totals>;

/** Everything the analysers found, worst first. */
export const Facts = z.object({
  files: count,
  /** Versions of the analysers, by package. */
  tools: z.record(z.string(), z.string()),
  totals: Totals,
  perFileLines: z.record(z.string(), Lines),
  functionsOver10: z.array(FunctionComplexity),
  cognitiveOver15: z.array(FunctionValue),
  longFunctions: z.array(FunctionValue),
  manyParams: z.array(FunctionValue),
  warningComments: z.array(WarningComment),
  clones: z.array(Clone),
  topFanIn: z.array(FanIn),
  moduleGraph: z.record(z.string(), z.array(z.string())),
  /** Groups of modules that reach each other, the largest first. */
  cyclicComponents: z.array(z.array(z.string())),
});
export type Facts = z.infer<typeof Facts>;
