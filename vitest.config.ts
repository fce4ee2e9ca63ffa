/**
 * How the tests run: the package's own names mean the sources, so that tests, samples and examples
 * are written like a user's code. Files `*.long.ts` belong to `npm run test:long`.
 */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { doors, fileOf } from './test/doors.ts';

// Programs that tests start load the same sources again and again: they share what Node compiled.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('.cache/compiled', import.meta.url));

export default defineConfig({
  resolve: {
    alias: doors.map((door) => ({ find: new RegExp(`^${door.name}$`), replacement: fileOf(door) })),
  },
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: [fileURLToPath(new URL('test/same-draws.ts', import.meta.url))],
    // All cores: most time goes into programs that tests start and wait for.
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', './test/closing-lines.ts'],
    coverage: {
      include: ['src/**/*.ts', 'machines/**/*.ts'],
      reporter: ['text-summary'],
      thresholds: { lines: 80 },
    },
  },
});
