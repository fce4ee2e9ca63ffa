/**
 * The programs of Savina give the value that must come out: every message arrives once, and every
 * actor ends. Names, parameters and values are read from the folder TROUPE_DATA.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { dataFolder } from '../data.ts';
import { shareNoticed } from './faulty.ts';
import { runHosted } from './hosted.ts';
import { type Outcome, runPlain } from './plain.ts';
import type { Parameters, Program } from './program.ts';
import { programs } from './programs.ts';

const Described = z.object({
  name: z.string(),
  group: z.string(),
  defaults: z.record(z.string(), z.number()),
  value: z.number().optional(),
});

function described(folder: string): readonly z.infer<typeof Described>[] {
  const text = readFileSync(join(folder, 'savina.json'), 'utf8');
  return z.array(Described).parse(JSON.parse(text));
}

const folder = dataFolder('savina');
const data = folder === undefined ? [] : described(folder);

/** Small parameters of a program; two of each are the fewest that make sense. */
const parametersOf = ({ scaled }: Program): fc.Arbitrary<Parameters> =>
  fc.record(
    Object.fromEntries(
      Object.entries(scaled).map(([key, value]) => [
        key,
        key === 'seed' ? fc.nat() : fc.integer({ min: 2, max: Math.max(3, Math.min(12, value)) }),
      ]),
    ),
  );

/** What is not as it must be. */
function wrongIn(program: Program, parameters: Parameters, outcome: Outcome): readonly string[] {
  const { output, actors, left } = outcome;
  const value = program.valueOf(output);
  return [
    ...program.broken(parameters, output),
    ...(value === program.value(parameters) ? [] : [`the value is ${value}`]),
    ...(actors === program.actors(parameters) ? [] : [`there were ${actors} actors`]),
    ...left.map((name) => `${name} is left`),
  ];
}

describe.each(programs)('$name', (program) => {
  test('the formula gives the value that the data names', ({ skip }) => {
    const given = data.find(({ name }) => name === program.name);
    if (given === undefined) return skip(`savina.json does not name ${program.name}`);
    expect(program.value(given.defaults)).toBe(given.value);
    expect(Object.keys(program.scaled).filter((key) => key !== 'seed')).toEqual(
      Object.keys(given.defaults),
    );
  });

  test('given plain XState, when it has run, then its value came out and nobody is left', () => {
    expect(wrongIn(program, program.scaled, runPlain(program, program.scaled))).toEqual([]);
  });

  test('property: given plain XState and any parameters, its value comes out', () => {
    const holds = (parameters: Parameters): void => {
      expect(wrongIn(program, parameters, runPlain(program, parameters))).toEqual([]);
    };
    fc.assert(fc.property(parametersOf(program), holds), { numRuns: 12 });
  });

  test('given Troupe, when it has run, then its value came out and nobody is left', async () => {
    const { scaled } = program;
    expect(wrongIn(program, scaled, await runHosted(program, scaled))).toEqual([]);
  });

  test('property: given Troupe and any parameters, its value comes out', async () => {
    const holds = async (parameters: Parameters): Promise<void> => {
      expect(wrongIn(program, parameters, await runHosted(program, parameters))).toEqual([]);
    };
    await fc.assert(fc.asyncProperty(parametersOf(program), holds), { numRuns: 5 });
  });

  test('a message that is lost is noticed, whichever it is', () => {
    expect(shareNoticed(program, 0)).toBe(1);
  });

  test('messages that come twice are noticed, unless they say what is known', () => {
    expect(shareNoticed(program, 2)).toBeGreaterThan(0.25);
  });
});
