/** A million messages and ten thousand lives leave heap, handles and open files as they were. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';

const Held = z.object({ heap: z.number(), handles: z.int(), files: z.int() });
const Told = z.object({ before: Held, after: Held, lived: z.int() });
const program = fileURLToPath(new URL('leaks-process.ts', import.meta.url));

test.each(['memory', 'file'])(
  'given 1,000,000 messages and 10,000 lives (%s), then heap, handles and files are flat',
  (kind) => {
    const folder = mkdtempSync(join(tmpdir(), 'troupe-leaks-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = kind === 'file' ? join(folder, 'team.db') : 'memory';
    const args = ['--expose-gc', program, path, '1000000', '10000'];
    const told = execFileSync(process.execPath, args, { encoding: 'utf8', stdio: 'pipe' });
    const { before, after, lived } = Told.parse(JSON.parse(told));
    expect(lived).toBeGreaterThanOrEqual(10_000);
    expect(after.heap).toBeLessThan(before.heap * 1.1);
    expect(after.handles).toBeLessThanOrEqual(before.handles);
    expect(after.files).toBeLessThanOrEqual(before.files);
  },
);
