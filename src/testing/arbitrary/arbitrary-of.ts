/**
 * `arbitraryOf`: a zod schema becomes a fast-check arbitrary. The way is through JSON Schema, which
 * says what values look like; the schema itself has the last word.
 */
import type fc from 'fast-check';
import { isSchema, type Schema, type SchemaInput, troupeError } from '../../protocol/index.ts';
import { Drawing } from './drawing.ts';
import { type Overrides, Overriding } from './overrides.ts';
import { Shapes, type ZodSchema } from './shapes.ts';

export type { Overrides } from './overrides.ts';

/** How values are drawn. */
export interface ArbitraryOptions {
  /** Instead of what the schema says, at a place or wherever a schema stands. */
  readonly overrides?: Overrides | undefined;
}

/**
 * Values that callers may pass to a zod 4 schema, as an arbitrary of fast-check that shrinks. All
 * of them satisfy the schema; those drawn without an override are JSON. Numbers are small (within a
 * million, or next to the bounds that leave nothing there) but for the bounds of the schema itself;
 * strings, arrays and records are short; recursive schemas are entered three times at most.
 *
 * What JSON Schema can't say (dates, bigints, maps, classes, custom checks that hardly anything
 * passes) is drawn as `overrides` says; the schema has to take that, too.
 * @throws TroupeError `NO_ARBITRARY`: with the path of what can't be drawn; also while drawing,
 *   when nothing drawn satisfies a schema. `BAD_OPTION`: an override names no place or schema of
 *   this one, or is no arbitrary.
 */
export function arbitraryOf<S extends Schema<unknown, unknown>>(
  schema: S,
  options?: ArbitraryOptions,
): fc.Arbitrary<SchemaInput<S>>;
export function arbitraryOf(
  schema: Schema<unknown, unknown>,
  { overrides = {} }: ArbitraryOptions = {},
): fc.Arbitrary<unknown> {
  const checked: unknown = schema;
  if (!isZod(checked))
    throw troupeError('NO_ARBITRARY', { path: '(root)', reason: whatOf(checked) });
  const overriding = new Overriding(overrides);
  const isGiven = (...at: Parameters<typeof overriding.bySchema>): boolean =>
    overriding.bySchema(...at) !== undefined;
  const shapes = new Shapes(checked, isGiven);
  overriding.checkAgainst(shapes);
  return new Drawing(shapes, overriding).root();
}

const isZod = (schema: unknown): schema is ZodSchema & Schema =>
  isSchema(schema) && '_zod' in schema && typeof schema._zod === 'object';

function whatOf(schema: unknown): string {
  if (!isSchema(schema)) return 'it is no schema';
  const { vendor } = schema['~standard'];
  return `a schema of ${vendor} is no schema of zod 4, the only ones whose JSON Schema is known`;
}
