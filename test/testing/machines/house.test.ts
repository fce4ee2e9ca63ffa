/** Every machine of the house passes its check, all of its chart reached, and keeps the laws. */
import { describe, expect, test } from 'vitest';
import { type Kind, machines } from '../../../machines/index.ts';
import { missedOf } from '../../../src/testing/findings/index.ts';
import { checkMachine, machineLaws } from '../../../src/testing/machines/index.ts';
import { optionsFor } from './house.ts';

const kinds = Object.keys(machines) as Kind[];

describe.each(kinds)('%s', (kind) => {
  test('nothing is found, and every state and transition is reached', () => {
    const { findings, coverage } = checkMachine(machines[kind], optionsFor(kind));
    expect(findings).toEqual([]);
    const missed = missedOf(coverage).filter((one) => /^(state|transition)$/.test(one.kind));
    expect(missed.map(({ place }) => place)).toEqual([]);
    expect(coverage.length).toBeGreaterThan(0);
  });

  test('property: the laws of all machines hold', () => {
    const options = { ...optionsFor(kind), bounds: { walks: 60, depth: 30 } };
    const broken = machineLaws(machines[kind], options).filter(({ ok }) => !ok);
    expect(broken).toEqual([]);
  });
});
