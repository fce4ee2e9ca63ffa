/**
 * A process that lives a long story and tells, as JSON, what it holds after a tenth of it and at
 * its end: bytes of the heap after garbage collection, what keeps its event loop alive, open files.
 * Arguments: `memory` or a path, messages, lives.
 */
import { existsSync, readdirSync } from 'node:fs';
import { createTroupe, memoryJournal, openJournal } from '../../src/index.ts';
import { definitions, lives, messages } from './living.ts';
import { log } from './log.ts';

const [, , path = 'memory', messageCount = '0', lifeCount = '0'] = process.argv;
const journal =
  path === 'memory'
    ? memoryJournal({ rows: 100, runs: 10 })
    : await openJournal(path, { durability: 'process' });
const troupe = await createTroupe({ definitions, journal, log });
const { signal } = new AbortController();
const parts = 10;
const kinds = Object.values(lives);
let lived = 0;

async function part(): Promise<void> {
  await messages(troupe, Number(messageCount) / parts);
  for (const until = lived + Number(lifeCount) / parts; lived < until; lived += kinds.length) {
    await Promise.all(kinds.map((live, index) => live(troupe, lived + index, signal)));
  }
}

async function held() {
  for (let turn = 0; turn < 100; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  for (let time = 0; time < 3; time += 1) globalThis.gc?.();
  const files = existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0;
  const handles = process.getActiveResourcesInfo().filter((name) => name !== 'Timeout').length;
  return { heap: process.memoryUsage().heapUsed, handles, files };
}

await part();
const before = await held();
for (let count = 1; count < parts; count += 1) await part();
const after = await held();
await troupe.stop();
process.stdout.write(JSON.stringify({ before, after, lived }));
