/** Text tables for the terminal: columns as wide as their content, the last one cut to fit. */

/** A column: its heading, its texts' side, and how to get a text. */
export interface Column<Row> {
  readonly title: string;
  readonly isNumber?: boolean;
  /** Gives way when a line is too long, and loses its beginning: addresses differ at their end. */
  readonly isElastic?: boolean;
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
  const widths = fitted(
    columns,
    columns.map((_, at) => Math.max(...cells.map((line) => line[at]?.length ?? 0))),
    width,
  );
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

/** A text cut to a width at its start. */
const cutStart = (text: string, width: number): string =>
  text.length <= width ? text : `…${text.slice(text.length - width + 1)}`;

function textsOf<Row>(columns: readonly Column<Row>[], row: Row): string[] {
  return columns.map(({ text }) => oneLine(text(row)));
}

/** Least width of an elastic column. */
const elasticMin = 16;

/** The widths of the columns, an elastic one as narrow as it has to be. */
function fitted<Row>(
  columns: readonly Column<Row>[],
  widths: readonly number[],
  width: number,
): readonly number[] {
  const over = widths.reduce((sum, one) => sum + one + 2, -2) - width;
  return widths.map((one, at) =>
    columns[at]?.isElastic === true && over > 0 ? Math.max(elasticMin, one - over) : one,
  );
}

function joined<Row>(
  columns: readonly Column<Row>[],
  line: readonly string[],
  widths: readonly number[],
): string {
  const padded = columns.map(({ isNumber }, at) => {
    const width = widths[at] ?? 0;
    const text = cutStart(line[at] ?? '', width);
    return isNumber === true ? text.padStart(width) : text.padEnd(width);
  });
  return padded.join('  ').trimEnd();
}

const isControl = (character: string): boolean => character < ' ' || character === '\u007f';
