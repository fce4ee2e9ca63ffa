/**
 * Journals of every format that there was, made by the code of their time: today's code shows what
 * is in them, goes on with it, and ends it as the code of their time would have.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openReader, type ViewName } from '../../src/journal/index.ts';
import { newFile } from '../journal/files.ts';
import { play, seen, start, stop } from './formats/story.ts';

const folder = join(import.meta.dirname, 'formats');
const formats = readdirSync(folder).filter((name) => /^\d+$/.test(name));
const journals = formats.flatMap((format) => [
  { format, name: 'closed' },
  { format, name: 'killed' },
]);

/** A copy of a journal, as it lay on its disk. */
function copyOf({ format, name }: (typeof journals)[number]): string {
  const file = newFile();
  const from = join(folder, format);
  for (const end of readdirSync(from).filter((one) => one.startsWith(`${name}.`))) {
    const tail = end.slice(`${name}.db`.length, -'.gz'.length);
    writeFileSync(`${file}${tail}`, gunzipSync(readFileSync(join(from, end))), { mode: 0o600 });
  }
  return file;
}

const expectedOf = ({ format, name }: (typeof journals)[number]) =>
  JSON.parse(readFileSync(join(folder, format, 'seen.json'), 'utf8'))[name];

describe.each(journals)('given a $name journal of format $format', (journal) => {
  test('when a team is made on it, then everything is there as it was', async () => {
    const team = await start(3, copyOf(journal));
    expect(await seen(team)).toEqual(expectedOf(journal).before);
    await stop(team);
  });

  test('when the team goes on, then everything ends as it would have', async () => {
    const file = copyOf(journal);
    await stop(await start(3, file));
    const team = await play(3, file);
    expect(await seen(team)).toEqual(expectedOf(journal).after);
    await stop(team);
  });

  test('when it is only read, then every view answers and no byte is changed', async () => {
    const file = copyOf(journal);
    const before = readFileSync(file);
    const reader = await openReader(file);
    const rows = views.map((view) => reader.view(view).length);
    expect(rows.every((count) => count > 0)).toBe(true);
    expect(reader.actors({ parked: true }).length).toBeGreaterThan(0);
    expect(reader.busy(0, 100).length).toBeGreaterThan(0);
    reader.close();
    expect(readFileSync(file).equals(before)).toBe(true);
  });
});

const views: readonly ViewName[] = [
  'actors',
  'tasks',
  'task_dependencies',
  'timers',
  'messages',
  'dead_letters',
  'incidents',
];
