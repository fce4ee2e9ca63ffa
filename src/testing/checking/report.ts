/** The report of a check as text: what was found, what was reached, how far it looked. */
import type { CheckResult, Looked, Mutants } from '../check.ts';
import { type Coverage, type Finding, missedOf } from '../findings/index.ts';

/** Missed places that are named for a row of the table; the rest is counted. */
const NAMED = 8;

/** The report of a check, to be read in a terminal. */
export function reportText(result: CheckResult): string {
  const { findings, excused, coverage, mutants, bounds } = result;
  const found = findings.flatMap((finding) => [...findingLines(finding), '']);
  const lines = [
    ...found,
    ...(coverage.length === 0 ? [] : [...tableLines(coverage), '']),
    verdictLine(findings.length, excused),
    ...(mutants === undefined ? [] : [mutantsLine(mutants)]),
    ...boundsLines(bounds),
  ];
  return printable(lines);
}

/** Lines for a terminal: what ids and values hold of control characters does not reach it. */
const printable = (lines: readonly string[]): string =>
  lines.map((line) => line.replaceAll(/\p{Cc}/gu, ' ')).join('\n');

function findingLines({ code, definition, place, message, witness }: Finding): string[] {
  const story = witness.map((line, index) => `    ${index + 1}. ${line}`);
  return [`${code}  ${definition}: ${place}`, `  ${message}`, ...story];
}

/** The findings alone, a line and its story for each. */
export const findingsText = (findings: readonly Finding[]): string =>
  printable(findings.flatMap(findingLines));

function verdictLine(found: number, excused: readonly Finding[]): string {
  const count = found === 0 ? 'Nothing was found' : counted(found, 'finding');
  return excused.length === 0 ? `${count}.` : `${count}; ${excused.length} excused by name.`;
}

function mutantsLine({ all, tried, killed, effects, neverReached }: Mutants): string {
  const left = [
    ...(effects === 0 ? [] : [`${effects} without effects of which no state tells`]),
    ...(neverReached === 0 ? [] : [`${neverReached} where the check never came`]),
  ];
  const out = left.length === 0 ? '' : `; left out: ${left.join(', ')}`;
  return `${counted(all, 'mutant')}: ${tried} tried, ${killed} noticed by the check${out}.`;
}

/** How far it looked; at what has bounds of its own in a line for each. */
function boundsLines({ of = {}, ...bounds }: CheckResult['bounds']): string[] {
  const { states, depth } = bounds;
  const each = `${states} states of each chart and plan`;
  const general = `Bounds: ${each}, ${depth} events of a plan or a random story`;
  const own = Object.entries(of).map(
    ([id, one]) => `  ${id}: ${one.states} states, ${one.depth} events; ${restOf(one)}.`,
  );
  if (own.length === 0) return [`${general}; ${restOf(bounds)}.`];
  return [`${general}, but for what has bounds of its own:`, ...own];
}

const restOf = ({ isExhausted, walks, seed }: Looked): string =>
  isExhausted
    ? 'there was nothing left to look at'
    : `the rest was sampled by ${walks} random stories (seed ${seed})`;

const counted = (count: number, what: string): string =>
  `${count} ${what}${count === 1 ? '' : 's'}`;

/** A row for each kind of place of each definition: reached, of all, and what was missed. */
function tableLines(coverage: Coverage): string[] {
  const groups = Map.groupBy(coverage, ({ definition, kind }) =>
    JSON.stringify([definition, kind]),
  );
  const rows = [...groups.values()].map((places) => rowOf(places));
  const all = [['DEFINITION', 'KIND', 'REACHED', 'NOT REACHED'], ...rows];
  const widths = [0, 1, 2].map((at) => Math.max(...all.map((row) => row[at]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((text, at) => text.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function rowOf(places: Coverage): string[] {
  const missed = missedOf(places).map(({ place }) => place);
  const more = missed.length - NAMED;
  const names = missed.slice(0, NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
  const [first] = places;
  const reached = `${places.length - missed.length} of ${places.length}`;
  return [first?.definition ?? '', first?.kind ?? '', reached, names];
}
