/**
 * Families of clones: the detector finds pairs, a reader wants to know all places that are alike.
 *
 * Two passages belong to one family when a pair names them, or when they overlap in one file by
 * more than half of the shorter one. Joined by union and find with path halving (Tarjan and van
 * Leeuwen, 1984). Pure.
 */
import type { Clone } from '../analysers/index.ts';
import { type ClonePlace, isTestFile, type Passage, shown } from './places.ts';

/** The families in pairs of clones. */
export function cloneFamilies(clones: readonly Clone[]): ClonePlace[] {
  const passages = clones.flatMap(({ a, aStart, aEnd, b, bStart, bEnd }): Passage[] => [
    { file: a, start: aStart, end: aEnd },
    { file: b, start: bStart, end: bEnd },
  ]);
  const heads = passages.map((_, index) => index);
  for (let pair = 0; pair < clones.length; pair += 1) join(heads, 2 * pair, 2 * pair + 1);
  joinOverlapping(passages, heads);
  const families = new Map<number, number[]>();
  for (const index of passages.keys()) {
    const head = headOf(heads, index);
    const members = families.get(head) ?? [];
    families.set(head, members);
    members.push(index);
  }
  return [...families.values()].map((members) => familyOf(members, passages, clones));
}

function headOf(heads: number[], index: number): number {
  let at = index;
  for (let up = heads[at] ?? at; up !== at; up = heads[at] ?? at) {
    heads[at] = heads[up] ?? up;
    at = up;
  }
  return at;
}

function join(heads: number[], a: number, b: number): void {
  const [low, high] = [headOf(heads, a), headOf(heads, b)].sort((x, y) => x - y);
  if (low !== undefined && high !== undefined) heads[high] = low;
}

/** Sorted by place, a passage can only overlap those before it that have not ended. */
function joinOverlapping(passages: readonly Passage[], heads: number[]): void {
  const sorted = passages.map((passage, index) => ({ ...passage, index })).sort(byPlace);
  let open: typeof sorted = [];
  for (const passage of sorted) {
    const last = open.at(-1);
    if (last !== undefined && byPlace(last, passage) === 0) {
      join(heads, last.index, passage.index);
      continue;
    }
    open = open.filter(({ file, end }) => file === passage.file && end >= passage.start);
    for (const other of open) if (isSame(other, passage)) join(heads, other.index, passage.index);
    open.push(passage);
  }
}

function isSame(a: Passage, b: Passage): boolean {
  const common = Math.min(a.end, b.end) - Math.max(a.start, b.start) + 1;
  return common > Math.min(linesOf(a), linesOf(b)) / 2;
}

function familyOf(
  members: readonly number[],
  all: readonly Passage[],
  clones: readonly Clone[],
): ClonePlace {
  const passages = merged(members.flatMap((index) => all[index] ?? []));
  const pairs = [...new Set(members.map((index) => index >> 1))].flatMap(
    (pair) => clones[pair] ?? [],
  );
  const tokens = pairs.reduce((most, pair) => Math.max(most, pair.tokens), 0);
  return {
    kind: 'clones',
    passages: passages.slice(0, shown),
    copies: passages.length,
    lines: Math.max(...passages.map(linesOf)),
    // Lines that repeat themselves in one go are one place.
    tokens: tokens * Math.max(1, passages.length - 1),
    isTest: passages.every(({ file }) => isTestFile(file)),
  };
}

/** Passages that overlap are one place; a file that repeats itself line by line keeps two. */
function merged(passages: readonly Passage[]): Passage[] {
  const places: Passage[] = [];
  for (const passage of [...passages].sort(byPlace)) {
    const last = places.at(-1);
    if (last?.file === passage.file && isSame(last, passage))
      places[places.length - 1] = { ...last, end: Math.max(last.end, passage.end) };
    else places.push(passage);
  }
  return places;
}

const linesOf = ({ start, end }: Passage): number => end - start + 1;

const byPlace = (a: Passage, b: Passage): number =>
  (a.file < b.file ? -1 : Number(a.file > b.file)) || a.start - b.start || a.end - b.end;
