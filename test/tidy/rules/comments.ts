/**
 * Rules about comments: a file says what it is for, an export says what it does, and nothing is
 * put off to later.
 */
import ts from 'typescript';
import {
  at,
  commentsOf,
  eachFile,
  type Finding,
  isCode,
  isProduction,
  type Rule,
  type Source,
  treeOf,
} from '../source.ts';

const HEADER_CHARS_MIN = 30;

/** The rules of this file. */
export const commentRules: readonly Rule[] = [
  {
    name: 'header',
    number: '7.1',
    title: 'a file opens with a comment that says what it is for',
    remedy: 'Write its purpose, its idea and its invariants before the first line of code.',
    check: eachFile(isCode, (source) => {
      const header = commentsOf(source).find((comment) => isBeforeCode(source, comment.line));
      const said = header ? header.text.replace(/[/*\s]+/g, ' ').trim() : '';
      if (said.length >= HEADER_CHARS_MIN) return [];
      return [{ path: source.path, line: 1, what: 'opens without saying what it is for' }];
    }),
  },
  {
    name: 'docstring',
    number: '7.2',
    title: 'every export that ships has a docstring',
    remedy: 'Say what happens, with units, range, default and error codes where they apply.',
    check: eachFile(isProduction, undocumented),
  },
  {
    name: 'put-off',
    number: '7.3',
    title: 'no comment puts work off',
    remedy: 'Do it now, or open an issue and take the comment out.',
    check: eachFile(isCode, (source) =>
      commentsOf(source).flatMap(({ text, line }) => {
        const mark = /\b(TODO|FIXME|HACK|XXX|WIP)\b/.exec(text);
        return mark ? [{ path: source.path, line, what: `says ${mark[0]}` }] : [];
      }),
    ),
  },
];

function isBeforeCode(source: Source, line: number): boolean {
  const before = source.lines.slice(0, line - 1);
  return before.every((text) => text.trim() === '' || text.startsWith('#!'));
}

/** An inferred type under the name of its schema is documented by the schema. */
function* undocumented(source: Source): Generator<Finding> {
  const documented = new Set<string>();
  for (const statement of treeOf(source).statements) {
    if (!isExported(statement)) continue;
    const hasDocs = ts.getJSDocCommentsAndTags(statement).length > 0;
    for (const name of namesOf(statement)) {
      if (hasDocs) documented.add(name);
      else if (!documented.has(name)) yield at(source, statement, `exports ${name} undocumented`);
    }
  }
}

function isExported(node: ts.Statement): boolean {
  if (!ts.canHaveModifiers(node)) return false;
  return ts.getModifiers(node)?.some((m) => m.kind === ts.SyntaxKind.ExportKeyword) === true;
}

function namesOf(node: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(node))
    return node.declarationList.declarations.map((declaration) => declaration.name.getText());
  if (
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node)
  )
    return [node.name?.text ?? 'default'];
  return [];
}
