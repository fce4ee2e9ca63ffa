/** Reports of the benchmarks: machine and load, the table, and `RESULTS.md`. */
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import type { Bound, Figure } from './harness.ts';

/** Where the figures come from. */
export interface Circumstances {
  readonly date: string;
  readonly command: string;
  readonly machine: string;
  readonly versions: string;
  /** One-minute load average when each benchmark began and ended. */
  readonly loads: readonly number[];
}

/** What a benchmark measured. */
export interface Report {
  readonly bench: string;
  readonly about: string;
  readonly parameters: string;
  readonly load: readonly [before: number, after: number];
  readonly figures: readonly Figure[];
}

/** The load before and after a benchmark. */
export const loadText = ({ load: loads }: Pick<Report, 'load'>): string =>
  loads.map((one) => one.toFixed(1)).join(' to ');

/** The load of the last minute. */
export const load = (): number => loadavg()[0] ?? 0;

/** The machine in a line. */
export function machineLine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `${availableParallelism()} x ${model}, ${memory}, ${process.platform} ${process.arch}`;
}

/** The versions of what was measured. */
export function versionsLine(): string {
  const manifest = (name: string): { version: string } =>
    JSON.parse(readFileSync(new URL(`../${name}package.json`, import.meta.url), 'utf8'));
  const packages = ['xstate', 'zod', 'immer'].map(
    (name) => `${name} ${manifest(`node_modules/${name}/`).version}`,
  );
  return [
    `troupe ${manifest('').version}`,
    `Node ${process.version}`,
    `SQLite ${process.versions.sqlite}`,
    ...packages,
  ].join(', ');
}

/** Whether a figure keeps a bound. */
export function keeps(figure: Figure, { of, min, max }: Bound): boolean {
  const value = of === 'value' ? figure.value : (figure.against?.ratio ?? Number.NaN);
  return value >= (min ?? Number.NEGATIVE_INFINITY) && value <= (max ?? Number.POSITIVE_INFINITY);
}

/** Whether a figure breaks a bound that is due. */
export const misses = (figure: Figure): boolean =>
  figure.bounds.some((bound) => bound.isDue && !keeps(figure, bound));

/** `RESULTS.md`. */
export function resultsText(about: Circumstances, reports: readonly Report[]): string {
  const loads = about.loads.map((one) => one.toFixed(1));
  return [
    '# Figures',
    '',
    `Written by \`${about.command}\`, never by hand. The files beside it say what is measured.`,
    '',
    `- Date: ${about.date}`,
    `- Machine: ${about.machine}`,
    `- Versions: ${about.versions}`,
    `- Load of the machine while it ran: ${loads.join(', ')}`,
    '',
    'Every ratio is the median over rounds in which both sides took turns, with its quartiles;',
    'ratios hold better than absolutes. CPU is that of the whole process, garbage collection',
    'included. A floor in brackets is an aim; the others must hold.',
    '',
    ...reports.flatMap((report) => [`## ${report.bench}`, '', ...linesOf(report)]),
  ].join('\n');
}

const linesOf = (report: Report): string[] => [
  `${report.about} Parameters: ${report.parameters}.`,
  `Load: ${loadText(report)}.`,
  '',
  ...table(report.figures),
  '',
];

const peersHeading = '## peers';

/** The section of the peers, which are measured by a command of their own. */
export const peersSection = (
  about: Pick<Circumstances, 'date' | 'machine' | 'versions'>,
  report: Report,
): string =>
  [
    peersHeading,
    '',
    `Written by \`npm run bench:peers -- --write\` on ${about.date}; ${about.machine}.`,
    `Versions: ${about.versions}.`,
    '',
    ...linesOf(report),
  ].join('\n');

/** Results with another section of the peers at their end. */
export const withPeers = (results: string, section: string): string =>
  `${results.slice(0, placeOfPeers(results)).trimEnd()}\n\n${section}`.trimEnd().concat('\n');

/** The section of the peers in results; empty when there is none. */
export const peersIn = (results: string): string => results.slice(placeOfPeers(results));

function placeOfPeers(results: string): number {
  const place = results.indexOf(`\n${peersHeading}\n`);
  return place < 0 ? results.length : place + 1;
}

/** The table in Markdown; columns with nothing in them are left out. */
export function table(figures: readonly Figure[]): string[] {
  const filled = columns
    .map((column) => ({ ...column, cells: figures.map((figure) => column.cell(figure)) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''))
    .map(({ heading, isText = false, cells }) => {
      const width = Math.max(...[heading, ...cells].map((cell) => [...cell].length));
      const padded = [heading, ...cells].map((cell) => pad(cell, width, isText));
      return { rule: ruleOf(width, isText), cells: padded };
    });
  const lines = [undefined, ...figures].map(
    (_, row) => `| ${filled.map(({ cells }) => cells[row]).join(' | ')} |`,
  );
  return lines.toSpliced(1, 0, `|${filled.map(({ rule }) => rule).join('|')}|`);
}

interface Column {
  readonly heading: string;
  readonly isText?: true;
  cell(figure: Figure): string;
}

const columns: readonly Column[] = [
  { heading: 'figure', isText: true, cell: ({ name }) => name },
  { heading: 'value', cell: ({ value, unit }) => withUnit(value, unit) },
  { heading: 'CPU each', cell: ({ cpuUs }) => withUnit(cpuUs, 'µs') },
  { heading: 'adds', cell: ({ addsUs }) => withUnit(addsUs, 'µs') },
  { heading: 'against', isText: true, cell: ({ against }) => against?.name ?? '' },
  { heading: 'ratio', cell: ({ against }) => spread(against) },
  { heading: 'CPU ratio', cell: ({ against }) => fixed(against?.cpuRatio) },
  { heading: 'floor', isText: true, cell: ({ bounds }) => bounds.map(boundText).join(', ') },
  {
    heading: 'verdict',
    isText: true,
    cell: (figure) => [...new Set(figure.bounds.map((one) => verdict(figure, one)))].join(', '),
  },
];

const pad = (cell: string, width: number, isText: boolean): string =>
  isText ? cell.padEnd(width) : cell.padStart(width);

const ruleOf = (width: number, isText: boolean): string =>
  isText ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`;

function withUnit(value: number | undefined, unit: string): string {
  if (value === undefined) return '';
  return `${rounded(value)}${unit.startsWith('/') ? '' : ' '}${unit}`;
}

const spread = (against: Figure['against']): string =>
  against === undefined ? '' : `${fixed(against.ratio)} (${quartiles(against)})`;

const quartiles = ({ low, high }: { low: number; high: number }): string =>
  `${fixed(low)}-${fixed(high)}`;

function boundText({ of, min, max, isDue }: Bound): string {
  const side = min === undefined ? '<=' : '>=';
  const text = `${of === 'ratio' ? 'ratio ' : ''}${side} ${rounded(min ?? max ?? 0)}`;
  return isDue ? text : `(${text})`;
}

function verdict(figure: Figure, bound: Bound): string {
  const kept = keeps(figure, bound);
  if (bound.isDue) return kept ? 'pass' : 'MISS';
  return kept ? 'reached' : 'missed';
}

const fixed = (value = Number.NaN): string => (Number.isNaN(value) ? '' : value.toFixed(2));

/** Three significant digits, and thousands apart. */
function rounded(value: number): string {
  const digits = Number(value.toPrecision(3));
  return digits.toLocaleString('en', { maximumFractionDigits: 3 });
}
