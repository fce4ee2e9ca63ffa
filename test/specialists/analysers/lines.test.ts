/** Lines are counted as cloc counts them, odd cases included. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linesOf } from '../../../src/specialists/analysers/lines.ts';

// Counted by cloc 1.96.
const counted: readonly [
  what: string,
  text: string,
  code: number,
  comment: number,
  blank: number,
][] = [
  ['nothing', '', 0, 0, 0],
  ['one line without its end', 'a', 1, 0, 0],
  ['code with a comment behind it', 'a; // b\nc;\n', 2, 0, 0],
  ['a comment alone', '// a\n/* b */\n', 0, 2, 0],
  ['a block with blank lines in it', '/*\n\n a\n*/\nb\n', 1, 3, 1],
  ['code around a block', 'a /* b\nc */ d\n', 1, 1, 0],
  ['an open block', 'a\n/* b\n// c\n', 2, 1, 0],
  ['what looks like a comment in a string', "a('http://b');\nc('/*');\nd('*/');\n", 2, 1, 0],
  ['line ends of DOS', 'a\r\n\r\n// b\r\n', 1, 1, 1],
  ['a backslash before a blank line', 'a \\\n\nb\n', 3, 0, 0],
  ['no space but one that does not break', '\u00a0\n', 1, 0, 0],
];

test.each(counted)('%s', (_, text, code, comment, blank) => {
  expect(linesOf(text)).toEqual({ code, comment, blank });
});

const piece = fc.constantFrom('a', '//', '/*', '*/', '*', '/', '\n', '\r\n', ' ', '\\', '"', '`');

test('property: code, comment and blank lines add up to all lines', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 80 }), (pieces) => {
      const text = pieces.join('');
      const { code, comment, blank } = linesOf(text);
      const all = text.split('\n').length - (text === '' || text.endsWith('\n') ? 1 : 0);
      expect(code + comment + blank).toBe(all);
      expect(Math.min(code, comment, blank)).toBeGreaterThanOrEqual(0);
    }),
  );
});

test('given thousands of open block comments, then counting stays fast', () => {
  const text = 'a /* b\n'.repeat(50_000);
  expect(linesOf(text)).toEqual({ code: 50_000, comment: 0, blank: 0 });
});
