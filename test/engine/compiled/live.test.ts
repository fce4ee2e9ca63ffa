/** Live actors that step by tables, against live actors as they are. */
import { beforeEach, expect, test, vi } from 'vitest';
import { corpus } from '../../conformance/corpus.ts';
import { plainRunner } from '../../conformance/runners/plain-runner.ts';
import { byTables } from './live.ts';

beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => undefined));

test.each(corpus)('given the machine $id, then tables give the same account', async (one) => {
  const expected = await plainRunner(one);
  const { result, compiled, interpreted } = await byTables(() => plainRunner(one));
  expect(result).toEqual(expected);
  expect(interpreted).toBeLessThanOrEqual(compiled / 3);
});
