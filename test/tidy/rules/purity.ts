/**
 * Rules about surprise: time, chance and scheduling come from the clock contract, and the zones
 * that decide do nothing else.
 */
import ts from 'typescript';
import {
  at,
  eachFile,
  type Finding,
  importsOf,
  isCode,
  isProduction,
  nodesOf,
  type Rule,
  type Source,
  treeOf,
} from '../source.ts';
import { PURE_ZONES, zoneOf } from './ranks.ts';

/** Globals that bring time, chance or scheduling. */
const SURPRISES = new Set([
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'performance',
]);
/** Members that bring them, whatever object they are read from. */
const SURPRISING_MEMBERS = new Set([
  'Date.now',
  'Math.random',
  'AbortSignal.timeout',
  'Atomics.wait',
  'process.hrtime',
  'process.nextTick',
  'process.uptime',
  'scheduler.wait',
]);
const SURPRISING_NAMES = new Set(['randomUUID', 'randomBytes', 'randomInt', 'getRandomValues']);
const SURPRISING_MODULES = /^(node:)?(timers|timers\/promises|perf_hooks)$/;
/** Globals that do something to the world. */
const DEEDS = new Set(['process', 'fetch', 'console', 'globalThis', 'eval', 'crypto', 'WebSocket']);

/** The rules of this file. */
export const purityRules: readonly Rule[] = [
  {
    name: 'clock',
    number: '2.2',
    title: 'time, chance and scheduling come from src/clock only',
    remedy: 'Take a Clock and ask it; in a machine they arrive as event data.',
    check: eachFile((path) => isProduction(path) && zoneOf(path) !== 'src/clock', surprises),
  },
  {
    name: 'pure',
    number: '2.2',
    title: 'protocol, policies and machines wait for nothing and do nothing',
    remedy: 'Return an effect and let the host perform it.',
    check: eachFile((path) => isCode(path) && PURE_ZONES.includes(zoneOf(path)), deeds),
  },
];

function* surprises(source: Source): Generator<Finding> {
  for (const { specifier, line } of importsOf(source))
    if (SURPRISING_MODULES.test(specifier))
      yield { path: source.path, line, what: `imports ${specifier}` };
  for (const node of nodesOf(source)) {
    const name = surpriseIn(source, node);
    if (name) yield at(source, node, `uses ${name}`);
  }
}

function surpriseIn(source: Source, node: ts.Node): string | undefined {
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date')
    return node.arguments?.length ? undefined : 'new Date()';
  if (ts.isCallExpression(node) && node.expression.getText() === 'Date') return 'Date()';
  if (ts.isPropertyAccessExpression(node) && SURPRISING_MEMBERS.has(node.getText()))
    return node.getText();
  if (!ts.isIdentifier(node)) return undefined;
  if (SURPRISING_NAMES.has(node.text) && !ts.isPropertySignature(node.parent)) return node.text;
  return SURPRISES.has(node.text) && isGlobal(source, node) ? node.text : undefined;
}

function* deeds(source: Source): Generator<Finding> {
  for (const node of nodesOf(source)) {
    if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier))
      yield at(source, node, 'awaits');
    if (node.kind === ts.SyntaxKind.AsyncKeyword) yield at(source, node, 'is async');
    if (ts.isIdentifier(node) && DEEDS.has(node.text) && isGlobal(source, node))
      yield at(source, node, `uses ${node.text}`);
  }
}

/** Whether an identifier is read, is no member's name, and is declared nowhere in the file. */
export function isGlobal(source: Source, node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return false;
  if (ts.isQualifiedName(parent) || ts.isBindingElement(parent)) return false;
  const names = ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent);
  if (names && parent.name === node) return false;
  return !declaredIn(source).has(node.text);
}

const declared = new WeakMap<ts.SourceFile, ReadonlySet<string>>();

function declaredIn(source: Source): ReadonlySet<string> {
  const tree = treeOf(source);
  const known = declared.get(tree);
  if (known) return known;
  const names = new Set<string>();
  for (const node of nodesOf(source)) {
    const isDeclaration =
      ts.isVariableDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isBindingElement(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isMethodSignature(node) ||
      ts.isMethodDeclaration(node) ||
      ts.isPropertyDeclaration(node) ||
      ts.isImportSpecifier(node) ||
      ts.isImportClause(node);
    if (isDeclaration && node.name && ts.isIdentifier(node.name)) names.add(node.name.text);
  }
  declared.set(tree, names);
  return names;
}
