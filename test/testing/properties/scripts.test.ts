/** Scripts as they are drawn: of the kinds that are on, at places that were seen or beyond. */
import fc from 'fast-check';
import { defineApproval, defineBot, defineWorkflow, type Troupe } from 'troupe';
import { type FaultKind, faultKinds, type Script } from 'troupe/testing';
import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  chanceOf,
  drawn,
  givensOf,
  type Places,
  placesOf,
  scriptsOf,
} from '../../../src/testing/properties/scripts/index.ts';
import { play } from '../../../src/testing/simulation/play.ts';
import { calm } from '../../../src/testing/simulation/script.ts';

const places: Places = {
  commits: 10,
  calls: [{ of: 'finder.search', count: 2 }],
  external: [],
  requests: 1,
  runs: 1,
  questions: 2,
  answer: undefined,
  times: [1_000],
};

const kindsAmong = fc.subarray([...faultKinds]);

test('property: faults are of the kinds that are on, at places in reach', () => {
  fc.assert(
    fc.property(kindsAmong, fc.integer(), (kinds, chance) => {
      const script = drawn(scriptsOf(kinds, places), chance);
      for (const fault of script.faults) {
        expect(kinds).toContain(fault.fault);
        if ('commit' in fault) expect([1, 16]).toSatisfy(between(fault.commit));
        if ('call' in fault) {
          expect(fault.call.of).toBe('finder.search');
          expect(fault.fault).not.toBe('duplicate');
          expect([1, 4]).toSatisfy(between(fault.call.nth));
        }
        if ('request' in fault) expect([1, 3]).toSatisfy(between(fault.request));
        if ('run' in fault) expect(fault.run).toBe(0);
        if ('ms' in fault) expect([999, 1_001]).toSatisfy(between(fault.ms));
      }
      const questions = script.people.map(({ question }) => question);
      expect(new Set(questions).size).toBe(questions.length);
      expect([1, 3]).toSatisfy((range: number[]) => questions.every((at) => between(at)(range)));
    }),
    { numRuns: 500, seed: 1 },
  );
});

const between =
  (value: number) =>
  ([from = 0, to = 0]: readonly number[]): boolean =>
    value >= from && value <= to;

const many = (kinds: readonly FaultKind[], runs: number): Omit<Script, 'given'>[] =>
  Array.from({ length: runs }, (_, run) => drawn(scriptsOf(kinds, places), chanceOf(1, run)));

test('every kind strikes, most scripts have few faults, some have many, some none', () => {
  const scripts = many(faultKinds, 400);
  const sizes = scripts.map(({ faults }) => faults.length);
  const share = (is: (size: number) => boolean): number => sizes.filter(is).length / sizes.length;
  expect(new Set(scripts.flatMap(({ faults }) => faults.map(({ fault }) => fault)))).toEqual(
    new Set(faultKinds),
  );
  expect(share((size) => size <= 4)).toBeGreaterThan(0.8);
  expect(share((size) => size > 4)).toBeGreaterThan(0.04);
  expect(share((size) => size === 0)).toBeGreaterThan(0.04);
});

test('swarm: many scripts of many faults do without some kind', () => {
  const large = many(['crash', 'bot-error'], 2_000).filter(({ faults }) => faults.length > 4);
  const kindsIn = ({ faults }: Omit<Script, 'given'>) => new Set(faults.map((one) => one.fault));
  const pure = large.filter((script) => kindsIn(script).size === 1);
  // With both kinds on, six faults of one kind alone would come about once in 30 scripts.
  expect(pure.length / large.length).toBeGreaterThan(0.3);
});

test('a number names one script: the same one again, and runs have nothing in common', () => {
  const again = many(faultKinds, 50);
  expect(many(faultKinds, 50)).toEqual(again);
  expect(new Set(again.map((script) => JSON.stringify(script))).size).toBeGreaterThan(45);
  const chances = Array.from({ length: 1_000 }, (_, run) => chanceOf(run % 10, run));
  expect(new Set(chances).size).toBe(1_000);
});

test('without places there are no faults', () => {
  const none = { ...places, calls: [], requests: 0, runs: 0, questions: 0 };
  const kinds: FaultKind[] = ['duplicate', 'bot-error', 'drop', 'cancel', 'malformed'];
  expect(drawn(scriptsOf(kinds, none), 1)).toMatchObject({ faults: [], people: [] });
});

test('inputs come from a schema, a list, an arbitrary, or are undefined', () => {
  const firstOf = (given: unknown): unknown => drawn(givensOf(given), 1);
  expect(firstOf(undefined)).toBe(undefined);
  expect(firstOf(['a'])).toBe('a');
  expect(firstOf(fc.constant(7))).toBe(7);
  expect(z.object({ n: z.int() }).safeParse(firstOf(z.object({ n: z.int() }))).success).toBe(true);
});

test('places are what a calm run showed, and the times that the team speaks of', async () => {
  const finder = defineBot({
    id: 'finder',
    timeout: '5m',
    work: async ({ step }) => {
      for (const name of ['a', 'b']) await step(name, () => name);
    },
  });
  const editor = defineApproval({
    id: 'editor',
    answer: z.int(),
    remindEvery: '4h',
    expiresIn: '2d',
  });
  const flow = defineWorkflow({ id: 'flow' })
    .step('find', finder, undefined)
    .step('note', () => 'noted', { timeout: '7s' })
    .step('release', editor, undefined);
  const hand = defineBot({ id: 'hand', input: z.string() });
  const team = {
    definitions: [flow, hand],
    scenario: (troupe: Troupe) => troupe.start(flow, undefined),
  };
  const calmRun = await play(team, calm(undefined));
  const called = calmRun.calls.flatMap((call) => [call, { ...call, nth: 2 }]);
  const twice = placesOf(team, [{ ...calmRun, calls: called }, calmRun]);
  expect(twice.calls.map(({ count }) => count)).toEqual([2, 2, 2, 2]);
  const shown = placesOf(team, [calmRun]);
  expect(shown.calls).toEqual([
    { of: 'finder', count: 1 },
    { of: 'finder.a', count: 1 },
    { of: 'finder.b', count: 1 },
    { of: 'flow.note', count: 1 },
  ]);
  expect(shown).toMatchObject({ external: ['hand'], requests: 1, runs: 1, questions: 1 });
  expect(shown.commits).toBeGreaterThan(4);
  expect(shown.answer).toBe(editor.answer);
  expect(shown.times).toEqual(
    expect.arrayContaining([7_000, 300_000, 4 * 3_600_000, 2 * 86_400_000]),
  );
});
