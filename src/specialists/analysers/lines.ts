/**
 * Counts the lines of JavaScript and TypeScript text as cloc does.
 *
 * Source: cloc 1.96, filters of `JavaScript` and `TypeScript` (rm_blanks, then call_regexp_common
 * "C++"). cloc knows no strings: what looks like a comment inside one counts as a comment. We keep
 * that, for figures that agree with the tool everyone compares with.
 * Invariant: code + comment + blank = the number of lines.
 */
import type { Lines } from './findings.ts';

/** Lines with code, lines with nothing but comment, and blank lines of a text without byte mark. */
export function linesOf(text: string): Lines {
  const all = text.split('\n').map((line) => line.replace(/\r$/, ''));
  if (all.at(-1) === '') all.pop();
  const kept = withoutBlanks(all);
  // cloc joins a line that ends with a backslash to the next one.
  const joined = kept.map((line) => (isContinued(line) ? `${line}\n` : `${line}\n\n`)).join('');
  const left = withoutComments(joined).replace(/\n+$/, '');
  const code = left === '' ? 0 : withoutBlanks(left.split('\n')).length;
  return { code, comment: kept.length - code, blank: all.length - kept.length };
}

/** Drops blank lines, but for those after a line that ends with a backslash. */
function withoutBlanks(lines: readonly string[]): readonly string[] {
  return lines.filter((line, i) => !/^[ \t\r\f\v]*$/.test(line) || isContinued(lines[i - 1]));
}

function isContinued(line: string | undefined): boolean {
  return line?.endsWith('\\') === true;
}

/** Cuts block comments, and line comments with their line's end; an open block comment stays. */
function withoutComments(text: string): string {
  let kept = '';
  let from = 0;
  let closes = true;
  const opening = /\/[/*]/g;
  for (let found = opening.exec(text); found !== null; found = opening.exec(text)) {
    const closing = found[0] === '//' ? '\n' : '*/';
    // Once a block comment stays open, so do all after it: looking again would be quadratic.
    const end = closing === '\n' || closes ? text.indexOf(closing, found.index + 2) : -1;
    if (end < 0) {
      closes = false;
      opening.lastIndex = found.index + 1;
      continue;
    }
    kept += text.slice(from, found.index);
    from = end + closing.length;
    opening.lastIndex = from;
  }
  return kept + text.slice(from);
}
