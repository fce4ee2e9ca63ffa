/** Teams on a faulty disk, one after the other in one process that has the library. */
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startWith, tracedFolder } from './library.ts';

/** Runs a team in each trouble, `NAME run|start FAULT`, in one process with the library. */
export async function inTrouble(
  library: string,
  troubles: readonly string[],
  copy?: string,
): Promise<unknown[]> {
  const folder = tracedFolder();
  const fault = join(tracedFolder(), 'fault');
  const child = startWith({ library, folder, fault, copy }, 'faulty.ts', folder);
  const closed = once(child, 'close');
  child.stdin?.end(`${troubles.join('\n')}\n`);
  const found: unknown[] = [];
  for await (const line of createInterface({ input: child.stdout ?? process.stdin })) {
    found.push(JSON.parse(line));
  }
  await closed;
  return found;
}
