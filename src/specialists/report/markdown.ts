/** The report as Markdown, for a file. Pure. */

import { counted } from './numbers.ts';
import { functionLimits } from './places.ts';
import type { Priority, Report } from './report.ts';
import { effortWords, figuresOf, type Heading, notesOfReport, printable } from './words.ts';

/** How every report as Markdown begins. */
export const reportStart = '# Audit of ';

/** The report as Markdown, a line break at its end. */
export function reportMarkdown(report: Report, heading: Heading): string {
  const more = report.placesFound - report.priorities.length;
  const notes = notesOfReport(report.notes);
  const finished = new Date(heading.finishedAt).toISOString().slice(0, 19).replace('T', ' ');
  return [
    `${reportStart}${plain(report.root)}`,
    '',
    `Audit ${heading.number}, finished ${finished} UTC.`,
    '',
    '| | |',
    '| --- | --- |',
    ...figuresOf(report).map(([name, text]) => `| ${name} | ${plain(text)} |`),
    '',
    '## The worst places first',
    '',
    ...(report.priorities.length === 0 ? ['Nothing to object to.', ''] : []),
    ...report.priorities.flatMap(priorityLines),
    ...(more > 0 ? [`And ${counted(more, 'place')} more.`, ''] : []),
    ...section('Most imported modules', report.topFanIn, ({ file, n }) => `${code(file)}: ${n}`),
    ...section('Lines by kind', report.kinds.slice(0, 12), ({ kind, audited, files, lines }) => {
      const what = audited ? '' : ' (not audited)';
      return `${plain(kind)}: ${counted(lines, 'line')} in ${counted(files, 'file')}${what}`;
    }),
    ...section('To know', notes, plain),
    ...rules,
    '',
  ].join('\n');
}

function priorityLines({ rank, where, what, why, todo, effort, payOff }: Priority): string[] {
  return [
    `### ${rank}. ${code(where)}`,
    '',
    `- What: ${plain(what)}`,
    `- Why: ${plain(why.join(', '))}`,
    `- Do: ${plain(todo)}`,
    `- Pay-off: ${payOff}; effort: ${effortWords[effort]}`,
    '',
  ];
}

function section<Item>(
  title: string,
  items: readonly Item[],
  line: (item: Item) => string,
): string[] {
  if (items.length === 0) return [];
  return [`## ${title}`, '', ...items.map((item) => `- ${line(item)}`), ''];
}

/** A name as code, whatever characters it has. */
function code(text: string): string {
  const shown = printable(text);
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `\`${shown}\`` : `${fence} ${shown} ${fence}`;
}

/** A text in which no character means anything to Markdown. */
const plain = (text: string): string => printable(text).replace(/[\\`*_<>[\]|#~]/g, '\\$&');

const rules = [
  '## How places are ordered',
  '',
  `A function counts from a complexity over ${functionLimits.complexity}, a cognitive complexity ` +
    `over ${functionLimits.cognitive}, more than ${functionLimits.lines} lines or more than ` +
    `${functionLimits.params} parameters; the further over and the more modules import its file, ` +
    'the worse. Clones count by the tokens that need not be there, cycles by their modules, ' +
    'leftovers by their number. A flat list of conditions, complex but not over in cognitive ' +
    'complexity, counts a quarter. Tests count half, and long blocks of tests not at all.',
];
