/**
 * Property: whatever the plan, each step runs once, after all that it waits for, and never more
 * than `concurrency` at once; also when the troupe stops in the middle and is made anew.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type GraphStep, graph, memoryJournal, type Troupe } from '../../src/index.ts';
import { simulatedDisk } from '../../src/journal/index.ts';
import { teamOf, testClock } from '../troupe/team.ts';

interface Drawn {
  /** For each step, the earlier steps that it waits for. */
  readonly after: readonly (readonly number[])[];
  readonly concurrency: number;
  /** In which order steps finish: draws among those under way. */
  readonly picks: readonly number[];
}

const plans: fc.Arbitrary<Drawn> = fc.integer({ min: 1, max: 12 }).chain((size) =>
  fc.record({
    after: fc.tuple(
      ...Array.from({ length: size }, (_, place) =>
        place === 0 ? fc.constant([]) : fc.uniqueArray(fc.nat(place - 1), { maxLength: 3 }),
      ),
    ),
    concurrency: fc.integer({ min: 1, max: 4 }),
    picks: fc.array(fc.nat(99), { minLength: size, maxLength: size }),
  }),
);

/** Watches the steps of one run and finishes them in the drawn order. */
function watched({ after, concurrency }: Drawn) {
  const underWay = new Map<number, () => void>();
  const completed = new Set<number>();
  const faults: string[] = [];
  const calls: number[] = [];
  const steps = after.map((before, place): [string, GraphStep] => [
    `s${place}`,
    {
      after: before.map((one) => `s${one}`),
      work: (view) => {
        calls.push(place);
        for (const one of before) {
          if (!completed.has(one)) faults.push(`${place} began before ${one} completed`);
          if (view[`s${one}`] !== `r${one}`) faults.push(`${place} got no result of ${one}`);
        }
        for (const name of Object.keys(view)) {
          const isOwn = ['input', 'key', 'attempt', 'signal'].includes(name);
          if (!isOwn && !before.includes(Number(name.slice(1))))
            faults.push(`${place} sees ${name}`);
        }
        if (underWay.size >= concurrency) faults.push(`${place} is one too many`);
        return new Promise<string>((resolve) => {
          underWay.set(place, () => {
            underWay.delete(place);
            completed.add(place);
            resolve(`r${place}`);
          });
        });
      },
    },
  ]);
  const plan = graph('plan', Object.fromEntries(steps), { concurrency });
  return { plan, underWay, completed, faults, calls };
}

const finishOne = ({ underWay }: ReturnType<typeof watched>, pick = 0): void => {
  const places = [...underWay.keys()];
  underWay.get(places[pick % Math.max(1, places.length)] ?? -1)?.();
};

test('property: steps keep the order of their plan and its limit, each once', async () => {
  const body = async (drawn: Drawn) => {
    const seen = watched(drawn);
    const { troupe, clock } = await teamOf([seen.plan]);
    const run = await troupe.start(seen.plan, undefined, { id: 'p' });
    for (const pick of drawn.picks) {
      await clock.quiet();
      finishOne(seen, pick);
    }
    const outcome = await run.outcome();
    expect(seen.faults).toEqual([]);
    expect([...seen.calls].sort((a, b) => a - b)).toEqual(drawn.after.map((_, place) => place));
    expect(outcome).toMatchObject({
      status: 'COMPLETED',
      result: `r${drawn.after.length - 1}`,
      steps: Object.fromEntries(
        drawn.after.map((_, place) => [`s${place}`, { status: 'COMPLETED', result: `r${place}` }]),
      ),
    });
    await troupe.stop();
  };
  await fc.assert(fc.asyncProperty(plans, body), { numRuns: 60, seed: 1 });
});

test('property: given a stop in the middle, then no completed step is done again', async () => {
  const body = async (drawn: Drawn, stopAfter: number) => {
    const disk = simulatedDisk();
    const clock = testClock();
    const seen = watched(drawn);
    const begin = async (): Promise<Troupe> => {
      const { troupe } = await teamOf([seen.plan], { journal: disk.open(), clock });
      return troupe;
    };
    const first = await begin();
    await first.start(seen.plan, undefined, { id: 'p' });
    const stopAt = stopAfter % drawn.picks.length;
    for (const pick of drawn.picks.slice(0, stopAt)) {
      await clock.quiet();
      finishOne(seen, pick);
    }
    await clock.quiet();
    const stopped = first.stop({ deadline: 1 });
    await clock.advance(1);
    await stopped;
    const again = new Set(seen.underWay.keys());
    seen.underWay.clear();
    const before = seen.calls.length;
    const troupe = await begin();
    const run = await troupe.get(seen.plan, 'p');
    for (const pick of drawn.picks.slice(stopAt)) {
      await clock.quiet();
      finishOne(seen, pick);
    }
    expect(await run?.result()).toBe(`r${drawn.after.length - 1}`);
    expect(seen.faults).toEqual([]);
    const repeated = seen.calls
      .slice(before)
      .filter((n) => seen.calls.slice(0, before).includes(n));
    expect(repeated.every((place) => again.has(place))).toBe(true);
    await troupe.stop();
  };
  await fc.assert(fc.asyncProperty(plans, fc.nat(99), body), { numRuns: 40, seed: 2 });
});

test('a plan of a thousand steps in a row and one of a thousand side by side are run', async () => {
  const size = 1_000;
  const chain: [string, GraphStep][] = Array.from({ length: size }, (_, n) => [
    `s${n}`,
    { work: () => n, after: n === 0 ? [] : [`s${n - 1}`] },
  ]);
  const wide: [string, GraphStep][] = Array.from({ length: size }, (_, n) => [
    `s${n}`,
    { work: () => n },
  ]);
  const plans = [
    graph('chain', Object.fromEntries(chain)),
    graph('wide', Object.fromEntries(wide), { concurrency: 100 }),
  ];
  const { troupe } = await teamOf(plans, { journal: memoryJournal({ rows: 100, runs: 10 }) });
  for (const plan of plans) expect(await troupe.run(plan, undefined)).toBe(size - 1);
});
