/** Garbage, collected when a test says so: what is reachable after that is kept by somebody. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How many of these are still reachable. */
export async function reachable(objects: readonly WeakRef<object>[]): Promise<number> {
  // A weak reference holds its object until the job in which it was made is over.
  await new Promise((resolve) => setImmediate(resolve));
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return objects.filter((object) => object.deref() !== undefined).length;
}
