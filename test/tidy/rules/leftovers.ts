/**
 * Rules about what a day's work leaves behind: focused, skipped and sleeping tests, paths of one
 * machine, hosts of one registry, versions that float.
 */
import ts from 'typescript';
import {
  at,
  eachFile,
  type Finding,
  importsOf,
  isTest,
  nodesOf,
  type Repository,
  type Rule,
  type Source,
} from '../source.ts';
import { isGlobal } from './purity.ts';

const TEST_CALLS = new Set(['test', 'it', 'describe', 'suite', 'bench']);
const EXACT = /^(npm:(@[^@/]+\/)?[^@/]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/;
const MACHINE_PATH =
  /(?:^|[\s'"`(=:,])(?:\/(?:home|Users|root|work|farm|tmp|var\/folders)\/[^\s'"`)]+|[A-Z]:\\Users)/;
const OUTSIDE_PATH = /(?:\.\.\/)+shared\//;
const REGISTRY =
  /https?:\/\/[^\s"'`/]*(?:registry|npmjs|artifactory|nexus|verdaccio|npmmirror)[^\s"'`]*/;

/** The rules of this file. */
export const leftoverRules: readonly Rule[] = [
  {
    name: 'focus',
    number: '8.3',
    title: 'no test is focused or skipped without a reason',
    remedy: "Take `.only` out; skip from inside with `skip('the reason')`.",
    check: eachFile(isTest, focused),
  },
  {
    name: 'sleep',
    number: '8.5',
    title: 'no test sleeps',
    remedy: 'Use the simulated clock, or wait for what shows that it happened.',
    check: eachFile(isTest, sleeping),
  },
  {
    name: 'titles',
    number: '8.1',
    title: 'a test states what happens, without should',
    remedy: 'Write `given ..., when ..., then ...` or `property: ...`.',
    check: eachFile(isTest, (source) =>
      testTitles(source)
        .filter((title) => /\bshould\b/i.test(title.text))
        .map((title) => at(source, title, `says ${title.getText()}`)),
    ),
  },
  {
    name: 'machine-paths',
    number: '11',
    title: 'no path of one machine is committed',
    remedy: 'Derive the path from import.meta.url, os.tmpdir() or an option.',
    check: eachLine((line) => (MACHINE_PATH.exec(line) ?? OUTSIDE_PATH.exec(line))?.[0].trim()),
  },
  {
    name: 'registry-hosts',
    number: '11.3',
    title: 'no registry host is committed',
    remedy: 'Let npm take the registry from its configuration; lock without `resolved`.',
    check: eachLine((line) => REGISTRY.exec(line)?.[0]),
  },
  {
    name: 'exact-versions',
    number: '11.3',
    title: 'dependencies have exact versions',
    remedy: 'Write the version without a range; peers alone have ranges.',
    check: floatingVersions,
  },
];

function* focused(source: Source): Generator<Finding> {
  for (const node of nodesOf(source)) {
    if (!ts.isPropertyAccessExpression(node)) continue;
    const { expression, name } = node;
    const root = expression.getText().split('.')[0] ?? '';
    if (!/^(only|skip|skipIf|runIf|todo|fails)$/.test(name.text)) continue;
    if (TEST_CALLS.has(root)) yield at(source, node, `says ${node.getText()}`);
  }
  for (const node of nodesOf(source))
    if (ts.isCallExpression(node) && isSkip(node.expression) && !hasReason(node))
      yield at(source, node, 'skips without a reason');
}

/** `skip()` of the test's context, also as `context.skip()`. */
function isSkip(called: ts.Expression): boolean {
  if (ts.isIdentifier(called)) return called.text === 'skip';
  if (!ts.isPropertyAccessExpression(called) || called.name.text !== 'skip') return false;
  return !TEST_CALLS.has(called.expression.getText());
}

function hasReason(call: ts.CallExpression): boolean {
  const reason = call.arguments.at(-1);
  if (!reason || ts.isStringLiteralLike(reason)) return (reason?.getText().length ?? 0) > 12;
  return !ts.isBinaryExpression(reason) && !ts.isPrefixUnaryExpression(reason);
}

function* sleeping(source: Source): Generator<Finding> {
  for (const { specifier, line } of importsOf(source))
    if (/^(node:)?timers/.test(specifier))
      yield { path: source.path, line, what: `imports ${specifier}` };
  for (const node of nodesOf(source)) {
    if (!ts.isIdentifier(node) || !/^(setTimeout|setInterval|Atomics)$/.test(node.text)) continue;
    if (isGlobal(source, node)) yield at(source, node, `uses ${node.text}`);
  }
}

function testTitles(source: Source): readonly ts.StringLiteralLike[] {
  const titles: ts.StringLiteralLike[] = [];
  for (const node of nodesOf(source)) {
    if (!ts.isCallExpression(node)) continue;
    const title = node.arguments[0];
    const root = /^\w+/.exec(node.expression.getText())?.[0] ?? '';
    if (TEST_CALLS.has(root) && title && ts.isStringLiteralLike(title)) titles.push(title);
  }
  return titles;
}

function eachLine(offending: (line: string) => string | undefined): Rule['check'] {
  return eachFile(
    () => true,
    (source) =>
      source.lines.flatMap((line, index) => {
        const text = offending(line);
        return text ? [{ path: source.path, line: index + 1, what: `has ${text}` }] : [];
      }),
  );
}

function floatingVersions(repository: Repository): readonly Finding[] {
  const manifest = repository.get('package.json');
  if (!manifest) return [];
  const { dependencies = {}, devDependencies = {} } = JSON.parse(manifest.text);
  return Object.entries({ ...dependencies, ...devDependencies })
    .filter(([, version]) => !EXACT.test(String(version)))
    .map(([name, version]) => {
      const line = manifest.lines.findIndex((text) => text.includes(`"${name}": "${version}"`)) + 1;
      return { path: manifest.path, line, what: `${name} floats: ${version}` };
    });
}
