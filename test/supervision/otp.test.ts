/**
 * What a real Erlang/OTP supervisor did, recorded, comes out identical on our host: 81 written
 * scenarios and 80 random ones.
 */
import { describe, expect, test } from 'vitest';
import { replay } from './replay.ts';
import { comparable, scenariosOf, traceFolder } from './traces.ts';

describe.skipIf(traceFolder === undefined)('recorded traces of Erlang/OTP', () => {
  test.each(['scenarios.json', 'random.json'])(
    'given %s, then every trace comes out identical',
    async (file) => {
      const scenarios = scenariosOf(file);
      expect(scenarios.length).toBeGreaterThan(0);
      for (const scenario of scenarios) {
        const trace = comparable(scenario, await replay(scenario));
        expect(trace, scenario.id).toEqual(comparable(scenario, scenario.trace));
      }
    },
    20_000,
  );
});
