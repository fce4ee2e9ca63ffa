/** Places in source, from the text of stacks. */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { placeIn } from '../../../src/testing/repeatable/surprises/index.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const own = `    at work (${root}app/finder.ts:12:7)`;

test('given a stack, then the place is the newest frame of the user, whoever is between', () => {
  const stacks: Readonly<Record<string, readonly string[]>> = {
    user: [own],
    node: ['    at readFileSync (node:internal/modules/cjs/loader:10:3)', own],
    runtime: [`    at now (${root}src/runs/run.ts:1:1)`, own],
    runner: [`    at log (file://${root}node_modules/@vitest/runner/dist/a.js:1:1)`, own],
  };
  for (const [by, frames] of Object.entries(stacks))
    expect(placeIn(['Error', ...frames].join('\n'))).toEqual({ by, text: 'app/finder.ts:12' });
});

test('given a library in between, then the place is its caller, else its own', () => {
  const library = `    at nanoid (file://${root}node_modules/nanoid/index.js?v=1:3:4)`;
  expect(placeIn(['Error', library, own].join('\n')).text).toBe('app/finder.ts:12');
  expect(placeIn(['Error', library].join('\n'))).toEqual({
    by: 'user',
    text: 'node_modules/nanoid/index.js:3',
  });
});

test('given programs of this package, then they are a user, and what has no place has none', () => {
  const audit = `    at async ${root}src/specialists/audit/lead.ts:5:1`;
  expect(placeIn(['Error', audit].join('\n'))).toEqual({
    by: 'user',
    text: 'src/specialists/audit/lead.ts:5',
  });
  expect(placeIn('Error\n    at <anonymous>')).toEqual({ by: 'user', text: undefined });
});
