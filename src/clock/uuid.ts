/** UUID version 7 (RFC 9562): sorted by time, so that new rows go to the end of an index. */

/** A UUIDv7 of the given millisecond; its random bits come from the platform's secure source. */
export function randomUUIDv7(ms: number): string {
  const bytes = takeRandom();
  const time = ms.toString(16).padStart(12, '0');
  const tail = hex(bytes);
  const variant = ((bytes[2] ?? 0) & 0x3f) | 0x80;
  return (
    `${time.slice(0, 8)}-${time.slice(8, 12)}-7${tail.slice(1, 4)}-` +
    `${variant.toString(16)}${tail.slice(6, 8)}-${tail.slice(8, 20)}`
  );
}

/** One call to the secure source serves many ids: it costs a microsecond whatever its size. */
const pool = new Uint8Array(10 * 256);
let poolAt = pool.length;

function takeRandom(): Uint8Array {
  if (poolAt >= pool.length) {
    crypto.getRandomValues(pool);
    poolAt = 0;
  }
  poolAt += 10;
  return pool.subarray(poolAt - 10, poolAt);
}

function hex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byteHex[byte];
  return text;
}

const byteHex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
