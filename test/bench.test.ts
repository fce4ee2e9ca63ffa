/**
 * The benchmarks run, each with tiny parameters, and do what they say: what came of their rounds
 * has the digest that it must have. Times are not looked at.
 */
import { expect, test } from 'vitest';
import { type Bench, digestOf } from '../bench/harness.ts';
import { idle } from '../bench/idle.ts';
import { layers } from '../bench/layers.ts';
import { lifecycles } from '../bench/lifecycles.ts';
import { crowd } from '../bench/machines/crowd.ts';
import { rings } from '../bench/machines/rings.ts';
import { savina, shareOf } from '../bench/machines/savina.ts';
import { siblings } from '../bench/machines/siblings.ts';
import { stall } from '../bench/machines/stall.ts';
import { messages } from '../bench/messages.ts';
import { peersIn, peersSection, resultsText, withPeers } from '../bench/report.ts';
import { startUp } from '../bench/start-up.ts';
import { steps } from '../bench/steps.ts';
import { scripts } from '../bench/testing/scripts.ts';
import { scheduling } from '../bench/workflows/scheduling.ts';
import { workflows } from '../bench/workflows/workflows.ts';
import { programs } from './savina/programs.ts';

/** Measures with the quick parameters; gives the digests in order, neighbouring equal ones once. */
async function digests(bench: Bench): Promise<readonly string[]> {
  const figures = await bench.measure(bench.quick);
  return different(figures.map((figure) => figure.digest));
}

const different = (all: readonly string[]): readonly string[] =>
  all.filter((digest, index) => digest !== all[index - 1]);

const times = <Item>(count: number, item: Item): Item[] =>
  Array.from({ length: count }, () => item);

/** The sum of 1 to `count`. */
const sumTo = (count: number): number => (count * (count + 1)) / 2;

test('every layer brings all toggles on and all tasks to their end', async () => {
  const { actors } = layers.quick;
  const expected = [times(actors, 'on'), times(actors, 'COMPLETED')].map(digestOf);
  expect(await digests(layers)).toEqual(expected);
});

test('every message is handled once', async () => {
  const { messages: count } = messages.quick;
  expect(await digests(messages)).toEqual([digestOf({ handled: count, sum: sumTo(count - 1) })]);
});

test('every lifecycle completes with its result, through the troupe as by hand', async () => {
  const { lifecycles: many, singles, inFlight } = lifecycles.quick;
  const done = (count: number) => digestOf({ sum: sumTo(count), completed: count });
  expect(inFlight).toBeGreaterThan(1);
  expect(await digests(lifecycles)).toEqual([done(many), done(singles), done(many), done(singles)]);
});

test('every chain adds up', async () => {
  const { chains, inFlight, length } = steps.quick;
  const sum = (count: number) => digestOf(sumTo(count - 1) + count * length);
  expect(await digests(steps)).toEqual([sum(chains), sum(Math.ceil(chains / inFlight))]);
});

test('every workflow adds up, through the troupe as with XState alone', async () => {
  const { length, width, singles, chains, fans, durable } = workflows.quick;
  const row = (count: number) => sumTo(count - 1) + count * length;
  const fan = sumTo(fans - 1) * width + fans * width * 2;
  const sums = [row(singles), row(chains), fan, row(singles), row(durable)];
  expect(await digests(workflows)).toEqual(sums.map(digestOf));
});

test('idle actors are alive while they are weighed', async () => {
  expect(await digests(idle)).toEqual([digestOf(idle.quick.actors)]);
});

test('the compiled package is imported, and runs', async () => {
  const results = [
    ['xstate, zod, immer', 3],
    ['troupe', 'function'],
    ['troupe running', 'function'],
    ['bare Node', 'object'],
  ];
  expect(await digests(startUp)).toEqual([digestOf(results)]);
});

