/**
 * A process that imports the door and prints what that did to it; then what opening a journal does,
 * which shows that the probe sees anything at all. Its argument is the path of a journal.
 */
import fs from 'node:fs';

const opened: string[] = [];
/** The loader reads modules by the same functions. */
let modules = 0;
const opening = [
  'open',
  'openSync',
  'readFile',
  'readFileSync',
  'createReadStream',
  'watch',
] as const;
for (const name of opening) {
  const real: unknown = fs[name];
  if (typeof real !== 'function') continue;
  Reflect.set(fs, name, (...given: unknown[]) => {
    const path = String(given[0]);
    if (/\.([cm]?[jt]s|json)$/.test(path)) modules += 1;
    else opened.push(`${name} ${path}`);
    return Reflect.apply(real, fs, given);
  });
}

// The list is not part of Node's types.
const loaded: unknown = Reflect.get(process, 'moduleLoadList');
const seen = () => ({
  sqlite: Array.isArray(loaded) && loaded.some((name) => /sqlite/.test(String(name))),
  timers: process.getActiveResourcesInfo().filter((name) => /Timeout|Immediate/.test(name)),
  opened: [...opened],
  modules,
});

const before = seen();
const { createTroupe, defineBot } = await import('../../src/index.ts');
const imported = seen();
const bot = defineBot({ id: 'bot', work: () => 'done' });
const troupe = await createTroupe({ definitions: [bot], journal: process.argv[2] });
const running = seen();
await troupe.stop();
console.log(JSON.stringify({ before, imported, running }));
