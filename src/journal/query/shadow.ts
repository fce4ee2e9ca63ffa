/**
 * Whether a statement gives a name of a view to something of its own. SQLite's authorizer tells
 * the name of what a read is part of, a view or a `WITH` of the statement alike: one that is
 * named like a view would read what only the view may.
 */
import { viewNames } from '../file-reader.ts';

const views: ReadonlySet<string> = new Set(viewNames);

/** The view whose name a statement takes for a `WITH` or a window of its own, if it does. */
export function shadowed(sql: string): string | undefined {
  const words = wordsOf(sql);
  return words.find((word, index) => views.has(word) && isDefined(words, index + 1));
}

/** Whether `AS (` comes next, behind a list of columns where there is one. */
function isDefined(words: readonly string[], next: number): boolean {
  let at = next;
  if (words[at] === '(') {
    const end = words.indexOf(')', at);
    if (end < 0) return false;
    at = end + 1;
  }
  if (words[at] !== 'as') return false;
  at += 1;
  if (words[at] === 'not') at += 1;
  if (words[at] === 'materialized') at += 1;
  return words[at] === '(';
}

/** Words, names without their quotes, and marks; SQLite's own lexical rules. */
const wordsOf = (sql: string): string[] =>
  [...sql.matchAll(tokens)].flatMap(({ groups = {} }) => {
    const { quoted, word, mark } = groups;
    const text = quoted?.slice(1, -1) ?? word ?? mark;
    return text === undefined ? [] : text.toLowerCase();
  });

const tokens = new RegExp(
  [
    // SQLite takes a text for a name, too.
    /(?<quoted>'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])/,
    /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/, // A comment
    /(?<word>[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)/,
    /(?<mark>[^\s])/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'g',
);
