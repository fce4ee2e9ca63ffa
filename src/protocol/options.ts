/**
 * Options that users write: checked whole before anything happens, and refused with one error that
 * names the first field that does not fit. Unknown fields are refused, so that a misspelt option is
 * found when it is written.
 */
import { z } from 'zod';
import { Duration, durationMs } from './duration.ts';
import { troupeError } from './errors.ts';
import { checkId } from './ids.ts';
import { limits } from './limits.ts';
import { optionsBeside } from './option-names.ts';
import { RetryOptions, type RetryPolicy, retryPolicy } from './retry.ts';
import { isSchema, type Schema } from './schema.ts';

/**
 * Checks options against their schema; gives a copy without what the schema changes.
 * @param where names who takes them, such as `bot finder`.
 * @throws TroupeError `BAD_OPTION` naming the field.
 */
export function checkOptions<Options>(
  schema: z.ZodType<Options>,
  options: unknown,
  where: string,
): Options {
  const checked = schema.safeParse(options);
  if (checked.success) return checked.data;
  throw troupeError('BAD_OPTION', { where, ...problemOf(checked.error.issues, schema) });
}

const wholeFromOne = 'must be a whole number of at least 1';

/** A Standard Schema as an option. */
export const SchemaOption = z.custom<Schema>(
  isSchema,
  'must be a Standard Schema, such as z.object({ … })',
);

/** A function as an option. */
export const FunctionOption = z.custom<(...given: unknown[]) => unknown>(
  (given) => typeof given === 'function' && !isGenerator(given),
  'must be a function, and no generator',
);

/** A function as an option that may give parts, as an async generator. */
export const PartsFunctionOption = z.custom<(...given: unknown[]) => unknown>(
  (given) => typeof given === 'function' && !isSyncGenerator(given),
  'must be a function, and no synchronous generator',
);

/** A function as an option whose result is used at once. */
export const PureFunctionOption = FunctionOption.refine(
  (given) => Object.prototype.toString.call(given) !== '[object AsyncFunction]',
  'must be synchronous',
);

/** An object with any keys as an option. It is passed on as it is. */
export const RecordOption = z.custom<Readonly<Record<string, unknown>>>(
  (given) => typeof given === 'object' && given !== null && !Array.isArray(given),
  'must be an object',
);

/** A text as an option, at least one character long. */
export const TextOption = z.string('must be a text').min(1, 'must not be empty');

/** Who decides, as an option. */
export const PersonOption = z
  .string('must be a text')
  .trim()
  .min(1, 'must not be empty')
  .max(limits.idChars, `must have at most ${limits.idChars} characters`);

const atMost = `must have at most ${limits.commentChars} characters`;

/** What somebody says along with a decision, as an option. */
export const CommentOption = z.string('must be a text').trim().max(limits.commentChars, atMost);

/** Why something was decided so, as an option. */
export const ReasonOption = CommentOption.min(1, 'must not be empty');

/** A whole number of at least 1 as an option. */
export const CountOption = z.int(wholeFromOne).min(1, wholeFromOne);

/** A time-out as an option. */
export const TimeoutOption = Duration.refine(
  (given) => durationMs(given) > 0,
  'must be longer than 0',
);

/** The options that every definition has; the caller adds its own. */
export const definitionFields = {
  id: z.string(),
  /** Raised when old runs could mean something new under it (default `'1'`). */
  version: z.string('must be a text').optional(),
  title: TextOption.optional(),
  description: TextOption.optional(),
  /** Callers pass what it takes, the work sees what it gives; without it the input is undefined. */
  input: SchemaOption.optional(),
  /** Attempts and pauses; `false` is one attempt (default 3 attempts). */
  retry: RetryOptions.optional(),
  /** Of one attempt (default none). */
  timeout: TimeoutOption.optional(),
};

/** The checked options that every definition has. */
export interface DefinitionOptions {
  readonly version?: string | undefined;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly input?: Schema | undefined;
  readonly retry?: RetryOptions | undefined;
  readonly timeout?: Duration | undefined;
}

/** What every definition is made of. */
export interface DefinitionCore {
  readonly id: string;
  readonly version: string;
  readonly title: string | undefined;
  readonly description: string | undefined;
  readonly input: Schema | undefined;
  readonly retry: RetryPolicy;
  readonly timeoutMs: number | undefined;
}

/**
 * The id in a definition's options, before anything else is looked at: other errors name it.
 * @param kind `bot`, `task` or `workflow`.
 * @throws TroupeError `BAD_ID`; `BAD_OPTION` when the options are no object.
 */
export function definitionId(options: unknown, kind: string): string {
  if (typeof options !== 'object' || options === null) {
    const found = options === null ? 'null' : typeof options;
    throw troupeError('BAD_OPTION', {
      where: kind,
      field: 'options',
      problem: `must be an object, not ${found}`,
    });
  }
  return checkId('id' in options ? options.id : undefined, `${kind} id`);
}

/**
 * The part that all definitions share, from checked options.
 * @param where names the definition, such as `bot finder`.
 * @throws TroupeError `BAD_ID` for a version that is no id.
 */
export function definitionCore(
  id: string,
  options: DefinitionOptions,
  where: string,
): DefinitionCore {
  return {
    id,
    version: checkId(options.version ?? '1', `version of ${where}`),
    title: options.title,
    description: options.description,
    input: options.input,
    retry: Object.freeze(retryPolicy(options.retry)),
    timeoutMs: options.timeout === undefined ? undefined : durationMs(options.timeout),
  };
}

const isSyncGenerator = (given: object): boolean =>
  Object.prototype.toString.call(given) === '[object GeneratorFunction]';

const isGenerator = (given: object): boolean =>
  /Generator/.test(Object.prototype.toString.call(given));

interface Problem {
  readonly field: string;
  readonly problem: string;
}

/** An unknown field is told first: a misspelt one makes others missing. */
function problemOf(issues: readonly z.core.$ZodIssue[], schema: unknown): Problem {
  const unknown = issues.find((issue) => issue.code === 'unrecognized_keys');
  if (unknown !== undefined) {
    const path = [...unknown.path, ...unknown.keys.slice(0, 1)];
    const known = optionsBeside(schema, path).join(', ') || 'none';
    return { field: fieldOf(path), problem: `is no option here (options: ${known})` };
  }
  const [first] = issues;
  if (first === undefined) return { field: 'options', problem: 'are refused' };
  if (first.code === 'invalid_union') return unionProblem(first, schema);
  return { field: fieldOf(first.path), problem: problemText(first) };
}

/** Of a union, the member that was reached deepest is the one that was meant. */
function unionProblem(issue: z.core.$ZodIssueInvalidUnion, schema: unknown): Problem {
  const problems = issue.errors.map((issues) =>
    problemOf(
      issues.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })),
      schema,
    ),
  );
  const depth = (problem: Problem): number => problem.field.split(/[.[]/).length;
  const deepest = problems.reduce<Problem | undefined>(
    (best, problem) => (best === undefined || depth(problem) > depth(best) ? problem : best),
    undefined,
  );
  const own = { field: fieldOf(issue.path), problem: problemText(issue) };
  return deepest !== undefined && depth(deepest) > depth(own) ? deepest : own;
}

/** Our own messages are whole; zod's are quoted. */
const problemText = (issue: z.core.$ZodIssue): string =>
  issue.message.startsWith('must ') ? issue.message : `is refused (${issue.message})`;

const fieldOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '') || 'options';
