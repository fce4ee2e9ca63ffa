/** The machines run by plain XState, in its development and in its production build. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const PROGRAM = fileURLToPath(new URL('plain.ts', import.meta.url));
const run = promisify(execFile);

test.each([
  ['production', []],
  ['development', ['--conditions=development']],
] as const)(
  'given the %s build of XState, when actors run, then they end the same',
  async (build, flags) => {
    const { stdout, stderr } = await run(process.execPath, [...flags, PROGRAM]);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      build,
      task: { status: 'COMPLETED', result: 42, attempts: 1, elapsedMs: 1_000 },
      workflow: { status: 'COMPLETED', result: 'report', attempts: 1, elapsedMs: 2_000 },
      bot: 'full',
      system: 'done',
    });
  },
);
