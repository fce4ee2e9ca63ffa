/**
 * The place of a journal: an open file goes on taking writes when its name is gone, and all of
 * them end with the process. So the owner looks after each commit, before it is acknowledged,
 * whether the names still lead to the files that it opened. That takes 2-4 microseconds.
 */
import { type Stats, statSync } from 'node:fs';
import { troupeError } from '../../../protocol/index.ts';

/** The files that an owner has open, by their names. */
export interface Place {
  /** @throws TroupeError `JOURNAL_GONE` when a name leads nowhere or to another file. */
  check(): void;
}

/** The place of the open journal at an absolute path; to be made when all its files are there. */
export function placeOf(path: string): Place {
  const files = ['', '-wal', '-lock'].map((ending) => {
    const file = `${path}${ending}`;
    return { file, found: look(file) };
  });
  return {
    check() {
      for (const { file, found } of files) {
        const now = look(file);
        if (now !== undefined && now.ino === found?.ino && now.dev === found.dev) continue;
        throw troupeError('JOURNAL_GONE', { path, file });
      }
    },
  };
}

/** Nothing when its folder can't be looked into, either. */
function look(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
