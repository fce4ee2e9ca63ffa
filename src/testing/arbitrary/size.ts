/** Sizes: how large the smallest value of a shape is; values of unions shrink towards it. */
import type { Shape } from './shape.ts';
import type { Shapes } from './shapes.ts';

/** References looked behind; what lies deeper counts as large. */
const DEPTH = 4;
const LARGE = 1_000;
/** What a format or a pattern needs, about. */
const FORMATTED = 8;

/** Values within the smallest value, and their letters, about; infinite: there is no value. */
export function leastSizeOf(shape: Shape, shapes: Shapes, depth = DEPTH): number {
  if (depth === 0) return LARGE;
  const resolved = shapes.resolved(shape);
  const isDeeper = shape.ref !== undefined || shape.all.length > 0;
  const of = (one: Shape | undefined): number =>
    one === undefined ? 1 : leastSizeOf(one, shapes, isDeeper ? depth - 1 : depth);
  const { isNever, members, values, types } = resolved;
  if (isNever) return Number.POSITIVE_INFINITY;
  if (members !== undefined) return Math.min(...members.map(of));
  if (values !== undefined) return Math.min(...values.map(sizeOfConstant));
  return types === undefined ? 1 : Math.min(...types.map((type) => sizeOfType(type, resolved, of)));
}

/** Of a constant. */
export const sizeOfConstant = (value: unknown): number =>
  typeof value === 'string' ? 1 + value.length : 1;

function sizeOfType(type: string, shape: Shape, of: (one: Shape | undefined) => number): number {
  const { lengthMin, format, patterns, fields, required, others } = shape;
  const { itemsMin, prefix, items } = shape;
  const sum = (shapes: readonly (Shape | undefined)[]): number =>
    shapes.reduce((total, one) => total + of(one), 1);
  if (type === 'string') {
    return 1 + Math.max(lengthMin, (format ?? patterns[0]) === undefined ? 0 : FORMATTED);
  }
  if (type === 'array')
    return sum(Array.from({ length: itemsMin }, (_, at) => prefix[at] ?? items));
  if (type === 'object') return sum([...required].map((key) => fields.get(key) ?? others));
  return type === 'null' ? 0 : 1;
}
