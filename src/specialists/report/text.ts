/** The report for a terminal: as wide as it is, the worst places first. Pure. */

import { counted } from './numbers.ts';
import type { Priority, Report } from './report.ts';
import { effortWords, figuresOf, type Heading, notesOfReport, printable } from './words.ts';

/** How a report is shown. */
export interface TextOptions {
  /** Characters in a line. */
  readonly columns: number;
  /** Places shown (default 10). */
  readonly places?: number;
  /** Makes a text stand out, or step back; by default both leave it as it is. */
  readonly strong?: (text: string) => string;
  readonly faint?: (text: string) => string;
}

/** Lines are kept between these widths: longer ones are hard to read. */
const columnsMin = 40;
const columnsMax = 100;

/** The report as text, a line break at its end. */
export function reportText(report: Report, heading: Heading, options: TextOptions): string {
  const { strong = same, faint = same, places = 10 } = options;
  const columns = Math.min(columnsMax, Math.max(columnsMin, options.columns));
  const shown = report.priorities.slice(0, places);
  const more = report.placesFound - shown.length;
  const notes = notesOfReport(report.notes);
  const style = { strong, faint, columns };
  return [
    strong(`Audit ${heading.number} of ${printable(report.root)}`),
    '',
    ...figuresOf(report).flatMap(([name, text]) =>
      hanging(faint(name.padEnd(11)), 11, text, columns),
    ),
    '',
    ...(shown.length === 0
      ? ['Nothing to object to.', '']
      : [strong('The worst places first'), '']),
    ...shown.flatMap((priority) => [...priorityLines(priority, style), '']),
    ...(more > 0 ? [...wrapped(moreText(more), columns), ''] : []),
    ...(notes.length > 0 ? [strong('To know'), ''] : []),
    ...notes.flatMap((text) => hanging(faint('-'), 1, text, columns)),
    ...(notes.length > 0 ? [''] : []),
  ].join('\n');
}

const moreText = (more: number): string =>
  `${counted(more, 'place')} more; --report FILE writes the worst 50, --json everything.`;

interface Style {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly columns: number;
}

function priorityLines(priority: Priority, { strong, faint, columns }: Style): string[] {
  const { rank, where, what, why, todo, effort, payOff } = priority;
  const number = `${rank}.`.padStart(3);
  const label = (name: string, text: string): string[] =>
    hanging(`    ${faint(name.padEnd(7))}`, 11, text, columns);
  const place = printable(where);
  const title = printable(what);
  const fits = number.length + place.length + title.length + 3 <= columns;
  return [
    `${faint(number)} ${strong(place)}${fits ? `  ${title}` : ''}`,
    ...(fits ? [] : label('what', title)),
    ...label('why', why.map(printable).join(', ')),
    ...label('do', printable(todo)),
    ...label('pay-off', `${payOff}, effort ${effortWords[effort]}`),
  ];
}

/** A text beside its name, wrapped lines below each other; `width` is the name's on the screen. */
function hanging(name: string, width: number, text: string, columns: number): string[] {
  const [first = '', ...rest] = wrapped(text, columns - width - 1);
  return [`${name} ${first}`, ...rest.map((line) => `${' '.repeat(width + 1)}${line}`)];
}

/** Breaks a text between words; a word that is too long stays whole, so that it can be copied. */
function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length <= columns || line === '') line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}

const same = (text: string): string => text;
