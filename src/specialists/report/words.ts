/** Words that both forms of a report share: figures in sentences, and texts made safe to show. */
import { counted, figure } from './numbers.ts';
import type { Notes } from './places.ts';
import type { Report } from './report.ts';
import type { Effort } from './score.ts';

/** What else a heading tells of an audit. */
export interface Heading {
  /** The audit's number on its journal. */
  readonly number: number;
  /** When it finished, in milliseconds since 1970. */
  readonly finishedAt: number;
}

/** How long an effort is. */
export const effortWords: Readonly<Record<Effort, string>> = {
  small: 'small (under an hour)',
  medium: 'medium (about half a day)',
  large: 'large (days)',
};

/** A text without line breaks and control characters: names of files may hold anything. */
export const printable = (text: string): string =>
  [...text].map((character) => (isControl(character) ? '\uFFFD' : character)).join('');

const isControl = (character: string): boolean =>
  character < ' ' || (character >= '\u007f' && character <= '\u009f');

/** The figures of a report, a line for each matter. */
export function figuresOf({ totals, files }: Report): readonly (readonly [string, string])[] {
  const { functions, maxComplexity, over10, cognitiveOver15 } = totals;
  const terms = Object.entries(totals.byTerm).map(([term, n]) => `${figure(n)} ${term}`);
  return [
    [
      'Size',
      `${counted(files, 'file')}, ${counted(totals.code, 'line')} of code, ` +
        `${figure(totals.comment)} of comment`,
    ],
    [
      'Complexity',
      `${figure(over10)} of ${counted(functions, 'function')} over 10 (worst ${maxComplexity}), ` +
        `${figure(cognitiveOver15)} over 15 in cognitive complexity`,
    ],
    [
      'Length',
      `${counted(totals.functionsOver50Lines, 'function')} over 50 lines, ` +
        `${figure(totals.functionsOver5Params)} over 5 parameters`,
    ],
    [
      'Duplication',
      `${counted(totals.clones, 'clone')}, ${counted(totals.duplicatedLines, 'line')} ` +
        `(${totals.duplicationPercent} %)`,
    ],
    [
      'Modules',
      `${counted(totals.moduleEdges, 'import')}, ${counted(totals.cyclicComponents, 'cycle')}` +
        (totals.cyclicComponents > 0 ? ` over ${counted(totals.modulesInCycles, 'module')}` : ''),
    ],
    [
      'Leftovers',
      counted(totals.warningComments, 'comment') +
        (terms.length > 0 ? ` (${terms.join(', ')})` : ''),
    ],
  ];
}

/** What was not as it should be, a sentence for each matter; empty when all was well. */
export function notesOfReport(notes: Notes): string[] {
  const { changed, skipped, syntaxFaults, unresolved, invalidUtf8 } = notes;
  return [
    ...note(
      changed,
      'that changed during the audit (partly measured before, partly after)',
      String,
    ),
    ...note(syntaxFaults, 'that could not be parsed', ({ file, line }) => `${file}:${line}`),
    ...note(unresolved, 'leading nowhere', ({ file, module }) => `${file} -> ${module}`, 'import'),
    ...note(skipped, 'left aside', ({ file, reason }) => `${file} (${reason})`),
    ...note(invalidUtf8, 'with bytes that are no UTF-8, measured without them', String),
  ];
}

/** Names shown in one sentence. */
const namesMax = 5;

function note<Item>(
  list: { readonly count: number; readonly first: readonly Item[] },
  what: string,
  name: (item: Item) => string,
  noun = 'file',
): string[] {
  if (list.count === 0) return [];
  const names = list.first.slice(0, namesMax).map((item) => printable(name(item)));
  const more = list.count - names.length;
  const rest = more > 0 ? ` and ${figure(more)} more` : '';
  return [`${counted(list.count, noun)} ${what}: ${names.join(', ')}${rest}`];
}
