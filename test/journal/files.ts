/** Files of a test, gone when it ends. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A new folder that goes with the test. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'troupe-journal-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** The path of a journal that does not exist yet. */
export const newFile = (): string => join(folder(), 'team.db');
