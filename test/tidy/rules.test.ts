/**
 * Every rule of the house can fail: each is shown planted faults, one snippet each, and a tidy
 * counterpart that it must leave alone.
 */
import { expect, test } from 'vitest';
import { objections, rules, staleAllowances } from './rules.ts';
import { planted } from './source.ts';

type Files = Readonly<Record<string, string>>;

interface Plant {
  /** What is wrong with it, once in each snippet. */
  readonly bad: readonly Files[];
  /** What looks alike and is right. */
  readonly good: readonly Files[];
}

const lines = (count: number, text = 'x();'): string => `${text}\n`.repeat(count);
const one = (path: string, ...texts: readonly string[]): readonly Files[] =>
  texts.map((text) => ({ [path]: text }));
const files = (count: number): Files =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`src/journal/f${n}.ts`, '']));
const manifest = (fields: object): Files => ({ 'package.json': JSON.stringify(fields, null, 2) });

const plants: Readonly<Record<string, Plant>> = {
  'top-folders': {
    bad: [{ 'lib/a.ts': '' }],
    good: [{ '.ci/run': '', 'docs/a.md': '', 'a.md': '' }],
  },
  'empty-names': {
    bad: [{ 'src/utils/a.ts': '' }, { 'src/runs/types.ts': '' }, { 'test/helpers.ts': '' }],
    good: [{ 'src/runs/run-types.ts': '', 'docs/types.md': '' }],
  },
  'kebab-case': {
    bad: [{ 'src/runs/runState.ts': '' }, { 'src/Runs/a.ts': '' }, { 'test/a_b.test.ts': '' }],
    good: [{ 'src/runs/run-state.ts': '', 'test/types/run-of.test-d.ts': '', 'README.md': '' }],
  },
  'folder-size': { bad: [files(13)], good: [files(12)] },
  'file-size': {
    bad: [...one('src/runs/a.ts', lines(301)), ...one('test/a.test.ts', lines(501))],
    good: [...one('src/runs/a.ts', lines(300)), ...one('test/a.test.ts', lines(500))],
  },
  'function-size': {
    bad: one('src/runs/a.ts', `function f() {\n${lines(69)}}`, `const f = () => {\n${lines(69)}}`),
    good: [
      ...one('src/runs/a.ts', `function f() {\n${lines(68)}}`),
      ...one(
        'machines/a.ts',
        `const f = () => setup({}).createMachine({\n${lines(90, 'a: 1,')}});`,
      ),
      ...one('test/a.test.ts', `test.each(x)('a', () => {\n${lines(90)}});`),
    ],
  },
  'line-length': {
    bad: one('src/runs/a.ts', `x('${'a'.repeat(97)}');`),
    good: one('src/runs/a.ts', `x('${'a'.repeat(90)}');`, ` * https://a.example/${'a'.repeat(99)}`),
  },
  direction: {
    bad: [
      ...one(
        'src/journal/a.ts',
        "import { a } from '../engine/index.ts';",
        "import type { a } from '../mailbox/index.ts';",
        "export { a } from '../runs/index.ts';",
        "let a: import('../runs/index.ts').A;",
        "await import('../runs/index.ts');",
        "import { a } from '../../test/a.ts';",
      ),
      ...one('src/cellar/a.ts', "import { a } from '../protocol/index.ts';"),
      ...one('src/cli/a.ts', "import { check } from '../testing/index.ts';"),
      ...one('src/dashboard/a.ts', "await import('../testing/index.ts');"),
    ],
    good: [
      ...one('src/journal/a.ts', "import { a } from '../clock/index.ts';", "import './b/c.ts';"),
      ...one('src/cli/a.ts', "await import('../testing/index.ts');"),
    ],
  },
  doors: {
    bad: [
      { 'src/runs/a.ts': "import '../journal/sqlite.ts';", 'src/runs/index.ts': '' },
      { 'src/runs/index.ts': "export * from './a.ts';" },
      { 'src/runs/index.ts': 'export const a = 1;' },
      { 'src/runs/a.ts': '' },
    ],
    good: [
      {
        'src/runs/a.ts': "import '../journal/index.ts';\nimport './b/c.ts';",
        'src/runs/index.ts': "export { a } from './a.ts';\nexport type { B } from './a.ts';",
      },
    ],
  },
  cycles: {
    bad: [
      { 'src/a/a.ts': "import './b.ts';", 'src/a/b.ts': "import type { A } from './a.ts';" },
      { 'src/a/a.ts': "import './a.ts';" },
    ],
    good: [
      { 'src/a/a.ts': "import './b.ts';\nimport './c.ts';", 'src/a/b.ts': "import './c.ts';" },
    ],
  },
  'machines-below-engine': {
    bad: one('src/actor/a.ts', "import { task } from '../../machines/index.ts';"),
    good: one('src/engine/a.ts', "import { task } from '../../machines/index.ts';"),
  },
  'pure-imports': {
    bad: [
      ...one('src/policies/a.ts', "import 'node:fs';", "import '../clock/index.ts';"),
      ...one('machines/a.ts', "import 'zod-to-fun';"),
    ],
    good: one('machines/a.ts', "import 'xstate/graph';\nimport '../src/protocol/index.ts';"),
  },
  'public-doors': {
    bad: [
      ...one('src/specialists/audit/a.ts', "import '../../journal/index.ts';"),
      ...one('examples/a.ts', "import '../src/runs/index.ts';"),
    ],
    good: one('src/specialists/audit/a.ts', "import '../../index.ts';\nimport 'node:fs';"),
  },
  'light-doors': {
    bad: [
      { 'src/index.ts': "export { a } from './a/b.ts';", 'src/a/b.ts': "import 'node:sqlite';" },
      { 'machines/index.ts': "import 'eslint';" },
    ],
    good: [
      {
        'src/index.ts': "export { a } from './a/b.ts';\nexport type { E } from 'eslint';",
        'src/a/b.ts': "await import('node:sqlite');\nimport 'zod';",
      },
    ],
  },
  'declared-packages': {
    bad: [{ ...manifest({ devDependencies: { a: '1' } }), 'src/runs/a.ts': "import 'a/b';" }],
    good: [
      { ...manifest({ peerDependencies: { '@s/a': '1' } }), 'src/runs/a.ts': "import '@s/a/b';" },
      { ...manifest({}), 'src/runs/a.ts': "import 'node:fs';", 'test/a.ts': "import 'b';" },
    ],
  },
  clock: {
    bad: one(
      'src/runs/a.ts',
      'Date.now();',
      'new Date();',
      'Date();',
      'Math.random();',
      'performance.now();',
      'setTimeout(f, 1);',
      'const later = { setTimeout };',
      "import { randomUUID } from 'node:crypto';",
      'crypto.randomUUID();',
      'process.nextTick(f);',
      "import 'node:timers/promises';",
      'AbortSignal.timeout(5);',
    ),
    good: [
      ...one('src/clock/system.ts', 'Date.now(); setTimeout(f, 1);'),
      ...one('src/runs/a.ts', 'clock.setTimeout(f); new Date(at); const a = { performance: 1 };'),
      ...one('src/runs/a.ts', 'function f(setTimeout: F) { setTimeout(1); }', 'Math.max(1, 2);'),
    ],
  },
  pure: {
    bad: [
      ...one('src/policies/a.ts', 'await a;', 'console.log(1);', 'fetch(a);', 'process.exit(1);'),
      ...one('machines/a.ts', 'const a = async () => 1;'),
    ],
    good: [
      ...one('src/policies/a.ts', 'const a = (b: Promise<C>) => b; task.process(1);'),
      ...one('src/runs/a.ts', 'await fetch(a);'),
    ],
  },
  'chart-version': {
    bad: one(
      'machines/a.ts',
      "setup({}).createMachine({ id: 'a' });",
      "createMachine({ version: '1' });",
    ),
    good: one('machines/a.ts', "setup({}).createMachine({ id: 'a', version: '1' });"),
  },
  'chart-functions': {
    bad: one('machines/a.ts', 'createMachine({ on: { a: { guard: () => true } } });'),
    good: one(
      'machines/a.ts',
      'createMachine({ context: () => ({}), on: { a: { actions: [{ params: () => 1 }] } } });',
      'setup({ guards: { g: () => true } }).createMachine({});',
    ),
  },
  any: {
    bad: one('test/a.ts', 'let a: any;', 'const b = a as any;', 'type A = Set<any>;'),
    good: one('test/a.ts', '// any\nconst any = expect.any(Number);'),
  },
  'non-null': {
    bad: one('bench/a.ts', 'a!.b;', 'let a!: number;', 'class A { b!: number; }'),
    good: one('bench/a.ts', '!a; a !== b; a?.b;'),
  },
  as: {
    bad: [
      ...one('src/runs/a.ts', 'a as B;', '<B>a;', 'const c = {} as B;', '[1] as unknown;'),
      ...one('machines/a.ts', 'setup({ types: a as B });', 'setup({ types: { a: 1 } as B });'),
    ],
    good: [
      ...one(
        'machines/a.ts',
        'setup({ types: {} as B });',
        'setup({ types: { input: {} as B } });',
      ),
      ...one('src/runs/a.ts', 'a as const;', "import { a as b } from './b.ts';", 'a satisfies B;'),
      ...one('test/a.test.ts', 'a as B;'),
    ],
  },
  suppressions: {
    bad: [
      ...one('src/runs/a.ts', '// @ts-expect-error: no\na();', '/* biome-ignore lint: no */ a();'),
      ...one('test/a.ts', '// @ts-ignore\na();', 'f(\n  // @ts-nocheck\n);'),
    ],
    good: one('test/a.test-d.ts', '// @ts-expect-error: a number is no text\na(1);'),
  },
  'bare-error': {
    bad: one(
      'src/runs/a.ts',
      "throw new Error('a');",
      "reject(new TypeError('a'));",
      "throw Error('a');",
      "throw 'a';",
      'throw { code };',
      'class A extends Error {}',
    ),
    good: [
      ...one('src/runs/a.ts', "throw troupeError('STOPPED', {});", 'e instanceof Error; throw e;'),
      ...one('src/protocol/errors.ts', 'class A extends Error {}'),
      ...one('test/a.ts', "throw new Error('a');"),
    ],
  },
  'assert-never': {
    bad: one(
      'src/runs/a.ts',
      "switch (a) { case 'b': f(); }",
      "switch (a) { case 'b': assertNever(a); default: f(); }",
      "switch (typeof a) { case 'string': f(); }",
    ),
    good: one(
      'src/runs/a.ts',
      "switch (a) { case 'b': return 1; default: return assertNever(a, 'b'); }",
      "{ switch (a) { case 'b': return 1; } assertNever(a, 'b'); }",
      "switch (typeof a) { case 'string': f(); default: g(); }",
    ),
  },
  header: {
    bad: one(
      'src/runs/a.ts',
      'f();',
      '// short\nf();',
      "import 'a';\n/** Says it too late to help anyone. */",
    ),
    good: one(
      'src/runs/a.ts',
      '/** Runs: one id, one run, also after a restart. */\nf();',
      '#!/usr/bin/env node\n// Runs: one id, one run, also after a restart.\nf();',
    ),
  },
  docstring: {
    bad: one(
      'src/runs/a.ts',
      'export const a = 1;',
      'export function a() {}',
      'export interface A {}',
      'export type A = z.infer<typeof A>;',
    ),
    good: [
      ...one('src/runs/a.ts', '/** A. */\nexport const A = 1;\nexport type A = 2;', 'const a = 1;'),
      ...one('src/runs/a.ts', "export { a } from './b.ts';"),
      ...one('test/a.ts', 'export const a = 1;'),
    ],
  },
  'put-off': {
    bad: one(
      'test/a.ts',
      'f(); // TODO: later',
      'f({\n  /* FIXME */\n});',
      'const a = [\n  // XXX\n];',
    ),
    good: one('test/a.ts', "const a = 'TODO'; // finds a todo", 'a(/TODO/);', 'a(`// FIXME`);'),
  },
  focus: {
    bad: one(
      'test/a.test.ts',
      "test.only('a', f);",
      "describe.skip('a', f);",
      "it.todo('a');",
      "test.skipIf(a)('a', f);",
      "test('a', ({ skip }) => skip());",
      "test('a', (context) => context.skip(a === b));",
    ),
    good: one(
      'test/a.test.ts',
      "test('a', ({ skip }) => skip('the registry is out of reach'));",
      "test('a', (context) => context.skip(a, 'the registry is out of reach'));",
      "test.each(a)('a', f); list.skip(3);",
    ),
  },
  sleep: {
    bad: one('test/a.test.ts', 'setTimeout(f, 5);', "import { s } from 'node:timers/promises';"),
    good: one('test/a.test.ts', 'clock.setTimeout(f, 5);'),
  },
  titles: {
    bad: one('test/a.test.ts', "test('it should work', f);", "test.each(a)('should work', f);"),
    good: one('test/a.test.ts', "test('given a, when b, then c', f);", "f('should');"),
  },
  'machine-paths': {
    bad: one('docs/a.md', `see ${'/ho'}me/ann/a.ts`, `"${'/wo'}rk/a"`, `a(${'..'}/shared/a.md)`),
    good: one('docs/a.md', 'see https://a.example/home/ann', 'src/root/a.ts', 'the /work folder'),
  },
  'registry-hosts': {
    bad: one('package-lock.json', `"resolved": "https://${'registry'}.example.org/a.tgz"`),
    good: one('package-lock.json', '"url": "https://github.com/sponsors/a"'),
  },
  'exact-versions': {
    bad: [
      manifest({ dependencies: { a: '^1.0.0' } }),
      manifest({ devDependencies: { a: 'latest' } }),
    ],
    good: [manifest({ dependencies: { a: '1.0.0', b: 'npm:@s/c@2.0.0-rc.1' } })],
  },
};

