/** Children of an actor as a step leaves them: those before it, and what it changed. */
import type { Child } from '../../actor/index.ts';

/** Changes over the children that there were; these stay as they are until `apply`. */
export class Children {
  readonly #before: ReadonlyMap<string, Child>;
  #changes: Map<string, Child | undefined> | undefined;

  constructor(before: ReadonlyMap<string, Child>) {
    this.#before = before;
  }

  get(id: string): Child | undefined {
    if (this.#changes?.has(id) === true) return this.#changes.get(id);
    return this.#before.get(id);
  }

  set(child: Child): void {
    this.#changes ??= new Map();
    this.#changes.set(child.id, child);
  }

  delete(id: string): void {
    this.#changes ??= new Map();
    this.#changes.set(id, undefined);
  }

  list(): Child[] {
    const all = new Map<string, Child>(this.#before);
    this.apply(all);
    return [...all.values()];
  }

  /** Makes the changes. */
  apply(children: Map<string, Child>): void {
    for (const [id, child] of this.#changes ?? []) {
      if (child === undefined) children.delete(id);
      else children.set(id, child);
    }
  }
}
