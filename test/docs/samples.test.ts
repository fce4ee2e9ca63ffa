/**
 * The code in the documentation is true: it compiles, it runs, and the first commands work.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  blocksOf,
  documentedBlocks,
  nameOf,
  ROOT,
  runFile,
  samplesAmong,
  typeErrorsIn,
  writeSamples,
} from './samples.ts';

const blocks = documentedBlocks();
const samples = samplesAmong(blocks);
const faulty = samplesAmong(
  blocksOf(
    'faulty.md',
    [
      "import { nothing } from 'troupe';",
      "const a: number = 'text';",
      "throw new TypeError('planted');",
    ]
      .map((code) => `\`\`\`ts run\n${code}\n\`\`\`\n`)
      .join(''),
  ),
);
const folder = writeSamples('samples', [...samples, ...faulty]);

/** One call of the checker, of samples and of what it must object to. */
const typeErrors = Object.groupBy(typeErrorsIn(folder), (line) =>
  line.startsWith('faulty-line-') ? 'faulty' : 'sample',
);

test('every sample imports troupe, or says that it is a fragment', () => {
  const others = samples.filter(({ code }) => !/from 'troupe(\/\w+)?'/.test(code));
  expect(
    others.map(({ path, line }) => `${path}:${line} is no program: \`\`\`ts fragment`),
  ).toEqual([]);
});

test('every sample compiles', (context) => {
  context.skip(samples.length === 0, 'the documentation has no sample yet');
  expect(typeErrors.sample ?? []).toEqual([]);
});

describe('every runnable sample runs, ends by itself and prints what the page says', () => {
  const runnable = samples.filter(({ marks }) => marks.includes('run'));
  test.each(runnable.map((sample) => [nameOf(sample), sample] as const))('%s', (name, sample) => {
    const { status, stdout, stderr } = runFile(join(folder, name));
    expect({ status, stderr }).toMatchObject({ status: 0, stderr: '' });
    if (sample.output !== undefined) expect(stdout).toBe(sample.output);
  });

  test('there are some', () => expect(runnable.length).toBeGreaterThan(0));
});

test('the README has the two commands, and they exist', (context) => {
  context.skip(!existsSync(`${ROOT}README.md`), 'there is no README yet');
  const commands = blocks
    .filter(({ path, language }) => path === 'README.md' && /^(sh|bash|shell)$/.test(language))
    .flatMap(({ code }) => code.split('\n').map((line) => line.replace(/\s*#.*$/, '')));
  expect(commands).toContain('npm ci && npm start');
  expect(commands).toContain('npm ci && npm test');
  const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'));
  expect(scripts).toMatchObject({ start: /^node (\S+)/, test: 'vitest run' });
  expect(existsSync(ROOT + /^node (\S+)/.exec(scripts.start)?.[1])).toBe(true);
});

test('blocks keep their language, marks and place; an output belongs to the sample above', () => {
  const text = 'a\n```ts run\nf();\n```\n\n```text output\n1\n```\n```ts fragment\ng\n```\n';
  const found = blocksOf('docs/a/b.md', text);
  expect(found.map(({ language, marks, line }) => [language, ...marks, line])).toEqual([
    ['ts', 'run', 2],
    ['text', 'output', 6],
    ['ts', 'fragment', 9],
  ]);
  expect(samplesAmong(found)).toMatchObject([{ code: 'f();\n', output: '1\n' }]);
  expect(samplesAmong(found).map(nameOf)).toEqual(['docs-a-b-line-2.ts']);
});

test('a sample that does not compile or throws is found', () => {
  expect(typeErrors.faulty?.map((line) => line.split('(')[0])).toEqual(
    faulty.slice(0, 2).map(nameOf),
  );
  const thrown = runFile(join(folder, 'faulty-line-7.ts'));
  expect([thrown.status, thrown.stderr]).toEqual([1, expect.stringContaining('planted')]);
});
