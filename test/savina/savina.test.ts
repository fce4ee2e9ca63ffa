/**
 * The programs of Savina give the value that must come out: every message arrives once, and every
 * actor ends. Names, parameters and values are read from the folder TROUPE_DATA.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { dataFolder } from '../data.ts';
import { runPlain } from './plain.ts';
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
    const { output, actors, left } = runPlain(program, program.scaled);
    expect(program.valueOf(output)).toBe(program.value(program.scaled));
    expect(program.broken(program.scaled, output)).toEqual([]);
    expect({ actors, left }).toEqual({ actors: program.actors(program.scaled), left: [] });
  });
});
