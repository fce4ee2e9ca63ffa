/** Text tables for the terminal: columns as wide as their content, the last one cut to fit. */

/** A column: its heading, its texts' side, and how to get a text. */
export interface Column<Row> {
  readonly title: string;
  readonly isNumber?: boolean;
  readonly text: (row: Row) => string;
}

/** The lines of a table, its heading first; nothing for no rows. */
export function tableLines<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
): string[] {
  if (rows.length === 0) return [];
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => textsOf(columns, row))];
  const widths = columns.map((_, at) => Math.max(...cells.map((line) => line[at]?.length ?? 0)));
  return cells.map((line) => cut(joined(columns, line, widths), width));
}

/** One line of a text: line breaks and control characters would break the table. */
export const oneLine = (text: string): string =>
  [...text]
    .map((character) => (isControl(character) ? ' ' : character))
    .join('')
    .trim();

/** A text cut to a width, with a sign that it was. */
export const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;

function textsOf<Row>(columns: readonly Column<Row>[], row: Row): string[] {
  return columns.map(({ text }) => oneLine(text(row)));
}

function joined<Row>(
  columns: readonly Column<Row>[],
  line: readonly string[],
  widths: readonly number[],
): string {
  const padded = columns.map(({ isNumber }, at) => {
    const text = line[at] ?? '';
    const width = widths[at] ?? 0;
    return isNumber === true ? text.padStart(width) : text.padEnd(width);
  });
  return padded.join('  ').trimEnd();
}

const isControl = (character: string): boolean => character < ' ' || character === '\u007f';
