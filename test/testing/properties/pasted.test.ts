/** The test to paste: it is red for the team that broke, and green once it is mended. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { isTroupeError } from 'troupe';
import { property, replay } from 'troupe/testing';
import { expect, test } from 'vitest';
import { literal, testToPaste } from '../../../src/testing/properties/failing/pasted.ts';
import { ROOT } from '../../docs/samples.ts';
import { boothOf } from './teams/booth.ts';

test('the test that a failure prints is red until the team is mended', async () => {
  const error = await property({ ...boothOf(false), seed: 2 }).catch((thrown: unknown) => thrown);
  if (!isTroupeError(error, 'PROPERTY_FAILED')) throw error;
  const { law, story, test: pasted } = error.data;
  const red = pastedRun(pasted, false);
  expect(red.status).toBe(1);
  expect(red.output).toContain(`The law "${law}" is broken`);
  expect(red.output).toContain(story.split('\n').at(-1));
  const green = pastedRun(pasted, true);
  expect([green.status, green.output]).toEqual([0, expect.stringMatching(/1 passed/)]);
}, 180_000);

/** Writes the test beside its team and runs it as a user would. */
function pastedRun(pasted: string, isMended: boolean) {
  const folder = `${ROOT}.cache/pasted-${process.pid}-${isMended}`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const write = (name: string, lines: readonly string[]): void =>
    writeFileSync(`${folder}/${name}`, `${lines.join('\n')}\n`);
  write('pasted.test.ts', [pasted]);
  write('team.ts', [
    "import { boothOf } from '../../test/testing/properties/teams/booth.ts';",
    `export const team = boothOf(${isMended});`,
  ]);
  write('vitest.config.ts', [
    "import base from '../../vitest.config.ts';",
    "export default { ...base, test: { include: ['*.test.ts'], reporters: ['default'] } };",
  ]);
  const vitest = [`${ROOT}node_modules/vitest/vitest.mjs`, 'run', '--root', folder];
  const options = {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, vitest, options);
  rmSync(folder, { recursive: true, force: true });
  return { status, output: stdout + stderr };
}

test('property: a value as source text is that value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const read: unknown = runInNewContext(`(${literal(value)})`);
      expect(JSON.stringify(read)).toBe(JSON.stringify(value));
    }),
    { numRuns: 500, seed: 1 },
  );
});

test('a test to paste has the whole script', () => {
  const text = testToPaste("it's so", {
    given: ['a'],
    seed: 7,
    faults: [{ fault: 'reorder' }],
    people: [{ question: 2, answer: 'no', afterMs: 5, again: 'contrary', value: { n: 1 } }],
  });
  expect(text.split('\n').slice(4, 11)).toEqual([
    "test('it\\'s so', async () => {",
    '  await replay(team, {',
    "    given: ['a'],",
    '    seed: 7,',
    "    faults: [{ fault: 'reorder' }],",
    "    people: [{ question: 2, answer: 'no', afterMs: 5, again: 'contrary', value: { n: 1 } }],",
    '  });',
  ]);
});

const values: readonly (readonly [string, unknown])[] = [
  [
    "{ a: 1, b: ['it\\'s', 'a \"word\"', '\\\\', '\\n'] }",
    { a: 1, b: ["it's", 'a "word"', '\\', '\n'] },
  ],
  ['{ c: null }', { 'a-b': undefined, c: null }],
  ["{ 'a-b': 1 }", { 'a-b': 1 }],
  ['{}', {}],
  ['undefined', undefined],
  ['10n', 10n],
  ['new Date("1970-01-01T00:00:00.000Z")', new Date(0)],
  ["{ ['__proto__']: 1 }", JSON.parse('{"__proto__":1}')],
];

test.each(values)('as source text: %s', (text, value) => {
  expect(literal(value)).toBe(text);
});

test('a script that holds is replayed in silence', async () => {
  const script = { given: { seat: 'A1' }, seed: 1, faults: [], people: [] };
  expect((await replay(boothOf(false), script)).breach).toBeUndefined();
});
