/** Containers: arrays, tuples, objects and records, and JSON of any kind. */
import fc from 'fast-check';

/** Whether text may be the name of a key: `__proto__` is refused by the journal. */
export const isKeyName = (text: string): boolean => text !== '__proto__';

/** JSON values as they come out of JSON text: without -0. */
export const anyJson: fc.Arbitrary<unknown> = fc
  .jsonValue({ maxDepth: 2 })
  .map((value): unknown => JSON.parse(JSON.stringify(value)))
  .filter(hasNames);

/** Whether all keys anywhere in it may be names. */
function hasNames(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return true;
  return Object.entries(value).every(([key, one]) => isKeyName(key) && hasNames(one));
}

/** What an array has. */
export interface Items {
  readonly prefix: readonly fc.Arbitrary<unknown>[];
  /** Behind the prefix; undefined: nothing. */
  readonly items: fc.Arbitrary<unknown> | undefined;
  readonly min: number;
  readonly max: number;
}

/** Arrays; the places of the prefix are drawn in order, and later ones left out before. */
export function tuplesOf({ prefix, items, min, max }: Items): fc.Arbitrary<unknown> {
  const most = items === undefined ? Math.min(max, prefix.length) : max;
  if (prefix.length === 0 && items !== undefined) {
    return fc.array(items, { minLength: min, maxLength: Math.max(min, most), size: 'max' });
  }
  const further = Math.max(0, most - prefix.length);
  const rest = fc.array(items ?? fc.constant(null), { maxLength: further, minLength: further });
  return fc
    .tuple(fc.integer({ min: Math.min(min, most), max: most }), fc.tuple(...prefix), rest)
    .map(([length, first, last]) => [...first, ...last].slice(0, length));
}

/** What an object has. */
export interface Fields {
  readonly fields: ReadonlyMap<string, fc.Arbitrary<unknown>>;
  readonly required: ReadonlySet<string>;
  /** Values of further keys; undefined: there are none. */
  readonly rest: fc.Arbitrary<unknown> | undefined;
  /** All names that further keys can have; undefined: `keys` are drawn. */
  readonly known: readonly string[] | undefined;
  readonly keys: fc.Arbitrary<string> | undefined;
  /** Further keys, at most. */
  readonly more: number;
}

/** Objects: with their fields, those that are not required now and then, and further keys. */
export function objectsOf(object: Fields): fc.Arbitrary<unknown> {
  const { required, rest, known } = object;
  const named = (known ?? []).flatMap((key) => (rest === undefined ? [] : [[key, rest] as const]));
  const fields = new Map([...named, ...object.fields]);
  const requiredKeys = [...required].filter((key) => fields.has(key));
  const record = fc.record(Object.fromEntries(fields), { requiredKeys, noNullPrototype: true });
  if (rest === undefined || known !== undefined) return record;
  const keys = object.keys ?? fc.string({ maxLength: 4 }).filter(isKeyName);
  const further = fc.uniqueArray(fc.tuple(keys, rest), {
    maxLength: object.more,
    selector: ([key]) => key,
  });
  return fc.tuple(further, record).map(([more, own]) => ({
    ...Object.fromEntries(more.filter(([key]) => !fields.has(key))),
    ...own,
  }));
}
