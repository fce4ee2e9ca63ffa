/**
 * Places: where something should be done, with what was measured there. A function with all that
 * is wrong with it, a family of clones, a cycle of imports, the leftovers of a file, a file that
 * nobody can parse. Schemas, and what they share.
 */
import { z } from 'zod';
import {
  FanIn,
  KindTotals,
  Lines,
  Skipped,
  SyntaxFault,
  Totals,
  thresholds,
} from '../analysers/index.ts';

const count = z.int().min(0);

/** A function over one threshold or more. */
export const FunctionPlace = z.object({
  kind: z.literal('function'),
  file: z.string(),
  line: count,
  /** Such as `Function 'send'`; left out when only its length or its parameters stand out. */
  what: z.string().optional(),
  /** Cyclomatic complexity, when over the threshold; so are the other measures. */
  complexity: count.optional(),
  cognitive: count.optional(),
  lines: count.optional(),
  params: count.optional(),
  /** Whether it is complex without being hard to follow: a list of conditions, none in another. */
  isFlat: z.boolean().optional(),
  /** Modules that import the file. */
  fanIn: count,
  /** Whether the file is a test. */
  isTest: z.boolean(),
});
export type FunctionPlace = z.infer<typeof FunctionPlace>;

/** Some lines of a file. */
export const Passage = z.object({ file: z.string(), start: count, end: count });
export type Passage = z.infer<typeof Passage>;

/** Passages that are alike. */
export const ClonePlace = z.object({
  kind: z.literal('clones'),
  /** In the order of files; at most `shown`. */
  passages: z.array(Passage),
  /** 1 for lines that repeat themselves in one go. */
  copies: count,
  /** Lines of the longest passage. */
  lines: count,
  /** Tokens that need not be there: those of all copies but one. */
  tokens: count,
  /** Whether all of it is in tests. */
  isTest: z.boolean(),
});
export type ClonePlace = z.infer<typeof ClonePlace>;

/** Modules that reach each other by imports. */
export const CyclePlace = z.object({
  kind: z.literal('cycle'),
  /** By name; at most `shown`. */
  members: z.array(z.string()),
  size: count,
  /** Imports between them. */
  imports: count,
  /** A shortest way around: each imports the next, the last the first. */
  shortest: z.array(z.string()),
  /** Whether it would be none without imports of types alone. */
  isOfTypes: z.boolean().optional(),
});
export type CyclePlace = z.infer<typeof CyclePlace>;

/** Comments of a file that put work off. */
export const LeftoverPlace = z.object({
  kind: z.literal('leftovers'),
  file: z.string(),
  /** Lines; at most `shown`. */
  lines: z.array(count),
  /** How often each word is there. */
  terms: z.record(z.string(), count),
  fanIn: count,
});
export type LeftoverPlace = z.infer<typeof LeftoverPlace>;

/** A file that can't be parsed, and so was not measured. */
export const SyntaxPlace = SyntaxFault.extend({ kind: z.literal('syntax') });
export type SyntaxPlace = z.infer<typeof SyntaxPlace>;

/** A place where something should be done. */
export const Place = z.discriminatedUnion('kind', [
  FunctionPlace,
  ClonePlace,
  CyclePlace,
  LeftoverPlace,
  SyntaxPlace,
]);
export type Place = z.infer<typeof Place>;

/** A list that is cut, and how long it was. */
const cutList = <Item extends z.ZodType>(item: Item) => z.object({ count, first: z.array(item) });

/** What an audit could not see as it should. */
export const Notes = z.object({
  /** Files that changed after the survey: partly measured before, partly after. */
  changed: cutList(z.string()),
  skipped: cutList(Skipped),
  syntaxFaults: cutList(SyntaxFault),
  /** Relative imports that lead to no file. */
  unresolved: cutList(z.object({ file: z.string(), module: z.string() })),
  /** Files with bytes that are no UTF-8. */
  invalidUtf8: cutList(z.string()),
  /** Left out by name or by `.gitignore`. */
  leftOut: cutList(z.string()),
});
export type Notes = z.infer<typeof Notes>;

/** What the editor gets: the figures, and the places that matter most. */
export const Evidence = z.object({
  root: z.string(),
  files: count,
  lines: Lines,
  /** Kinds of files with lines, the largest first. */
  kinds: z.array(KindTotals.pick({ kind: true, audited: true, files: true, lines: true })),
  totals: Totals,
  topFanIn: z.array(FanIn),
  /** At most `placesMax`, unordered. */
  places: z.array(Place),
  /** How many places there are in all. */
  placesFound: count,
  notes: Notes,
});
export type Evidence = z.infer<typeof Evidence>;

/** Entries shown of each list inside a place. */
export const shown = 10;

/** Entries kept of each list of notes; `--json` has them all. */
export const notesMax = 100;

/** Places that the editor gets: far more than a report shows, far less than a row holds. */
export const placesMax = 400;

/** The thresholds over which a function is a place. */
export const functionLimits = {
  complexity: thresholds.complexity,
  cognitive: thresholds.cognitive,
  lines: thresholds.functionLines,
  params: thresholds.params,
} as const;

/** Whether a path is that of a test: by its folder or its name. */
export const isTestFile = (file: string): boolean =>
  /(^|\/)(tests?|specs?|__tests__|__mocks__|e2e|fixtures?)\//.test(file) ||
  /[.-](test|spec|test-d|bench)\.[cm]?[jt]sx?$/.test(file);
