/** Compiled steps against XState's interpreter, on charts and stories at random. */
import { expect, test } from 'vitest';
import { holdToInterpreter } from './both.ts';

test('property: a compiled step does what the interpreter does, in the same order', () => {
  const { steps, compiled, changes, throws } = holdToInterpreter(300);
  expect(compiled).toBeGreaterThan(steps * 0.7);
  expect(changes).toBeGreaterThan(steps * 0.2);
  expect(throws).toBeGreaterThan(0);
});
