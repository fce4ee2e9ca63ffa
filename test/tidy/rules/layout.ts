/**
 * Rules about places, names and sizes of files.
 */
import { posix } from 'node:path';
import ts from 'typescript';
import {
  at,
  eachFile,
  type Finding,
  isCode,
  isProduction,
  isTest,
  linesOf,
  nodesBelow,
  nodesOf,
  type Repository,
  type Rule,
  type Source,
} from '../source.ts';

const TOP_FOLDERS = new Set(['machines', 'src', 'test', 'docs', 'bench', 'examples']);
const EMPTY_NAMES = /^(utils?|helpers?|common|types|misc|shared)$/;
const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const FILES_MAX = 12;
const CROWDED_FOLDERS = /^(machines|src\/protocol|test\/machines|test\/protocol)$/;
const SOURCE_LINES_MAX = 300;
const TEST_LINES_MAX = 500;
const FUNCTION_LINES_MAX = 70;
const COLUMNS_MAX = 100;
const TEST_BLOCKS = new Set(['describe', 'test', 'it', 'beforeEach', 'afterEach', 'bench']);
const CHART_MAKERS = new Set(['setup', 'createMachine', 'createStateConfig']);

/** The rules of this file. */
export const layoutRules: readonly Rule[] = [
  {
    name: 'top-folders',
    number: '1.1',
    title: `the top folders are ${[...TOP_FOLDERS].join(', ')}`,
    remedy: 'Put the file into one of them.',
    check: eachFile(
      (path) =>
        path.includes('/') && !path.startsWith('.') && !TOP_FOLDERS.has(path.split('/')[0] ?? ''),
      (source) => [whole(source, 'is in a folder of its own at the top')],
    ),
  },
  {
    name: 'empty-names',
    number: '1.2',
    title: 'no file or folder is called utils, helpers, common, types, misc or shared',
    remedy: 'Name it after the concept it holds; a type lives with its concept.',
    check: eachFile(isCode, (source) =>
      wordsOf(source.path)
        .filter((word) => EMPTY_NAMES.test(word))
        .map((word) => whole(source, `is called ${word}`)),
    ),
  },
  {
    name: 'kebab-case',
    number: '1.3',
    title: 'files and folders of code have kebab-case names',
    remedy: 'Rename it to words in lower case with hyphens between them.',
    check: eachFile(isCode, (source) =>
      wordsOf(source.path)
        .filter((word) => !KEBAB.test(word))
        .map((word) => whole(source, `${word} is not kebab-case`)),
    ),
  },
  {
    name: 'folder-size',
    number: '1.2',
    title: `a folder of code holds at most ${FILES_MAX} files`,
    remedy: 'Split the folder by noun.',
    check: crowdedFolders,
  },
  {
    name: 'file-size',
    number: '1.4',
    title: `a source file has at most ${SOURCE_LINES_MAX} lines, a test ${TEST_LINES_MAX}`,
    remedy: 'Split it by concept, not by length.',
    check: eachFile(isCode, (source) => {
      const max = isTest(source.path) ? TEST_LINES_MAX : SOURCE_LINES_MAX;
      const lines = source.text.trimEnd().split('\n').length;
      return lines > max ? [whole(source, `has ${lines} lines, at most ${max}`)] : [];
    }),
  },
  {
    name: 'function-size',
    number: '1.4',
    title: `a function has at most ${FUNCTION_LINES_MAX} lines, charts and test blocks excepted`,
    remedy: 'Keep the branching here and move pure leaves into functions of their own.',
    check: eachFile(isCode, longFunctions),
  },
  {
    name: 'line-length',
    number: '1.4',
    title: `a line has at most ${COLUMNS_MAX} columns`,
    remedy: 'Break the line; an address alone on a comment line may be longer.',
    check: eachFile(isCode, longLines),
  },
];

/** The words of a path that somebody chose: `test/a/b.test-d.ts` gives `test`, `a` and `b`. */
function wordsOf(path: string): readonly string[] {
  const bare = path.replace(/(\.(test|test-d|long|config|d|vitest))*\.(ts|js|mjs)$/, '');
  return bare.split('/').filter((word) => !word.startsWith('.'));
}

function whole(source: Source, what: string): Finding {
  return { path: source.path, line: 1, what };
}

function crowdedFolders(repository: Repository): readonly Finding[] {
  const counts = new Map<string, number>();
  for (const path of repository.keys()) {
    if (!isProduction(path) && !isTest(path) && !path.startsWith('bench/')) continue;
    const folder = posix.dirname(path);
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts]
    .filter(([folder, count]) => count > FILES_MAX && !CROWDED_FOLDERS.test(folder))
    .map(([path, count]) => ({ path, line: 1, what: `holds ${count} files` }));
}

function* longFunctions(source: Source): Generator<Finding> {
  for (const node of nodesOf(source)) {
    if (!ts.isFunctionLike(node) || !('body' in node) || isTestBlock(node)) continue;
    const lines = linesOf(source, node) - chartLines(source, node);
    if (lines > FUNCTION_LINES_MAX) yield at(source, node, `is a function of ${lines} lines`);
  }
}

function isTestBlock(node: ts.Node): boolean {
  if (!ts.isCallExpression(node.parent)) return false;
  let called: ts.Expression = node.parent.expression;
  while (!ts.isIdentifier(called)) {
    if (ts.isPropertyAccessExpression(called) || ts.isCallExpression(called))
      called = called.expression;
    else return false;
  }
  return TEST_BLOCKS.has(called.text);
}

/** Lines of the charts inside a function: tables, which no one reads as a body. */
function chartLines(source: Source, node: ts.Node): number {
  let lines = 0;
  for (const below of nodesBelow(node)) {
    if (!ts.isCallExpression(below)) continue;
    const { expression } = below;
    const name = ts.isPropertyAccessExpression(expression) ? expression.name : expression;
    if (!ts.isIdentifier(name) || !CHART_MAKERS.has(name.text)) continue;
    for (const argument of below.arguments) lines += linesOf(source, argument) - 1;
  }
  return lines;
}

function* longLines(source: Source): Generator<Finding> {
  for (const [index, line] of source.lines.entries()) {
    const columns = [...line].length;
    if (columns <= COLUMNS_MAX || /^\s*(\*|\/\/)?\s*https?:\S+$/.test(line)) continue;
    yield { path: source.path, line: index + 1, what: `has ${columns} columns` };
  }
}
