/** Items by an actor's number and a name below it. */

/** A map of maps that holds no empty ones. */
export class Nested<Item> {
  readonly #maps = new Map<number, Map<string, Item>>();

  set(actor: number, name: string, item: Item): void {
    const map = this.#maps.get(actor);
    if (map === undefined) this.#maps.set(actor, new Map([[name, item]]));
    else map.set(name, item);
  }

  get(actor: number, name: string): Item | undefined {
    return this.#maps.get(actor)?.get(name);
  }

  delete(actor: number, name: string): void {
    const map = this.#maps.get(actor);
    map?.delete(name);
    if (map?.size === 0) this.#maps.delete(actor);
  }

  deleteAll(actor: number): void {
    this.#maps.delete(actor);
  }

  of(actor: number): Item[] {
    return [...(this.#maps.get(actor)?.values() ?? [])];
  }

  all(): Item[] {
    return [...this.#maps.values()].flatMap((map) => [...map.values()]);
  }
}
