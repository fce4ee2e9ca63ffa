/** The trace of a team in three lives: two are killed under load, one stops in order. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Durability } from '../../../src/index.ts';
import { startWith, tracedFolder } from './library.ts';
import type { Traced } from './power-loss.ts';

/** Lets a team live up to three times on one journal, and gives what it did to its folder. */
export async function traceOfLives(
  library: string,
  durability: Durability,
  { copy, lives = 3 }: { readonly copy?: string; readonly lives?: number } = {},
): Promise<Traced> {
  const folder = tracedFolder();
  const trace = join(tracedFolder(), 'trace');
  const path = join(folder, 'team.db');
  const live = async (count: number, end: 'kill' | 'stop'): Promise<void> => {
    const watched = { library, folder, trace, copy };
    const child = startWith(watched, 'writer.ts', path, durability, `${count}`);
    const closed = once(child, 'close');
    for await (const line of createInterface({ input: child.stdout ?? process.stdin })) {
      if (line === 'working' && end === 'kill') child.kill('SIGKILL');
    }
    await closed;
  };
  await live(1_000, 'kill');
  if (lives > 1) await live(20, 'stop');
  if (lives > 2) await live(1_000, 'kill');
  return { folder, trace: readFileSync(trace) };
}
