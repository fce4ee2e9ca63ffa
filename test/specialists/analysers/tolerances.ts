/**
 * How facts found by other tools are compared with ours: the tolerances that come with the data.
 */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { type Clone, Facts } from '../../../src/specialists/analysers/index.ts';

/** A file of known facts; what it has beyond this is not compared. */
export const KnownFacts = Facts.pick({
  ...{ files: true, perFileLines: true, functionsOver10: true, cognitiveOver15: true },
  ...{ longFunctions: true, warningComments: true, clones: true },
  ...{ moduleGraph: true, cyclicComponents: true },
}).extend({
  package: z.string(),
  root: z.string(),
  integrity: z.string(),
  manyParams: z.array(z.object({ file: z.string(), line: z.int() })),
});
export type KnownFacts = z.infer<typeof KnownFacts>;

/** Everything in which `found` is further from `known` than it may be, in words. */
export function objections(
  known: Omit<KnownFacts, 'package' | 'root' | 'integrity'>,
  found: Facts,
): string[] {
  const places = (list: KnownFacts['manyParams']) =>
    list.map(({ file, line }) => `${file}:${line}`).sort();
  return [
    ...(known.files === found.files ? [] : [`${found.files} files instead of ${known.files}`]),
    ...lineObjections(known.perFileLines, found.perFileLines),
    ...graphObjections(known, found),
    ...commentObjections(known.warningComments, found.warningComments),
    ...complexityObjections(known.functionsOver10, found.functionsOver10),
    ...valueObjections('cognitiveOver15', 15, known.cognitiveOver15, found.cognitiveOver15),
    ...valueObjections('longFunctions', 50, known.longFunctions, found.longFunctions),
    ...(isDeepStrictEqual(places(known.manyParams), places(found.manyParams))
      ? []
      : [`manyParams ${places(found.manyParams)}, not ${places(known.manyParams)}`]),
    ...cloneObjections(known.clones, found.clones),
  ];
}

/** Exactly the same files, code lines within 1 %. */
function* lineObjections(known: Facts['perFileLines'], found: Facts['perFileLines']) {
  for (const file of Object.keys(found)) if (!known[file]) yield `${file} is no audited file`;
  for (const [file, { code }] of Object.entries(known)) {
    const ours = found[file]?.code ?? Number.NaN;
    if (!(Math.abs(ours - code) <= code / 100)) yield `${file}: ${ours} lines, not ${code}`;
  }
}

/** Exactly the same edges and components. */
function* graphObjections(
  known: Pick<Facts, 'moduleGraph' | 'cyclicComponents'>,
  found: Pick<Facts, 'moduleGraph' | 'cyclicComponents'>,
) {
  for (const file of new Set([
    ...Object.keys(known.moduleGraph),
    ...Object.keys(found.moduleGraph),
  ]))
    if (!isDeepStrictEqual(known.moduleGraph[file], found.moduleGraph[file]))
      yield `${file} imports ${found.moduleGraph[file]}, not ${known.moduleGraph[file]}`;
  const sorted = (components: string[][]): string[] =>
    components.map((members) => members.toSorted().join()).sort();
  if (!isDeepStrictEqual(sorted(known.cyclicComponents), sorted(found.cyclicComponents)))
    yield `components ${sorted(found.cyclicComponents)}`;
}

/** Two comments more or less. */
function* commentObjections(known: Facts['warningComments'], found: Facts['warningComments']) {
  const keys = (comments: Facts['warningComments']): Set<string> =>
    new Set(comments.map(({ file, line, term }) => `${file}:${line} ${term}`));
  const [theirs, ours] = [keys(known), keys(found)];
  const missing = [...theirs].filter((comment) => !ours.has(comment));
  const added = [...ours].filter((comment) => !theirs.has(comment));
  if (missing.length > 2) yield `comments not found: ${missing}`;
  if (added.length > 2) yield `comments that others don't see: ${added}`;
}

/** Each function within 1, and nine in ten of the worst twenty the same. */
function complexityObjections(
  known: Facts['functionsOver10'],
  found: Facts['functionsOver10'],
): string[] {
  const values = (functions: Facts['functionsOver10']) =>
    functions.map(({ file, line, complexity }) => ({ file, line, value: complexity }));
  const worst = (functions: Facts['functionsOver10']): Set<string> =>
    new Set(functions.slice(0, 20).map(({ file, line }) => `${file}:${line}`));
  const ours = worst(found);
  const overlap = [...worst(known)].filter((place) => ours.has(place)).length;
  return [
    ...valueObjections('functionsOver10', 10, values(known), values(found)),
    ...(overlap >= 0.9 * worst(known).size ? [] : [`of the worst twenty only ${overlap}`]),
  ];
}

/** Each value within 1; what one side leaves out may be at its threshold, but not above. */
function* valueObjections(
  what: string,
  threshold: number,
  known: Facts['longFunctions'],
  found: Facts['longFunctions'],
) {
  const table = (values: Facts['longFunctions']): Map<string, number[]> => {
    const byPlace = new Map<string, number[]>();
    for (const { file, line, value } of values) {
      const place = `${file}:${line}`;
      byPlace.set(
        place,
        [...(byPlace.get(place) ?? []), value].sort((a, b) => b - a),
      );
    }
    return byPlace;
  };
  const [theirs, ours] = [table(known), table(found)];
  for (const place of new Set([...theirs.keys(), ...ours.keys()]))
    for (let i = 0; i < (theirs.get(place) ?? ours.get(place) ?? []).length; i += 1) {
      const their = theirs.get(place)?.[i] ?? threshold;
      const our = ours.get(place)?.[i] ?? threshold;
      if (Math.abs(their - our) > 1) yield `${what} ${place} is ${our}, not ${their}`;
    }
}

/** Four of five clones are found again: the same pair of files, lines that overlap. */
function* cloneObjections(known: readonly Clone[], found: readonly Clone[]) {
  const missing = known.filter((clone) => !found.some((other) => sameClone(clone, other)));
  if (missing.length > 0.2 * known.length) yield `clones not found: ${JSON.stringify(missing)}`;
}

function sameClone(one: Clone, other: Clone): boolean {
  const turned: Clone = {
    ...other,
    ...{ a: other.b, aStart: other.bStart, aEnd: other.bEnd },
    ...{ b: other.a, bStart: other.aStart, bEnd: other.aEnd },
  };
  return overlaps(one, other) || overlaps(one, turned);
}

function overlaps(one: Clone, other: Clone): boolean {
  const shared = one.a === other.a && one.b === other.b;
  const first = one.aStart <= other.aEnd && other.aStart <= one.aEnd;
  return shared && first && one.bStart <= other.bEnd && other.bStart <= one.bEnd;
}
