/** The contract between `step.ts` and XState, under both builds of it. */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { holdToLiveActors, holdToThrows, isDevelopmentBuild } from './step-contract.ts';

test('property: on the development build a step decides what a live actor does', () => {
  expect(isDevelopmentBuild()).toBe(true);
  holdToLiveActors(50);
});

test('given a throw in a chart, then the step is undone and the next one is clean', () => {
  holdToThrows();
});

test('property: on the production build a step decides what a live actor does', () => {
  const contract = new URL('./step-contract.ts', import.meta.url);
  const program = `
    import * as contract from ${JSON.stringify(contract.href)};
    contract.holdToLiveActors(50);
    contract.holdToThrows();
    console.log(contract.isDevelopmentBuild() ? 'development' : 'production');`;
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
  });
  expect([child.stdout, child.stderr, child.status]).toEqual(['production\n', '', 0]);
});
