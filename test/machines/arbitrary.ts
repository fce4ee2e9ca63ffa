/**
 * Arbitraries from zod schemas, through their JSON Schema and a filter by the schema itself, so
 * that whatever the events and specs become, the properties still speak about all of them.
 */
import fc from 'fast-check';
import { z } from 'zod';
import { jsonValues } from '../protocol/json-values.ts';

/** Values of a schema. Numbers stay small enough for sums of them to be exact. */
export function arbitraryOf<Out>(schema: z.ZodType<Out>): fc.Arbitrary<Out> {
  const root = z.toJSONSchema(schema, { io: 'input' });
  const values = valuesOf(root, { root, depth: 2 });
  return values.filter((value): value is Out => schema.safeParse(value).success);
}

type JsonSchema = z.core.JSONSchema.JSONSchema;

interface Place {
  readonly root: JsonSchema;
  /** How often a recursive schema may still be entered. */
  readonly depth: number;
}

function valuesOf(schema: JsonSchema, place: Place): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.$ref !== undefined) return valuesOf(referred(schema.$ref, place), place);
  const members = schema.anyOf ?? schema.oneOf;
  if (members !== undefined) {
    const inner = members.some(isRecursive) ? { ...place, depth: place.depth - 1 } : place;
    return fc.oneof(...endingOf(members, place).map((member) => valuesOf(member, inner)));
  }
  const types: unknown = schema.type;
  if (Array.isArray(types)) return fc.oneof(...types.map((type) => ofType(type, schema, place)));
  return ofType(types, schema, place);
}

function ofType(type: unknown, schema: JsonSchema, place: Place): fc.Arbitrary<unknown> {
  switch (type) {
    case 'string':
      return fc.string({ minLength: schema.minLength ?? 0, maxLength: 8 });
    case 'integer':
      return integers(schema);
    case 'number':
      return numbers(schema);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valuesOf(itemsOf(schema), place), { maxLength: 3 });
    case 'object':
      return objects(schema, place);
    case undefined:
      return anyJson;
    default:
      throw new Error(`no values for the type ${String(type)}`);
  }
}

/** Members of a union; where a recursive schema has been entered often enough, those that end. */
function endingOf(members: readonly JsonSchema[], { depth }: Place): readonly JsonSchema[] {
  const flat = members.filter((member) => !isRecursive(member));
  return depth > 0 || flat.length === 0 ? members : flat;
}

const isRecursive = (schema: JsonSchema): boolean => JSON.stringify(schema).includes('$ref');

/** JSON values as they come out of JSON text: without -0. */
const anyJson: fc.Arbitrary<unknown> = jsonValues.map((value) => JSON.parse(JSON.stringify(value)));

const WIDEST = 1_000_000;

function integers({ minimum = -WIDEST, maximum = WIDEST }: JsonSchema): fc.Arbitrary<number> {
  return fc.integer({ min: Math.max(minimum, -WIDEST), max: Math.min(maximum, WIDEST) });
}

function numbers(schema: JsonSchema): fc.Arbitrary<number> {
  const { minimum, maximum } = schema;
  const exclusiveMinimum = asNumber(schema.exclusiveMinimum);
  const exclusiveMaximum = asNumber(schema.exclusiveMaximum);
  return fc
    .double({
      min: Math.max(minimum ?? exclusiveMinimum ?? -WIDEST, -WIDEST),
      max: Math.min(maximum ?? exclusiveMaximum ?? WIDEST, WIDEST),
      minExcluded: exclusiveMinimum !== undefined,
      maxExcluded: exclusiveMaximum !== undefined,
      noNaN: true,
    })
    .map((value) => value + 0);
}

const asNumber = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : undefined;

function objects(schema: JsonSchema, place: Place): fc.Arbitrary<unknown> {
  const required = schema.required ?? [];
  const fields = Object.entries(schema.properties ?? {})
    .filter(([name, field]) => required.includes(name) || !isSpent(field, place))
    .map(([name, field]) => [name, valuesOf(asSchema(field), deeper(field, place))] as const);
  if (fields.length === 0) return fc.dictionary(fc.string({ maxLength: 4 }), anyJson);
  return fc.record(Object.fromEntries(fields), { requiredKeys: [...required] });
}

const isReference = (field: unknown): boolean => asSchema(field).$ref !== undefined;
const isSpent = (field: unknown, place: Place): boolean => isReference(field) && place.depth === 0;
const deeper = (field: unknown, place: Place): Place =>
  isReference(field) ? { ...place, depth: place.depth - 1 } : place;

const asSchema = (schema: unknown): JsonSchema =>
  typeof schema === 'object' && schema !== null ? (schema as JsonSchema) : {};

const itemsOf = ({ items }: JsonSchema): JsonSchema =>
  asSchema(Array.isArray(items) ? items[0] : items);

function referred(reference: string, { root }: Place): JsonSchema {
  return asSchema(root.$defs?.[reference.split('/').at(-1) ?? '']);
}
