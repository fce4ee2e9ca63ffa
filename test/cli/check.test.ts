/** `troupe check`: finds what modules export, and says what is wrong with it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { createTroupe, defineApproval, defineWorkflow } from '../../src/index.ts';
import { ROOT } from '../docs/samples.ts';
import { folderWith } from '../specialists/analysers/folder.ts';
import { fakeTerminal } from './terminal.ts';

const LAUNCHER = fileURLToPath(new URL('../../src/cli/bin.js', import.meta.url));
const ALIAS = new URL('../docs/source-alias.ts', import.meta.url).href;

const TEAM = `
import { defineBot, defineWorkflow, graph } from ${JSON.stringify(`${ROOT}src/index.ts`)};
export const finder = defineBot({ id: 'finder', work: (): string => 'x' });
export const good = defineWorkflow({ id: 'good' }).step('find', finder);
`;
const LOST = `
import { graph } from ${JSON.stringify(`${ROOT}src/index.ts`)};
export default graph('lost', { find: { work: 'finder' }, more: { work: 'nobody' } });
`;
const MACHINE = `
import { createMachine } from 'xstate';
export const door = createMachine({
  id: 'door',
  initial: 'open',
  states: { open: { on: { CLOSE: 'closed' } }, closed: { type: 'final' }, never: {} },
});
export const check = { door: { allow: ['unreachable-state'] } };
`;

async function call(...argv: readonly string[]) {
  const terminal = fakeTerminal();
  const code = await main(['check', ...argv], terminal);
  return { code, ...terminal.shown };
}

async function json(...argv: readonly string[]) {
  const { out, ...rest } = await call(...argv, '--json');
  return { ...rest, report: JSON.parse(out) };
}

/** A project of a user: what it imports is found from there. */
function project(files: Readonly<Record<string, string>>): string {
  const folder = folderWith({ 'package.json': '{"type":"module"}', ...files });
  symlinkSync(`${ROOT}node_modules`, join(folder, 'node_modules'));
  return folder;
}

test('given a module that checks, then its coverage is told and the exit code is 0', async () => {
  const folder = project({ 'team.ts': TEAM });
  const { code, out, err } = await call(join(folder, 'team.ts'));
  expect(code).toBe(0);
  expect(out).toContain('good        step  3 of 3\n');
  expect(out).toContain('\nNothing was found.\n');
  expect(err).toBe(`${join(folder, 'team.ts')}: finder, good\nchecking finder, good\n`);
});

test('given several modules, then they are one team', async () => {
  const folder = project({ 'team.ts': TEAM, 'lost.ts': LOST });
  const [team, lost] = [join(folder, 'team.ts'), join(folder, 'lost.ts')];
  const alone = await json(lost);
  expect(alone.code).toBe(1);
  expect(alone.report).toMatchObject({
    ok: false,
    findings: [{ place: 'step find' }, { place: 'step more' }],
    files: [{ file: lost, definitions: ['lost'] }],
  });
  const both = await json(team, lost, team);
  expect(both.report.findings).toMatchObject([{ definition: 'lost', place: 'step more' }]);
  expect(both.report.files).toHaveLength(2);
  const { code, out } = await call(team, lost);
  expect(code).toBe(1);
  expect(out).toContain('step-nobody-can-do  lost: step more\n  its work is nobody');
  const excused = await json(team, lost, '--allow', 'step-nobody-can-do:step more');
  expect(excused).toMatchObject({ code: 0, report: { ok: true, findings: [], excused: [{}] } });
});

test('given bounds, then the check has them and says so', async () => {
  const file = join(project({ 'team.ts': TEAM }), 'team.ts');
  const given = ['--states', '2', '--depth', '3', '--walks', '4', '--seed=-5'];
  expect((await json(file, ...given)).report.bounds).toEqual({
    ...{ states: 2, depth: 3, walks: 4, seed: -5, isExhausted: false },
  });
});

