/**
 * The launcher of the command `troupe`: it runs `main`, on a Node that is new enough.
 * An old Node is played by a copy of the launcher that asks for a newer one than there is.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';

const LAUNCHER = fileURLToPath(new URL('../../src/cli/bin.js', import.meta.url));
const MAIN = `
  export const main = async ([command, ...rest]) => {
    const alive = setInterval(() => {}, 1000);
    const asked = new Promise((resolve) => {
      process.once('SIGTERM', () => resolve(7));
      process.once('SIGINT', () => resolve(8));
    });
    console.log(JSON.stringify([command, ...rest]));
    const code = command === 'wait' ? await asked : Number(command);
    clearInterval(alive);
    return code;
  };`;

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-launcher-'));
  folders.push(folder);
  for (const [path, content] of Object.entries({ 'package.json': '{"type":"module"}', ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  mkdirSync(join(folder, 'src/cli'), { recursive: true });
  cpSync(LAUNCHER, join(folder, 'src/cli/bin.js'));
  return folder;
}

/** Makes the launcher of `folder` take every Node for too old. */
function makeOld(folder: string): void {
  const text = readFileSync(LAUNCHER, 'utf8').replace(
    'NODE_MAJOR_MIN = 24',
    'NODE_MAJOR_MIN = 999',
  );
  writeFileSync(join(folder, 'src/cli/bin.js'), text);
}

/** Gives `folder` a Node of its own, for which the unchanged launcher stands in. */
function giveNode(folder: string): void {
  const own = join(folder, 'node_modules/.bin/node');
  mkdirSync(dirname(own), { recursive: true });
  cpSync(LAUNCHER, join(folder, 'src/cli/bin-of-own-node.js'));
  const script = join(folder, 'src/cli/bin-of-own-node.js');
  writeFileSync(own, `#!/bin/sh\nshift\nexec "${process.execPath}" "${script}" "$@"\n`);
  chmodSync(own, 0o755);
}

function launch(folder: string, ...rest: readonly string[]): ChildProcess {
  return spawn(process.execPath, [join(folder, 'src/cli/bin.js'), ...rest], { stdio: 'pipe' });
}

async function ended(child: ChildProcess) {
  const closed = once(child, 'close');
  const [out, err] = await Promise.all([child.stdout, child.stderr].map((s) => (s ? text(s) : '')));
  const [code] = await closed;
  return { code, out, err };
}

test('given sources beside it, then main runs from them with the arguments', async () => {
  const folder = folderWith({ 'src/cli/main.ts': MAIN, 'dist/src/cli/main.js': 'broken(' });
  expect(await ended(launch(folder, '1', 'a b'))).toEqual({
    code: 1,
    out: '["1","a b"]\n',
    err: '',
  });
});

test('given no sources, then main runs from what was compiled', async () => {
  const folder = folderWith({ 'dist/src/cli/main.js': MAIN });
  expect(await ended(launch(folder, '0'))).toEqual({ code: 0, out: '["0"]\n', err: '' });
});

test('given an old Node and none in the repository, then one line says what to do', async () => {
  const folder = folderWith({ 'src/cli/main.ts': MAIN });
  makeOld(folder);
  const { code, out, err } = await ended(launch(folder, '0'));
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/^\[NODE_TOO_OLD\] troupe needs Node 999 or newer, .*\n$/);
});

test('given an old Node and a new one in the repository, then that one runs main', async () => {
  const folder = folderWith({ 'src/cli/main.ts': MAIN });
  makeOld(folder);
  giveNode(folder);
  expect(await ended(launch(folder, '3', 'x'))).toEqual({ code: 3, out: '["3","x"]\n', err: '' });
});

test.for([
  ['SIGTERM', 7],
  ['SIGINT', 8],
] as const)(
  'given a hand-over and %s, then main gets it and decides the code',
  async ([signal, expected]) => {
    const folder = folderWith({ 'src/cli/main.ts': MAIN });
    makeOld(folder);
    giveNode(folder);
    const child = launch(folder, 'wait');
    child.stdout?.once('data', () => child.kill(signal));
    const [code] = await once(child, 'close');
    expect(code).toBe(expected);
  },
);

test('given a hand-over, when the launcher is killed, then main dies too', async () => {
  const folder = folderWith({ 'src/cli/main.ts': MAIN });
  makeOld(folder);
  giveNode(folder);
  const child = launch(folder, 'wait');
  child.stdout?.once('data', () => child.kill('SIGKILL'));
  await once(child, 'close');
  expect(child.signalCode).toBe('SIGKILL');
});
