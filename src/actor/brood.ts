/**
 * Brood: the children of one actor, by id, in the order in which they came, and their JSON text.
 *
 * The text of a parent is written whenever the parent was touched. So that one child more does not
 * cost the text of all, it is kept in blocks of neighbours, and made anew only where one changed.
 * Invariant: `text` is the JSON text of an array of all children, in their order: entries rise.
 */
/** A child that a machine invoked or spawned, and has not stopped. */
export interface Child {
  readonly id: string;
  /** Rises with every child of its parent: the generation of a machine, part of a promise's key. */
  readonly entry: number;
  readonly src: string;
  /** A machine has an actor of its own; a promise is run, and lives here only. */
  readonly kind: 'machine' | 'promise';
  readonly sync: boolean;
  readonly systemId?: string | undefined;
  /** The input of a promise; that of a machine stands in its actor's record. */
  readonly input?: unknown;
  /** It is done or has failed; of a promise with what came out. */
  readonly ended?: { readonly status: 'done' | 'error'; readonly value?: unknown } | undefined;
}

/** Children in a block: its text takes some tens of microseconds. */
const BLOCK = 256;

interface Block {
  /** Of children that were put into it; some may have left. */
  readonly ids: Set<string>;
  /** Undefined when something changed. */
  text: string | undefined;
}

/** The children of an actor. */
export class Brood extends Map<string, Child> {
  #blocks: Map<number, Block> | undefined;
  #underWay = 0;

  /** Promises that have not settled. */
  get underWay(): number {
    return this.#underWay;
  }

  override set(id: string, child: Child): this {
    const before = this.get(id);
    if (before !== undefined && blockOf(before) !== blockOf(child)) this.delete(id);
    else if (before !== undefined) this.#underWay -= promisesIn(before);
    this.#underWay += promisesIn(child);
    this.#changed(child).ids.add(id);
    return super.set(id, child);
  }

  override delete(id: string): boolean {
    const child = this.get(id);
    if (child !== undefined) {
      this.#changed(child).ids.delete(id);
      this.#underWay -= promisesIn(child);
    }
    return super.delete(id);
  }

  override clear(): void {
    this.#blocks = undefined;
    this.#underWay = 0;
    super.clear();
  }

  /** The JSON text of an array of them. */
  get text(): string {
    const texts: string[] = [];
    for (const block of this.#blocks?.values() ?? []) {
      block.text ??= this.#textOf(block);
      if (block.text !== '') texts.push(block.text);
    }
    return `[${texts.join()}]`;
  }

  #changed(child: Child): Block {
    this.#blocks ??= new Map();
    const place = blockOf(child);
    let block = this.#blocks.get(place);
    if (block === undefined) {
      block = { ids: new Set(), text: undefined };
      this.#blocks.set(place, block);
    }
    block.text = undefined;
    return block;
  }

  #textOf({ ids }: Block): string {
    return [...ids].map((id) => JSON.stringify(this.get(id))).join();
  }
}

const promisesIn = ({ kind, ended }: Child): number =>
  kind === 'promise' && ended === undefined ? 1 : 0;

const blockOf = ({ entry }: Child): number => Math.floor(entry / BLOCK);
