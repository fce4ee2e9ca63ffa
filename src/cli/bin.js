#!/usr/bin/env node
/**
 * The command `troupe`, in JavaScript that old Nodes can read.
 *
 * It finds a Node that is new enough: this one, else the repository's own, to which it hands over
 * with its signals and its exit code. Then it runs `main(arguments)` from the sources beside it,
 * or in a package from what was compiled. `main` resolves with the exit code.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const NODE_MAJOR_MIN = 24;
const BAD_ENVIRONMENT = 2;
const HANDED_OVER = 'TROUPE_HANDED_OVER';

const here = (path) => new URL(path, import.meta.url);
const ownNode = fileURLToPath(here('../../node_modules/.bin/node'));
const isHandedOver = process.env[HANDED_OVER] !== undefined;
delete process.env[HANDED_OVER];

if (Number.parseInt(process.versions.node, 10) >= NODE_MAJOR_MIN) await run();
else if (!isHandedOver && existsSync(ownNode)) handOver();
else refuse();

async function run() {
  if (isHandedOver) dieWithLauncher();
  const sources = here('./main.ts');
  const compiled = here('../../dist/src/cli/main.js');
  const { main } = await import((existsSync(sources) ? sources : compiled).href);
  process.exitCode = await main(process.argv.slice(2));
  // What a user's module left open, such as a connection, does not hold the process.
  process.stdout.write('', () => process.stderr.write('', () => process.exit()));
}

/** A launcher that is killed can't pass that on: its closing channel tells. */
function dieWithLauncher() {
  process.channel?.unref();
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
}

function handOver() {
  const child = spawn(ownNode, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, [HANDED_OVER]: '1' },
  });
  // Ctrl-C in a terminal reaches the child by itself too; a command takes both for one.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => child.kill(signal));
  child.on('error', refuse);
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
}

function refuse() {
  const what = `troupe needs Node ${NODE_MAJOR_MIN} or newer, this is ${process.version}`;
  process.stderr.write(`[NODE_TOO_OLD] ${what}. Install it from https://nodejs.org.\n`);
  process.exitCode = BAD_ENVIRONMENT;
}
