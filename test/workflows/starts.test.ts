/**
 * How steps of functions begin and end: in the commits of their workflow, at their own pace, and
 * again after a crash.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defineWorkflow, graph, type Journal, memoryJournal } from '../../src/index.ts';
import { simulatedDisk } from '../../src/journal/index.ts';
import { limits } from '../../src/protocol/index.ts';
import { teamOf, testClock } from '../troupe/team.ts';

/** A row of function steps, each adding one. */
const rowOf = (length: number, work: (sum: number) => unknown = (sum) => sum + 1) =>
  graph(
    'row',
    Object.fromEntries(
      Array.from({ length }, (_, index) => {
        const above = `s${index - 1}`;
        return [
          `s${index}`,
          index === 0
            ? { work: () => work(0) }
            : {
                work: (view: Readonly<Record<string, unknown>>) => work(Number(view[above])),
                after: [above],
              },
        ];
      }),
    ),
  );

/** Counts the commits that hold something. */
function counted(journal: Journal): { readonly journal: Journal; readonly commits: () => number } {
  let commits = 0;
  const commit: Journal['commit'] = (batch) => {
    commits += 1;
    journal.commit(batch);
  };
  return { journal: { ...journal, commit }, commits: () => commits };
}

test('a function step costs one commit: its end and the next start are one', async () => {
  const { journal, commits } = counted(memoryJournal());
  const row = rowOf(10);
  const { troupe } = await teamOf([row], { journal });
  const before = commits();
  expect(await troupe.run(row, undefined)).toBe(10);
  // One to start, one for each end; the last end is that of the run.
  expect(commits() - before).toBe(11);
});

test('given a function for the result, then it runs after the commit of the last end', async () => {
  const { journal, commits } = counted(memoryJournal());
  const seen: number[] = [];
  const row = defineWorkflow({ id: 'row' })
    .step('one', () => 1)
    .output(({ one }) => {
      seen.push(commits());
      return one + 1;
    });
  const { troupe } = await teamOf([row], { journal });
  const before = commits();
  expect(await troupe.run(row, undefined)).toBe(2);
  expect(seen).toEqual([before + 2]);
  expect(commits() - before).toBe(3);
});

test('given a last step that fails and may, then the run has no result', async () => {
  const fails = () => {
    throw new Error('no');
  };
  const steps = { one: { work: () => 1 }, two: { work: fails, optional: true } };
  const row = graph('row', steps, { retry: { attempts: 1 } });
  const { troupe } = await teamOf([row], {});
  const run = await troupe.start(row, undefined);
  expect(await run.outcome()).toMatchObject({ status: 'COMPLETED', result: undefined });
});

test('property: the result is that of the last step of the plan, whichever ends last', async () => {
  const orders = fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 });
  await fc.assert(
    fc.asyncProperty(orders, async (order) => {
      const ends = order.map(() => Promise.withResolvers<void>());
      const steps = ends.map((end, index): [string, { work: () => Promise<number> }] => [
        `s${index}`,
        { work: () => end.promise.then(() => index) },
      ]);
      const row = graph('row', Object.fromEntries(steps));
      const { troupe } = await teamOf([row], {});
      const run = await troupe.start(row, undefined);
      for (const index of order) ends[index]?.resolve();
      expect(await run.result()).toBe(3);
    }),
    { numRuns: 20 },
  );
});

test('property: given a crash before any commit, each step has its result', async () => {
  const crash = fc.integer({ min: 1, max: 16 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 6 }), crash, async (length, at) => {
      let isDue = true;
      const disk = simulatedDisk({
        onCommit: (number, moment) => {
          if (!isDue || moment !== 'before' || number < at) return;
          isDue = false;
          throw new Error('crash');
        },
      });
      const calls: number[] = [];
      const row = rowOf(length, (sum) => {
        calls.push(sum);
        return sum + 1;
      });
      const clock = testClock();
      const start = async () => {
        const { troupe } = await teamOf([row], { journal: disk.open(), clock });
        return (await troupe.start(row, undefined, { id: 'r' })).result();
      };
      const result = await start().catch(start).catch(start);
      expect(result).toBe(length);
      expect(new Set(calls)).toEqual(new Set(Array.from({ length }, (_, index) => index)));
      expect(calls.length - length).toBeLessThanOrEqual(1);
    }),
    { numRuns: 40 },
  );
});

test('more steps than one commit starts begin all the same', async () => {
  const width = limits.stagedStarts * 2 + 3;
  const work = () => 1;
  const names = Array.from({ length: width }, (_, index) => `s${index}`);
  const wide = graph('wide', Object.fromEntries(names.map((name) => [name, { work }])), {
    concurrency: width,
    output: (view) => names.reduce((sum, name) => sum + Number(view[name]), 0),
  });
  const { troupe } = await teamOf([wide]);
  expect(await troupe.run(wide, undefined)).toBe(width);
});

/** A function that gives a generator is none itself: it can't be refused before it is called. */
async function* parts() {
  yield 'a part';
  return 4;
}

test('functions may give values, promises, thenables, parts and errors', async () => {
  const flow = defineWorkflow({ id: 'flow', retry: { attempts: 1 } })
    .step('value', () => 1)
    .step('promise', async () => 2, { after: [] })
    .step('thenable', () => ({ then: (give: (value: number) => void) => give(3) }), { after: [] })
    .step('parts', (): unknown => parts(), { after: [] })
    .output((view) => [view.value, view.promise, view.thenable, view.parts]);
  const { troupe } = await teamOf([flow]);
  expect(await troupe.run(flow, undefined)).toEqual([1, 2, 3, 4]);
  const throwing: readonly (() => unknown)[] = [
    () => {
      throw new Error('at once');
    },
    async () => {
      throw new Error('late');
    },
    () => Number.NaN,
    () => new Map(),
  ];
  for (const [index, work] of throwing.entries()) {
    const failing = defineWorkflow({ id: `failing-${index}`, retry: { attempts: 1 } }).step(
      'it',
      work,
    );
    await troupe.register(failing);
    const run = await troupe.start(failing, undefined);
    expect((await run.outcome()).status).toBe('FAILED');
  }
});

test('a cancelled function sees it by its signal; what it gives then reaches nobody', async () => {
  const gate = Promise.withResolvers<void>();
  let reason: unknown;
  const flow = defineWorkflow({ id: 'flow' }).step('slow', async ({ signal }) => {
    signal.addEventListener('abort', () => {
      reason = signal.reason;
    });
    await gate.promise;
    return 'too late';
  });
  const { troupe } = await teamOf([flow]);
  const run = await troupe.start(flow, undefined);
  await run.cancel('enough');
  gate.resolve();
  expect(await run.outcome()).toMatchObject({ status: 'CANCELLED', reason: 'enough' });
  expect(reason).toMatchObject({ code: 'ABORTED' });
});

test('a function whose condition is false is not called', async () => {
  const calls: string[] = [];
  const flow = defineWorkflow({ id: 'flow' })
    .step('first', () => 1)
    .step('never', () => calls.push('never'), { when: ({ first }) => first === 2 })
    .step('always', () => calls.push('always'), { after: ['first'], when: () => true });
  const { troupe } = await teamOf([flow]);
  expect(await troupe.run(flow, undefined)).toBe(1);
  expect(calls).toEqual(['always']);
});
