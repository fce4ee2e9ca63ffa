/**
 * How the package is compiled: few files instead of one for each source, because Node spends more
 * time on finding and linking a module than on running it (docs/decisions/0005). Declarations are
 * tsc's. Each entry keeps its source's path; what entries share lies in `chunks`. What `troupe` itself
 * loads lies in one of them, whoever shares it: every program waits for that.
 */
import { isAbsolute } from 'node:path';
import { defineConfig, rolldown } from 'rolldown';

const entries = [
  'src/index',
  'machines/index',
  'src/testing/index',
  'src/specialists/index',
  'src/specialists/analysers/worker',
  'src/cli/main',
];

const common = {
  external: (id: string) => !id.startsWith('.') && !isAbsolute(id),
  platform: 'node',
} as const;

/** The sources that importing an entry loads, when nothing else is compiled beside it. */
async function loadedBy(entry: string): Promise<ReadonlySet<string>> {
  const bundle = await rolldown({ ...common, input: `./${entry}.ts` });
  const { output } = await bundle.generate({ format: 'esm' });
  await bundle.close();
  const chunks = new Map(
    output.flatMap((one) => (one.type === 'chunk' ? [[one.fileName, one] as const] : [])),
  );
  const loaded = new Set<string>();
  const load = (name: string): void => {
    const { imports = [], moduleIds = [] } = chunks.get(name) ?? {};
    for (const id of moduleIds) loaded.add(id);
    chunks.delete(name);
    for (const other of imports) if (chunks.has(other)) load(other);
  };
  for (const one of [...chunks.values()]) if (one.isEntry) load(one.fileName);
  return loaded;
}

const ofTroupe = await loadedBy('src/index');

export default defineConfig({
  ...common,
  input: Object.fromEntries(entries.map((entry) => [entry, `./${entry}.ts`])),
  output: {
    dir: 'dist',
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name].js',
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [{ name: 'troupe', test: (id) => ofTroupe.has(id) && !id.endsWith('src/index.ts') }],
    },
  },
});
