/**
 * Answers one statement on a connection that only reads.
 *
 * What a statement may do is decided by SQLite's authorizer while it is compiled, not by reading
 * its text: it selects, it calls functions, and it reads the views and what they stand on, JSON
 * tables, and nothing else. The first word is looked at too, for a few statements (`VACUUM INTO`)
 * are compiled without asking, and so is what stands behind the statement, which SQLite would not
 * look at, and whether it calls something of its own like a view. The connection is read-only
 * besides.
 */
import { constants, type DatabaseSync, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import { limits, troupeError } from '../../protocol/index.ts';
import { viewNames } from '../file-reader.ts';
import type { Asked, QueryParameter } from './asked.ts';
import { shadowed } from './shadow.ts';
import type { Answer, QueryValue } from './told.ts';

/**
 * Answers a checked query in one read transaction.
 * @throws TroupeError `QUERY_REFUSED`, `QUERY_FAILED`, `QUERY_TOO_LARGE`.
 */
export function answer(db: DatabaseSync, { sql, params, rowsMax }: Asked): Answer {
  const refused: string[] = [];
  db.setAuthorizer((code, first, second, _database, within) => {
    const reason = reasonAgainst(code, { first, second, within });
    if (reason === undefined) return constants.SQLITE_OK;
    refused.push(reason);
    return constants.SQLITE_DENY;
  });
  try {
    const statement = prepared(db, sql);
    return rowsOf(statement, params, rowsMax);
  } catch (error) {
    const [reason] = refused;
    throw reason === undefined ? asAnswer(error) : refusal(reason);
  } finally {
    db.setAuthorizer(null);
  }
}

const views: ReadonlySet<string> = new Set(viewNames);
const jsonTables: ReadonlySet<string> = new Set(['json_each', 'json_tree']);
/** What the authorizer is told of an action. */
interface Action {
  /** Of a read: the table and the column. */
  readonly first: string | null;
  readonly second: string | null;
  /** The view that it is part of. */
  readonly within: string | null;
}

/** Why an action is none of a query's; undefined when it is. */
function reasonAgainst(code: number, { first, second, within }: Action): string | undefined {
  if (code === constants.SQLITE_SELECT || code === constants.SQLITE_RECURSIVE) return undefined;
  if (code === constants.SQLITE_FUNCTION) return undefined;
  if (code !== constants.SQLITE_READ) return 'it does more than read';
  const name = first ?? '';
  // `count(*)` reads no column of what it counts, be it a view's table or a name of the query's.
  const isCounted = second === '';
  const isOurs = views.has(name) || jsonTables.has(name) || (within !== null && views.has(within));
  return isOurs || isCounted ? undefined : `${name} is no view`;
}

function prepared(db: DatabaseSync, sql: string): StatementSync {
  if (!begins.test(sql)) throw refusal('it does not begin with SELECT, WITH, VALUES or EXPLAIN');
  const view = shadowed(sql);
  if (view !== undefined) throw refusal(`it names a part of its own ${view}, as a view is called`);
  const statement = db.prepare(sql);
  const rest = sql.slice(statement.sourceSQL.length);
  if (!nothing.test(rest)) throw refusal('it is more than one statement');
  statement.setReadBigInts(true);
  statement.setReturnArrays(true);
  return statement;
}

const begins = /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*(?:SELECT|WITH|VALUES|EXPLAIN)\b/i;
const nothing = /^(?:[\s;]|--[^\n]*(?:\n|$)|\/\*[\s\S]*?(?:\*\/|$))*$/;

function rowsOf(statement: StatementSync, params: Asked['params'], rowsMax: number): Answer {
  const columns = statement.columns().map(({ name }) => name);
  const twice = columns.find((name, index) => columns.indexOf(name) < index);
  if (twice !== undefined) {
    throw refusal(`two of its columns are called ${twice}; name one of them by AS`);
  }
  const found = Array.isArray(params)
    ? statement.iterate(...params.map(bound))
    : statement.iterate(
        Object.fromEntries(Object.entries(params).map(([name, value]) => [name, bound(value)])),
      );
  const rows: QueryValue[][] = [];
  let chars = columns.join('').length;
  for (const row of found) {
    if (rows.length === rowsMax) throw tooLarge('rows', rowsMax);
    const values = Object.values(row).map(plainValue);
    for (const value of values) chars += sizeOf(value);
    if (chars > limits.queryChars) throw tooLarge('characters', limits.queryChars);
    rows.push(values);
  }
  return { columns, rows };
}

/** A number without a fraction is an integer in SQL: node:sqlite would bind every one as real. */
const bound = (value: QueryParameter): QueryParameter =>
  Number.isSafeInteger(value) && value !== null ? BigInt(value) : value;

function plainValue(value: SQLOutputValue): QueryValue {
  if (typeof value !== 'bigint') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function sizeOf(value: QueryValue): number {
  return typeof value === 'string' || value instanceof Uint8Array ? value.length : 8;
}

const refusal = (reason: string) => troupeError('QUERY_REFUSED', { reason, views: viewNames });

const tooLarge = (what: 'rows' | 'characters', max: number) =>
  troupeError('QUERY_TOO_LARGE', { what, max });

/** What SQLite says of a statement is about the statement. */
function asAnswer(error: unknown): unknown {
  const isOfSqlite = error instanceof Error && !('data' in error);
  return isOfSqlite ? troupeError('QUERY_FAILED', { reason: error.message }, error) : error;
}
