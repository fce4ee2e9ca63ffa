/** UUID version 7 (RFC 9562): sorted by time, so that new rows go to the end of an index. */

/** A UUIDv7 of the given millisecond; its random bits come from the platform's secure source. */
export function randomUUIDv7(ms: number): string {
  const at = takeRandom();
  const variant = ((pool[at + 2] ?? 0) & 0x3f) | 0x80;
  return (
    `${headOf(ms)}${byteHex[pool[at] ?? 0]?.slice(1)}${hex(at + 1)}-` +
    `${byteHex[variant]}${hex(at + 3)}-` +
    `${hex(at + 4)}${hex(at + 5)}${hex(at + 6)}${hex(at + 7)}${hex(at + 8)}${hex(at + 9)}`
  );
}

let headMs = Number.NaN;
let head = '';

/** Time and version; many ids are of the same millisecond. */
function headOf(ms: number): string {
  if (ms === headMs) return head;
  const time = ms.toString(16).padStart(12, '0');
  headMs = ms;
  head = `${time.slice(0, 8)}-${time.slice(8, 12)}-7`;
  return head;
}

/** One call to the secure source serves many ids: it costs a microsecond whatever its size. */
const pool = new Uint8Array(10 * 256);
let poolAt = pool.length;

/** Where the ten random bytes of one id are in the pool. */
function takeRandom(): number {
  if (poolAt >= pool.length) {
    crypto.getRandomValues(pool);
    poolAt = 0;
  }
  poolAt += 10;
  return poolAt - 10;
}

const byteHex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

const hex = (at: number): string | undefined => byteHex[pool[at] ?? 0];
