/**
 * People who decide when they like, several at once, in any order, at the very moment of the
 * expiry, twice and against each other, while the process crashes at any commit: what is accepted
 * is done, what is refused changes nothing, and each approval has one end.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Crash } from '../simulation/lives.ts';
import { type Act, decided, EXPIRY, HOUR, targets } from './people.ts';

const acts = fc.array(
  fc.record({
    target: fc.nat(targets.length - 1),
    approve: fc.boolean(),
    at: fc.oneof(
      fc.constantFrom(0, HOUR, EXPIRY - 1, EXPIRY, EXPIRY + 1, 2 * EXPIRY),
      fc.nat(2 * EXPIRY),
    ),
  }),
  { maxLength: 12 },
);

const crashes: fc.Arbitrary<readonly Crash[]> = fc
  .array(
    fc.record({ at: fc.nat(40), moment: fc.constantFrom('before' as const, 'after' as const) }),
    { maxLength: 3 },
  )
  .map((drawn) => drawn.toSorted((a, b) => a.at - b.at));

type Ended = Awaited<ReturnType<typeof decided>>;

/** Holds the laws to what came of the acts. */
function hold(all: readonly Act[], { told, reports, outcomes, start }: Ended): void {
  expect(reports.map(({ id }) => id).toSorted()).toEqual(targets.toSorted());
  for (const report of reports) {
    const { id, decision, status, endedAt = 0 } = report;
    const own = [...all.entries()].filter(([, act]) => targets[act.target] === id);
    const accepted = own.filter(([index]) => told.get(index)?.accepted === true);
    expect(accepted.length).toBeLessThanOrEqual(1);
    if (decision === undefined) {
      expect({ status, accepted }).toEqual({ status: 'EXPIRED', accepted: [] });
      expect(endedAt).toBeGreaterThanOrEqual(start + EXPIRY);
    } else {
      const winner = own.find(([index]) => decision.by === `p${index}`);
      expect(winner?.[1].approve).toBe(decision.approve);
      if (accepted.length === 1) expect(accepted[0]).toBe(winner);
    }
    for (const [index] of own) {
      const answer = told.get(index);
      expect(answer).toBeDefined();
      if (answer === undefined || answer.accepted) continue;
      const { code, data } = answer;
      expect(code).toBe(decision === undefined ? 'APPROVAL_EXPIRED' : 'ALREADY_DECIDED');
      expect(data).toMatchObject({ approval: id, at: endedAt });
      if (decision !== undefined) expect(data.by).toBe(decision.by);
    }
  }
  holdResults(reports, outcomes);
}

/** The results of runs above are what people decided, and nothing else. */
function holdResults(reports: Ended['reports'], [run, alone]: Ended['outcomes']): void {
  const of = (id: string) => reports.find((report) => report.id === id)?.decision;
  const by = (id: string) => (of(id)?.approve === true ? of(id)?.by : undefined);
  const approved = (id: string): unknown => {
    const { approve, ...said } = of(id) ?? { approve: false };
    return approve ? { approved: true, ...said } : null;
  };
  expect(run).toMatchObject({
    status: 'COMPLETED',
    result: {
      a: approved('plan/1/a'),
      b: approved('plan/1/b'),
      c: [by('plan/1/c/x') ?? 'RUN_FAILED', by('plan/1/c/y') ?? 'RUN_FAILED'],
    },
  });
  expect(alone?.status).toBe(by('gate/1') === undefined ? 'FAILED' : 'COMPLETED');
}

test('property: each approval has one end, told alike to all, whatever crashes come', async () => {
  const body = async (
    story: readonly Act[],
    options: { seed: number; shuffle: boolean; crashes: readonly Crash[]; groupTurns: number },
  ) => hold(story, await decided(story, options));
  const how = fc.record({
    seed: fc.nat(1_000),
    shuffle: fc.boolean(),
    groupTurns: fc.constantFrom(512, 1, 2, 3),
    crashes,
  });
  await fc.assert(fc.asyncProperty(acts, how, body), { numRuns: 120 });
}, 60_000);

const reverse = targets.map((_, index) => ({
  target: targets.length - 1 - index,
  approve: index % 2 === 0,
  at: (index + 1) * HOUR,
}));

const deciders = ({ reports }: Ended) =>
  Object.fromEntries(reports.map(({ id, decision }) => [id, decision?.by]));

test('given answers in reverse order and a crash at every commit, then all are done', async () => {
  const calm = await decided(reverse, {});
  hold(reverse, calm);
  expect(calm.reports.every(({ status }) => status === 'DECIDED')).toBe(true);
  for (let at = 1; at <= calm.commits; at += 1) {
    for (const moment of ['before', 'after'] as const) {
      const ended = await decided(reverse, { crashes: [{ at, moment }] });
      hold(reverse, ended);
      expect(deciders(ended)).toEqual(deciders(calm));
    }
  }
}, 60_000);

test.each([
  [-1, 'DECIDED'],
  [0, 'EXPIRED'],
  [1, 'EXPIRED'],
] as const)(
  'given decisions %i ms after the expiry, then each is %s, and told',
  async (ms, end) => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const racing = targets.map((_, target) => ({ target, approve: true, at: EXPIRY + ms }));
      const ended = await decided(racing, { seed, shuffle: seed > 5, groupTurns: 1 + (seed % 3) });
      hold(racing, ended);
      expect(ended.reports.map(({ status }) => status)).toEqual(targets.map(() => end));
    }
  },
);
