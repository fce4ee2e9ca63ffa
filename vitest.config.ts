/**
 * How the tests run: the package's own names mean the sources, so that tests, samples and examples
 * are written like a user's code. Files `*.long.ts` belong to `npm run test:long`.
 */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^troupe$/, replacement: at('./src/index.ts') },
      { find: /^troupe\/machines$/, replacement: at('./machines/index.ts') },
      { find: /^troupe\/specialists$/, replacement: at('./src/specialists/index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', './test/closing-lines.ts'],
  },
});
