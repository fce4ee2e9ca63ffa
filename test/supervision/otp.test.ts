/**
 * What a real Erlang/OTP supervisor did, recorded, comes out identical on our host: 81 written
 * scenarios and 80 random ones.
 */
import { expect, test } from 'vitest';
import { replay } from './replay.ts';
import { comparable, scenariosOf, traceFolder } from './traces.ts';

test.for(['scenarios.json', 'random.json'])(
  'given the traces of %s, then each comes out identical',
  { timeout: 60_000 },
  async (file, { skip }) => {
    skip(traceFolder === undefined, 'skipped: no data');
    const scenarios = scenariosOf(file);
    expect(scenarios.length).toBeGreaterThan(0);
    for (const scenario of scenarios) {
      const trace = comparable(scenario, await replay(scenario));
      expect(trace, scenario.id).toEqual(comparable(scenario, scenario.trace));
    }
  },
);
