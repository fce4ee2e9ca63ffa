/** The law of steps that are due says nothing of any plan, whatever happens to it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type GraphStep, graph, TerminalError } from '../../../src/index.ts';
import { placesOf, scriptsOf } from '../../../src/testing/properties/scripts/index.ts';
import { calm, faultKinds, type Play } from '../../../src/testing/simulation/index.ts';
import { play } from '../../../src/testing/simulation/play.ts';

const ends = ['COMPLETED', 'FAILED', 'CANCELLED', 'SKIPPED', 'OMITTED'] as const;

/** What a step may be like; those that it waits for are drawn among the ones before it. */
const traits = fc.record({
  earlier: fc.array(fc.nat(100), { maxLength: 4 }),
  when: fc.constantFrom(undefined, undefined, true, false),
  fails: fc.constantFrom('never', 'never', 'never', 'now', 'for good'),
  optional: fc.boolean(),
  asks: fc.constantFrom('all', 'all', 'always', 'one', 'any'),
  is: fc.subarray([...ends], { minLength: 1 }),
  cost: fc.nat(2),
  undo: fc.boolean(),
});
type Traits = typeof traits extends fc.Arbitrary<infer T> ? T : never;

const rules = fc.record({
  onFailure: fc.constantFrom('fail-fast', 'finish', 'continue', 'best-effort', 'retry'),
  concurrency: fc.constantFrom(1, 2, 10),
  budget: fc.constantFrom(undefined, undefined, 3, 6),
});

function stepOf(drawn: Traits, index: number): GraphStep {
  const { earlier, when, fails, optional, asks, is, cost, undo } = drawn;
  const after = index === 0 ? [] : [...new Set(earlier.map((pick) => `s${pick % index}`))];
  const [first = ''] = after;
  const conditions = {
    all: undefined,
    always: 'always',
    one: { step: first, is },
    any: { any: after.map((step) => ({ step, is })) },
  } as const;
  return {
    work: () => {
      if (fails === 'now') throw new TypeError('it may work the next time');
      if (fails === 'for good') throw new TerminalError('it never works');
      return index;
    },
    after,
    runsWhen: after.length === 0 ? undefined : conditions[asks],
    when: when === undefined ? undefined : () => when,
    optional,
    cost,
    undo: undo ? () => undefined : undefined,
    retry: { attempts: 2, backoff: '1s' },
    timeout: '1h',
  };
}

const plays = fc
  .tuple(fc.array(traits, { minLength: 2, maxLength: 9 }), rules)
  .map(([drawn, options]): Play => {
    const steps = Object.fromEntries(drawn.map((one, at) => [`s${at}`, stepOf(one, at)]));
    const plan = graph('plan', steps, { ...options, timeout: '5h' });
    return {
      definitions: [plan],
      scenario: (troupe) => troupe.start(plan, undefined, { id: '1' }),
    };
  });

test('property: under any faults no oracle speaks of any plan', async () => {
  await fc.assert(
    fc.asyncProperty(plays, fc.nat(1_000), async (team, seed) => {
      const undisturbed = await play(team, calm(undefined));
      expect(undisturbed.breach).toBe(undefined);
      const scripts = scriptsOf(faultKinds, placesOf(team, [undisturbed]));
      for (const script of fc.sample(scripts, { numRuns: 2, seed })) {
        const { breach } = await play(team, { given: undefined, ...script });
        expect(breach, JSON.stringify(script)).toBe(undefined);
      }
    }),
    { numRuns: 30, seed: 1 },
  );
});
