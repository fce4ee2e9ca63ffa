/** The report as data, for a terminal and as Markdown. */
import { describe, expect, test } from 'vitest';
import {
  Report,
  reportMarkdown,
  reportOf,
  reportText,
} from '../../../src/specialists/report/index.ts';
import { aCycle, aFunction, aLeftover, evidence, someClones } from './places.ts';

const heading = { number: 3, finishedAt: Date.UTC(2026, 0, 2, 3, 4, 5) };

const places = [
  aLeftover({ lines: [3, 9], terms: { todo: 1, fixme: 1 } }),
  aFunction({ what: "Function 'send'", complexity: 20, cognitive: 18, lines: 70, fanIn: 12 }),
  someClones(),
  aCycle({ size: 12, imports: 30 }),
  { kind: 'syntax' as const, file: 'bad.ts', line: 3, message: 'Unexpected token.' },
  aFunction({ file: 'b.ts', line: 7, lines: 90 }),
  aFunction({ file: 'c.ts', line: 8, params: 9 }),
];

describe('the report', () => {
  test('given evidence, then it fits its schema, survives JSON and is the same again', () => {
    const report = reportOf(evidence(places));
    expect(Report.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    expect(reportOf(evidence([...places].reverse()))).toEqual(report);
  });

  test('given more places than anybody does, then the worst are kept and the rest counted', () => {
    const many = Array.from({ length: 90 }, (_, n) =>
      aFunction({ line: n + 1, complexity: 11 + n }),
    );
    const { priorities, placesFound } = reportOf(evidence(many));
    expect(priorities).toHaveLength(50);
    expect(priorities[0]).toMatchObject({ rank: 1, where: 'a.ts:40', payOff: 'high' });
    expect(placesFound).toBe(90);
  });
});

test('the text for a terminal of 60 columns', async () => {
  const text = reportText(reportOf(evidence(places)), heading, { columns: 60, places: 6 });
  await expect(text).toMatchFileSnapshot('report.txt');
});

test('given nothing to object to, then both forms say so', () => {
  const report = reportOf(evidence([]));
  expect(reportText(report, heading, { columns: 80 })).toContain('Nothing to object to.');
  expect(reportMarkdown(report, heading)).toContain('Nothing to object to.');
});

test('the Markdown', async () => {
  const report = reportOf(evidence(places.slice(1, 3), { topFanIn: [{ file: 'a.ts', n: 12 }] }));
  await expect(reportMarkdown(report, heading)).toMatchFileSnapshot('report.md');
});

test('given notes, then both forms tell the first and count the others', () => {
  const files = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const { notes } = evidence([]);
  const report = reportOf(
    evidence([], {
      notes: {
        ...notes,
        changed: { count: 7, first: files },
        skipped: { count: 1, first: [{ file: 'big.js', reason: 'too-large' }] },
        syntaxFaults: { count: 1, first: [{ file: 'bad.js', line: 4, message: 'no' }] },
        unresolved: { count: 1, first: [{ file: 'a.js', module: './gone' }] },
      },
    }),
  );
  const text = reportText(report, heading, { columns: 80 });
  const [, notesText] = text.split('To know\n\n');
  expect(notesText).toMatchInlineSnapshot(`
    "- 7 files that changed during the audit (partly measured before, partly after):
      a, b, c, d, e and 2 more
    - 1 file that could not be parsed: bad.js:4
    - 1 import leading nowhere: a.js -> ./gone
    - 1 file left aside: big.js (too-large)
    "
  `);
  expect(reportMarkdown(report, heading)).toContain('- 1 file left aside: big.js (too-large)');
});

test('given names that would steer a terminal or mean something in Markdown, then harmless', () => {
  const file = 'a\u001b[31m`b`_c_\nd.ts';
  const report = reportOf(evidence([aFunction({ file, what: 'Function *x*', complexity: 30 })]));
  const text = reportText(report, heading, { columns: 100 });
  expect(text).not.toContain('\u001b');
  expect(text).toContain('a\uFFFD[31m`b`_c_\uFFFDd.ts:1');
  const markdown = reportMarkdown(report, heading);
  expect(markdown).toContain('### 1. `` a\uFFFD[31m`b`_c_\uFFFDd.ts:1 ``');
  expect(markdown).toContain('- What: Function \\*x\\*');
});
