/**
 * Schemas: any Standard Schema (https://standardschema.dev, version 1) describes inputs, outputs
 * and payloads. Callers see a schema's input type, the work sees its output type.
 */
import { troupeError } from './errors.ts';
import { said } from './said.ts';

/** What Troupe needs of a schema: the Standard Schema interface, version 1. */
export interface Schema<In = unknown, Out = In> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Out> | Promise<SchemaResult<Out>>;
    readonly types?: { readonly input: In; readonly output: Out } | undefined;
  };
}

/** The result of a validation: a value, or the issues that were found. */
export type SchemaResult<Out> =
  | { readonly value: Out; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** One thing that does not fit. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What a caller passes. */
export type SchemaInput<S> =
  S extends Schema<unknown, unknown> ? NonNullable<S['~standard']['types']>['input'] : unknown;

/** What the work sees. */
export type SchemaOutput<S> =
  S extends Schema<unknown, unknown> ? NonNullable<S['~standard']['types']>['output'] : unknown;

/** Whether a value is a Standard Schema, version 1. */
export function isSchema(value: unknown): value is Schema {
  const standard = isObject(value) && '~standard' in value ? value['~standard'] : undefined;
  if (!isObject(standard)) return false;
  return (
    'version' in standard &&
    standard.version === 1 &&
    'validate' in standard &&
    typeof standard.validate === 'function'
  );
}

const isObject = (value: unknown): value is object =>
  value !== null && (typeof value === 'object' || typeof value === 'function');

/**
 * Validates and transforms a value. A schema that throws, as those with a transformation can, does
 * not take it; nor does one that answers with something else than a result.
 * @param what names the value in errors, such as `input of finder`.
 * @throws TroupeError `INVALID` with path and message of every issue; `SCHEMA_ASYNC`.
 */
export function parse<Out>(schema: Schema<unknown, Out>, value: unknown, what: string): Out {
  const result = validated(schema, value, what);
  if (!isObject(result)) throw invalid(what, `the schema answered ${said(result)}`);
  if ('then' in result) {
    result.then(undefined, () => undefined);
    throw troupeError('SCHEMA_ASYNC', { what });
  }
  if (result.issues === undefined) return result.value;
  const { issues }: { issues: unknown } = result;
  if (!Array.isArray(issues)) throw invalid(what, 'the schema answered issues that are no array');
  throw troupeError('INVALID', { what, issues: issues.map(plainIssue) });
}

function validated<Out>(
  schema: Schema<unknown, Out>,
  value: unknown,
  what: string,
): SchemaResult<Out> | Promise<SchemaResult<Out>> {
  try {
    return schema['~standard'].validate(value);
  } catch (error) {
    throw invalid(what, `the schema threw: ${said(error)}`, error);
  }
}

const invalid = (what: string, message: string, cause?: unknown) =>
  troupeError('INVALID', { what, issues: [{ path: '', message }] }, cause);

/** An issue as a schema tells it: the types say what it is, not what it may be. */
function plainIssue(issue: Partial<SchemaIssue> | null): { path: string; message: string } {
  const { path, message = 'the schema gave no message' } = issue ?? {};
  const parts: readonly unknown[] = Array.isArray(path) ? path : [];
  return { path: parts.map(keyText).join('.'), message: said(message) };
}

const keyText = (part: unknown): string => said(isObject(part) && 'key' in part ? part.key : part);
