/**
 * The analysers: which packages they are, whether they are installed, and how they are loaded.
 *
 * They are optional peers: the audit needs them, an app does not. Packages that an analyser brings
 * along itself (the parser, jscpd's core) are found from that analyser, so that they are found
 * under every package manager, hoisting or not.
 */
import { readFileSync } from 'node:fs';
import { createRequire, findPackageJSON } from 'node:module';

/** One analyser package and the versions that are known to work. */
export interface Tool {
  readonly name: string;
  readonly range: string;
  /** Major versions that are accepted. */
  readonly majors: readonly number[];
}

/** The analysers that an audit needs. */
export const tools = [
  { name: 'eslint', range: '^9.39.0', majors: [9] },
  { name: 'typescript-eslint', range: '^8.73.0', majors: [8] },
  { name: 'typescript', range: '^5.9.0', majors: [5, 6] },
  { name: 'eslint-plugin-sonarjs', range: '^3.0.7', majors: [3] },
  { name: 'jscpd', range: '^4.3.0', majors: [4] },
  { name: 'dependency-cruiser', range: '^17.4.0', majors: [17] },
] as const satisfies readonly Tool[];

/** Which analysers are there. */
export interface Availability {
  /** Installed versions by package, in the order of `tools`. */
  readonly installed: Readonly<Record<string, string>>;
  /** Packages that are not installed, or in a version that does not do. */
  readonly missing: readonly string[];
  /** The command that adds what is missing; empty when nothing is. */
  readonly command: string;
}

/** Looks which analysers are installed; `version` finds the version of a package. */
export function availability(version: (name: string) => string | undefined = found): Availability {
  const installed: Record<string, string> = {};
  const missing: Tool[] = [];
  for (const tool of tools) {
    const has = version(tool.name);
    if (has !== undefined) installed[tool.name] = has;
    if (!accepts(tool, has)) missing.push(tool);
  }
  const wanted = missing.map(({ name, range }) => `${name}@${range}`).join(' ');
  return {
    installed,
    missing: missing.map(({ name }) => name),
    command: wanted && `npm install --save-dev ${wanted}`,
  };
}

/** A `require` that sees what the package `name` sees. */
export function requireFrom(name: string): NodeJS.Require {
  return createRequire(createRequire(import.meta.url).resolve(name));
}

/** Compiles the text of a `.gitignore` with ESLint's own library; undefined without ESLint. */
export function gitIgnore(text: string): ((file: string) => boolean) | undefined {
  if (found('eslint') === undefined) return undefined;
  const make: () => { add(text: string): { ignores(file: string): boolean } } =
    requireFrom('eslint')('ignore');
  const rules = make().add(text);
  return (file) => rules.ignores(file);
}

function accepts({ majors }: Tool, version: string | undefined): boolean {
  return version !== undefined && majors.includes(Number.parseInt(version, 10));
}

function found(name: string): string | undefined {
  try {
    const path = findPackageJSON(name, import.meta.url);
    const { version } = path ? JSON.parse(readFileSync(path, 'utf8')) : {};
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}
