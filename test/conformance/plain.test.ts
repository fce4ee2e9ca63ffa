/**
 * The reference itself: every case does under plain XState what it is for, the same each time.
 */
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { corpus } from './corpus.ts';
import { plainRunner } from './runners/plain-runner.ts';

// XState's development build warns of every event that comes too late; here some come on purpose.
beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => undefined));

test('the corpus holds at least 45 machines, each under an id of its own', () => {
  expect(corpus.length).toBeGreaterThanOrEqual(45);
  expect(new Set(corpus.map(({ id }) => id)).size).toBe(corpus.length);
});

describe.each(corpus)('$id', (one) => {
  test('ends as it says, under its own id, the same twice', async () => {
    const account = await plainRunner(one);
    expect(account.states.at(-1)).toMatchObject(one.ends);
    expect(account.states).toHaveLength(one.script.length + 1);
    expect(await plainRunner(one)).toEqual(account);
  });
});
