/** Difference: the first place where two values of JSON are not equal, in words. */
import { equalJson } from '../../protocol/index.ts';

/** `context.opened is 2, its rows give 1`. */
export function differenceOf(recorded: unknown, replayed: unknown, place = ''): string {
  if (isObject(recorded) && isObject(replayed)) {
    const keys = new Set([...Object.keys(recorded), ...Object.keys(replayed)]);
    for (const key of keys) {
      const [one, other] = [Reflect.get(recorded, key), Reflect.get(replayed, key)];
      if (isEqual(one, other)) continue;
      return differenceOf(one, other, place === '' ? key : `${place}.${key}`);
    }
  }
  return `${place === '' ? 'it' : place} is ${text(recorded)}, its rows give ${text(replayed)}`;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** What is absent is no JSON. */
const isEqual = (one: unknown, other: unknown): boolean =>
  one === undefined || other === undefined ? one === other : equalJson(one, other);

/** So much of a value fits into a sentence. */
const WIDE = 80;

function text(value: unknown): string {
  if (value === undefined) return 'nothing';
  const json = JSON.stringify(value);
  return json.length <= WIDE ? json : `${json.slice(0, WIDE)} …`;
}
