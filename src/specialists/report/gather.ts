/**
 * Gathers evidence from what was collected: findings of one function become one place, pairs of
 * clones become families, comments are counted by file; only the places that matter most are kept.
 * Pure.
 */
import {
  type Facts,
  factsOf,
  type Modules,
  notesOf,
  type Results,
  type SyntaxFault,
} from '../analysers/index.ts';
import { cloneFamilies } from './clone-families.ts';
import { cyclePlaces, type TypeImports } from './cycles.ts';
import {
  type Evidence,
  type FunctionPlace,
  isTestFile,
  type LeftoverPlace,
  type Notes,
  notesMax,
  type Place,
  placesMax,
  shown,
} from './places.ts';
import { ranked } from './score.ts';

/** What the analysers found, without their versions. */
type Collected = Omit<Results, 'tools'>;

/** The facts of an audit; `tools` are the versions of the analysers. */
export const factsFrom = (collected: Collected, tools: Readonly<Record<string, string>>): Facts =>
  factsOf({ ...collected, tools });

/** Files that can't be parsed, from all chunks, by name. */
export const syntaxFaultsIn = ({ complexity }: Collected): SyntaxFault[] =>
  complexity
    .flatMap(({ syntaxFaults }) => syntaxFaults)
    .sort((a, b) => (a.file < b.file ? -1 : Number(a.file > b.file)));

/** Relative imports that lead to no file, from all chunks, in the order of files. */
export const unresolvedIn = ({ modules }: Collected): Modules['unresolved'] =>
  modules.flatMap(({ unresolved }) => unresolved);

const typeImportsIn = ({ modules }: Collected): TypeImports =>
  Object.assign({}, ...modules.map(({ typeImports }) => typeImports));

/** The evidence for the editor. */
export function evidenceOf(collected: Collected, facts: Facts): Evidence {
  const { survey } = collected;
  const places = placesIn(facts, syntaxFaultsIn(collected), typeImportsIn(collected));
  const { code, comment, blank } = facts.totals;
  return {
    root: survey.root,
    files: facts.files,
    lines: { code, comment, blank },
    kinds: survey.kinds
      .filter(({ lines }) => lines > 0)
      .map(({ kind, audited, files, lines }) => ({ kind, audited, files, lines }))
      .slice(0, notesMax),
    totals: facts.totals,
    topFanIn: facts.topFanIn,
    places: ranked(places).slice(0, placesMax),
    placesFound: places.length,
    notes: notesFrom(collected),
  };
}

/** All places in the facts, in no order. */
export function placesIn(
  facts: Facts,
  syntaxFaults: readonly SyntaxFault[],
  typeImports: TypeImports = {},
): Place[] {
  const fanIn = fanInOf(facts.moduleGraph);
  return [
    ...functionPlaces(facts, fanIn),
    ...cloneFamilies(facts.clones),
    ...cyclePlaces(facts, typeImports),
    ...leftoverPlaces(facts, fanIn),
    ...syntaxFaults.map((fault) => ({ kind: 'syntax' as const, ...fault })),
  ];
}

function fanInOf(graph: Facts['moduleGraph']): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const targets of Object.values(graph))
    for (const file of targets) counts.set(file, (counts.get(file) ?? 0) + 1);
  return counts;
}

/** Analysers agree on the line on which a function starts; what is found there is one place. */
function functionPlaces(facts: Facts, fanIn: ReadonlyMap<string, number>): FunctionPlace[] {
  const places = new Map<string, FunctionPlace>();
  const at = (file: string, line: number): FunctionPlace => {
    const key = `${file}:${line}`;
    const place = places.get(key) ?? {
      kind: 'function',
      file,
      line,
      fanIn: fanIn.get(file) ?? 0,
      isTest: isTestFile(file),
    };
    places.set(key, place);
    return place;
  };
  for (const { file, line, what, complexity } of facts.functionsOver10) {
    const place = at(file, line);
    // The worst comes first: of two functions on one line, that one is told.
    if (place.complexity === undefined) Object.assign(place, { what, complexity });
  }
  const note = (found: Facts['longFunctions'], measure: 'cognitive' | 'lines' | 'params'): void => {
    for (const { file, line, value } of found) at(file, line)[measure] ??= value;
  };
  note(facts.cognitiveOver15, 'cognitive');
  note(facts.longFunctions, 'lines');
  note(facts.manyParams, 'params');
  const isInTangled = tangledIn(facts);
  for (const found of facts.functionsOver10) {
    const place = at(found.file, found.line);
    if (place.cognitive === undefined && !isInTangled(found)) place.isFlat = true;
  }
  return [...places.values()].filter((place) => !isOnlyLongTest(place));
}

type Found = Facts['functionsOver10'][number];

/**
 * Tells whether a function may lie in one that is over in cognitive complexity: the outer one is
 * then charged with what is in the inner one. Where an outer one ends is not always known.
 */
function tangledIn({ functionsOver10, cognitiveOver15 }: Facts): (inner: Found) => boolean {
  const ends = new Map(
    functionsOver10.map((found) => [`${found.file}:${found.line}`, found.endLine]),
  );
  const outers = Map.groupBy(cognitiveOver15, ({ file }) => file);
  return (inner) =>
    (outers.get(inner.file) ?? []).some(
      ({ file, line }) =>
        line < inner.line && (ends.get(`${file}:${line}`) ?? inner.endLine) >= inner.endLine,
    );
}

/** A block of tests is a list: that it is long is no finding. */
const isOnlyLongTest = ({ isTest, complexity, cognitive, params }: FunctionPlace): boolean =>
  isTest && complexity === undefined && cognitive === undefined && params === undefined;

function leftoverPlaces(facts: Facts, fanIn: ReadonlyMap<string, number>): LeftoverPlace[] {
  const places = new Map<string, LeftoverPlace>();
  for (const { file, line, term } of facts.warningComments) {
    const place = places.get(file) ?? {
      kind: 'leftovers',
      file,
      lines: [],
      terms: {},
      fanIn: fanIn.get(file) ?? 0,
    };
    places.set(file, place);
    if (place.lines.length < shown) place.lines.push(line);
    place.terms[term] = (place.terms[term] ?? 0) + 1;
  }
  return [...places.values()];
}

function notesFrom(collected: Collected): Notes {
  const { changed, skipped } = notesOf(collected);
  const { invalidUtf8, leftOut } = collected.survey;
  return {
    changed: cut(changed),
    skipped: cut(skipped),
    syntaxFaults: cut(syntaxFaultsIn(collected)),
    unresolved: cut(unresolvedIn(collected)),
    invalidUtf8: cut(invalidUtf8),
    leftOut: cut(leftOut),
  };
}

const cut = <Item>(list: readonly Item[]): { count: number; first: Item[] } => ({
  count: list.length,
  first: list.slice(0, notesMax),
});
