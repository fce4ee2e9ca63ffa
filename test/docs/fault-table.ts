/**
 * The table of docs/FAULTS.md: its sections, its rows and their numbers, which are made here.
 */
import { readFileSync } from 'node:fs';
import { ROOT } from './samples.ts';

export const FAULT_PAGE = `${ROOT}docs/FAULTS.md`;

export interface Fault {
  readonly section: string;
  readonly number: string;
  readonly cells: readonly string[];
  readonly file: string;
  readonly title: string;
}

const isRow = (line: string): boolean => line.startsWith('|') && !/^\| (n|---) \|/.test(line);

/** All rows of the page, in order. */
export function faults(): readonly Fault[] {
  let section = '';
  const rows: Fault[] = [];
  for (const line of readFileSync(FAULT_PAGE, 'utf8').split('\n')) {
    if (line.startsWith('## ')) section = line.slice(3);
    if (!isRow(line)) continue;
    const cells = line.slice(1, -1).split('|');
    const [, file = '', title = ''] = /`(test\/[^`]+)`\s*(.*)$/.exec(cells.at(-1) ?? '') ?? [];
    rows.push({ section, number: cells[0]?.trim() ?? '', cells, file, title: title.trim() });
  }
  return rows;
}

/** The page with its rows numbered from 1. */
export function numberedFaults(): string {
  let number = 0;
  return readFileSync(FAULT_PAGE, 'utf8')
    .split('\n')
    .map((line) => (isRow(line) ? line.replace(/^\|[^|]*\|/, () => `| ${++number} |`) : line))
    .join('\n');
}
