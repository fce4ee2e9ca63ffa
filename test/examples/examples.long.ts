/** Every program of `examples/`, killed by the system after each line of work that it prints. */
import { describe, test } from 'vitest';
import { playKilled, plays, workLines } from './plays.ts';

const kills = plays.flatMap((one) =>
  Array.from({ length: workLines(one) }, (_, index) => ({ ...one, line: index + 1 })),
);

describe('given a kill after any line, then the same end', () => {
  test.each(kills)('$example, line $line', (one) => playKilled(one, one.line));
});
