/** The differential property with many charts. */
import { expect, test } from 'vitest';
import { holdToInterpreter } from './both.ts';

test('property: a compiled step does what the interpreter does, for many charts', () => {
  const { steps, compiled } = holdToInterpreter(20_000);
  expect(compiled).toBeGreaterThan(steps * 0.5);
});
