/**
 * Type tests can fail: the checker that the gate runs finds a planted wrong expectation.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { blocksOf, ROOT, samplesAmong, typeErrorsIn, writeSamples } from '../docs/samples.ts';

const WORDS = "import type { Equal, Expect } from '../../test/type-tests/equal.ts';";

test('a wrong equality and an error that does not come are found', () => {
  const planted = [
    `${WORDS}\nexport type A = Expect<Equal<string, number>>;`,
    '// @ts-expect-error: this compiles\nexport const a: number = 1;',
    `${WORDS}\nexport type A = Expect<Equal<string, string>>;`,
  ].map((code) => `\`\`\`ts\n${code}\n\`\`\`\n`);
  const folder = writeSamples('type-tests', samplesAmong(blocksOf('planted.md', planted.join(''))));
  expect(typeErrorsIn(folder).map((line) => line.replace(/(: error TS\d+).*/, '$1'))).toEqual([
    'planted-line-1.ts(2,24): error TS2344',
    'planted-line-5.ts(1,1): error TS2578',
  ]);
});

test('the gate reads every type test', () => {
  const { include } = JSON.parse(readFileSync(`${ROOT}tsconfig.json`, 'utf8'));
  expect(include).toContain('test');
});
