/** Stories: short, in order, numbered, with the breach as their last line. */
import fc from 'fast-check';
import type { Breach, Happening, Played } from 'troupe/testing';
import { expect, test } from 'vitest';
import { differenceBetween } from '../../../src/testing/properties/difference.ts';
import { numbered, storyOf } from '../../../src/testing/properties/failing/story.ts';
import { tryOnce } from '../../../src/testing/properties/trial.ts';
import { bot, fakePlayer, type Shown } from './fake.ts';

const start = Date.UTC(2026, 0, 1);
const script = { given: undefined, seed: 1, faults: [], people: [] };
const breach: Breach = { law: 'the law', found: 'it does not hold', commit: 5 };

const playedWith = async (shown: Shown): Promise<Played> => {
  const { played } = await tryOnce(fakePlayer(() => shown).play, bot, script);
  return played;
};

const happened = (
  kind: Happening['kind'],
  text: string,
  { at = 0, commit = 1 }: { at?: number; commit?: number } = {},
): Happening => ({ at: start + at, commit, kind, text, isScripted: kind !== 'call' });

type Call = Played['calls'][number];

const called = (of: string, nth = 1): Call => ({
  ...{ of, nth, key: of, kind: 'step', attempt: 1, life: 1, commit: 1, input: undefined },
  ...{ beganAt: start, end: 'done' },
});

/** The happening of a call. */
const call = (of: string, at = 0, commit = 1) =>
  happened('call', `the 1st call of ${of} is called`, { at, commit });

test('a story tells requests once, restarts with their crash, work by its steps', async () => {
  const happenings = [
    happened('request', 'start flow'),
    call('flow'),
    call('flow.pay', 3_000),
    happened('fault', 'the process ends', { at: 3_000, commit: 3 }),
    happened('life', 'the process starts again', { at: 3_000, commit: 3 }),
    happened('request', 'start flow', { at: 3_000, commit: 3 }),
    call('flow.pay', 3_750, 4),
    call('flow.mail', 3_750, 5),
    happened('rest', 'faults have ended', { at: 90_061_000, commit: 5 }),
  ];
  const calls = [called('flow'), called('flow.pay'), called('flow.pay', 2), called('flow.mail')];
  expect(storyOf(await playedWith({ happenings, calls }), breach)).toEqual([
    '+0 s  start flow',
    '+3 s  flow.pay is called',
    '+3 s  the process ends; the process starts again',
    '+3 s 750 ms  flow.pay is called again (call 2)',
    '+1 d 1 h  broken: "the law" does not hold',
  ]);
});

test('a call that a fault strikes is told by the fault', async () => {
  const happenings = [
    call('flow.pay'),
    happened('fault', 'the 1st call of flow.pay fails: it did nothing'),
    call('flow.mail'),
  ];
  const played = await playedWith({ happenings, calls: [called('flow.pay'), called('flow.mail')] });
  expect(storyOf(played, { ...breach, found: 'a letter too early' })).toEqual([
    '+0 s  the 1st call of flow.pay fails: it did nothing',
    '+0 s  flow.mail is called',
    '+0 s  broken: a letter too early',
  ]);
});

const anyHappening: fc.Arbitrary<Happening> = fc.record({
  at: fc.integer({ min: start, max: start + 1e9 }),
  commit: fc.nat(8),
  kind: fc.constantFrom('request', 'fault', 'person', 'call', 'life', 'rest'),
  text: fc.string({ minLength: 1 }),
  isScripted: fc.boolean(),
});

test('property: a story has a dozen lines at most and ends with the breach', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyHappening, { maxLength: 40, size: 'max' }), async (drawn) => {
      // Faults are always those of the script.
      const happenings = drawn
        .map((one) => ({ ...one, isScripted: one.isScripted || one.kind === 'fault' }))
        .toSorted((a, b) => a.at - b.at);
      const lines = storyOf(await playedWith({ happenings }), breach);
      expect(lines.length).toBeLessThanOrEqual(12);
      expect(lines.at(-1)).toContain('broken: "the law" does not hold');
      expect(lines.every((line) => line.startsWith('+'))).toBe(true);
      const faults = happenings.filter((one) => one.kind === 'fault' && one.commit <= 5);
      if (faults.length > 11) return;
      for (const { text } of faults) expect(lines.join('\n')).toContain(text);
    }),
    { numRuns: 300, seed: 1 },
  );
});

test('when a story is too long, what the script says of people is told', async () => {
  const yes = { ...happened('person', 'somebody says yes'), isScripted: false };
  const requests = Array.from({ length: 11 }, (_, at) => happened('request', `start ${at}`));
  const no = happened('person', 'somebody says no');
  const story = storyOf(await playedWith({ happenings: [no, yes, ...requests, yes] }), breach);
  expect(story).toHaveLength(12);
  expect(story.join('\n')).not.toContain('yes');
  expect(story[0]).toBe('+0 s  (4 happenings are left out)');
  expect(story[1]).toContain('somebody says no');
  expect(story.filter((line) => line.includes('start'))).toHaveLength(9);
});

test('lines are numbered from 1', () => {
  expect(numbered(['a', 'b'])).toBe(' 1. a\n 2. b');
});

test('a difference between two plays is told by the first call, happening or count', async () => {
  const one = await playedWith({ trace: 'a', calls: [called('x')], commits: 3 });
  const differs = async (shown: Shown) => differenceBetween(one, await playedWith(shown));
  const same = { calls: [called('x')], commits: 3 };
  expect(await differs({ ...same, trace: 'a', commits: 9 })).toBeUndefined();
  expect(await differs({ ...same, trace: 'b', calls: [] })).toContain(
    'the second time nothing of that',
  );
  expect(await differs({ ...same, trace: 'b', calls: [called('y')] })).toMatch(/of x .* of y /);
  expect(await differs({ ...same, trace: 'b', happenings: [call('x')] })).toContain(
    'nothing of that',
  );
  expect(await differs({ ...same, trace: 'b', commits: 4 })).toContain(
    '3 commits the first time, 4',
  );
  expect(await differs({ ...same, trace: 'b' })).toBe('what was committed differs');
});
