/**
 * Schemas: any Standard Schema (https://standardschema.dev, version 1) describes inputs, outputs
 * and payloads. Callers see a schema's input type, the work sees its output type.
 */
import { troupeError } from './errors.ts';

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
 * not take it.
 * @param what names the value in errors, such as `input of finder`.
 * @throws TroupeError `INVALID` with path and message of every issue; `SCHEMA_ASYNC`.
 */
export function parse<Out>(schema: Schema<unknown, Out>, value: unknown, what: string): Out {
  const result = validated(schema, value, what);
  if ('then' in result) {
    result.then(undefined, () => undefined);
    throw troupeError('SCHEMA_ASYNC', { what });
  }
  if (result.issues === undefined) return result.value;
  throw troupeError('INVALID', { what, issues: result.issues.map(plainIssue) });
}

function validated<Out>(
  schema: Schema<unknown, Out>,
  value: unknown,
  what: string,
): SchemaResult<Out> | Promise<SchemaResult<Out>> {
  try {
    return schema['~standard'].validate(value);
  } catch (error) {
    const message = `the schema threw: ${error instanceof Error ? error.message : String(error)}`;
    throw troupeError('INVALID', { what, issues: [{ path: '', message }] }, error);
  }
}

function plainIssue(issue: SchemaIssue): { path: string; message: string } {
  const keys = (issue.path ?? []).map((part) => (typeof part === 'object' ? part.key : part));
  return { path: keys.map(String).join('.'), message: issue.message };
}
