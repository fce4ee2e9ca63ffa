/**
 * Writes the page of the error codes from the table `errorTable` in `src/protocol`.
 *
 * The message and the data of a code come from the source text of its entry, so that the page shows
 * the message with the names of its data and the data with their types.
 */
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { errorTable } from '../../src/protocol/index.ts';
import { nodesBelow, readRepository, type Source, treeOf } from '../tidy/source.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Where the page stands. */
export const ERROR_PAGE = `${ROOT}docs/errors/README.md`;

/** What the source of one entry says. */
interface Entry {
  readonly code: string;
  readonly group: string;
  readonly message: string;
  readonly data: readonly { readonly name: string; readonly type: string }[];
}

/** The page, as Markdown. */
export function errorPage(): string {
  const sources = [...readRepository(`${ROOT}src/protocol`).values()];
  const { source, table } = tableNamed('errorTable', sources);
  const entries = entriesOf(source, table, sources);
  const groups = [...new Set(entries.map((entry) => entry.group))];
  const index = groups.map((group) => {
    const codes = entries.filter((entry) => entry.group === group).map(({ code }) => link(code));
    return `- ${group}: ${codes.join(', ')}`;
  });
  return `${[introduction(source), index.join('\n'), ...entries.map(section)].join('\n\n')}\n`;
}

const introduction = ({ path }: Source): string => `# Error codes

Generated from \`src/protocol/${path}\` by \`npm run docs\`; change it there.

Every error is a \`TroupeError\` with a stable \`code\`, a message that says what to do,
\`retryable\` and \`data\`. Branch on the code, never on the text:

\`\`\`ts fragment
if (isTroupeError(error, 'MAILBOX_FULL')) waitFor(error.data.capacity);
\`\`\``;

const CAN_SUCCEED = 'The same call can succeed later.';
const CANNOT_SUCCEED = 'Trying the same again does not help.';

const link = (code: string): string => `[\`${code}\`](#${code.toLowerCase()})`;

function section({ code, message, data }: Entry): string {
  const { status, retryable, remedy } = entryNamed(code);
  const fields = data.map(
    ({ name, type }) => `| \`${name}\` | \`${type.replaceAll('|', '\\|')}\` |`,
  );
  return [
    `## ${code}`,
    `> ${message}`,
    `**What to do:** ${remedy}`,
    `HTTP status ${status}. ${retryable ? CAN_SUCCEED : CANNOT_SUCCEED}`,
    ['| data | type |', '| --- | --- |', ...fields].join('\n'),
  ].join('\n\n');
}

function entryNamed(code: string) {
  const found = Object.entries(errorTable).find(([name]) => name === code);
  if (!found) throw new Error(`${code} is not in the table`);
  return found[1];
}

/** Reads the entries from the text of the table; a line comment between them names a group. */
/** The entries of a table and, in their places, those of the tables that it spreads. */
function entriesOf(
  { text }: Source,
  table: ts.ObjectLiteralExpression,
  sources: readonly Source[],
): readonly Entry[] {
  const entries: Entry[] = [];
  let group = '';
  for (const property of table.properties) {
    if (ts.isSpreadAssignment(property)) {
      const spread = tableNamed(property.expression.getText(), sources);
      entries.push(...entriesOf(spread.source, spread.table, sources));
    }
    if (!ts.isPropertyAssignment(property) || !ts.isCallExpression(property.initializer)) continue;
    const comments = ts.getLeadingCommentRanges(text, property.getFullStart()) ?? [];
    for (const { pos, end } of comments) group = text.slice(pos, end).replace(/^\/\/\s*/, '');
    const [data] = property.initializer.typeArguments ?? [];
    const says = property.initializer.arguments.find(ts.isArrowFunction);
    entries.push({
      code: property.name.getText(),
      group,
      message: says ? messageOf(says.body) : '',
      data: data && ts.isTypeLiteralNode(data) ? fieldsOf(data) : [],
    });
  }
  return entries;
}

function tableNamed(name: string, sources: readonly Source[]) {
  for (const source of sources)
    for (const node of nodesBelow(treeOf(source))) {
      if (!ts.isVariableDeclaration(node) || node.name.getText() !== name) continue;
      const table = [...nodesBelow(node)].find(ts.isObjectLiteralExpression);
      if (table) return { source, table };
    }
  throw new Error(`no file of src/protocol declares ${name} as an object literal`);
}

function fieldsOf(data: ts.TypeLiteralNode): Entry['data'] {
  return data.members.filter(ts.isPropertySignature).map((member) => ({
    name: member.name.getText(),
    type: member.type?.getText() ?? 'unknown',
  }));
}

/** A message with `{name}` where its data stand. */
function messageOf(body: ts.Node): string {
  if (ts.isStringLiteral(body)) return body.text;
  if (!ts.isTemplateExpression(body)) return named(body);
  const parts = body.templateSpans.map((span) => `${named(span.expression)}${span.literal.text}`);
  return body.head.text + parts.join('');
}

/** The fields of the data that an expression shows. */
function named(expression: ts.Node): string {
  const names = [...expression.getText().matchAll(/\bd\.(\w+)/g)].map((match) => match[1]);
  return `*${[...new Set(names)].join(' ')}*`;
}
