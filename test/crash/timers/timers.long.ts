/** Ten thousand timers that are armed when a process ends. */
import { test } from 'vitest';
import { holdMany } from './many.ts';

test.each([false, true])('given 10,000 timers, cramped: %s, then they fire by their times', (is) =>
  holdMany(10_000, is),
);
