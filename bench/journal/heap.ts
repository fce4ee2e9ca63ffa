/** The heap after full garbage collections. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const collectGarbage = ((): (() => void) => {
  const { gc } = globalThis;
  if (gc !== undefined) return () => void gc();
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc');
})();

/** Bytes of the heap in use when what earlier turns of the loop held is gone. */
export async function heapUsed(): Promise<number> {
  for (let pass = 0; pass < 3; pass += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
  }
  return process.memoryUsage().heapUsed;
}
