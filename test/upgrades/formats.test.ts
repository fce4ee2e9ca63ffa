/**
 * Journals of every format that there was, made by the code of their time: today's code shows what
 * is in them, goes on with it, and ends it as the code of their time would have.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openReader } from '../../src/journal/index.ts';
import { views } from '../../src/journal/sqlite/views.ts';
import { copyOf, kept, shownOf } from './copies.ts';
import { play, seen, start, stop } from './formats/story.ts';

describe.each(kept)('given a $name journal of format $format', (journal) => {
  test('when a team is made on it, then everything is there as it was', async () => {
    const team = await start(3, copyOf(journal));
    expect(await seen(team)).toEqual(shownOf(journal).before);
    await stop(team);
  });

  test('when the team goes on, then everything ends as it would have', async () => {
    const file = copyOf(journal);
    await stop(await start(3, file));
    const team = await play(3, file);
    expect(await seen(team)).toEqual(shownOf(journal).after);
    await stop(team);
  });

  test('when it is only read, then every view answers and no byte is changed', async () => {
    const file = copyOf(journal);
    const before = readFileSync(file);
    const reader = await openReader(file);
    const named = objectKeys(views).filter((view) => reader.count(view) === 0);
    expect(named).toEqual([]);
    expect(reader.actors({ parked: true }).length).toBeGreaterThan(0);
    expect(reader.busy(0, 100).length).toBeGreaterThan(0);
    reader.close();
    expect(readFileSync(file).equals(before)).toBe(true);
  });
});

const objectKeys = <Key extends string>(of: Readonly<Record<Key, unknown>>): Key[] => {
  const keys: Key[] = [];
  for (const key in of) keys.push(key);
  return keys;
};
