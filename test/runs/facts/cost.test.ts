/**
 * Cost and quality: what work reports adds up over whatever is nested, each report once, whatever
 * fails, is tried again, is cancelled, or is lost with the process between two commits.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineBot, defineTask, defineWorkflow, type WorkContext } from '../../../src/index.ts';
import { type Journal, simulatedDisk } from '../../../src/journal/index.ts';
import { type TestClock, teamOf, testClock } from '../../troupe/team.ts';

/** One thing that work does. */
type Deed =
  | { readonly do: 'report'; readonly cost: number }
  | { readonly do: 'step'; readonly ms: number }
  | { readonly do: 'child' | 'task' | 'flow'; readonly plan: Plan; readonly awaits: boolean };

interface Plan {
  readonly deeds: readonly Deed[];
  readonly atOnce: boolean;
  readonly end: 'returns' | 'throws' | 'throws once' | 'hangs';
}

const { plan } = fc.letrec<{ plan: Plan; deed: Deed }>((tie) => ({
  deed: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'plan' },
    fc.record({ do: fc.constant('report' as const), cost: fc.integer({ min: 1, max: 1_000 }) }),
    fc.record({ do: fc.constant('step' as const), ms: fc.constantFrom(0, 1, 5, 50) }),
    fc.record({
      do: fc.constantFrom('child' as const, 'task' as const, 'flow' as const),
      plan: tie('plan'),
      awaits: fc.boolean(),
    }),
  ),
  plan: fc.record({
    deeds: fc.array(tie('deed'), { maxLength: 5, depthIdentifier: 'plan' }),
    atOnce: fc.boolean(),
    end: fc.constantFrom('returns', 'returns', 'returns', 'throws', 'throws once', 'hangs'),
  }),
}));

function cast(clock: TestClock) {
  const wait = (time: number) => new Promise<void>((resolve) => void clock.after(time, resolve));
  const anything = z.custom<Plan>();
  const retry = { attempts: 2, backoff: 10 };
  const node = defineBot({
    id: 'node',
    concurrency: 100,
    timeout: '2s',
    retry,
    capabilities: ['anything'],
    input: anything,
    work,
  });
  const task = defineTask({
    id: 'task',
    capability: 'anything',
    input: anything,
    timeout: '3s',
    retry,
  });
  const flow = defineWorkflow({ id: 'flow', input: anything, concurrency: 2 })
    .step('one', node, ({ input }) => input)
    .step('two', task, ({ input }) => input, { after: [] })
    .step('three', () => wait(3), { after: ['one'] });

  async function work(context: WorkContext<Plan>): Promise<string> {
    const { deeds, atOnce, end } = context.input;
    const doing = (deed: Deed, n: number) => does(context, deed, `d-${n}`).catch(() => undefined);
    if (atOnce) await Promise.all(deeds.map(doing));
    else for (const [n, deed] of deeds.entries()) await doing(deed, n);
    if (end === 'hangs') await new Promise(() => {});
    if (end === 'throws' || (end === 'throws once' && context.attempt === 1)) throw new Error(end);
    return 'done';
  }

  async function does({ step, report }: WorkContext<Plan>, deed: Deed, name: string) {
    if (deed.do === 'report') return report({ cost: deed.cost, note: name });
    if (deed.do === 'step') return step(name, () => wait(deed.ms));
    const child = step(name, { child: node, task, flow }[deed.do], deed.plan);
    if (deed.awaits) await child;
    else child.catch(() => undefined);
  }
  return { node, task, flow };
}

/** The reports that runs took, as the history tells them. */
const reportsIn = (journal: Journal) =>
  journal.rows(0, 1_000_000).flatMap(({ type, actor, body }) => {
    if (type !== 'task.report') return [];
    const { attempt, note, cost } = JSON.parse(body);
    return [{ name: `${actor} ${attempt} ${note}`, cost }];
  });

test('property: the cost of a run is the sum of all reports below it, each once', async () => {
  let counted = 0;
  const story = fc.record({
    root: plan,
    crashes: fc.array(fc.record({ after: fc.nat(30), isKept: fc.boolean() }), { maxLength: 4 }),
    cancelAt: fc.option(fc.constantFrom(0, 1, 20, 60), { nil: undefined }),
  });
  const body = async ({
    root,
    crashes,
    cancelAt,
  }: typeof story extends fc.Arbitrary<infer S> ? S : never) => {
    const clock = testClock();
    let left = Number.POSITIVE_INFINITY;
    let moment = 'before';
    const disk = simulatedDisk({
      onCommit: (_, now) => {
        if (now === moment) left -= 1;
        if (left <= 0) throw new Error('crash');
      },
    });
    const { node, task, flow } = cast(clock);
    let journal = disk.open();
    const begin = () => {
      clock.clear();
      left = Number.POSITIVE_INFINITY;
      journal = disk.open();
      return teamOf([node, task, flow], {
        clock,
        journal,
        limits: { graceMs: 20, suspendAfterMs: 10 },
      });
    };
    let { troupe } = await begin();
    await troupe.start(node, root, { id: 'r' });
    for (const { after, isKept } of crashes) {
      moment = isKept ? 'after' : 'before';
      left = after + 1;
      await clock.advance(1_000);
      ({ troupe } = await begin());
    }
    const run = await troupe.get(node, 'r');
    if (cancelAt !== undefined) clock.after(cancelAt, () => void run?.cancel().catch(() => {}));
    await clock.advance(600_000);
    const reports = reportsIn(journal);
    expect(reports.length).toBe(new Set(reports.map(({ name }) => name)).size);
    const sum = reports.reduce((all, { cost }) => all + cost, 0);
    counted += reports.length;
    const expected = reports.length === 0 ? undefined : sum;
    expect((await run?.outcome())?.cost).toBe(expected);
    expect((await run?.snapshot())?.cost).toBe(expected);
    await troupe.stop();
  };
  await fc.assert(fc.asyncProperty(story, body), { numRuns: 150, seed: 7 });
  expect(counted).toBeGreaterThan(200);
});
