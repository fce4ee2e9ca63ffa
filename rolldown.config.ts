/**
 * How the package is compiled: few files instead of one for each source, because Node spends more
 * time on finding and linking a module than on running it (docs/decisions/0005). Declarations are
 * tsc's. Each entry keeps its source's path; what entries share lies in `chunks`.
 */
import { isAbsolute } from 'node:path';
import { defineConfig } from 'rolldown';

const entries = [
  'src/index',
  'machines/index',
  'src/journal/query/process',
  'src/journal/snapshots/process',
  'src/testing/index',
  'src/specialists/index',
  'src/specialists/analysers/worker',
  'src/cli/main',
];

export default defineConfig({
  input: Object.fromEntries(entries.map((entry) => [entry, `./${entry}.ts`])),
  external: (id) => !id.startsWith('.') && !isAbsolute(id),
  platform: 'node',
  output: {
    dir: 'dist',
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name].js',
  },
});
