/** Playing: the same script does the same; every fault strikes as its script says. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { troupeError } from '../../../src/protocol/index.ts';
import { type Fault, type Play, play } from '../../../src/testing/simulation/index.ts';
import { answer, endsOf, linesOf, publishing, scriptOf } from './team.ts';

const done = [
  'answer/a COMPLETED',
  'answer/a/draft COMPLETED',
  'answer/a/find COMPLETED',
  'answer/a/publish COMPLETED',
  'answer/a/release COMPLETED',
];

const places = ['finder', 'finder.search', 'answer.draft', 'answer.publish'];
const call = fc.record({ of: fc.constantFrom(...places), nth: fc.integer({ min: 1, max: 3 }) });
const commit = fc.integer({ min: 1, max: 20 });
const moment = fc.constantFrom('before' as const, 'after' as const);
const ms = fc.integer({ min: 1, max: 200_000 });
const fault = <Kind extends Fault['fault'], Rest extends object>(
  kind: Kind,
  rest: fc.Arbitrary<Rest>,
): fc.Arbitrary<{ readonly fault: Kind } & Rest> => rest.map((one) => ({ fault: kind, ...one }));

const faults: fc.Arbitrary<Fault> = fc.oneof(
  fault('crash', fc.record({ commit, moment })),
  fault('disk-full', fc.record({ commit })),
  fault('clock-jump', fc.record({ commit, ms })),
  fault('cancel', fc.record({ commit, run: fc.nat(3) })),
  fault('pause', fc.record({ commit, run: fc.nat(3) })),
  fault('reorder', fc.constant({})),
  fault('duplicate', fc.record({ request: fc.constant(1) })),
  fault('bot-error', fc.record({ call, moment })),
  fault('slow-bot', fc.record({ call, ms })),
  fault('delay', fc.record({ call, ms })),
  fault('drop', fc.record({ call })),
);
const people = fc.array(
  fc.record({
    question: fc.constantFrom(1, 2),
    answer: fc.constantFrom('yes' as const, 'no' as const, 'nothing' as const),
    afterMs: fc.constantFrom(0, 1_000, 172_799_999, 172_800_001),
    again: fc.constantFrom(undefined, 'same' as const, 'contrary' as const),
  }),
  { maxLength: 2 },
);

test('property: any script twice is the same trace and story, and breaks no law', async () => {
  const scripts = fc.record({ list: fc.array(faults, { maxLength: 5 }), people, seed: fc.nat(99) });
  await fc.assert(
    fc.asyncProperty(scripts, async ({ list, ...more }) => {
      const script = scriptOf(list, more);
      const [one, two] = [await play(publishing, script), await play(publishing, script)];
      expect(one.breach).toBeUndefined();
      expect(one.unrepeatable).toEqual([]);
      expect(two.trace).toBe(one.trace);
      expect(two.happenings).toEqual(one.happenings);
    }),
    { numRuns: 60 },
  );
});

test('given another seed, then chance and ids are others', async () => {
  const [one, two] = [
    await play(publishing, scriptOf([])),
    await play(publishing, scriptOf([], { seed: 2 })),
  ];
  expect(two.trace).not.toBe(one.trace);
  expect(endsOf(two)).toEqual(endsOf(one));
});

describe.each(['before', 'after'] as const)('given a crash %s a commit', (at) => {
  test('when it comes at every commit in turn, then all is done all the same', async () => {
    const calm = await play(publishing, scriptOf([]));
    expect(calm).toMatchObject({ lives: 1, breach: undefined, questions: 1 });
    expect(endsOf(calm)).toEqual(done);
    const rest = calm.happenings.find(({ kind }) => kind === 'rest')?.commit ?? 0;
    expect(rest).toBeGreaterThan(8);
    for (let n = 1; n <= rest; n += 1) {
      const played = await play(publishing, scriptOf([{ fault: 'crash', commit: n, moment: at }]));
      expect([n, played.lives, played.breach]).toEqual([n, 2, undefined]);
      expect(endsOf(played)).toEqual(done);
    }
  });
});

describe('each fault', () => {
  const first = (of: string) => ({ of, nth: 1 });
  const cases: readonly (readonly [Fault, string, readonly string[]])[] = [
    [{ fault: 'disk-full', commit: 6 }, 'the disk is full at commit 6', done],
    [{ fault: 'clock-jump', commit: 6, ms: 90_000 }, 'the clock leaps forward by 1.5 min', done],
    [
      { fault: 'bot-error', call: first('finder.search'), moment: 'before' },
      'the 1st call of finder.search fails: it did nothing',
      done,
    ],
    [
      { fault: 'bot-error', call: first('answer.draft'), moment: 'after' },
      'the 1st call of answer.draft fails: it did all',
      done,
    ],
    [
      { fault: 'slow-bot', call: first('finder'), ms: 30_000 },
      'the 1st call of finder takes 30 s to begin',
      done,
    ],
    [
      { fault: 'delay', call: first('answer.publish'), ms: 70_000 },
      'the answer of the 1st call of answer.publish takes 1.2 min',
      done,
    ],
    [
      { fault: 'drop', call: first('answer.publish') },
      'the answer of the 1st call of answer.publish never comes',
      done,
    ],
    [{ fault: 'duplicate', request: 1 }, 'the start is made again', done],
    [{ fault: 'pause', commit: 5, run: 0 }, 'somebody pauses answer/a', done],
    [
      { fault: 'cancel', commit: 5, run: 0 },
      'somebody cancels answer/a',
      ['answer/a CANCELLED', 'answer/a/find COMPLETED'],
    ],
    [
      { fault: 'malformed', call: first('answer.draft'), value: 7 },
      'the 1st call of answer.draft answers 7 instead',
      [
        'answer/a FAILED',
        'answer/a/draft COMPLETED',
        'answer/a/draft~undo COMPLETED',
        'answer/a/find COMPLETED',
      ],
    ],
  ];
  test.each(cases)('given %j, then %s', async (one, line, ends) => {
    const played = await play(publishing, scriptOf([one]));
    expect(played.breach).toBeUndefined();
    expect(linesOf(played)).toContain(line);
    expect(played.struck).toEqual([one]);
    expect(endsOf(played)).toEqual(ends);
  });

  test('given a place that a run does not come to, then nothing of it', async () => {
    const never: Fault[] = [
      { fault: 'crash', commit: 999, moment: 'before' },
      { fault: 'drop', call: { of: 'nobody', nth: 1 } },
      { fault: 'duplicate', request: 9 },
    ];
    const played = await play(publishing, scriptOf(never));
    expect(played.struck).toEqual([]);
    expect(played.trace).toBe((await play(publishing, scriptOf([]))).trace);
  });
});

describe('people', () => {
  const said = (answer: 'yes' | 'no' | 'nothing', afterMs = 0, again?: 'same' | 'contrary') =>
    scriptOf([], { people: [{ question: 1, answer, afterMs, again }] });

  test.each([
    [said('yes'), 'COMPLETED'],
    [said('yes', 60_000, 'same'), 'COMPLETED'],
    [said('yes', 0, 'contrary'), 'COMPLETED'],
    [said('no'), 'FAILED'],
    [said('no', 0, 'contrary'), 'FAILED'],
    [said('nothing'), 'FAILED'],
    [said('yes', 172_800_001), 'FAILED'],
  ])('given %j, then %s', async (script, end) => {
    const played = await play(publishing, script);
    expect(played.breach).toBeUndefined();
    expect(endsOf(played)[0]).toBe(`answer/a ${end}`);
  });

  test('given people of the team, then they say it, whatever the script does', async () => {
    const team: Play = { ...publishing, people: { editor: () => ({ approve: false }) } };
    expect(endsOf(await play(team, scriptOf([])))[0]).toBe('answer/a FAILED');
    expect(endsOf(await play(team, said('yes')))[0]).toBe('answer/a FAILED');
  });

  test.each([[() => 'yes'], [async () => ({ approve: true })], [() => ({ approve: 'yes' })]])(
    'given people who say what is no decision (%s), then it is told',
    async (editor) => {
      const people = Object({ editor });
      const { breach } = await play({ ...publishing, people }, scriptOf([]));
      expect(breach?.law).toBe('people can answer');
      expect(breach?.found).toContain('must give { approve: true or false }');
    },
  );
});

test('given a scenario that changes its input, then each life gets it as it was', async () => {
  const scenario: Play['scenario'] = (troupe, given: { question: string }) => {
    given.question += '!';
    return troupe.start(answer, given, { id: 'a' });
  };
  const crash = { fault: 'crash', commit: 6, moment: 'before' } as const;
  const played = await play({ ...publishing, scenario }, scriptOf([crash]));
  expect(played.breach).toBeUndefined();
  expect(played.script.given).toEqual({ question: 'what' });
});

describe('laws', () => {
  test('given an `always` that breaks, then it is told, and nothing follows', async () => {
    const always = {
      'nobody is asked': ({ questions }: { questions: readonly unknown[] }) =>
        questions.length === 0,
    };
    const played = await play({ ...publishing, always }, scriptOf([]));
    expect(played.breach).toMatchObject({ law: 'nobody is asked', found: 'it does not hold' });
    expect(played.commits).toBe(played.breach?.commit);
  });

  test('given an `eventually` that breaks or throws, then it is told', async () => {
    const broken = { 'it fails': ({ now }: { now: number }) => now === 0 };
    expect((await play({ ...publishing, eventually: broken }, scriptOf([]))).breach).toMatchObject({
      law: 'it fails',
    });
    const throwing = {
      'it throws': () => {
        throw troupeError('TERMINAL', { reason: 'a mistake' });
      },
    };
    const { breach } = await play({ ...publishing, eventually: throwing }, scriptOf([]));
    expect(breach?.found).toContain('it throws: TroupeError: a mistake');
  });

  test('given a scenario that throws, then it is told; what faults bring it is not', async () => {
    const throwing: Play = { ...publishing, scenario: () => Promise.reject(new TypeError('oh')) };
    const law = 'the scenario gets what it asks for';
    expect((await play(throwing, scriptOf([]))).breach).toMatchObject({ law });
    const result: Play = {
      ...publishing,
      scenario: (troupe, given: { question: string }) => troupe.run(answer, given, { id: 'a' }),
    };
    const refused = scriptOf([], { people: [{ question: 1, answer: 'no', afterMs: 0 }] });
    expect((await play(result, refused)).breach).toBeUndefined();
  });

  test('given a scenario that waits for what never comes, then it is told why', async () => {
    const waiting: Play = { ...publishing, scenario: () => new Promise(() => undefined) };
    const { breach } = await play(waiting, scriptOf([]));
    expect(breach?.law).toBe('what is awaited settles');
  });
});
