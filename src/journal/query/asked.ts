/**
 * What is asked, and how it is checked before a process is bothered with it: the text, its
 * parameters and its options.
 *
 * SQLite binds NULL where a parameter is missing, so a forgotten one would change the answer
 * without a word. So the text is read as SQLite's tokenizer reads it, as far as it takes to find
 * the parameters; what is given must be exactly those.
 */
import { z } from 'zod';
import {
  CountOption,
  checkOptions,
  type Duration,
  durationMs,
  limits,
  TimeoutOption,
  troupeError,
} from '../../protocol/index.ts';

/** A value that a query takes. */
export type QueryParameter = string | number | bigint | null;

/** Parameters of a query: by place for `?`, by name for `:name`, `@name` and `$name`. */
export type QueryParameters = readonly QueryParameter[] | Readonly<Record<string, QueryParameter>>;

/** How long a query may take, and how much it may give. */
export interface QueryOptions {
  /** Rows at most (default 10,000, up to 1,000,000); more are `QUERY_TOO_LARGE`. */
  readonly limit?: number | undefined;
  /** Real time, from its beginning (default 5 s); then it is ended with `QUERY_TIMEOUT`. */
  readonly timeout?: Duration | undefined;
  /** Ends it with `QUERY_ABORTED`. */
  readonly signal?: AbortSignal | undefined;
}

/** What the process that answers is told. */
export interface Asked {
  readonly sql: string;
  readonly params: QueryParameters;
  readonly rowsMax: number;
}

const aLimit = `must be at most ${limits.queryRowsMax}`;

const Options = z.strictObject({
  limit: CountOption.max(limits.queryRowsMax, aLimit).optional(),
  timeout: TimeoutOption.optional(),
  signal: z.instanceof(AbortSignal, { error: 'must be an AbortSignal' }).optional(),
});

/** A checked query. */
export interface Query {
  readonly asked: Asked;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** Checks a query whole. @throws TroupeError `BAD_OPTION`, naming the place. */
export function checkQuery(sql: unknown, params: unknown, options: unknown): Query {
  if (typeof sql !== 'string' || sql.length > limits.queryTextChars) {
    return refuse('sql', `must be a text of at most ${limits.queryTextChars} characters`);
  }
  const { limit, timeout, signal } = checkOptions(Options, options ?? {}, where);
  return {
    asked: { sql, params: checkParams(sql, params ?? []), rowsMax: limit ?? limits.queryRows },
    timeoutMs: durationMs(timeout ?? limits.queryMs),
    signal,
  };
}

function checkParams(sql: string, given: unknown): QueryParameters {
  const wanted = placesIn(sql);
  const isList = Array.isArray(given);
  if (!isList && !isPlain(given)) return refuse('params', 'must be an array or an object');
  const numbered = wanted.find((one) => /^\?\d/.test(one));
  if (numbered !== undefined) return refuse('sql', `has ${numbered}: write ? or :name instead`);
  const named = new Set(wanted.filter((one) => one !== '?'));
  const count = wanted.length - wanted.filter((one) => one !== '?').length;
  if (named.size > 0 && count > 0) return refuse('sql', 'has ? beside named parameters: use one');
  return isList ? checkList(given, count, named) : checkNamed(given, count, named);
}

function checkList(given: readonly unknown[], count: number, named: ReadonlySet<string>) {
  const [first] = named;
  if (first !== undefined) return refuse('params', `must be an object that has ${first.slice(1)}`);
  if (given.length < count) return refuse(`params[${given.length}]`, 'is missing');
  if (given.length > count) return refuse(`params[${count}]`, 'has no ? in the query');
  return Array.from(given, (value, index) => checkValue(value, `params[${index}]`));
}

function checkNamed(given: object, count: number, named: ReadonlySet<string>) {
  if (count > 0) return refuse('params', `must be an array of ${count}, one for each ?`);
  const names = new Map([...named].map((one) => [one.slice(1), one]));
  const entries = Object.entries(given);
  for (const name of names.keys()) {
    if (!Object.hasOwn(given, name)) return refuse(`params.${name}`, 'is missing');
  }
  if (names.size < named.size) return refuse('sql', 'names one parameter with two signs');
  const checked = entries.map(([name, value]) => {
    const written = names.get(name);
    if (written === undefined) return refuse(`params.${name}`, `has no :${name} in the query`);
    return [written, checkValue(value, `params.${name}`)] as const;
  });
  return Object.fromEntries(checked);
}

const int64 = 2n ** 63n;

function checkValue(value: unknown, field: string): QueryParameter {
  if (value === null) return value;
  if (typeof value === 'string') {
    if (value.length <= limits.queryTextChars) return value;
    return refuse(field, `must have at most ${limits.queryTextChars} characters`);
  }
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value === 'bigint' && value >= -int64 && value < int64) return value;
  return refuse(field, 'must be a text, a finite number, a bigint of 64 bits or null');
}

/** The parameters of a statement as they are written, in order; SQLite's own lexical rules. */
const placesIn = (sql: string): string[] =>
  [...sql.matchAll(tokens)].flatMap(({ groups }) => groups?.place ?? []);

const tokens = new RegExp(
  [
    /'(?:[^']|'')*'?/, // A text
    /"(?:[^"]|"")*"?|`(?:[^`]|``)*`?|\[[^\]]*\]?/, // A quoted name
    /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/, // A comment
    /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/, // A word
    /(?<place>\?\d*|[:@$#][\w$\u0080-\uffff]+)/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'g',
);

function isPlain(given: unknown): given is object {
  if (typeof given !== 'object' || given === null) return false;
  const prototype: unknown = Object.getPrototypeOf(given);
  return prototype === null || prototype === Object.prototype;
}

const where = 'query';

function refuse(field: string, problem: string): never {
  throw troupeError('BAD_OPTION', { where, field, problem });
}
