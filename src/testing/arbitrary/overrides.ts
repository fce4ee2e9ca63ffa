/**
 * Overrides: how values are drawn that JSON Schema can't say, or that hardly anything satisfies.
 */
import fc from 'fast-check';
import { isSchema, type Schema, troupeError } from '../../protocol/index.ts';
import type { Shape } from './shape.ts';
import type { Shapes } from './shapes.ts';

/**
 * How values are drawn at a place, by its path (`items.*.price`: each item's price; `*` stands for
 * the items of an array and for the values of a record, numbers for places of a tuple, the empty
 * path for the whole value), or wherever a schema stands, by the schema. A schema stands also for
 * those made from it by checks, a description, `optional` and the like.
 */
export type Overrides =
  | Readonly<Record<string, fc.Arbitrary<unknown>>>
  | ReadonlyMap<Schema<unknown, unknown>, fc.Arbitrary<unknown>>;

/** Overrides by path that may still apply below a place. */
export type Ahead = readonly Override[];

interface Override {
  readonly path: readonly string[];
  readonly drawn: fc.Arbitrary<unknown>;
}

const where = 'arbitraryOf';

/** The overrides of a call, checked. */
export class Overriding {
  /** By path, from the root. */
  readonly ahead: Ahead;
  readonly #bySchema: ReadonlyMap<unknown, fc.Arbitrary<unknown>>;

  /** @throws TroupeError `BAD_OPTION`: it is no arbitrary, or no schema. */
  constructor(overrides: Overrides) {
    const isMap = overrides instanceof Map;
    const entries: readonly [unknown, unknown][] = [
      ...(isMap ? overrides : Object.entries(overrides)),
    ];
    const checked = entries.map(([key, drawn]) => [key, checkDrawn(key, drawn)] as const);
    this.#bySchema = new Map(isMap ? checked : []);
    this.ahead = checked.flatMap(([key, drawn]) =>
      typeof key === 'string' ? [{ path: key === '' ? [] : key.split('.'), drawn }] : [],
    );
    for (const key of isMap ? overrides.keys() : []) {
      if (!isSchema(key)) refuse('overrides', 'has a key that is no schema');
    }
  }

  /** What is drawn for a shape because of a schema that it stands for. */
  bySchema({ tags }: Shape, shapes: Shapes): fc.Arbitrary<unknown> | undefined {
    if (this.#bySchema.size === 0) return undefined;
    const schemas = shapes.schemasOf(tags).toReversed();
    const given = schemas.find((schema) => this.#bySchema.has(schema));
    return this.#bySchema.get(given);
  }

  /** @throws TroupeError `BAD_OPTION`: an override names a place or a schema that is not there. */
  checkAgainst(shapes: Shapes): void {
    for (const { path } of this.ahead) {
      const found = path.reduce((at, key) => insideAll(at, key, shapes), [shapes.root]);
      if (found.length === 0) refuse(`overrides['${path.join('.')}']`, 'is no place of the schema');
    }
    const known = new Set<unknown>(shapes.schemas);
    for (const schema of this.#bySchema.keys()) {
      if (!known.has(schema)) refuse('overrides', 'has a schema that is no part of this one');
    }
  }
}

const refuse = (field: string, problem: string): never => {
  throw troupeError('BAD_OPTION', { where, field, problem });
};

function checkDrawn(key: unknown, drawn: unknown): fc.Arbitrary<unknown> {
  if (drawn instanceof fc.Arbitrary) return drawn;
  const name = typeof key === 'string' ? `overrides['${key}']` : 'a value of overrides';
  return refuse(name, 'is no arbitrary of fast-check');
}

/** What is drawn at this very place. */
export const hereOf = (ahead: Ahead): fc.Arbitrary<unknown> | undefined =>
  ahead.find(({ path }) => path.length === 0)?.drawn;

/** What still applies one key further. */
export const below = (ahead: Ahead, key: string): Ahead =>
  ahead.flatMap(({ path: [head, ...path], drawn }) => (head === key ? [{ path, drawn }] : []));

const insideAll = (shapes: readonly Shape[], key: string, all: Shapes): Shape[] =>
  shapes.flatMap((shape) => inside(shape, key, all));

/** The shapes that a key of a path leads to. */
function inside(shape: Shape, key: string, all: Shapes): readonly Shape[] {
  const { members, fields, prefix, items, others } = all.resolved(shape);
  if (members !== undefined) return insideAll(members, key, all);
  const field = fields.get(key) ?? (/^\d+$/.test(key) ? prefix[Number(key)] : undefined);
  const rest = key === '*' ? [items, others] : [];
  return [field, ...rest].filter((one) => one !== undefined);
}
