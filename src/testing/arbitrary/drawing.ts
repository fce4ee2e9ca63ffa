/**
 * Drawing: an arbitrary for each shape. A recursive schema is entered a bounded number of times;
 * then the shallowest members are drawn, optional parts left out and arrays left empty.
 */
import fc from 'fast-check';
import { z } from 'zod';
import { troupeError } from '../../protocol/index.ts';
import { anyJson, isKeyName, objectsOf, tuplesOf } from './containers.ts';
import { numbersOf } from './numbers.ts';
import { type Ahead, below, hereOf, type Overriding } from './overrides.ts';
import type { Shape } from './shape.ts';
import type { Shapes, ZodSchema } from './shapes.ts';
import { Sieve } from './sieve.ts';
import { leastSizeOf, sizeOfConstant } from './size.ts';
import { stringsOf } from './text/index.ts';

/** How often recursive schemas are entered on the way to a value. */
const DEPTH = 3;
/** Items and further keys drawn beyond those that are needed, at most. */
const MORE = 3;

/** Where in a value a shape is drawn. */
interface Place {
  readonly path: readonly string[];
  /** How often a recursive schema may still be entered. */
  readonly depth: number;
  readonly ahead: Ahead;
}

type Draws = (shape: Shape, place: Place) => fc.Arbitrary<unknown>;

