/**
 * Names of options: what may stand where an unknown one was found, by the schema at that place; the
 * one that was meant comes first, when a name is near.
 */
import { z } from 'zod';

/**
 * The options that there are beside an unknown one, nearest name first.
 * @param path leads to it; the last key is its own.
 */
export function optionsBeside(schema: unknown, path: readonly PropertyKey[]): string[] {
  const places = path.slice(0, -1).reduce<unknown[]>(stepsInto, membersOf(schema));
  const names = [...new Set(places.flatMap((place) => Object.keys(shapeOf(place))))];
  const unknown = String(path.at(-1));
  const near = names.filter((name) => isNear(name, unknown));
  return [...near, ...names.filter((name) => !near.includes(name))];
}

const stepsInto = (places: readonly unknown[], key: PropertyKey): unknown[] =>
  places.flatMap((place) => membersOf(itemOf(place, key)));

const shapeOf = (schema: unknown): Readonly<Record<string, unknown>> =>
  schema instanceof z.ZodObject ? schema.shape : {};

function itemOf(schema: unknown, key: PropertyKey): unknown {
  if (schema instanceof z.ZodArray) return schema.element;
  if (schema instanceof z.ZodRecord) return schema.valueType;
  return Reflect.get(shapeOf(schema), key);
}

/** What a schema is without its wrapping; of a union all members. */
function membersOf(schema: unknown): unknown[] {
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(membersOf);
  const isWrapped = schema instanceof z.ZodOptional || schema instanceof z.ZodLazy;
  return isWrapped ? membersOf(schema.unwrap()) : [schema];
}

/** Whether one is a misspelling of the other: few letters differ, for its length. */
const isNear = (name: string, unknown: string): boolean =>
  editsBetween(name.toLowerCase(), unknown.toLowerCase()) <= Math.max(1, name.length / 3);

/** Letters to add, drop or change (Levenshtein's distance, row by row). */
function editsBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [y, letter] of [...from].entries()) {
    const next = [y + 1];
    for (let x = 0; x < to.length; x += 1) {
      const changed = (row[x] ?? 0) + Number(to[x] !== letter);
      next.push(Math.min(changed, (row[x + 1] ?? 0) + 1, (next[x] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
