/**
 * Rules about the language: types that are not escaped, errors that have a code, switches that
 * know every member.
 */
import ts from 'typescript';
import {
  at,
  commentsOf,
  eachFile,
  type Finding,
  isCode,
  isProduction,
  isTest,
  nodesBelow,
  nodesOf,
  type Rule,
  type Source,
} from '../source.ts';

const BARE_ERRORS = /^(Error|TypeError|RangeError|SyntaxError|ReferenceError|AggregateError)$/;
const ERROR_TABLE = 'src/protocol/errors.ts';

/** The rules of this file. */
export const languageRules: readonly Rule[] = [
  {
    name: 'any',
    number: '6.3',
    title: 'nothing is any',
    remedy: 'Use unknown and parse it, or say the type.',
    check: eachFile(isCode, (source) => kinds(source, ts.SyntaxKind.AnyKeyword, 'says any')),
  },
  {
    name: 'non-null',
    number: '6.3',
    title: 'no `!` tells the compiler that a value is there',
    remedy: 'Look whether it is there, and say what happens when it is not.',
    check: eachFile(isCode, nonNulls),
  },
  {
    name: 'as',
    number: '6.3',
    title: 'casts are `as const`, and `{} as` in the types of a setup',
    remedy: 'Parse at the border or narrow; a border that must cast is listed in allowed.ts.',
    check: eachFile((path) => isProduction(path) || isExample(path), casts),
  },
  {
    name: 'suppressions',
    number: '6.3',
    title: 'no comment silences the compiler or the linter',
    remedy: 'Mend the code; an expected error belongs into a test.',
    check: eachFile(isCode, suppressions),
  },
  {
    name: 'bare-error',
    number: '5.1',
    title: 'every error has a code',
    remedy: 'Throw troupeError(code, data); a new code goes into the table of errors.',
    check: eachFile((path) => isProduction(path) && path !== ERROR_TABLE, bareErrors),
  },
  {
    name: 'assert-never',
    number: '6.3',
    title: 'every switch ends in assertNever, over typeof in a default',
    remedy: 'Add `default: return assertNever(...)`; for an open type use a table or if.',
    check: eachFile(isProduction, openSwitches),
  },
];

const isExample = (path: string): boolean => isCode(path) && path.startsWith('examples/');

function* kinds(source: Source, kind: ts.SyntaxKind, what: string): Generator<Finding> {
  for (const node of nodesOf(source)) if (node.kind === kind) yield at(source, node, what);
}

function* nonNulls(source: Source): Generator<Finding> {
  for (const node of nodesOf(source)) {
    if (ts.isNonNullExpression(node)) yield at(source, node, `says ${node.getText()}`);
    const declared = ts.isPropertyDeclaration(node) || ts.isVariableDeclaration(node);
    if (declared && node.exclamationToken) yield at(source, node, 'is declared with !');
  }
}

function* casts(source: Source): Generator<Finding> {
  for (const node of nodesOf(source)) {
    if (ts.isTypeAssertionExpression(node)) yield at(source, node, 'casts with angle brackets');
    if (!ts.isAsExpression(node) || ts.isConstTypeReference(node.type)) continue;
    if (!isSetupType(node)) yield at(source, node, `casts to ${shortened(node.type.getText())}`);
  }
}

/** `{} as X`, as the value of `types` or somewhere below it. */
function isSetupType(node: ts.AsExpression): boolean {
  const { expression } = node;
  if (!ts.isObjectLiteralExpression(expression) || expression.properties.length > 0) return false;
  for (let above: ts.Node = node.parent; above.parent; above = above.parent)
    if (ts.isPropertyAssignment(above) && above.name.getText() === 'types') return true;
  return false;
}

function* suppressions(source: Source): Generator<Finding> {
  const anywhere = /@ts-ignore|@ts-nocheck|eslint-disable/;
  const whatShips = /@ts-expect-error|biome-ignore|(v8|c8|istanbul) ignore/;
  for (const { text, line } of commentsOf(source)) {
    const match = anywhere.exec(text) ?? (isTest(source.path) ? null : whatShips.exec(text));
    if (match) yield { path: source.path, line, what: `has a comment ${match[0]}` };
  }
}

function* bareErrors(source: Source): Generator<Finding> {
  for (const node of nodesOf(source)) {
    if (ts.isNewExpression(node) || ts.isCallExpression(node)) {
      const name = node.expression.getText();
      if (BARE_ERRORS.test(name)) yield at(source, node, `makes a bare ${name}`);
    }
    if (ts.isThrowStatement(node) && isLiteral(node.expression))
      yield at(source, node, `throws ${shortened(node.expression.getText())}`);
    if (
      ts.isHeritageClause(node) &&
      node.types.some((t) => BARE_ERRORS.test(t.expression.getText()))
    )
      yield at(source, node, 'derives an error of its own');
  }
}

const isLiteral = (node: ts.Expression): boolean =>
  ts.isLiteralExpression(node) ||
  ts.isTemplateExpression(node) ||
  ts.isObjectLiteralExpression(node);

function* openSwitches(source: Source): Generator<Finding> {
  for (const node of nodesOf(source)) {
    if (!ts.isSwitchStatement(node)) continue;
    const last = node.caseBlock.clauses.find(ts.isDefaultClause);
    if (last && ts.isTypeOfExpression(node.expression)) continue;
    if (!(last && asserts(last)) && !asserts(nextStatement(node)))
      yield at(source, node, `switches over ${node.expression.getText()} without assertNever`);
  }
}

function asserts(node: ts.Node | undefined): boolean {
  if (!node) return false;
  for (const below of nodesBelow(node))
    if (ts.isCallExpression(below) && below.expression.getText() === 'assertNever') return true;
  return false;
}

function nextStatement(node: ts.SwitchStatement): ts.Statement | undefined {
  if (!ts.isBlock(node.parent) && !ts.isSourceFile(node.parent)) return undefined;
  return node.parent.statements[node.parent.statements.indexOf(node) + 1];
}

const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}...` : text);
