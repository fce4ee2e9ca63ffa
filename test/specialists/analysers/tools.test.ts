/** Which analysers are there, and what to type when one is not. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { availability, tools } from '../../../src/specialists/analysers/index.ts';

test('given this repository, then every analyser is there', () => {
  const { installed, missing, command } = availability();
  expect(Object.keys(installed)).toEqual(tools.map(({ name }) => name));
  expect({ missing, command }).toEqual({ missing: [], command: '' });
});

test('given some that are missing or too old, then the command names them with versions', () => {
  const versions: Record<string, string> = {
    eslint: '8.57.1',
    'typescript-eslint': '8.80.0',
    typescript: '5.9.3',
    'eslint-plugin-sonarjs': '3.1.0',
  };
  expect(availability((name) => versions[name])).toEqual({
    installed: versions,
    missing: ['eslint', 'jscpd', 'dependency-cruiser'],
    command: 'npm install --save-dev eslint@^9.39.0 jscpd@^4.3.0 dependency-cruiser@^17.4.0',
  });
});

test('the packages are the optional peers, in versions that the peers allow', () => {
  const manifest = JSON.parse(
    readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
  );
  for (const { name, range } of tools) {
    expect(manifest.peerDependenciesMeta[name]).toEqual({ optional: true });
    expect(manifest.peerDependencies[name]).toContain(range.slice(1));
  }
});
