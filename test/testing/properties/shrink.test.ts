/** Shrinking: whatever breaks a law, the shortest script still breaks the same one. */
import fc from 'fast-check';
import { faultKinds, type Script } from 'troupe/testing';
import { expect, test } from 'vitest';
import { shrink } from '../../../src/testing/properties/failing/shrink.ts';
import { simplerThan } from '../../../src/testing/properties/failing/simpler.ts';
import { type Places, scriptsOf } from '../../../src/testing/properties/scripts/index.ts';
import { type Player, tryOnce } from '../../../src/testing/properties/trial.ts';
import { bot, fakePlayer } from './fake.ts';

const places: Places = {
  commits: 20,
  calls: [
    { of: 'finder', count: 2 },
    { of: 'finder.search', count: 4 },
  ],
  external: ['finder'],
  requests: 2,
  runs: 2,
  questions: 3,
  answer: undefined,
  times: [1, 1_000, 60_000],
};

const givens = fc.record({ text: fc.string(), count: fc.nat(1_000) });
const worlds = scriptsOf(faultKinds, places);

/** What a law needs to break: facts of a script that shrinking must not lose. */
type Need = (script: Script) => boolean;

const needs: fc.Arbitrary<Need> = fc.oneof(
  fc.constantFrom(...faultKinds).map(
    (kind): Need =>
      ({ faults }) =>
        faults.some(({ fault }) => fault === kind),
  ),
  fc.integer({ min: 1, max: 3 }).map(
    (count): Need =>
      ({ faults }) =>
        faults.length >= count,
  ),
  fc.constantFrom('yes', 'no', 'nothing').map(
    (answer): Need =>
      ({ people }) =>
        people.some((one) => one.answer === answer),
  ),
  fc.integer({ min: 1, max: 12 }).map(
    (commit): Need =>
      ({ faults }) =>
        faults.some((one) => 'commit' in one && one.commit >= commit),
  ),
  fc.constant<Need>(({ given }) => Reflect.get(Object(given), 'count') > 10),
  fc.constant<Need>(({ seed }) => seed % 2 === 1),
);

const shrunk = async (need: Need, script: Script, chance?: number) => {
  const { play, played } = fakePlayer((one) => ({ law: need(one) ? 'the law' : undefined }));
  const player: Player = play;
  const trial = await tryOnce(player, bot, script);
  const given = chance === undefined ? {} : { given: { arbitrary: givens, chance } };
  const once = (one: Script) => tryOnce(player, bot, one);
  return { ...(await shrink({ script, trial, once, ...given })), played };
};

test('property: the shortest script breaks the same law, and nothing simpler does', async () => {
  const all = fc.tuple(worlds, fc.array(needs, { minLength: 1, maxLength: 3 }), fc.integer());
  await fc.assert(
    fc.asyncProperty(all, async ([world, facts, chance]) => {
      const given = fc.sample(givens, { seed: chance, numRuns: 1 })[0];
      const script: Script = { ...world, given };
      const need: Need = (one) => facts.every((fact) => fact(one));
      fc.pre(need(script));
      const { script: shortest, trial, played } = await shrunk(need, script, chance);
      expect(trial.broken?.law).toBe('the law');
      expect(need(shortest)).toBe(true);
      expect([...simplerThan(shortest)].filter(need)).toEqual([]);
      expect(shortest.faults.length).toBeLessThanOrEqual(script.faults.length);
      expect(played.length).toBeLessThan(650);
    }),
    { numRuns: 200, seed: 1 },
  );
});

test('property: every simpler script is one, and none leads back', () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const script = { ...world, given: undefined };
      const size = (one: Script): number => one.faults.length + one.people.length;
      for (const simpler of simplerThan(script)) {
        expect(simpler).not.toEqual(script);
        expect(size(simpler)).toBeLessThanOrEqual(size(script));
        expect([...simplerThan(simpler)]).not.toContainEqual(script);
      }
    }),
    { numRuns: 100, seed: 2 },
  );
});

test('given a dozen faults of which one matters, then it alone is left, at its least', async () => {
  const script: Script = {
    given: { text: 'long', count: 500 },
    seed: 77,
    faults: Array.from({ length: 12 }, (_, at) => ({
      fault: 'crash',
      commit: at + 1,
      moment: 'after',
    })),
    people: [{ question: 3, answer: 'no', afterMs: 60_000, again: 'same' }],
  };
  const need: Need = ({ faults }) => faults.some((one) => 'commit' in one && one.commit >= 7);
  const { script: shortest, shrinks, tries, played } = await shrunk(need, script);
  expect(shrinks).toBeGreaterThan(3);
  expect(tries).toBe(played.length);
  expect(shortest).toEqual({
    given: { text: 'long', count: 500 },
    seed: 1,
    faults: [{ fault: 'crash', commit: 7, moment: 'before' }],
    people: [],
  });
});

test('a script that breaks another law is not taken', async () => {
  const { play } = fakePlayer(({ faults }) => ({ law: faults.length > 1 ? 'one' : 'other' }));
  const script: Script = {
    given: undefined,
    seed: 1,
    faults: [{ fault: 'reorder' }, { fault: 'reorder' }, { fault: 'reorder' }],
    people: [],
  };
  const once = (one: Script) => tryOnce(play, bot, one);
  const { script: shortest, trial } = await shrink({ script, trial: await once(script), once });
  expect([trial.broken?.law, shortest.faults.length]).toEqual(['one', 2]);
});

test('property: an input shrinks to the simplest one that still breaks the law', async () => {
  const need: Need = (one) => Reflect.get(Object(one.given), 'count') > 10;
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (chance) => {
      const given = fc.sample(givens, { seed: chance, numRuns: 1 })[0];
      const from: Script = { given, seed: 1, faults: [], people: [] };
      fc.pre(need(from));
      const { script } = await shrunk(need, from, chance);
      expect(script.given).toEqual({ text: '', count: 11 });
    }),
    { numRuns: 50, seed: 3 },
  );
});
