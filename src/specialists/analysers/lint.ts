/**
 * What ESLint finds: complexity of functions, and comments that put work off.
 *
 * One `Linter` with the TypeScript parser for every kind, no plugin but the one sonarjs rule: the
 * parser alone is two thirds of the time, so each file is parsed once for all rules of a job.
 * Inline configuration is ignored: an audit shows what is there. Values are read from messages;
 * should a new version word them otherwise, the result does not fit its schema and the job fails.
 */
import type { Linter, Rule } from 'eslint';
import { type Disk, failureText, nodeDisk, textsOf } from './disk.ts';
import type { Chunk, Complexity, Leftovers, Progress } from './findings.ts';
import { requireFrom } from './tools.ts';

/** From which value on a finding is reported. */
export const thresholds = {
  complexity: 10,
  cognitive: 15,
  functionLines: 50,
  params: 5,
  depth: 4,
} as const;

/** Words that mark a comment as a leftover, in any case, anywhere in the comment. */
export const leftoverTerms: readonly string[] = ['todo', 'fixme', 'hack', 'xxx'];

/** Complexity of the functions of a chunk; files with syntax errors are named, the rest goes on. */
export async function complexity(
  chunk: Chunk,
  progress?: Progress,
  disk: Disk = nodeDisk,
): Promise<Complexity> {
  const lint = await loadLint();
  const found: Complexity = {
    ...{ files: 0, functions: 0, maxComplexity: 0, complexityHistogram: {}, depthOver4: 0 },
    ...{ functionsOver10: [], cognitiveOver15: [], longFunctions: [], manyParams: [] },
    ...{ syntaxFaults: [], changed: [], skipped: [] },
  };
  for await (const { file, text } of textsOf(chunk, found, disk)) {
    const messages = messagesOf(lint, file, text, complexityRules, found);
    if (messages) addComplexity(file, messages, found);
    found.files += 1;
    progress?.(found.files, chunk.files.length);
  }
  return found;
}

/** Comments of a chunk that put work off. Only files that hold such a word at all are parsed. */
export async function leftovers(
  chunk: Chunk,
  progress?: Progress,
  disk: Disk = nodeDisk,
): Promise<Leftovers> {
  const found: Leftovers = { warningComments: [], changed: [], skipped: [] };
  const anyTerm = new RegExp(leftoverTerms.join('|'), 'i');
  let done = 0;
  for await (const { file, text } of textsOf(chunk, found, disk)) {
    const messages = anyTerm.test(text)
      ? messagesOf(await loadLint(), file, text, leftoverRules, { ...found, syntaxFaults: [] })
      : [];
    for (const { line, message } of messages ?? []) {
      const term = /^Unexpected '(.+?)' comment/.exec(message)?.[1];
      if (term) found.warningComments.push({ file, line, term });
    }
    done += 1;
    progress?.(done, chunk.files.length);
  }
  return found;
}

const complexityRules: Linter.RulesRecord = {
  complexity: ['error', 0],
  'sonarjs/cognitive-complexity': ['error', thresholds.cognitive],
  'max-lines-per-function': ['error', { max: thresholds.functionLines }],
  'max-params': ['error', thresholds.params],
  'max-depth': ['error', thresholds.depth],
};

const leftoverRules: Linter.RulesRecord = {
  'no-warning-comments': ['error', { terms: [...leftoverTerms], location: 'anywhere' }],
};

type Lint = (text: string, kind: string, rules: Linter.RulesRecord) => Linter.LintMessage[];

let loading: Promise<Lint> | undefined;

/** Loads ESLint once per thread: about 400 ms, most of it TypeScript. */
function loadLint(): Promise<Lint> {
  loading ??= makeLint();
  return loading;
}

async function makeLint(): Promise<Lint> {
  const eslint = await import('eslint/universal');
  const parser: Linter.Parser = requireFrom('typescript-eslint')('@typescript-eslint/parser');
  const linter = new eslint.Linter({ configType: 'flat' });
  const config: Linter.Config = {
    files: ['**/*.{js,mjs,cjs,jsx,ts,mts,cts,tsx}'],
    languageOptions: { parser, parserOptions: { warnOnUnsupportedTypeScriptVersion: false } },
    linterOptions: { reportUnusedDisableDirectives: 'off' },
    plugins: { sonarjs: { rules: { 'cognitive-complexity': cognitiveRule() } } },
  };
  // The name stands for the kind only: a real path could look ignored or outside to ESLint.
  return (text, kind, rules) =>
    linter.verify(text, [{ ...config, rules }], {
      filename: `source.${kind}`,
      allowInlineConfig: false,
    });
}

/** The rule's own file, since the plugin's door loads all its 270 rules; the door if it moved. */
function cognitiveRule(): Rule.RuleModule {
  const load = requireFrom('eslint-plugin-sonarjs');
  try {
    return load('./S3776/index.js').rule;
  } catch {
    return load('eslint-plugin-sonarjs').rules['cognitive-complexity'];
  }
}

/** ESLint's messages for a file; undefined when there are none to use, with the reason noted. */
function messagesOf(
  lint: Lint,
  file: string,
  text: string,
  rules: Linter.RulesRecord,
  notes: Pick<Complexity, 'skipped' | 'syntaxFaults'>,
): Linter.LintMessage[] | undefined {
  try {
    const messages = lint(text, file.slice(file.lastIndexOf('.') + 1).toLowerCase(), rules);
    const fatal = messages.find((message) => message.fatal);
    if (!fatal) return messages;
    const message = fatal.message.replace(/^Parsing error: /, '');
    // Without a line it is no fault of the text: the parser itself gave up.
    if (fatal.line) notes.syntaxFaults.push({ file, line: fatal.line, message });
    else notes.skipped.push({ file, reason: 'analyser-failed', detail: message });
  } catch (error) {
    // A rule can stumble over a file that nobody thought of; that must not cost the others.
    notes.skipped.push({ file, reason: 'analyser-failed', detail: failureText(error) });
  }
  return undefined;
}

function addComplexity(
  file: string,
  messages: readonly Linter.LintMessage[],
  found: Complexity,
): void {
  for (const { ruleId, message, line, endLine = line } of messages) {
    const read = (pattern: RegExp): number => Number(pattern.exec(message)?.[1]);
    if (ruleId === 'max-depth') found.depthOver4 += 1;
    else if (ruleId === 'complexity') {
      const what = message.slice(0, message.lastIndexOf(' has a complexity of '));
      const value = read(/.* has a complexity of (\d+)/s);
      addFunction({ file, line, endLine, what, complexity: value }, found);
    } else if (ruleId === 'sonarjs/cognitive-complexity')
      found.cognitiveOver15.push({ file, line, value: read(/ from (\d+) to /) });
    else {
      const list = ruleId === 'max-params' ? found.manyParams : found.longFunctions;
      list.push({ file, line, value: read(/.*\((\d+)\)\. Maximum/s) });
    }
  }
}

function addFunction(found: Complexity['functionsOver10'][number], into: Complexity): void {
  const { complexity: value } = found;
  const name = histogramClass(value);
  into.functions += 1;
  into.maxComplexity = Math.max(into.maxComplexity, value);
  into.complexityHistogram[name] = (into.complexityHistogram[name] ?? 0) + 1;
  if (value > thresholds.complexity) into.functionsOver10.push(found);
}

function histogramClass(value: number): string {
  if (value > 50) return '51+';
  if (value > 20) return '21-50';
  if (value > 10) return '11-20';
  return value > 5 ? '6-10' : '1-5';
}
