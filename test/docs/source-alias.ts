/**
 * For `node --import`: lets `troupe` and its doors mean the sources of the repository, as the tests
 * have it, so that a sample of the documentation runs without a build.
 */
import { registerHooks } from 'node:module';

const doors: Readonly<Record<string, string>> = {
  troupe: '../../src/index.ts',
  'troupe/machines': '../../machines/index.ts',
  'troupe/specialists': '../../src/specialists/index.ts',
};

registerHooks({
  resolve(specifier, context, next) {
    const door = doors[specifier];
    return next(door ? new URL(door, import.meta.url).href : specifier, context);
  },
});
