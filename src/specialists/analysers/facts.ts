/**
 * The facts of an audit: what the analysers found, put together from the results of all chunks.
 * Pure; the order of the chunks does not matter but for clones, which keep the detector's.
 */
import type {
  Complexity,
  Duplication,
  Facts,
  FunctionValue,
  Leftovers,
  Modules,
  Recheck,
  Skipped,
  Survey,
} from './findings.ts';
import { cyclicComponents, graphOf, topFanIn } from './modules.ts';

/** Everything that an audit's jobs gave back. */
export interface Results {
  readonly survey: Survey;
  readonly complexity: readonly Complexity[];
  readonly leftovers: readonly Leftovers[];
  readonly duplication: Duplication;
  readonly modules: readonly Modules[];
  /** What was found when all else was done. */
  readonly recheck: readonly Recheck[];
  /** Versions of the analysers, by package. */
  readonly tools: Readonly<Record<string, string>>;
}

/** Puts the results together: worst first, then by file and line. */
export function factsOf(results: Results): Facts {
  const { survey, complexity, duplication } = results;
  const lists = {
    perFileLines: Object.fromEntries(
      [...survey.files]
        .sort((a, b) => b.lines.code - a.lines.code || byText(a.file, b.file))
        .map(({ file, lines }) => [file, lines]),
    ),
    functionsOver10: complexity
      .flatMap(({ functionsOver10 }) => functionsOver10)
      .sort((a, b) => b.complexity - a.complexity || byPlace(a, b)),
    cognitiveOver15: worstFirst(complexity.flatMap(({ cognitiveOver15 }) => cognitiveOver15)),
    longFunctions: worstFirst(complexity.flatMap(({ longFunctions }) => longFunctions)),
    manyParams: worstFirst(complexity.flatMap(({ manyParams }) => manyParams)),
    warningComments: results.leftovers
      .flatMap(({ warningComments }) => warningComments)
      .sort(byPlace),
    clones: duplication.clones,
    ...modulesOf(results),
  };
  return {
    files: survey.files.length,
    tools: { ...results.tools },
    totals: totalsOf(results, lists),
    ...lists,
  };
}

/** What an audit could not look at or found changed, from all results; each file once. */
export function notesOf(results: Omit<Results, 'tools'>): {
  changed: string[];
  skipped: Skipped[];
} {
  const { survey, complexity, leftovers, duplication, modules, recheck } = results;
  const parts = [...complexity, ...leftovers, duplication, ...recheck];
  const changed = new Set(parts.flatMap((part) => part.changed));
  const skipped = new Map<string, Skipped>();
  for (const part of [survey, ...parts, ...modules])
    for (const skip of part.skipped) if (!skipped.has(skip.file)) skipped.set(skip.file, skip);
  return {
    changed: [...changed].sort(),
    skipped: [...skipped.values()].sort((a, b) => byText(a.file, b.file)),
  };
}

type Lists = Omit<Facts, 'files' | 'tools' | 'totals'>;

function modulesOf({ survey, modules }: Results) {
  const moduleGraph = graphOf(
    survey.files.map(({ file }) => file),
    modules,
  );
  return {
    topFanIn: topFanIn(moduleGraph),
    moduleGraph,
    cyclicComponents: cyclicComponents(moduleGraph),
  };
}

function totalsOf({ survey, complexity, duplication }: Results, lists: Lists): Facts['totals'] {
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  const over = (limit: number): number =>
    lists.functionsOver10.filter((found) => found.complexity > limit).length;
  return {
    code: sum(survey.files.map(({ lines }) => lines.code)),
    comment: sum(survey.files.map(({ lines }) => lines.comment)),
    blank: sum(survey.files.map(({ lines }) => lines.blank)),
    functions: sum(complexity.map(({ functions }) => functions)),
    parseErrors: sum(complexity.map(({ syntaxFaults }) => syntaxFaults.length)),
    complexityHistogram: histogramOf(complexity),
    maxComplexity: Math.max(0, ...complexity.map(({ maxComplexity }) => maxComplexity)),
    over10: over(10),
    over20: over(20),
    cognitiveOver15: lists.cognitiveOver15.length,
    warningComments: lists.warningComments.length,
    byTerm: countBy(lists.warningComments.map(({ term }) => term)),
    functionsOver50Lines: lists.longFunctions.length,
    functionsOver5Params: lists.manyParams.length,
    depthOver4: sum(complexity.map(({ depthOver4 }) => depthOver4)),
    clones: lists.clones.length,
    duplicatedLines: duplication.duplicatedLines,
    duplicationPercent: duplication.duplicationPercent,
    moduleEdges: sum(Object.values(lists.moduleGraph).map((targets) => targets.length)),
    cyclicComponents: lists.cyclicComponents.length,
    modulesInCycles: sum(lists.cyclicComponents.map((members) => members.length)),
  };
}

function histogramOf(complexity: readonly Complexity[]): Record<string, number> {
  const classes = ['51+', '21-50', '11-20', '6-10', '1-5'];
  const counts = classes.map((name): [string, number] => [
    name,
    complexity.reduce((sum, chunk) => sum + (chunk.complexityHistogram[name] ?? 0), 0),
  ]);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

function countBy(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of [...values].sort()) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

function worstFirst(found: FunctionValue[]): FunctionValue[] {
  return found.sort((a, b) => b.value - a.value || byPlace(a, b));
}

interface Place {
  readonly file: string;
  readonly line: number;
}

function byPlace(a: Place, b: Place): number {
  return byText(a.file, b.file) || a.line - b.line;
}

const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
