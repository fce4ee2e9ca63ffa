/**
 * Shapes: a JSON Schema, read once, with all that several of them say together in one place. A
 * shape knows the zod schemas that it comes from by their numbers.
 */
import type { z } from 'zod';

/** What JSON Schema says of a value; what is absent says nothing. */
export interface Shape {
  /** Numbers of the zod schemas that it stands for, innermost first. */
  readonly tags: readonly number[];
  /** Of these, those that a value has to satisfy: they imply the others. */
  readonly checks: readonly number[];
  readonly ref?: string | undefined;
  /** Shapes that all hold beside this one. */
  readonly all: readonly Shape[];
  /** Shapes of which one holds. */
  readonly members?: readonly Shape[] | undefined;
  /** Why JSON Schema can't say it. */
  readonly unsaid?: string | undefined;
  readonly isNever: boolean;
  readonly types?: readonly string[] | undefined;
  readonly values?: readonly unknown[] | undefined;
  /** Bounds of a number, the tightest of which holds. */
  readonly least: readonly Bound[];
  readonly most: readonly Bound[];
  readonly steps: readonly number[];
  readonly lengthMin: number;
  readonly lengthMax: number;
  readonly format?: string | undefined;
  readonly patterns: readonly string[];
  readonly itemsMin: number;
  readonly itemsMax: number;
  readonly prefix: readonly Shape[];
  readonly items?: Shape | undefined;
  readonly fields: ReadonlyMap<string, Shape>;
  readonly required: ReadonlySet<string>;
  /** Names and values of further keys; absent: there are none worth drawing. */
  readonly names?: Shape | undefined;
  readonly others?: Shape | undefined;
}

/** A bound and whether it is itself allowed. */
export interface Bound {
  readonly at: number;
  readonly isOpen: boolean;
}

/** Under this key a JSON Schema holds the numbers of its zod schemas. */
export const tagKey = 'x-troupe-schemas';
/** Under this key it holds why it says nothing. */
export const unsaidKey = 'x-troupe-unsaid';

type Json = z.core.JSONSchema._JSONSchema;

const nothing: Shape = {
  tags: [],
  checks: [],
  all: [],
  isNever: false,
  least: [],
  most: [],
  steps: [],
  lengthMin: 0,
  lengthMax: Number.POSITIVE_INFINITY,
  patterns: [],
  itemsMin: 0,
  itemsMax: Number.POSITIVE_INFINITY,
  prefix: [],
  fields: new Map(),
  required: new Set(),
};

/** Reads a JSON Schema (draft 2020-12). */
export function shapeOf(json: Json): Shape {
  if (typeof json === 'boolean') return { ...nothing, isNever: !json };
  const tags = numbersOf(json[tagKey]);
  return {
    ...nothing,
    tags,
    checks: tags.slice(-1),
    // What zod says beside a reference is all of it again, with what a check adds.
    ref: (json.type ?? json.anyOf ?? json.oneOf) === undefined ? json.$ref : undefined,
    all: (json.allOf ?? []).map(shapeOf),
    members: (json.anyOf ?? json.oneOf)?.map(shapeOf),
    unsaid: typeof json[unsaidKey] === 'string' ? json[unsaidKey] : undefined,
    isNever: json.not !== undefined,
    types: typeof json.type === 'string' ? [json.type] : json.type,
    values: json.const === undefined ? json.enum : [json.const],
    ...ofNumber(json),
    lengthMin: json.minLength ?? 0,
    lengthMax: json.maxLength ?? Number.POSITIVE_INFINITY,
    format: json.format,
    patterns: json.pattern === undefined ? [] : [json.pattern],
    ...ofArray(json),
    ...ofObject(json),
  };
}

const numbersOf = (value: unknown): readonly number[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'number') : [];

function ofNumber(json: z.core.JSONSchema.JSONSchema): Partial<Shape> {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = json;
  return {
    least: [...boundOf(minimum, false), ...boundOf(exclusiveMinimum, true)],
    most: [...boundOf(maximum, false), ...boundOf(exclusiveMaximum, true)],
    steps: multipleOf === undefined ? [] : [multipleOf],
  };
}

const boundOf = (at: unknown, isOpen: boolean): readonly Bound[] =>
  typeof at === 'number' ? [{ at, isOpen }] : [];

function ofArray(json: z.core.JSONSchema.JSONSchema): Partial<Shape> {
  return {
    itemsMin: json.minItems ?? 0,
    itemsMax: json.maxItems ?? Number.POSITIVE_INFINITY,
    prefix: (json.prefixItems ?? []).map(shapeOf),
    items: json.items === undefined || Array.isArray(json.items) ? undefined : shapeOf(json.items),
  };
}

