/**
 * For `node --import`: lets `troupe` and its doors mean the sources of the repository, as the tests
 * have it, so that a sample of the documentation runs without a build.
 */
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { doors, fileOf } from '../doors.ts';

registerHooks({
  resolve(specifier, context, next) {
    const door = doors.find(({ name }) => name === specifier);
    return next(door ? pathToFileURL(fileOf(door)).href : specifier, context);
  },
});
