/**
 * What a tidy rule looks at: the files of the repository as text, as lines and as a syntax tree.
 *
 * A rule is a pure function from a repository to findings. A repository comes from the disk or from
 * a few planted snippets, so that every rule can be shown to fail.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import ts from 'typescript';

/** One text file; `path` is relative to the repository and uses `/`. */
export interface Source {
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
}

/** Something a rule objects to; lines count from 1. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly what: string;
}

/** All text files by path. */
export type Repository = ReadonlyMap<string, Source>;

/** A rule of the house; `number` is the paragraph of the style that it guards. */
export interface Rule {
  readonly name: string;
  readonly number: string;
  readonly title: string;
  readonly remedy: string;
  readonly check: (repository: Repository) => readonly Finding[];
}

/** A comment with its text and the line it starts on. */
export interface Comment {
  readonly text: string;
  readonly line: number;
}

/** A module that a file names; `typeOnly` ones vanish, `dynamic` ones load when called. */
export interface Import {
  readonly specifier: string;
  readonly line: number;
  readonly typeOnly: boolean;
  readonly dynamic: boolean;
}

const FOLDERS_LEFT_OUT = new Set(['node_modules', 'dist', 'coverage', '.git', '.troupe', '.cache']);
const NO_TEXT = /\.(png|jpe?g|gif|ico|woff2?|db|sqlite|tgz|zip|log)$/;

/** Makes a repository of planted snippets. */
export function planted(files: Readonly<Record<string, string>>): Repository {
  return new Map(Object.entries(files).map(([path, text]) => [path, sourceOf(path, text)]));
}

/** Reads the text files below `root` that belong to the repository. */
export function readRepository(root: string): Repository {
  const files = new Map<string, Source>();
  const read = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = posix.join(folder, entry.name);
      if (entry.isDirectory() && !FOLDERS_LEFT_OUT.has(entry.name)) read(path);
      if (entry.isFile() && !NO_TEXT.test(entry.name))
        files.set(path, sourceOf(path, readFileSync(join(root, path), 'utf8')));
    }
  };
  read('');
  return files;
}

/** A rule that looks at one file at a time; `applies` picks the files by path. */
export function eachFile(
  applies: (path: string) => boolean,
  check: (source: Source) => Iterable<Finding>,
): Rule['check'] {
  return (repository) =>
    [...repository.values()].filter((source) => applies(source.path)).flatMap((s) => [...check(s)]);
}

/** Whether a path is TypeScript or JavaScript. */
export const isCode = (path: string): boolean => /\.(ts|js|mjs)$/.test(path);

/** Whether a path is code that ships: everything under `src` and `machines`. */
export const isProduction = (path: string): boolean =>
  isCode(path) && /^(src|machines)\//.test(path);

/** Whether a path is code of the tests. */
export const isTest = (path: string): boolean => isCode(path) && path.startsWith('test/');

const trees = new WeakMap<Source, ts.SourceFile>();

/** The syntax tree of a file. */
export function treeOf(source: Source): ts.SourceFile {
  const known = trees.get(source);
  if (known) return known;
  const tree = ts.createSourceFile(source.path, source.text, ts.ScriptTarget.Latest, true);
  trees.set(source, tree);
  return tree;
}

/** Every node of a file, in the order of the text. */
export function* nodesOf(source: Source): Generator<ts.Node> {
  yield* nodesBelow(treeOf(source));
}

/** A node and every node below it, in the order of the text. */
export function* nodesBelow(node: ts.Node): Generator<ts.Node> {
  yield node;
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => {
    children.push(child);
  });
  for (const child of children) yield* nodesBelow(child);
}

/** A finding at a node. */
export function at(source: Source, node: ts.Node, what: string): Finding {
  return { path: source.path, line: lineOf(source, node.getStart(treeOf(source))), what };
}

/** The number of lines a node spans, its comments not counted. */
export function linesOf(source: Source, node: ts.Node): number {
  return lineOf(source, node.getEnd()) - lineOf(source, node.getStart(treeOf(source))) + 1;
}

/** Every comment of a file. */
export function commentsOf(source: Source): readonly Comment[] {
  const found = new Map<number, Comment>();
  const keep = (start: number, end: number): void => {
    found.set(start, { text: source.text.slice(start, end), line: lineOf(source, start) });
  };
  const visit = (node: ts.Node): void => {
    const children = node.getChildren(treeOf(source));
    if (children.length > 0 && !ts.isJSDoc(node)) children.forEach(visit);
    else {
      ts.forEachLeadingCommentRange(source.text, node.getFullStart(), keep);
      ts.forEachTrailingCommentRange(source.text, node.getEnd(), keep);
    }
  };
  visit(treeOf(source));
  return [...found.values()].sort((a, b) => a.line - b.line);
}

/** Every module that a file imports or re-exports, types and dynamic imports included. */
export function importsOf(source: Source): readonly Import[] {
  const found: Import[] = [];
  for (const node of nodesOf(source)) {
    const { specifier, typeOnly } = moduleNamed(node);
    if (!specifier || !ts.isStringLiteralLike(specifier)) continue;
    const line = lineOf(source, specifier.getStart(treeOf(source)));
    const dynamic = ts.isCallExpression(node);
    found.push({ specifier: specifier.text, line, typeOnly, dynamic });
  }
  return found;
}

/** The repository path that a relative specifier means. */
export function resolved(source: Source, specifier: string): string {
  return posix.normalize(posix.join(posix.dirname(source.path), specifier));
}

/** The package that a bare specifier means, `node:` modules included. */
export function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function sourceOf(path: string, text: string): Source {
  return { path, text, lines: text.split('\n') };
}

function lineOf(source: Source, position: number): number {
  return treeOf(source).getLineAndCharacterOfPosition(position).line + 1;
}

function moduleNamed(node: ts.Node): { specifier?: ts.Node | undefined; typeOnly: boolean } {
  if (ts.isImportDeclaration(node))
    return { specifier: node.moduleSpecifier, typeOnly: node.importClause?.isTypeOnly === true };
  if (ts.isExportDeclaration(node))
    return { specifier: node.moduleSpecifier, typeOnly: node.isTypeOnly };
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
    return { specifier: node.argument.literal, typeOnly: true };
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return { specifier: node.arguments[0], typeOnly: false };
  return { typeOnly: false };
}
