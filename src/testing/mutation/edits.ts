/**
 * Edits: one change of a config each, at a path. What lies on the path is copied, all else is
 * shared with the original, which stays as it is.
 */

/** Keys that lead to a value in a config. */
export type Path = readonly (string | number)[];

/** In place of a value: it is left out. */
export const gone = Symbol('gone');

/** A change of a config. */
export interface Edit {
  readonly path: Path;
  /** What stands there instead, `gone` for nothing. */
  readonly change: (value: unknown) => unknown;
}

/** A copy in which the value at the path is changed. */
export function edited(value: unknown, { path: [key, ...path], change }: Edit): unknown {
  if (key === undefined) return change(value);
  const one = edited(Reflect.get(Object(value), key), { path, change });
  if (!Array.isArray(value)) {
    const others = Object.entries(Object(value)).filter(([name]) => name !== String(key));
    if (one === gone) return Object.fromEntries(others);
    return { ...Object(value), [key]: one };
  }
  return one === gone ? value.toSpliced(Number(key), 1) : value.with(Number(key), one);
}

/** Items of what may be one or a list of them, each with its path. */
export function itemsAt(value: unknown, path: Path): readonly Item[] {
  if (!Array.isArray(value)) return [{ item: value, path, index: 0 }];
  return value.map((item: unknown, index) => ({ item, path: [...path, index], index }));
}

/** One of them. */
export interface Item {
  readonly item: unknown;
  readonly path: Path;
  readonly index: number;
}

/** A field of what may be no object; undefined when it is not there. */
export const fieldOf = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
