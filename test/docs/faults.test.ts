/** Each fault of docs/FAULTS.md names a test that exists, and the page is in order. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FAULT_PAGE, faults, numberedFaults } from './fault-table.ts';
import { ROOT } from './samples.ts';

const SECTIONS = [
  'Process',
  'Power and disk',
  'Damage',
  'Time',
  'Replies',
  'Code that throws',
  'Load',
  'Input',
  'Versions',
  'Leaks',
];

describe('the table of faults', () => {
  const rows = faults();

  test('every section has rows, in order', () => {
    expect([...new Set(rows.map((row) => row.section))]).toEqual(SECTIONS);
  });

  test('a row has five cells, none empty', () => {
    const broken = rows.filter(
      ({ cells }) => cells.length !== 5 || cells.some((cell) => cell.trim() === ''),
    );
    expect(broken.map((row) => row.cells)).toEqual([]);
  });

  test('numbers have no gaps (`npm run -s docs` makes them)', () => {
    expect(readFileSync(FAULT_PAGE, 'utf8')).toBe(numberedFaults());
  });

  test('the test of each fault is there', () => {
    const missing = rows.filter(
      ({ file, title }) =>
        title === '' ||
        !existsSync(ROOT + file) ||
        !readFileSync(ROOT + file, 'utf8').includes(title),
    );
    expect(missing.map(({ number, file, title }) => `${number}: ${file} ${title}`)).toEqual([]);
  });
});
