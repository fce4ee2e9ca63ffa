/**
 * `npm run bench:peers`: installs the peers into this folder, measures them, prints a table.
 *
 * `--write` puts the figures at the end of `bench/RESULTS.md`; `--quick` measures nothing. They are
 * no part of the project: without a registry this says so and measures nothing. Exit code 1 when a
 * floor is missed.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  load,
  loadText,
  machineLine,
  misses,
  peersSection,
  table,
  versionsLine,
  withPeers,
} from '../report.ts';
import { peers } from './peers.ts';

const { values: options } = parseArgs({
  options: {
    write: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
  },
});

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Installs what the lock names; a reason when that can't be done. */
function install(): string | undefined {
  const quietly = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline'];
  const cwd = import.meta.dirname;
  const { status, error, stderr } = spawnSync('npm', ['ci', ...quietly], { cwd, encoding: 'utf8' });
  if (status === 0) return undefined;
  return error?.message ?? stderr.trim().split('\n').slice(-5).join('\n');
}

/** The versions of what was installed. */
function peerVersions(): string {
  const { dependencies } = JSON.parse(
    readFileSync(new URL('package.json', import.meta.url), 'utf8'),
  );
  return Object.entries(dependencies)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');
}

async function main(): Promise<void> {
  const problem = install();
  if (problem !== undefined) {
    say(`SKIPPED: the peers can't be installed, nothing is measured.\n${problem}`);
    return;
  }
  const parameters = options.quick ? peers.quick : peers.parameters;
  const before = load();
  const figures = await peers.measure(parameters);
  const report = {
    bench: peers.name,
    about: peers.about,
    parameters: Object.entries(parameters)
      .map(([name, value]) => `${name} ${value}`)
      .join(', '),
    load: [before, load()] as const,
    figures,
  };
  const versions = `${versionsLine()}, ${peerVersions()}`;
  say(`${machineLine()}; ${versions}; load ${loadText(report)}`);
  for (const line of table(figures)) say(line);
  if (options.write) {
    const file = new URL('../RESULTS.md', import.meta.url);
    const date = new Date().toISOString().slice(0, 16).replace('T', ' ').concat(' UTC');
    const section = peersSection({ date, machine: machineLine(), versions }, report);
    writeFileSync(file, withPeers(readFileSync(file, 'utf8'), section));
  }
  if (!options.quick && figures.some(misses)) process.exitCode = 1;
}

await main();