test('machines do the same under XState and under the troupe, few or many', async () => {
  for (const bench of [rings, siblings, crowd])
    expect(await digests(bench)).toEqual([digestOf(true)]);
});

test('the programs of Savina give their values on every side', async () => {
  const values = programs.map((program) => program.value(shareOf(program, savina.quick.percent)));
  expect(await digests(savina)).toEqual(different(values.map(digestOf)));
});

test('plans of every size are carried out to the end', async () => {
  expect(await digests(scheduling)).toEqual([digestOf(true)]);
});

test('every script is played to its end, and does the same each time', async () => {
  const { scripts: runs } = scripts.quick;
  const figures = await scripts.measure(scripts.quick);
  expect(figures.map(({ name }) => name)).toEqual([
    'scripts',
    'simulated steps',
    'simulated commits',
  ]);
  expect(new Set(figures.map(({ digest }) => digest)).size).toBe(1);
  expect(runs).toBeGreaterThan(1);
});

test('a flooded district finishes its round', async () => {
  const { districts, rounds } = stall.quick;
  expect(await digests(stall)).toEqual([digestOf(times(districts, rounds))]);
});

test('the results say where they come from, and whether floors hold', () => {
  const figure = { name: 'lifecycles', value: 12_345, unit: '/s', digest: 'x' };
  const report = {
    bench: 'lifecycles',
    about: 'Tasks.',
    parameters: 'rounds 1',
    load: [0.5, 1] as const,
    figures: [
      { ...figure, bounds: [{ of: 'value', min: 10_000, isDue: true }] as const },
      { ...figure, bounds: [{ of: 'value', min: 20_000, isDue: true }] as const },
      { ...figure, bounds: [{ of: 'value', min: 20_000, isDue: false }] as const },
    ],
  };
  const circumstances = {
    date: '2026-01-01 00:00 UTC',
    command: 'npm run bench -- --write',
    machine: '2 x Z80',
    versions: 'Node v24',
    loads: [0.5, 1],
  };
  expect(resultsText(circumstances, [report]).split('\n').slice(4, 23)).toEqual([
    '- Date: 2026-01-01 00:00 UTC',
    '- Machine: 2 x Z80',
    '- Versions: Node v24',
    '- Load of the machine while it ran: 0.5, 1.0',
    '',
    'Every ratio is the median over rounds in which both sides took turns, with its quartiles;',
    'ratios hold better than absolutes. CPU is that of the whole process, garbage collection',
    'included. A floor in brackets is an aim; the others must hold.',
    '',
    '## lifecycles',
    '',
    'Tasks. Parameters: rounds 1.',
    'Load: 0.5 to 1.0.',
    '',
    '| figure     |    value | floor       | verdict |',
    '|------------|---------:|-------------|---------|',
    '| lifecycles | 12,300/s | >= 10,000   | pass    |',
    '| lifecycles | 12,300/s | >= 20,000   | MISS    |',
    '| lifecycles | 12,300/s | (>= 20,000) | missed  |',
  ]);
});

test('figures of the peers stand at the end, and stay when all else is measured again', () => {
  const about = { date: '2026-01-01 00:00 UTC', machine: '2 x Z80', versions: 'Node v24' };
  const report = (name: string) => ({
    bench: 'peers',
    about: 'Ten steps.',
    parameters: 'rounds 1',
    load: [0.5, 1] as const,
    figures: [{ name, value: 1, unit: '/s', digest: 'x', bounds: [] }],
  });
  const results = '# Figures\n\n## steps\n\nA table.\n';
  expect(peersIn(results)).toBe('');
  const once = withPeers(results, peersSection(about, report('first')));
  const twice = withPeers(once, peersSection(about, report('second')));
  expect(twice).toBe(once.replace('first ', 'second'));
  expect(withPeers('# Figures\n\n## steps\n\nAnother.\n', peersIn(twice))).toBe(
    twice.replace('A table.', 'Another.'),
  );
  expect(withPeers(results, '')).toBe(results);
});
