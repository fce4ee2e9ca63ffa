/** The door: SQLite is loaded when the first file is opened, not before. */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { newFile } from './files.ts';

test('given the door, then SQLite loads with the first journal file', () => {
  const door = new URL('../../src/journal/index.ts', import.meta.url).href;
  const code = `
    const door = await import(${JSON.stringify(door)});
    const isLoaded = () => process.moduleLoadList.some((name) => name.endsWith(' sqlite'));
    door.memoryJournal();
    door.simulatedDisk().open();
    const before = isLoaded();
    await door.openJournal(${JSON.stringify(newFile())});
    console.log(before, isLoaded());`;
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
  });
  expect(said).toBe('false true\n');
});
