/** Compiled steps against XState's interpreter, on charts and stories at random. */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { holdToInterpreter } from './both.ts';

test('property: a compiled step does what the interpreter does, in the same order', () => {
  const { steps, compiled, changes, throws } = holdToInterpreter(150);
  expect(compiled).toBeGreaterThan(steps * 0.5);
  expect(changes).toBeGreaterThan(steps * 0.1);
  expect(throws).toBeGreaterThan(0);
});

test('property: so it does on the production build of XState, which plain Node loads', () => {
  const both = new URL('./both.ts', import.meta.url);
  const program = `
    import { holdToInterpreter } from ${JSON.stringify(both.href)};
    const { steps, compiled } = holdToInterpreter(60);
    console.log(compiled > steps * 0.5);`;
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
  });
  expect([child.stdout, child.stderr, child.status]).toEqual(['true\n', '', 0]);
});
