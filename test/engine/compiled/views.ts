/**
 * Views: what there is to see of snapshots, events and actions, as plain data in which order and
 * the presence of keys count. What only has to be *the same thing* on both sides (a machine, a
 * state, a user's function) is shown as a number that is given out once.
 */

const numbers = new WeakMap<object, number>();
let count = 0;

function numberOf(thing: object): number {
  const known = numbers.get(thing);
  if (known !== undefined) return known;
  count += 1;
  numbers.set(thing, count);
  return count;
}

/** Something, as plain data. */
export function viewOf(thing: unknown, depth = 12): unknown {
  if (thing === undefined) return { is: 'undefined' };
  if (typeof thing === 'number' || typeof thing === 'bigint') return `${thing}`;
  if (typeof thing === 'function') return functionView(thing);
  if (typeof thing !== 'object' || thing === null) return thing;
  if (depth === 0) return { is: 'deep' };
  if (thing instanceof Error) return { error: thing.name, message: thing.message };
  if (thing instanceof Set) return { set: [...thing].map((item) => viewOf(item, depth - 1)) };
  if (Array.isArray(thing)) return thing.map((item) => viewOf(item, depth - 1));
  return seenAs(thing) ?? { keys: entriesOf(thing, depth) };
}

/** Bound functions are made for each call; all others are known by who they are. */
function functionView(thing: object & { readonly name: string }): unknown {
  return thing.name.startsWith('bound ')
    ? { function: thing.name }
    : { function: thing.name, number: numberOf(thing) };
}

/** References, systems, machines and states are not looked into. */
function seenAs(thing: object): unknown {
  if ('sessionId' in thing && 'send' in thing) {
    const { id, src } = Object(thing);
    const isNamed = !String(id).startsWith('x:');
    return { ref: isNamed ? id : 'unnamed', src: typeof src === 'string' ? src : 'inline' };
  }
  if ('_bookId' in thing) return { is: 'system' };
  if ('__xstatenode' in thing) return { machine: numberOf(thing) };
  if ('order' in thing && 'machine' in thing) return { state: 'id' in thing ? thing.id : '' };
  if ('source' in thing && 'eventType' in thing) return { transition: numberOf(thing) };
  return undefined;
}

const entriesOf = (thing: object, depth: number): unknown =>
  Object.entries(thing).map(([key, value]) => [key, viewOf(value, depth - 1)]);
