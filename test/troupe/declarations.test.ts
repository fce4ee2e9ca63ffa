/**
 * What a compiler writes down of a user's module: public names of the package and of its peers,
 * never a path into it.
 */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const checker = `${root}node_modules/typescript-7/bin/tsc`;

function compiled(project: string, ...options: readonly string[]): string {
  const { stdout } = spawnSync(process.execPath, [checker, ...options], {
    cwd: project,
    encoding: 'utf8',
  });
  return stdout;
}

/** A project that has the package's declarations installed, and its peers. */
function userProject(): string {
  const project = mkdtempSync(join(tmpdir(), 'troupe-user-'));
  onTestFinished(() => rmSync(project, { recursive: true }));
  const installed = join(project, 'node_modules/troupe');
  mkdirSync(installed, { recursive: true });
  for (const name of ['xstate', 'zod', 'immer', '@types', 'undici-types'])
    symlinkSync(`${root}node_modules/${name}`, join(project, 'node_modules', name));
  copyFileSync(`${root}package.json`, join(installed, 'package.json'));
  const build = {
    extends: `${root}tsconfig.json`,
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      outDir: join(installed, 'dist'),
      rootDir: root,
      paths: {},
      typeRoots: [`${root}node_modules/@types`],
    },
    include: [],
    files: [`${root}src/index.ts`, `${root}machines/index.ts`],
  };
  writeFileSync(join(project, 'build.json'), JSON.stringify(build));
  expect(compiled(project, '-p', 'build.json')).toBe('');
  return project;
}

test("a user's module is declared by public names alone", () => {
  const project = userProject();
  copyFileSync(new URL('users-module.ts', import.meta.url), join(project, 'user.ts'));
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
  const options = [
    '--declaration',
    '--emitDeclarationOnly',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2024',
  ];
  expect(compiled(project, ...options, '--types', 'node', 'user.ts')).toBe('');
  const declared = readFileSync(join(project, 'user.d.ts'), 'utf8');
  const names = [...declared.matchAll(/(?:import\(|from )["']([^"']+)["']/g)].map(
    ([, name]) => name,
  );
  expect(names).toContain('troupe');
  const known = ['troupe', 'troupe/machines', 'xstate', 'zod'];
  expect([...new Set(names)].filter((name) => !known.includes(name ?? ''))).toEqual([]);
  expect(declared).not.toMatch(/\bany\b/);
});
