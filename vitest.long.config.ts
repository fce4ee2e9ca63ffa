/**
 * The tests that take minutes: `npm run test:long` runs the files `*.long.ts` alone.
 */
import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['test/**/*.long.ts'],
    testTimeout: 1_800_000,
    hookTimeout: 1_800_000,
  },
});