function ofObject(json: z.core.JSONSchema.JSONSchema): Partial<Shape> {
  const [pattern] = Object.entries(json.patternProperties ?? {});
  const names = pattern === undefined ? json.propertyNames : { type: 'string' as const };
  const others = pattern === undefined ? json.additionalProperties : pattern[1];
  const read = names === undefined ? undefined : shapeOf(names);
  return {
    fields: new Map(Object.entries(json.properties ?? {}).map(([key, one]) => [key, shapeOf(one)])),
    required: new Set(json.required),
    names: read && pattern !== undefined ? { ...read, patterns: [pattern[0]] } : read,
    others: others === undefined || others === false ? undefined : shapeOf(others),
  };
}

/** The shape of what satisfies both; neither has anything in `all` or a `ref`. */
export function both(left: Shape, right: Shape): Shape {
  const known = { tags: [...left.tags, ...right.tags], checks: [...left.checks, ...right.checks] };
  const [union, other] = left.members === undefined ? [right, left] : [left, right];
  if (union.members !== undefined) {
    const rest = { ...other, tags: [], checks: [] };
    return { ...nothing, ...known, members: union.members.map((one) => joined(one, rest)) };
  }
  const merged = {
    ...nothing,
    ...bothPlain(left, right),
    ...bothContainers(left, right),
    ...known,
  };
  const isNever = merged.isNever || merged.types?.length === 0 || merged.values?.length === 0;
  return { ...merged, isNever };
}

/** Both hold; looked at when somebody draws from it. One reference that both are stays one. */
function joined(left: Shape, right: Shape): Shape {
  const isSame = left.ref !== undefined && left.ref === right.ref;
  if (!isSame || isMore(left) || isMore(right)) return { ...nothing, all: [left, right] };
  const tags = [...left.tags, ...right.tags];
  return { ...left, tags, checks: [...left.checks, ...right.checks] };
}

/** Whether a reference has something to say beside what it refers to. */
const isMore = ({ all, types, values, members }: Shape): boolean =>
  all.length > 0 || (types ?? values ?? members) !== undefined;

const joinedIf = (left: Shape | undefined, right: Shape | undefined): Shape | undefined =>
  left === undefined || right === undefined ? (left ?? right) : joined(left, right);

function bothPlain(left: Shape, right: Shape): Partial<Shape> {
  return {
    unsaid: left.unsaid ?? right.unsaid,
    isNever: left.isNever || right.isNever,
    types: bothTypes(left.types, right.types),
    values: left.values?.filter((one) => right.values?.includes(one) ?? true) ?? right.values,
    least: [...left.least, ...right.least],
    most: [...left.most, ...right.most],
    steps: [...left.steps, ...right.steps],
    lengthMin: Math.max(left.lengthMin, right.lengthMin),
    lengthMax: Math.min(left.lengthMax, right.lengthMax),
    format: left.format ?? right.format,
    patterns: [...left.patterns, ...right.patterns],
  };
}

function bothTypes(
  left: readonly string[] | undefined,
  right: readonly string[] | undefined,
): readonly string[] | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  const integers = (one: string, others: readonly string[]): boolean =>
    one === 'integer' && others.includes('number');
  return [
    ...left.filter((one) => right.includes(one) || integers(one, right)),
    ...right.filter((one) => integers(one, left) && !left.includes(one)),
  ];
}

function bothContainers(left: Shape, right: Shape): Partial<Shape> {
  const longest = left.prefix.length < right.prefix.length ? right : left;
  const keys = new Set([...left.fields.keys(), ...right.fields.keys()]);
  const fieldOf = (key: string): Shape =>
    joinedIf(left.fields.get(key) ?? left.others, right.fields.get(key) ?? right.others) ?? nothing;
  return {
    itemsMin: Math.max(left.itemsMin, right.itemsMin),
    itemsMax: Math.min(left.itemsMax, right.itemsMax),
    prefix: longest.prefix.map(
      (_, at) =>
        joinedIf(left.prefix[at] ?? left.items, right.prefix[at] ?? right.items) ?? nothing,
    ),
    items: joinedIf(left.items, right.items),
    fields: new Map([...keys].map((key) => [key, fieldOf(key)])),
    required: new Set([...left.required, ...right.required]),
    names: joinedIf(left.names, right.names),
    others: joinedIf(left.others, right.others),
  };
}
