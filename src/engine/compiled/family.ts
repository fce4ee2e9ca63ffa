/**
 * Family: the children of a snapshot, by id. XState copies all of them whenever one comes or goes;
 * a large family shares them with the snapshot before, so that one child more costs about the same
 * however many there are. Few children stay what XState makes of them, a plain object.
 *
 * Changes lie in layers, the older the larger; neighbours of like size become one, as in a
 * log-structured merge tree (O'Neil et al. 1996). Who looks sees an object with the children as its
 * properties, in the order of an object: it is the order in which they are stopped in the end.
 * Invariant: a family never changes.
 */
import type { Snapshot } from './chart/chart.ts';

/** Children as a snapshot shows them. */
export type Children = Snapshot['children'];

/** From so many children on, a copy costs more than layers. */
const FEW = 64;

/** These children, and others, which take the place of those with their ids. */
export function withChildren(children: Children, added: Children): Children {
  const family = familyOf(children);
  return family === undefined ? { ...children, ...added } : shown(family.with(added));
}

/** These children without one of them. */
export function withoutChild(children: Children, id: string): Children {
  const family = familyOf(children);
  if (family !== undefined) return shown(family.without(id));
  const { [id]: _, ...rest } = children;
  return rest;
}

/** Whether these are the children of a large family. */
export const isFamily = (children: Children): boolean => families.has(children);

/**
 * An object through which children can be looked up, and none of which is copied with it: for
 * XState's actions, which copy before they change.
 */
export const lookup = (children: Children): Children => Object.create(children);

/** In the place of a child that is there no more. */
const gone = Symbol('gone');
/** A child, and how many came before it. */
interface Place {
  readonly child: Children[string];
  readonly at: number;
}
type Member = Place | typeof gone;
type Layer = ReadonlyMap<string, Member>;

const families = new WeakMap<Children, Family>();

function familyOf(children: Children): Family | undefined {
  const known = families.get(children);
  if (known !== undefined) return known;
  const entries = Object.entries(children);
  if (entries.length < FEW) return undefined;
  const places = entries.map(([id, child], at) => [id, { child, at }] as const);
  return new Family([new Map(places)], entries.length);
}

function shown(family: Family): Children {
  const view = new Proxy<Children>({}, new View(family));
  families.set(view, family);
  return view;
}

class Family {
  readonly #layers: readonly Layer[];
  /** How many have come so far. */
  readonly #count: number;

  constructor(layers: readonly Layer[], count: number) {
    this.#layers = layers;
    this.#count = count;
  }

  with(added: Children): Family {
    let count = this.#count;
    const changes = new Map<string, Member>();
    for (const [id, child] of Object.entries(added)) {
      const before = this.member(id);
      changes.set(id, { child, at: before === gone ? count : before.at });
      count += 1;
    }
    return this.#changed(changes, count);
  }

  without(id: string): Family {
    return this.#changed(new Map([[id, gone]]), this.#count);
  }

  #changed(changes: Layer, count: number): Family {
    const layers = [...this.#layers];
    let last = changes;
    for (let next = layers.pop(); next !== undefined; next = layers.pop()) {
      if (last.size * 2 < next.size) return new Family([...layers, next, last], count);
      last = merged(next, last, layers.length === 0);
    }
    return new Family([last], count);
  }

  /** The child of an id; `gone` when there is none. */
  member(id: string): Member {
    for (let place = this.#layers.length - 1; place >= 0; place -= 1) {
      const layer = this.#layers[place];
      const found = layer?.get(id);
      if (found !== undefined) return found;
    }
    return gone;
  }

  /** Ids in the order of an object: numbers first, others as they came. */
  ids(): string[] {
    const places = new Map<string, number>();
    for (const id of new Set(this.#layers.flatMap((layer) => [...layer.keys()]))) {
      const member = this.member(id);
      if (member !== gone) places.set(id, member.at);
    }
    const numbers = [...places.keys()].filter(isIndex).sort((a, b) => Number(a) - Number(b));
    const names = [...places].filter(([id]) => !isIndex(id)).sort(([, a], [, b]) => a - b);
    return [...numbers, ...names.map(([id]) => id)];
  }
}

/** Whether an object has a property of this name among its numbered ones. */
const isIndex = (id: string): boolean => /^(0|[1-9]\d{0,9})$/.test(id) && Number(id) < 2 ** 32 - 1;

/** Nothing lies below the lowest layer that it could hide. */
function merged(below: Layer, above: Layer, isLowest: boolean): Layer {
  const both = new Map(below);
  for (const [id, member] of above) {
    if (isLowest && member === gone) both.delete(id);
    else both.set(id, member);
  }
  return both;
}

/** Shows a family as an object that can't be changed. */
class View implements ProxyHandler<Children> {
  readonly #family: Family;

  constructor(family: Family) {
    this.#family = family;
  }

  get(target: Children, key: string | symbol): unknown {
    const member = typeof key === 'string' ? this.#family.member(key) : gone;
    return member === gone ? Reflect.get(target, key) : member.child;
  }

  has(target: Children, key: string | symbol): boolean {
    return this.#isMember(key) || Reflect.has(target, key);
  }

  ownKeys(): string[] {
    return this.#family.ids();
  }

  getOwnPropertyDescriptor(_: Children, key: string | symbol): PropertyDescriptor | undefined {
    const member = typeof key === 'string' ? this.#family.member(key) : gone;
    if (member === gone) return undefined;
    return { value: member.child, enumerable: true, configurable: true, writable: false };
  }

  set(): boolean {
    return false;
  }

  defineProperty(): boolean {
    return false;
  }

  deleteProperty(): boolean {
    return false;
  }

  #isMember(key: string | symbol): boolean {
    return typeof key === 'string' && this.#family.member(key) !== gone;
  }
}