test('every rule has a planted fault', () => {
  expect(Object.keys(plants).sort()).toEqual(rules.map((rule) => rule.name).sort());
});

test.each(rules)('rule $name finds each planted fault', (rule) => {
  for (const snippet of plants[rule.name]?.bad ?? [])
    expect([snippet, objections(rule, planted(snippet), []).length]).toEqual([snippet, 1]);
});

test.each(rules)('rule $name leaves tidy code alone', (rule) => {
  for (const snippet of plants[rule.name]?.good ?? [])
    expect([snippet, objections(rule, planted(snippet), [])]).toEqual([snippet, []]);
});

test('an objection names file, line, number and remedy', () => {
  const rule = rules.find(({ name }) => name === 'any');
  const repository = planted({ 'src/a/b.ts': '\nlet a: any;' });
  const [text] = rule ? objections(rule, repository, []) : [];
  expect(text).toBe('src/a/b.ts:2 says any [6.3] Use unknown and parse it, or say the type.');
});

test('an allowance frees one file from one rule, and is stale when the file keeps the rule', () => {
  const rule = rules.find(({ name }) => name === 'as');
  const allowance = { rule: 'as', file: 'src/a/b.ts', reason: 'rows of SQLite are untyped' };
  const casting = planted({ 'src/a/b.ts': 'a as B;', 'src/a/c.ts': 'a as B;' });
  expect(rule && objections(rule, casting, [allowance])).toHaveLength(1);
  const copied = planted({ 'examples/README.md': 'runs as it is', 'examples/a.ts': 'a as B;' });
  expect(rule && objections(rule, copied, [])).toHaveLength(1);
  expect(staleAllowances(casting, [allowance])).toEqual([]);
  expect(staleAllowances(casting, [{ ...allowance, reason: 'rows' }])).toHaveLength(1);
  expect(staleAllowances(planted({ 'src/a/b.ts': 'a;' }), [allowance])).toHaveLength(1);
});
