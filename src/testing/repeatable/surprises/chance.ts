/** Simulated chance: `Math.random`, and what `crypto` draws: ids, bytes, whole numbers. */
import { type Context, served } from './context.ts';
import { isReal, nodeModule, type Real, type Swap } from './swaps.ts';

/** What of the process draws chance. */
export function chanceSwaps(): readonly Swap[] {
  const web = Object(Reflect.get(globalThis, 'crypto'));
  const node = nodeModule('crypto');
  const swap = (holder: object, key: string, of: string, draw: Draw): Swap => {
    return { holder, key, make: (real) => drawn(real, `${of}.${key}`, draw) };
  };
  return [
    swap(Math, 'random', 'Math', ({ surprises }) => surprises.random()),
    swap(web, 'randomUUID', 'crypto', uuid),
    swap(web, 'getRandomValues', 'crypto', (context, [view]) => fill(context, view)),
    swap(node, 'randomUUID', 'crypto', uuid),
    swap(node, 'randomBytes', 'crypto', bytes),
    swap(node, 'randomInt', 'crypto', whole),
    swap(node, 'randomFillSync', 'crypto', filled),
  ];
}

/** Draws in a context; undefined: the real function is to say what is wrong with its arguments. */
type Draw = (context: Context, args: readonly unknown[]) => unknown;

function drawn(real: Real, name: string, draw: Draw): unknown {
  return function random(this: unknown, ...args: readonly unknown[]): unknown {
    const context = served({ kind: 'chance', name, at: random });
    const value = context === undefined ? undefined : draw(context, args);
    return value === undefined ? Reflect.apply(real, this, args) : value;
  };
}

const byte = ({ surprises }: Context): number => Math.floor(surprises.random() * 256);

function uuid(context: Context): string {
  const hex = Array.from({ length: 16 }, (_, place) => {
    const drawn = byte(context);
    const fixed = place === 6 ? (drawn & 0x0f) | 0x40 : place === 8 ? (drawn & 0x3f) | 0x80 : drawn;
    return fixed.toString(16).padStart(2, '0');
  }).join('');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}

/** More at a time the real function refuses. */
const BYTES_MAX = 65_536;

function fill(context: Context, view: unknown): unknown {
  const isWhole = ArrayBuffer.isView(view) && !(view instanceof DataView);
  if (!isWhole || /Float/.test(view.constructor.name)) return undefined;
  if (view.byteLength > BYTES_MAX) return undefined;
  const raw = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  for (let place = 0; place < raw.length; place += 1) raw[place] = byte(context);
  return view;
}

function filled(context: Context, [view, offset, size]: readonly unknown[]): unknown {
  return offset === undefined && size === undefined ? fill(context, view) : undefined;
}

function bytes(context: Context, [size, done]: readonly unknown[]): unknown {
  if (!Number.isInteger(size) || Number(size) < 0 || Number(size) > BYTES_MAX) return undefined;
  const drawn = Buffer.from(Array.from({ length: Number(size) }, () => byte(context)));
  return given(context, drawn, done);
}

function whole(context: Context, args: readonly unknown[]): unknown {
  const done = args.find(isReal);
  const [first, second] = args.filter((arg) => !isReal(arg)).map(Number);
  const [low, high] = second === undefined ? [0, first] : [first, second];
  if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high)) return undefined;
  const width = Number(high) - Number(low);
  if (width <= 0) return undefined;
  return given(context, Number(low) + Math.floor(context.surprises.random() * width), done);
}

/** Gives a value back, or to who is called when it is there; then nothing comes back. */
function given({ surprises }: Context, value: unknown, done: unknown): unknown {
  if (!isReal(done)) return value;
  surprises.clock.soon(() => done(null, value));
  return null;
}
