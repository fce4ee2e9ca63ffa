/** Text tables for the terminal: columns as wide as their content, the last one cut to fit. */

/** A column: its heading, its texts' side, and how to get a text. */
export interface Column<Row> {
  readonly title: string;
  readonly isNumber?: boolean;
  /** Gives way when a line is too long, and loses its beginning: addresses differ at their end. */
  readonly isElastic?: boolean;
  readonly text: (row: Row) => string;
  /** Width to which it gives way before the elastic ones, the last column first; 0: it goes. */
  readonly least?: number;
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
/** Columns between two columns of a table. */
const gap = 2;
/** A column that may go is shown from this width on. */
const goneBelow = 4;

/** The widths of the columns: others give way first, then elastic ones, as far as they have to. */
function fitted<Row>(
  columns: readonly Column<Row>[],
  widths: readonly number[],
  width: number,
): readonly number[] {
  const fit = [...widths];
  const narrow = (at: number, least: number): void => {
    const over = fit.reduce((sum, one) => sum + (one > 0 ? one + gap : 0), -gap) - width;
    const before = fit[at] ?? 0;
    if (over > 0) fit[at] = Math.min(before, Math.max(least, before - over));
    // A column of so few characters says nothing.
    if (least === 0 && (fit[at] ?? 0) < goneBelow && fit[at] !== before) fit[at] = 0;
  };
  for (const at of [...columns.keys()].reverse()) {
    const { least } = columns[at] ?? {};
    if (least !== undefined) narrow(at, least);
  }
  for (const [at, { isElastic }] of columns.entries())
    if (isElastic === true) narrow(at, elasticMin);
  return fit;
}

function joined<Row>(
  columns: readonly Column<Row>[],
  line: readonly string[],
  widths: readonly number[],
): string {
  const padded = columns.flatMap(({ isNumber, isElastic }, at) => {
    const width = widths[at] ?? 0;
    if (width === 0) return [];
    const text = (isElastic === true ? cutStart : cut)(line[at] ?? '', width);
    return [isNumber === true ? text.padStart(width) : text.padEnd(width)];
  });
  return padded.join(' '.repeat(gap)).trimEnd();
}

const isControl = (character: string): boolean => character < ' ' || character === '\u007f';
