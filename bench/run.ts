/**
 * `npm run bench`: measures, prints a table, and says whether the floors hold.
 *
 * `--only NAME` (a benchmark, more than once), `--quick` (tiny parameters: shows that it works,
 * measures nothing), `--set NAME=NUMBER` (a parameter), `--json`, `--write` (RESULTS.md).
 * Exit code 1 when a floor that is due is missed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Bench, Parameters } from './harness.ts';
import { idle } from './idle.ts';
import { durable } from './journal/durable.ts';
import { scale } from './journal/scale.ts';
import { layers } from './layers.ts';
import { lifecycles } from './lifecycles.ts';
import { crowd } from './machines/crowd.ts';
import { rings } from './machines/rings.ts';
import { savina } from './machines/savina.ts';
import { siblings } from './machines/siblings.ts';
import { stall } from './machines/stall.ts';
import { messages } from './messages.ts';
import {
  type Circumstances,
  load,
  loadText,
  machineLine,
  misses,
  peersIn,
  type Report,
  resultsText,
  table,
  versionsLine,
  withPeers,
} from './report.ts';
import { startUp } from './start-up.ts';
import { steps } from './steps.ts';
import { scripts } from './testing/scripts.ts';
import { scheduling } from './workflows/scheduling.ts';
import { workflows } from './workflows/workflows.ts';

const benches: readonly Bench[] = [
  layers,
  messages,
  lifecycles,
  steps,
  workflows,
  scheduling,
  idle,
  startUp,
  rings,
  savina,
  siblings,
  crowd,
  stall,
  durable,
  scale,
  scripts,
];

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    set: { type: 'string', multiple: true, default: [] },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});

/** A benchmark's parameters, with those of `--set` that it has. */
function parametersOf(bench: Bench): Parameters {
  const base = options.quick ? bench.quick : bench.parameters;
  const given = options.set.map((text): [string, number] => {
    const [name = '', value = ''] = text.split('=');
    return [name, Number(value)];
  });
  return { ...base, ...Object.fromEntries(given.filter(([name]) => name in base)) };
}

async function reportOf(bench: Bench): Promise<Report> {
  const parameters = parametersOf(bench);
  const before = load();
  const figures = await bench.measure(parameters);
  return {
    bench: bench.name,
    about: bench.about,
    parameters: Object.entries(parameters)
      .map(([name, value]) => `${name} ${value.toLocaleString('en')}`)
      .join(', '),
    load: [before, load()],
    figures,
  };
}

const say = (text: string): void => {
  if (!options.json) process.stdout.write(`${text}\n`);
};

const about: Omit<Circumstances, 'loads'> = {
  date: new Date().toISOString().slice(0, 16).replace('T', ' ').concat(' UTC'),
  command: ['npm run bench --', ...process.argv.slice(2)].join(' '),
  machine: machineLine(),
  versions: versionsLine(),
};
say(`${about.machine}; ${about.versions}`);
if (globalThis.gc === undefined)
  say('Without --expose-gc the garbage of one round burdens the next.');

const reports: Report[] = [];
for (const bench of benches) {
  if (options.only !== undefined && !options.only.includes(bench.name)) continue;
  const report = await reportOf(bench);
  reports.push(report);
  say(`\n${report.bench}: ${report.parameters}; load ${loadText(report)}`);
  for (const line of table(report.figures)) say(line);
}

const loads = reports.flatMap((report) => report.load);
const missed = reports.flatMap((report) => report.figures).filter(misses);
if (options.json)
  process.stdout.write(`${JSON.stringify({ ...about, loads, reports }, null, 2)}\n`);
if (options.write) {
  const file = new URL('RESULTS.md', import.meta.url);
  const measured = resultsText({ ...about, loads }, reports);
  writeFileSync(file, withPeers(measured, peersIn(readFileSync(file, 'utf8'))));
}
if (!options.quick && missed.length > 0) {
  say(`\nMissed: ${missed.map((figure) => figure.name).join('; ')}`);
  process.exitCode = 1;
}
