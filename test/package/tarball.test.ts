/**
 * What `npm pack` makes is what a user needs: installed beside xstate and zod into an empty
 * project, it runs the README's sample, the sample has types, and the command answers.
 *
 * The package is built in a copy, so that a `dist` in use here stays as it is.
 */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { documentedBlocks, ROOT, samplesAmong } from '../docs/samples.ts';

const OUT_OF_REACH = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED/;
const PACKED = [
  'src',
  'machines',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'rolldown.config.ts',
];
const TEXTS = ['README.md', 'CHANGELOG.md', 'LICENSE', 'bench/RESULTS.md', 'docs/GUIDE.md'];
const LINK = /\]\((?!https?:|#)([^)#]+)/g;

/** Runs a job in a thread, which finds its compiled file. */
const SURVEY = `import { createPool } from 'troupe/specialists';
import { z } from 'zod';
await using pool = createPool();
const survey = { name: 'survey', input: z.any(), output: z.any(), needs: [] };
console.log((await pool.run(survey, { path: '.' })).files.length);
`;

/** Asks a journal by the compiled process for it. */
const QUERY = `import { createTroupe } from 'troupe';
await using troupe = await createTroupe({ journal: 'asked.db' });
console.log(await troupe.query("SELECT kind, status FROM actors WHERE address = ?", ['system']));
`;

/** Draws a workflow: only that loads XState, the copy that everybody imports. */
const DRAWING = `import { createRequire } from 'node:module';
import { defineWorkflow } from 'troupe';
const isLoaded = () =>
  Object.keys(createRequire(import.meta.url).cache).some((path) => path.includes('/xstate/'));
const flow = defineWorkflow({ id: 'flow' }).step('only', () => 1);
const before = isLoaded();
const machine = flow.toMachine();
const { StateMachine } = await import('xstate');
console.log(before, isLoaded(), machine instanceof StateMachine);
`;

/** A team that is simulated through a crash, and whose question could wait for ever. */
const TEAM = `import { defineApproval, defineWorkflow } from 'troupe';
import { simulate } from 'troupe/testing';
import { z } from 'zod';
const person = defineApproval({ id: 'person', input: z.string() });
export const flow = defineWorkflow({ id: 'flow', input: z.string() })
  .step('ask', person, ({ input }) => input);
if (import.meta.main) {
  await using sim = await simulate({ definitions: [flow] });
  await sim.troupe.start(flow, 'well?', { id: '1' });
  await sim.crash();
  await sim.rest();
  console.log(sim.view.runs(flow)[0]?.status);
}
`;

const manifest = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'));
const workplace = mkdtempSync(join(tmpdir(), 'troupe-package-'));
const project = join(workplace, 'project');
afterAll(() => rmSync(workplace, { recursive: true }));

function run(cwd: string, command: string, ...rest: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(command, rest, { cwd, encoding: 'utf8' });
}

/** Packs a copy of the repository and names the tarball and its files. */
function pack(): { readonly tarball: string; readonly files: readonly string[] } {
  const copy = join(workplace, 'copy');
  for (const path of [...PACKED, ...TEXTS, 'docs', 'examples'])
    cpSync(ROOT + path, join(copy, path), { recursive: true });
  symlinkSync(`${ROOT}node_modules`, join(copy, 'node_modules'));
  const packed = run(copy, 'npm', 'pack', '--json', '--pack-destination', workplace);
  expect(packed.status, packed.stderr).toBe(0);
  const [{ filename, files }] = JSON.parse(packed.stdout.slice(packed.stdout.indexOf('[\n')));
  const paths = files.map(({ path }: { path: string }) => path);
  return { tarball: join(workplace, filename), files: paths };
}

/** Installs packages into the project, with the user's npm configuration. */
function install(...packages: readonly string[]): SpawnSyncReturns<string> {
  const quietly = ['--prefer-offline', '--no-audit', '--no-fund', '--fetch-retries=0'];
  return run(project, 'npm', 'install', ...quietly, ...packages);
}

test('the packed package runs the sample of the README in an empty project', (context) => {
  const sample = samplesAmong(documentedBlocks()).find(
    ({ path, marks }) => path === 'README.md' && marks.includes('run'),
  );
  if (!sample) return context.skip('the README has no runnable sample yet');
  const { tarball, files } = pack();
  const shipped = [
    /^(package\.json|src\/cli\/bin\.js|[A-Z]+(\.md)?)$/,
    /^(docs|bench|examples)\/.*\.md$/,
    /^examples\/[a-z]+\.ts$/,
    /^dist\/.*\.(js|d\.ts)$/,
  ];
  expect(files.filter((path) => !shipped.some((one) => one.test(path)))).toEqual([]);
  expect(files).toEqual(expect.arrayContaining(TEXTS));
  const links = [...readFileSync(`${ROOT}README.md`, 'utf8').matchAll(LINK)].map(([, to]) => to);
  for (const link of links)
    expect(
      files.some((path) => path === link || path.startsWith(`${link}/`)),
      link,
    ).toBe(true);

  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{ "type": "module", "private": true }');
  const peers = ['xstate', 'zod'].map((name) => `${name}@${manifest.devDependencies[name]}`);
  const beside = install(...peers);
  if (OUT_OF_REACH.test(beside.stderr)) return context.skip('the registry is out of reach');
  const installed = install(tarball);
  expect(installed.status, beside.stderr + installed.stderr).toBe(0);

  writeFileSync(join(project, 'sample.ts'), sample.code);
  const ran = run(project, process.execPath, 'sample.ts');
  expect(ran).toMatchObject({ status: 0, stderr: '' });
  if (sample.output !== undefined) expect(ran.stdout).toBe(sample.output);

  copyFileSync(`${ROOT}examples/research.ts`, join(project, 'research.ts'));
  const example = run(project, process.execPath, 'research.ts', 'research.db');
  expect(example).toMatchObject({ status: 0, stderr: '' });
  expect(example.stdout).toContain('Published: bees dance');
  rmSync(join(project, 'research.ts'));

  for (const checker of ['typescript', 'typescript-7']) {
    const tsc = `${ROOT}node_modules/${checker}/bin/tsc`;
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024'];
    const checked = run(project, process.execPath, tsc, ...options, 'sample.ts');
    expect({ checker, ...checked }).toMatchObject({ status: 0, stdout: '' });
  }

  writeFileSync(join(project, 'team.ts'), TEAM);
  const simulated = run(project, process.execPath, 'team.ts');
  expect(simulated).toMatchObject({ status: 0, stderr: '', stdout: 'COMPLETED\n' });
  const found = run(project, join(project, 'node_modules/.bin/troupe'), 'check', 'team.ts');
  expect(found.status, found.stderr).toBe(1);
  expect(found.stdout).toContain('approval-unanswered  flow: step ask');
  rmSync(join(project, 'team.ts'));

  const help = run(project, join(project, 'node_modules/.bin/troupe'), '--help');
  expect(help).toMatchObject({ status: 0, stderr: '' });
  expect(help.stdout).toContain('troupe audit');

  const audit = run(project, join(project, 'node_modules/.bin/troupe'), 'audit', '.');
  expect(audit).toMatchObject({ status: 2, stdout: '' });
  expect(audit.stderr).toMatch(/ANALYSER_MISSING.*npm install/);

  writeFileSync(join(project, 'survey.mjs'), SURVEY);
  expect(run(project, process.execPath, 'survey.mjs')).toMatchObject({ status: 0, stdout: '2\n' });

  writeFileSync(join(project, 'query.mjs'), QUERY);
  const answer = "[ { kind: 'system', status: 'running' } ]\n";
  const asked = run(project, process.execPath, 'query.mjs');
  expect(asked).toMatchObject({ status: 0, stdout: answer, stderr: '' });
  const bin = join(project, 'node_modules/.bin/troupe');
  const printed = run(project, bin, 'journal', 'asked.db', 'query', 'SELECT 1 AS one');
  expect(printed).toMatchObject({ status: 0, stdout: 'one\n  1\n', stderr: '' });

  writeFileSync(join(project, 'drawing.mjs'), DRAWING);
  const drawn = run(project, process.execPath, 'drawing.mjs');
  expect(drawn).toMatchObject({ status: 0, stdout: 'false true true\n', stderr: '' });
});
