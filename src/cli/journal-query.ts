/** `troupe journal FILE query`: SQL on the views of a journal, also while a team runs on it. */
import { openQueries, type QueryRow } from '../journal/index.ts';
import { exitCodes, type Terminal } from './command.ts';
import { tableLines } from './table.ts';

/** What is asked. */
export interface QueryArguments {
  readonly file: string;
  readonly sql: string;
  readonly json: boolean;
  /** Rows at most; undefined: the default of queries. */
  readonly limit: number | undefined;
}

/** Asks and prints the rows. @throws TroupeError as `troupe.query`. */
export async function queryJournal(
  { file, sql, json, limit }: QueryArguments,
  terminal: Terminal,
): Promise<number> {
  const queries = await openQueries(file);
  try {
    const rows = await queries.ask(sql, [], { limit });
    if (json) terminal.out(`${JSON.stringify(rows, plain, 2)}\n`);
    else if (rows.length === 0) terminal.out('There are no rows.\n');
    else for (const line of rowLines(rows, terminal.columns)) terminal.out(`${line}\n`);
    return exitCodes.done;
  } finally {
    await queries.close(undefined);
  }
}

function rowLines(rows: readonly QueryRow[], width: number): string[] {
  const columns = Object.keys(rows[0] ?? {}).map((title) => ({
    title,
    isNumber: rows.every((row) => /number|bigint/.test(typeof row[title])),
    text: (row: QueryRow) => String(plain('', row[title] ?? '')),
  }));
  return tableLines(columns, rows, width);
}

/** JSON has neither large integers nor bytes: they stand as text. */
function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
}
