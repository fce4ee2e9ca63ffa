/** Where a scripted team's journal lives from crash to crash: simulated, or in a file. */
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Journal, openJournal, simulatedDisk } from '../../../src/journal/index.ts';
import { folder } from '../../journal/files.ts';

/** A disk that outlives processes. */
export interface Disk {
  /** Opens what the process before left. */
  open(): Promise<Journal>;
  /** The process ends as if it was killed: what it has open is left as it is. */
  crash(): void;
  /** It ended in order. */
  end(journal: Journal): void;
}

/** The simulated disk. */
export function simulated(): Disk {
  const disk = simulatedDisk();
  return { open: async () => disk.open(), crash: () => undefined, end: () => undefined };
}

/**
 * A real SQLite file. The image that a kill would leave is copied, log included: the journal that
 * is open can't be let go without closing it, and closing it would put all in order.
 */
export function sqlite(): Disk {
  const home = folder();
  let life = 1;
  const path = (): string => join(home, String(life), 'team.db');
  return {
    open: () => {
      mkdirSync(dirname(path()), { recursive: true });
      return opened(path());
    },
    crash: () => {
      const from = dirname(path());
      life += 1;
      mkdirSync(dirname(path()));
      for (const name of readdirSync(from)) {
        if (name.includes('-lock') || name.endsWith('-shm')) continue;
        copyFileSync(join(from, name), join(dirname(path()), basename(name)));
      }
    },
    end: (journal) => journal.close(),
  };
}

/** A journal of a test, closed when the test ends. */
async function opened(path: string): Promise<Journal> {
  const journal = await openJournal(path, { durability: 'process' });
  onTestFinished(() => journal.close());
  return journal;
}