test('given a machine with options in its module, then they hold for it alone', async () => {
  const file = join(project({ 'door.ts': MACHINE }), 'door.ts');
  const { code, report } = await json(file);
  expect(report.findings).toEqual([]);
  expect(code).toBe(0);
  expect(report.excused).toMatchObject([{ code: 'unreachable-state', definition: 'door' }]);
  expect(report.coverage).toContainEqual(expect.objectContaining({ definition: 'door' }));
  expect(report).not.toHaveProperty('mutants');
  const { mutants } = (await json(file, '--mutate')).report;
  expect(mutants.all).toBeGreaterThan(0);
});

test('given a module that prints, then standard output holds the result alone', async () => {
  const loud = `${TEAM}\nprocess.stdout.write('loaded', () => {});`;
  const { code, err, report } = await json(join(project({ 'team.ts': loud }), 'team.ts'));
  expect({ code, ok: report.ok }).toEqual({ code: 0, ok: true });
  expect(err).toContain('loaded');
});

describe('what is refused', () => {
  const files = {
    'nothing.ts': 'export const VERSION = 1; export const main = () => {};',
    'empty.ts': '',
    'broken.ts': 'export const = 1;',
    'throwing.ts': "throw new Error('no database.\\nmore');",
    'nameless.ts': MACHINE.replace("id: 'door',", '').replace('door =', 'light ='),
    'typo.ts': MACHINE.replace('{ door: ', '{ doro: '),
    'twice.ts': TEAM.replace("'good'", "'finder'"),
  };
  test.for([
    [[], 'FILE is missing'],
    [[''], 'FILE is empty'],
    [['there-is-none.ts'], 'there-is-none.ts is not there'],
    [['.'], '. is no file'],
    [['nothing.ts'], 'exports nothing to check (it exports VERSION, main)'],
    [['empty.ts'], 'exports nothing to check (it exports nothing)'],
    [['broken.ts'], "broken.ts can't be loaded: "],
    [['throwing.ts'], "throwing.ts can't be loaded: no database. Correct it.\n"],
    [['nameless.ts'], 'nameless.ts exports a machine without an `id` (light)'],
    [['typo.ts'], 'typo.ts exports `check` with options of doro, which nothing is (there is door)'],
    [['twice.ts'], '[DUPLICATE_DEFINITION] There is another definition finder'],
    [['--seed', 'x', 'twice.ts'], '--seed must be a whole number'],
    [['--states', '0', 'twice.ts'], '--states must be a whole number of at least 1'],
    [['--walks', '1.5', 'twice.ts'], '--walks must be a whole number of at least 0'],
    [['--depth=', 'twice.ts'], '--depth must be a whole number'],
    [['--journal=', 'twice.ts'], '--journal is empty'],
    [['--nonsense'], "Unknown option '--nonsense'"],
  ] as const)('given %j, then %s', async ([argv, problem]) => {
    const folder = project(files);
    const args = argv.map((one) => (one.endsWith('.ts') ? join(folder, one) : one));
    const { code, out, err } = await call(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(problem);
    expect(err.split('\n').at(-2)).toMatch(/^\[[A-Z_]+\] /);
  });

  test('an excuse that is not needed, with what was found', async () => {
    const folder = project({ 'lost.ts': LOST });
    const { code, err } = await call(join(folder, 'lost.ts'), '--allow', 'step-unreachable');
    expect(code).toBe(2);
    expect(err).toContain('names step-unreachable, which excuses nothing (found: ');
  });
});

describe('--journal', () => {
  const boss = defineApproval({ id: 'boss' });
  const flow = defineWorkflow({ id: 'flow' }).step('one', boss);
  const moduleOf = (version: string, steps: string) => `
    import { defineApproval, defineWorkflow } from ${JSON.stringify(`${ROOT}src/index.ts`)};
    const boss = defineApproval({ id: 'boss' });
    const empty = defineWorkflow({ id: 'flow', version: '${version}', timeout: '1d' });
    export const flow = empty${steps};`;

  test('given a live journal, then what this code would park is told with its reason', async () => {
    const folder = project({
      'same.ts': moduleOf('1', ".step('one', boss)"),
      'changed.ts': moduleOf('1', ".step('other', boss)"),
      'newer.ts': moduleOf('2', ".step('one', boss)"),
    });
    const journal = join(folder, 'live.db');
    await using troupe = await createTroupe({ definitions: [flow], journal });
    await troupe.start(flow, undefined, { id: 'a' });
    const same = await json(join(folder, 'same.ts'), '--journal', journal);
    expect(same).toMatchObject({ code: 0, report: { ok: true, parked: [] } });
    const changed = await json(join(folder, 'changed.ts'), '--journal', journal);
    expect(changed).toMatchObject({
      code: 1,
      report: {
        ok: true,
        parked: [
          {
            address: 'run/flow/a',
            status: 'IN_PROGRESS',
            reason: 'its definition flow version 1 has changed: raise its version and list both',
          },
        ],
      },
    });
    const { code, out } = await call(join(folder, 'newer.ts'), '--journal', journal);
    expect(code).toBe(1);
    expect(out).toContain('1 of the journal would be parked:\n  run/flow/a (IN_PROGRESS): its def');
    expect(out).toContain('version 1 is not registered');
    const well = await call(join(folder, 'same.ts'), '--journal', journal);
    expect(well.out).toContain('Nothing of the journal would be parked.\n');
    expect(await troupe.parked.list()).toEqual([]);
  });

  test('given a journal that is not there, then that is told and nothing is made', async () => {
    const folder = project({ 'team.ts': TEAM });
    const file = join(folder, 'team.ts');
    const { code, out, err } = await call(file, '--journal', `${folder}/no.db`);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/\[JOURNAL_UNREADABLE\]/);
  });
});