/** Draws the values of one schema. */
export class Drawing {
  readonly #shapes: Shapes;
  readonly #overriding: Overriding;
  readonly #byType: Readonly<Record<string, Draws>> = {
    string: stringsOf,
    integer: (shape, place) => this.#numbers(shape, true, place),
    number: (shape, place) => this.#numbers(shape, false, place),
    boolean: () => fc.boolean(),
    null: () => fc.constant(null),
    array: (shape, place) => this.#arrays(shape, place),
    object: (shape, place) => this.#objects(shape, place),
  };
  readonly #known = new WeakMap<Shape, Map<number, fc.Arbitrary<unknown>>>();

  constructor(shapes: Shapes, overriding: Overriding) {
    this.#shapes = shapes;
    this.#overriding = overriding;
  }

  /** Values of the whole. */
  root(): fc.Arbitrary<unknown> {
    const { root } = this.#shapes;
    return this.#valuesOf(root, { path: [], depth: DEPTH, ahead: this.#overriding.ahead });
  }

  /** Drawn once for each depth, when no override by path tells places of one shape apart. */
  #valuesOf(shape: Shape, place: Place): fc.Arbitrary<unknown> {
    if (place.ahead.length > 0) return this.#drawn(shape, place);
    const byDepth = this.#known.get(shape) ?? new Map<number, fc.Arbitrary<unknown>>();
    this.#known.set(shape, byDepth);
    const drawn = byDepth.get(place.depth) ?? this.#drawn(shape, place);
    byDepth.set(place.depth, drawn);
    return drawn;
  }

  #drawn(shape: Shape, place: Place): fc.Arbitrary<unknown> {
    const resolved = this.#shapes.resolved(shape);
    const given = hereOf(place.ahead) ?? this.#overriding.bySchema(resolved, this.#shapes);
    const source = given ?? this.#ofShape(resolved, this.#entered(shape, place));
    const checks = this.#shapes
      .checksOf(resolved)
      .filter((one) => given !== undefined || adds(one));
    if (checks.length === 0) return source;
    const path = textOf(place);
    const passes = (value: unknown): value is unknown =>
      checks.every((schema) => isPassing(schema, value, path));
    return new Sieve(source, { passes, path });
  }

  #entered(shape: Shape, place: Place): Place {
    if (shape.isNever) throw noArbitrary(place, 'no value satisfies it');
    if (this.#shapes.heightOf(shape) === Number.POSITIVE_INFINITY) {
      throw noArbitrary(place, 'none of its values would end, or it has none');
    }
    return !isReferring(shape) ? place : { ...place, depth: Math.max(place.depth - 1, -1) };
  }

  #ofShape(shape: Shape, place: Place): fc.Arbitrary<unknown> {
    if (shape.unsaid !== undefined) throw noArbitrary(place, shape.unsaid);
    if (shape.members !== undefined) return this.#ofMembers(shape.members, place);
    if (shape.values !== undefined) return constants(shape.values, place);
    if (shape.types === undefined) return anyJson;
    const drawn = shape.types.map((type) => this.#ofType(type, shape, place));
    if (drawn.length === 0) throw noArbitrary(place, 'no value satisfies it');
    return fc.oneof({ withCrossShrink: true }, ...drawn);
  }

  /** Members of a union that may still be drawn, the simplest first: values shrink towards it. */
  #ofMembers(members: readonly Shape[], place: Place): fc.Arbitrary<unknown> {
    const heights = members.map((member) => this.#shapes.heightOf(member));
    const least = Math.min(...heights);
    const ending = members
      .map((member, index) => ({ member, height: heights[index] ?? least }))
      .filter(({ height }) => height <= Math.max(least, place.depth))
      .map(({ member }) => ({ member, size: leastSizeOf(member, this.#shapes) }))
      .filter(({ size }) => Number.isFinite(size))
      .sort((left, right) => left.size - right.size);
    if (ending.length === 0) throw noArbitrary(place, 'no value satisfies it');
    const drawn = ending.map(({ member }) => this.#valuesOf(member, place));
    return fc.oneof({ withCrossShrink: true }, ...drawn);
  }

  #ofType(type: string, shape: Shape, place: Place): fc.Arbitrary<unknown> {
    const drawn = Object.hasOwn(this.#byType, type) ? this.#byType[type] : undefined;
    if (drawn === undefined) throw noArbitrary(place, `values of the type ${type} are not known`);
    return drawn(shape, place);
  }

  #numbers(shape: Shape, isInteger: boolean, place: Place): fc.Arbitrary<unknown> {
    const drawn = numbersOf(shape, isInteger);
    if (drawn === undefined) throw noArbitrary(place, 'no value satisfies it');
    return drawn;
  }

  #arrays(shape: Shape, place: Place): fc.Arbitrary<unknown> {
    const { prefix, itemsMin, itemsMax } = shape;
    const items = this.#further(shape.items, place, Math.max(0, itemsMin - prefix.length));
    const max = Math.min(itemsMax, Math.max(itemsMin, prefix.length) + MORE);
    const first = prefix
      .slice(0, itemsMax)
      .map((one, index) => ({ one, at: this.#inside(place, String(index)) }))
      .filter(({ one }, index) => index < itemsMin || this.#isEnding(one, place))
      .map(({ one, at }) => this.#valuesOf(one, at));
    return tuplesOf({ prefix: first, items, min: itemsMin, max });
  }

  #objects(shape: Shape, place: Place): fc.Arbitrary<unknown> {
    const { fields, required, names, others } = shape;
    const drawn = [...fields]
      .filter(([key, field]) => required.has(key) || this.#isEnding(field, place))
      .map(([key, field]) => [key, this.#valuesOf(field, this.#inside(place, key))] as const);
    const rest = this.#further(
      others,
      place,
      Number([...required].some((key) => !fields.has(key))),
    );
    const known = names && this.#shapes.resolved(names).values?.map(String);
    const keys =
      names === undefined || known !== undefined
        ? undefined
        : this.#valuesOf(names, { path: [...place.path, '(key)'], depth: place.depth, ahead: [] });
    const more = MORE;
    return objectsOf({ fields: new Map(drawn), required, rest, known, keys: keyNames(keys), more });
  }

  /** What further items or values are, when they may still be drawn. */
  #further(
    shape: Shape | undefined,
    place: Place,
    needed: number,
  ): fc.Arbitrary<unknown> | undefined {
    if (shape === undefined || shape.isNever) return undefined;
    if (needed === 0 && !this.#isEnding(shape, place)) return undefined;
    return this.#valuesOf(shape, this.#inside(place, '*'));
  }

  #isEnding(shape: Shape, { depth }: Place): boolean {
    return this.#shapes.heightOf(shape) <= Math.max(depth, 0);
  }

  #inside({ path, depth, ahead }: Place, key: string): Place {
    return { path: [...path, key], depth, ahead: below(ahead, key) };
  }
}

const isReferring = ({ ref, all }: Shape): boolean => ref !== undefined || all.some(isReferring);

const keyNames = (keys: fc.Arbitrary<unknown> | undefined): fc.Arbitrary<string> | undefined =>
  keys &&
  new Sieve(keys.map(String), {
    passes: (key): key is string => typeof key === 'string' && isKeyName(key),
    path: '(key)',
  });

function constants(values: readonly unknown[], place: Place): fc.Arbitrary<unknown> {
  if (values.length === 0) throw noArbitrary(place, 'no value satisfies it');
  const bySize = values.toSorted((left, right) => sizeOfConstant(left) - sizeOfConstant(right));
  return fc.constantFrom(...bySize);
}

const textOf = ({ path }: Place): string => (path.length === 0 ? '(root)' : path.join('.'));

const noArbitrary = (place: Place, reason: string) =>
  troupeError('NO_ARBITRARY', { path: textOf(place), reason });

/** Whether a schema says more than what is drawn for it satisfies anyway. */
function adds(schema: ZodSchema): boolean {
  const { def } = schema._zod;
  if ((def.checks ?? []).length > 0) return true;
  const isWhole = def.type === 'object' || def.type === 'array';
  return !isWhole && def.type !== 'boolean' && def.type !== 'null' && def.type !== 'unknown';
}

/** Whether the schema takes a value. One that throws, as transformations can, does not. */
function isPassing(schema: ZodSchema, value: unknown, path: string): boolean {
  try {
    return z.safeParse(schema, value).success;
  } catch (error) {
    if (!(error instanceof z.core.$ZodAsyncError)) return false;
    throw troupeError('NO_ARBITRARY', { path, reason: 'its checks are asynchronous' }, error);
  }
}
