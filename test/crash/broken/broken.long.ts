/** The tests of crashes are put to the test: each mistake is found. */
import { expect, test } from 'vitest';
import { broken, saidOf } from './broken.ts';

test.each(broken)('$bug.name is found by $by', async (one) => {
  const said = await saidOf(one);
  // Not because the copy does not run: a law says what is wrong.
  expect(said).toMatch(/AssertionError/);
});