/** `troupe check` as a process of its own. */
async function processOf(folder: string, ...args: readonly string[]) {
  const argv = ['--import', ALIAS, LAUNCHER, 'check', ...args];
  const child = spawn(process.execPath, argv, { cwd: folder, stdio: 'pipe' });
  const closed = once(child, 'close');
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code]: readonly unknown[] = await closed;
  return { code, out, err };
}

test.for([
  ['process.exit(0);', 'one.ts ends the process before the check is done; guard'],
  ['setImmediate(() => process.exit(0)); await new Promise(() => {});', 'one.ts ends the process'],
  ['await new Promise(() => {});', 'one.ts is never loaded: it awaits what never comes'],
] as const)(
  'given a module with %s, then the exit code is 2 and it is named',
  async ([code, problem]) => {
    const folder = project({ 'one.ts': `export {};\n${code}`, 'team.ts': TEAM });
    const shown = await processOf(folder, 'team.ts', 'one.ts');
    expect(shown).toMatchObject({ code: 2, out: '' });
    expect(shown.err).toContain(problem);
  },
);

test('given an error in a module that is imported, then its place is told', async () => {
  const folder = project({
    'inner.ts': `\nimport { refuse } from './refuse.ts';\nrefuse();`,
    'refuse.ts': `
      import { troupeError } from ${JSON.stringify(`${ROOT}src/protocol/index.ts`)};
      export function refuse(): never {
        throw troupeError('BAD_OPTION', { where: 'here', field: 'it', problem: 'is wrong' });
      }`,
    'team.ts': "import './inner.ts';",
  });
  const { code, err } = await processOf(folder, 'team.ts');
  expect(code).toBe(2);
  const told = "team.ts can't be loaded: here: it is wrong (refuse.ts:4:15). Correct it.\n";
  expect(err).toBe(`[BAD_OPTION] troupe check: ${told}`);
});

test('a child process checks TypeScript, held by nothing that a module left open', async () => {
  const folder = project({
    'src/team.ts': `
      import { defineApproval, defineWorkflow } from 'troupe';
      interface Held { readonly since: number }
      const held: Held = { since: 1 };
      setInterval(() => held, 1_000_000);
      console.log('loaded', held.since);
      export const ask = defineWorkflow({ id: 'ask' }).step('who', defineApproval({ id: 'who' }));`,
  });
  const { code, out, err } = await processOf(folder, 'src/team.ts', '--json');
  expect(code).toBe(1);
  expect(JSON.parse(out).findings).toMatchObject([{ code: 'approval-unanswered' }]);
  expect(err).toBe('loaded 1\nsrc/team.ts: ask\nchecking ask\n');
});
