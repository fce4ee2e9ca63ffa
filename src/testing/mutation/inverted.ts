/**
 * Guards the other way round: the whole guard, and each part of `and` and `or`, also inside of
 * others. `not` is turned round as a whole: its part would give the same machine.
 */
import { not } from 'xstate';
import { guardPlace } from '../charts/index.ts';

/** A guard with one part turned round. */
export interface Inversion {
  /** Place of the part: `#door.open on CLOSE[0] if and(isFree, isShut) > isShut`. */
  readonly place: string;
  /** Text of the part: `isShut`. */
  readonly text: string;
  readonly guard: unknown;
}

/** All that can be turned round in the guard of a transition. */
export const inversionsOf = (transition: string, guard: unknown): readonly Inversion[] =>
  inversionsAt(guardPlace(transition, guard), guard);

function inversionsAt(place: string, guard: unknown): readonly Inversion[] {
  return [{ place, text: textOf(guard), guard: opposite(guard) }, ...partInversions(place, guard)];
}

function partInversions(place: string, guard: unknown): readonly Inversion[] {
  const parts = partsOf(guard);
  const names = parts.map(textOf);
  return parts.flatMap((part, index) => {
    const name = names[index] ?? '';
    const isAlone = names.indexOf(name) === names.lastIndexOf(name);
    const at = `${place} > ${name}${isAlone ? '' : `[${index}]`}`;
    const inside = isNot(guard) ? partInversions(at, part) : inversionsAt(at, part);
    return inside.map((one) => ({ ...one, guard: withParts(guard, parts.with(index, one.guard)) }));
  });
}

/** A guard that says yes where the given one says no. */
const opposite = (guard: unknown): unknown => Reflect.apply(not, undefined, [guard]);

const isNot = (guard: unknown): boolean => checkOf(guard) === checkOf(not('any'));

const checkOf = (guard: unknown): unknown => Reflect.get(Object(guard), 'check');

/** What `and`, `or` and `not` were made of. */
function partsOf(guard: unknown): readonly unknown[] {
  const parts: unknown = typeof guard === 'function' ? Reflect.get(guard, 'guards') : undefined;
  return Array.isArray(parts) ? parts : [];
}

function withParts(guard: unknown, guards: readonly unknown[]): unknown {
  const copied = Object.assign(() => false, guard, { guards });
  return Object.defineProperty(copied, 'name', { value: Reflect.get(Object(guard), 'name') });
}

/** As places say it. */
const textOf = (guard: unknown): string => guardPlace('', guard).slice(' if '.length);
