/**
 * The shapes of a zod schema, as `z.toJSONSchema` says them, each with the zod schemas that it
 * stands for; how references resolve; and how deep the shallowest value of each is.
 */
import { z } from 'zod';
import { both, type Shape, shapeOf, tagKey, unsaidKey } from './shape.ts';

/** A zod schema, of zod or of zod/mini. */
export type ZodSchema = z.core.$ZodType;

/** A zod schema, read. */
export class Shapes {
  readonly root: Shape;
  readonly #schemas: ZodSchema[] = [];
  readonly #referred = new Map<string, Shape>();
  readonly #resolved = new WeakMap<Shape, Shape>();
  readonly #resolving = new Set<Shape>();
  readonly #heights = new Map<string, number>();
  readonly #isGiven: (shape: Shape) => boolean;

  /**
   * @param isGiven whether the values of a shape are given from outside, so that it ends there.
   */
  constructor(schema: ZodSchema, isGiven: (shape: Shape, shapes: Shapes) => boolean) {
    this.#isGiven = (shape) => isGiven(shape, this);
    const json = z.toJSONSchema(schema, {
      io: 'input',
      unrepresentable: 'any',
      metadata: z.registry(),
      override: ({ zodSchema, jsonSchema }) => {
        jsonSchema[tagKey] = [...tagsIn(jsonSchema[tagKey]), this.#schemas.push(zodSchema) - 1];
        const unsaid = unsaidOf(zodSchema);
        if (unsaid !== undefined) jsonSchema[unsaidKey] = unsaid;
      },
    });
    this.root = shapeOf(json);
    this.#referred.set('#', this.root);
    for (const [name, one] of Object.entries(json.$defs ?? {})) {
      this.#referred.set(
        `#/$defs/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
        shapeOf(one),
      );
    }
    this.#measure();
  }

  /** The zod schemas that a shape stands for, with those that they refine. */
  schemasOf(tags: readonly number[]): readonly ZodSchema[] {
    return tags.flatMap((tag) => lineOf(this.#schemas[tag]));
  }

  /** All zod schemas in it, with those that they refine. */
  get schemas(): readonly ZodSchema[] {
    return this.#schemas.flatMap(lineOf);
  }

  /** The zod schemas that a value of a shape has to satisfy. */
  checksOf({ checks, types }: Shape): readonly ZodSchema[] {
    const schemas = checks.flatMap((tag) => this.#schemas[tag] ?? []);
    // A key of a record is text also where its schema takes numbers: the record knows which.
    return types?.join() === 'string' ? schemas.filter((one) => !isNumeric(one)) : schemas;
  }

  /** The shape without reference and `all`: all that holds is said in it. */
  resolved(shape: Shape): Shape {
    const known = this.#resolved.get(shape);
    if (known !== undefined) return known;
    // A reference that comes back to itself says nothing of any value.
    if (this.#resolving.has(shape)) return shapeOf(false);
    this.#resolving.add(shape);
    const { ref, all, ...own } = shape;
    const parts = ref === undefined ? all : [this.#at(ref), ...all];
    const resolved = parts.map((part) => this.resolved(part)).reduce(both, { ...own, all: [] });
    this.#resolving.delete(shape);
    this.#resolved.set(shape, resolved);
    return resolved;
  }

  #at(reference: string): Shape {
    return this.#referred.get(reference) ?? shapeOf(false);
  }

  /** References that the shallowest value goes through; infinite: it has no value that ends. */
  heightOf(shape: Shape): number {
    if (this.#isGiven(shape)) return 0;
    if (shape.isNever) return Number.POSITIVE_INFINITY;
    const { members } = shape;
    const referred = shape.ref === undefined ? 0 : 1 + (this.#heights.get(shape.ref) ?? 0);
    const parts = shape.all.map((part) => this.heightOf(part));
    const least = members && Math.min(...members.map((member) => this.heightOf(member)));
    return Math.max(referred, least ?? 0, ...parts, ...this.#heightsWithin(shape));
  }

  #heightsWithin(shape: Shape): readonly number[] {
    const { fields, required, prefix, items, itemsMin } = shape;
    const needed = [...fields].flatMap(([key, one]) => (required.has(key) ? [one] : []));
    const further = [...required].some((key) => !fields.has(key)) ? shape.others : undefined;
    const rest = itemsMin > prefix.length ? items : undefined;
    const inside = [...needed, further, rest, ...prefix.slice(0, itemsMin)];
    return inside.map((one) => (one === undefined ? 0 : this.heightOf(one)));
  }

  /** Heights of what is referred to: the least that fit, found from infinite ones downwards. */
  #measure(): void {
    for (const reference of this.#referred.keys()) {
      this.#heights.set(reference, Number.POSITIVE_INFINITY);
    }
    for (let isMoving = true; isMoving; ) {
      isMoving = false;
      for (const [reference, shape] of this.#referred) {
        const height = this.heightOf(shape);
        isMoving ||= height !== this.#heights.get(reference);
        this.#heights.set(reference, height);
      }
    }
  }
}

const isNumeric = ({ _zod }: ZodSchema): boolean => _zod.def.type === 'number';

const tagsIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A schema and those that it was made from by adding checks or a description. */
function lineOf(schema: ZodSchema | undefined): readonly ZodSchema[] {
  return schema === undefined ? [] : [schema, ...lineOf(schema._zod.parent)];
}

const unsaidTypes: readonly string[] = [
  'bigint',
  'custom',
  'date',
  'file',
  'function',
  'map',
  'nan',
  'promise',
  'set',
  'symbol',
  'transform',
  'undefined',
  'void',
];

/** What JSON Schema can't say, in words. */
function unsaidOf(schema: ZodSchema): string | undefined {
  const { def } = schema._zod;
  if (unsaidTypes.includes(def.type)) return `JSON Schema can't say z.${def.type}`;
  if (!(schema instanceof z.core.$ZodLiteral)) return undefined;
  const isOutside = schema._zod.def.values.some(
    (value) => value === undefined || typeof value === 'bigint',
  );
  return isOutside ? 'a literal of it is no JSON value' : undefined;
}
