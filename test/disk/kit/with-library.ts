/** The library for all tests of a file: compiled once, or the reason why it is not there. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { compile } from './library.ts';

/** Gives the library; a test without it is skipped with the reason. */
export function withLibrary(): (skip: (reason: string) => never) => string {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-library-'));
  let found: ReturnType<typeof compile> = { missing: 'it was not compiled' };
  beforeAll(() => {
    found = compile(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return (skip) => ('missing' in found ? skip(found.missing) : found.library);
}
