/**
 * A disk, as it may be when the power fails.
 *
 * Of each file there is what its last complete sync covers, and the changes that came after it.
 * Of these the disk may hold any, in any order: whole writes, or in torn images any of their
 * sectors. Of each name in the folder it may hold any state since the folder was last synced.
 * Nothing else is trusted: not that the sync of one file covers another one, not that a file
 * grows before it is written to.
 */
import type { Change } from './trace.ts';

/** The unit that a disk writes whole. */
const sectorBytes = 512;

/** How an image is drawn: what is written whole, or sector by sector. */
export type Kind = 'power' | 'torn';

type Later = Extract<Change, { readonly type: 'write' | 'truncate' }>;

/** A file, whatever its name. */
interface Stored {
  readonly synced: Content;
  later: Later[];
}

/** The content of each file of an image, by its path. */
export type Image = ReadonlyMap<string, Buffer>;

/** The disk while it is written to. */
export class TracedDisk {
  readonly #handles = new Map<string, Stored | 'folder'>();
  /** Names as the last sync of the folder left them, and as they are now. */
  #namesSynced = new Map<string, Stored>();
  readonly #names = new Map<string, Stored>();
  /** For each name what it was since the folder was synced, `undefined` for missing. */
  readonly #namesLater = new Map<string, (Stored | undefined)[]>();
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  apply(change: Change): void {
    if (change.type === 'open') this.#open(change);
    else if (change.type === 'unlink') this.#name(change.path, undefined);
    else if (change.type === 'rename') {
      this.#name(change.to, this.#names.get(change.from));
      this.#name(change.from, undefined);
    } else {
      const file = this.#handles.get(change.handle);
      if (change.type === 'sync') this.#sync(file);
      else if (file !== undefined && file !== 'folder') file.later.push(change);
    }
  }

  /** What there may be after the power failed now. */
  draw(random: () => number, kind: Kind): Image {
    const image = new Map<string, Buffer>();
    const drawn = new Map<Stored, Buffer>();
    const paths = new Set([...this.#names.keys(), ...this.#namesSynced.keys()]);
    for (const path of [...paths, ...this.#namesLater.keys()]) {
      const later = this.#namesLater.get(path) ?? [];
      const states = [this.#namesSynced.get(path), ...later];
      const file = states[Math.floor(random() * states.length)];
      if (file === undefined) continue;
      const bytes = drawn.get(file) ?? contentOf(file, random, kind);
      drawn.set(file, bytes);
      image.set(path, bytes);
    }
    return image;
  }

  #open({ handle, isNew, path }: Extract<Change, { readonly type: 'open' }>): void {
    if (path === this.#folder) {
      this.#handles.set(handle, 'folder');
      return;
    }
    const known = isNew ? undefined : this.#names.get(path);
    const file = known ?? { synced: new Content(), later: [] };
    if (known === undefined) this.#name(path, file);
    this.#handles.set(handle, file);
  }

  #name(path: string, file: Stored | undefined): void {
    if (file === undefined) this.#names.delete(path);
    else this.#names.set(path, file);
    const later = this.#namesLater.get(path) ?? [];
    this.#namesLater.set(path, [...later, file]);
  }

  #sync(file: Stored | 'folder' | undefined): void {
    if (file === undefined) return;
    if (file === 'folder') {
      this.#namesSynced = new Map(this.#names);
      this.#namesLater.clear();
      return;
    }
    for (const change of file.later) file.synced.make(change);
    file.later = [];
  }
}

function contentOf(file: Stored, random: () => number, kind: Kind): Buffer {
  const content = new Content(file.synced.bytes);
  for (const change of drawnFrom(file.later, random, kind === 'torn')) {
    const isTorn = kind === 'torn' && change.type === 'write';
    for (const part of isTorn ? sectorsOf(change) : [change]) {
      if (!isTorn || random() < 0.5) content.make(part);
    }
  }
  return content.bytes;
}

/** None, all, the first ones, or any, in their order or in another one. */
function drawnFrom(later: readonly Later[], random: () => number, isTorn: boolean): Later[] {
  const how = Math.floor(random() * 5);
  if (how === 0 && !isTorn) return [];
  if (how === 1 || isTorn) return [...later];
  if (how === 2) return later.slice(0, Math.floor(random() * (later.length + 1)));
  const any = later.filter(() => random() < 0.7);
  if (how === 3) return any;
  return any
    .map((change) => ({ change, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ change }) => change);
}

/** The parts of a write that lie in one sector each. */
function sectorsOf(write: Extract<Change, { readonly type: 'write' }>): Later[] {
  const parts: Later[] = [];
  const end = write.offset + write.bytes.length;
  for (let at = write.offset; at < end; ) {
    const until = Math.min(end, (Math.floor(at / sectorBytes) + 1) * sectorBytes);
    const bytes = write.bytes.subarray(at - write.offset, until - write.offset);
    parts.push({ ...write, offset: at, bytes });
    at = until;
  }
  return parts;
}

/** Bytes that grow: room for twice as much is made at a time. */
class Content {
  #bytes: Buffer;
  #size: number;

  constructor(bytes: Buffer = Buffer.alloc(0)) {
    this.#bytes = Buffer.from(bytes);
    this.#size = bytes.length;
  }

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#size);
  }

  /** Makes a change; what a file grows by without being written to is zeros. */
  make(change: Later): void {
    if (change.type === 'truncate') {
      this.#bytes.fill(0, Math.min(change.size, this.#size));
      this.#grow(change.size);
      this.#size = change.size;
      return;
    }
    const end = change.offset + change.bytes.length;
    this.#grow(end);
    change.bytes.copy(this.#bytes, change.offset);
    this.#size = Math.max(this.#size, end);
  }

  #grow(size: number): void {
    if (size <= this.#bytes.length) return;
    const wider = Buffer.alloc(2 * size);
    this.#bytes.copy(wider);
    this.#bytes = wider;
  }
}
