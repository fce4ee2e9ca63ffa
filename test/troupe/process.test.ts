/**
 * What a process sees of the package: importing it costs nothing but its modules, and a stopped
 * troupe leaves nothing behind that keeps the process alive.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { newFile } from '../journal/files.ts';

/** Runs a probe to its end and gives what it printed, which is JSON. */
function printedBy(probe: string, ...given: readonly string[]): unknown {
  const path = fileURLToPath(new URL(probe, import.meta.url));
  const ran = spawnSync(process.execPath, [path, ...given], { encoding: 'utf8', timeout: 20_000 });
  expect({ status: ran.status, stderr: ran.stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(ran.stdout);
}

test('importing opens no file, loads no SQLite and starts no timer', () => {
  const nothing = { sqlite: false, timers: [], opened: [] };
  const { imported, running } = Object(printedBy('import-probe.ts', newFile()));
  expect(imported).toMatchObject(nothing);
  expect(imported.modules).toBeGreaterThan(100);
  expect(running.sqlite).toBe(true);
});

test('a stopped troupe keeps no process alive, whatever it was doing', () => {
  expect(printedBy('exit-probe.ts')).toEqual({
    refused: Array.from({ length: 5 }, () => 'STOPPED'),
    timers: [],
  });
});
