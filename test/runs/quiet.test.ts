/**
 * Generated trees of runs: work, steps, children, sleeps, workflows, runs by hand. Cancelled, the
 * whole tree is quiet after the time of grace; interrupted, each step keeps its key.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { type Definition, defineBot, graph, memoryJournal } from '../../src/index.ts';
import { type Journal, simulatedDisk } from '../../src/journal/index.ts';
import { botAddress } from '../../src/protocol/index.ts';
import { type TestClock, teamOf, testClock } from '../troupe/team.ts';

/** One thing that work does. */
type Deed =
  | { readonly kind: 'step'; readonly ms: number; readonly isDeaf: boolean }
  | { readonly kind: 'sleep'; readonly ms: number }
  | { readonly kind: 'person' | 'begun' | 'flow' }
  | { readonly kind: 'child'; readonly deeds: readonly Deed[]; readonly inTurn: boolean };

const ms = fc.integer({ min: 0, max: 4_000 });
const { tree } = fc.letrec<{ deed: Deed; tree: Tree }>((tie) => ({
  deed: fc.oneof(
    { depthSize: 'small' },
    fc.record({ kind: fc.constant('step' as const), ms, isDeaf: fc.boolean() }),
    fc.record({ kind: fc.constant('sleep' as const), ms }),
    fc.record({ kind: fc.constantFrom('person' as const, 'begun' as const, 'flow' as const) }),
    tie('tree'),
  ),
  tree: fc.record({
    kind: fc.constant('child' as const),
    deeds: fc.array(tie('deed'), { minLength: 1, maxLength: 4 }),
    inTurn: fc.boolean(),
  }),
}));

type Tree = Extract<Deed, { kind: 'child' }>;
const Tree = z.custom<Tree>();

/** A team that does such trees, and notes whatever begins or is reported. */
function teamWith(clock: TestClock) {
  const noted: { readonly at: number; readonly what: string }[] = [];
  const note = (what: string): void => void noted.push({ at: clock.now(), what });
  const wait = (time: number) => new Promise<void>((resolve) => void clock.after(time, resolve));
  const person = defineBot({ id: 'person', concurrency: 2 });
  const flow = graph('flow', {
    one: {
      work: ({ key }) => {
        note(key);
        return wait(500);
      },
    },
    ask: { work: person, after: ['one'] },
    two: { work: ({ key }) => note(key), after: ['one'] },
  });
  const node = defineBot({
    id: 'node',
    concurrency: 3,
    input: Tree,
    work: async ({ input, step, sleep, report, runId, signal }) => {
      note(`work ${runId}`);
      const act = async (deed: Deed, index: number): Promise<unknown> => {
        const name = `${deed.kind}-${index}`;
        if (deed.kind === 'sleep') return sleep(name, deed.ms);
        if (deed.kind === 'child') return step(name, node, deed);
        if (deed.kind !== 'step')
          return step(name, deed.kind === 'flow' ? flow : person, undefined);
        const ended = new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
        return step(name, async ({ key }) => {
          note(key);
          await Promise.race(deed.isDeaf ? [wait(deed.ms)] : [wait(deed.ms), ended]);
        });
      };
      const say = (index: number) => report({ note: `${index}` }).then(() => note('report'));
      if (!input.inTurn) return Promise.all(input.deeds.map(act));
      for (const [index, deed] of input.deeds.entries()) {
        await act(deed, index);
        await say(index);
      }
      return input.deeds.length;
    },
  });
  const definitions: Definition[] = [node, person, flow];
  return { noted, node, person, definitions };
}

const slotsOf = (journal: Journal, bot: string): unknown =>
  JSON.parse(journal.byAddress(botAddress(bot))?.snapshot ?? '{}').context?.slots;

test('property: a cancelled tree is quiet after the time of grace', async () => {
  const stories = fc.record({ tree, after: fc.nat(6_000), beginsAfter: fc.nat(3_000) });
  const property = fc.asyncProperty(stories, async (story) => {
    const clock = testClock();
    const { noted, node, person, definitions } = teamWith(clock);
    const journal = memoryJournal();
    const limits = { graceMs: 1_000, suspendAfterMs: 200 };
    const { troupe } = await teamOf(definitions, { clock, journal, limits });
    const run = await troupe.start(node, story.tree, { id: 'root' });
    await clock.advance(story.beginsAfter);
    for (const { address } of journal.actors({ done: false })) {
      if (!address.includes('begun') || !address.startsWith('run/')) continue;
      await (await troupe.runs.get(address.slice(4)))?.begin().catch(() => undefined);
    }
    await clock.advance(story.after);
    const cancelled = await run.cancel().then(
      () => true,
      () => false,
    );
    const [from, before] = [clock.now(), noted.length];
    if (cancelled) expect((await run.snapshot()).status).toBe('CANCELLED');
    await clock.advance(limits.graceMs);
    const last = journal.rows(0, Number.MAX_SAFE_INTEGER).length;
    if (cancelled) expect(noted.slice(before)).toEqual([]);
    for (const { address, done } of journal.actors({}))
      if (cancelled && address.startsWith('run/')) expect([address, done]).toEqual([address, true]);
    expect([slotsOf(journal, 'node'), slotsOf(journal, 'person')]).toEqual([[], []]);
    await clock.advance(60_000);
    expect(journal.rows(last, Number.MAX_SAFE_INTEGER)).toEqual([]);
    expect(journal.timers()).toEqual([]);
    if (cancelled) expect(noted.filter(({ at }) => at > from)).toEqual([]);
    const next = await troupe.start(person, undefined);
    await clock.quiet();
    expect((await next.snapshot()).status).toBe('ASSIGNED');
    await troupe.stop({ deadline: 0 });
  });
  await fc.assert(property, { numRuns: 150 });
}, 120_000);

const interruptions = fc.array(
  fc.record({ kind: fc.constantFrom('stop', 'pause'), afterMs: fc.nat(900) }),
  { maxLength: 5 },
);

test('property: a step keeps its key and is not done again, whatever comes between', async () => {
  const story = fc.record({
    steps: fc.integer({ min: 1, max: 5 }),
    fails: fc.nat(3),
    interruptions,
  });
  const property = fc.asyncProperty(story, async ({ steps, fails, interruptions }) => {
    const clock = testClock();
    const disk = simulatedDisk({ onCommit: () => undefined });
    const keys = new Map<string, Set<string>>();
    const recorded = new Set<string>();
    let failures = fails;
    const done = (name: string): void => void recorded.add(name);
    const bot = defineBot({
      id: 'bot',
      retry: { attempts: 5, backoff: 100 },
      work: async ({ step }) => {
        for (let n = 0; n < steps; n += 1) {
          const name = `step-${n}`;
          await step(name, async ({ key }) => {
            expect(recorded).not.toContain(name);
            keys.set(name, (keys.get(name) ?? new Set()).add(key));
            await new Promise<void>((resolve) => void clock.after(150, resolve));
            failures -= 1;
            if (failures >= 0) throw new Error('not yet');
          });
          done(name);
        }
        return steps;
      },
    });
    let { troupe } = await teamOf([bot], { clock, journal: disk.open() });
    await troupe.start(bot, undefined, { id: 'x' });
    for (const { kind, afterMs } of interruptions) {
      await clock.advance(afterMs);
      const run = await troupe.get(bot, 'x');
      if (kind === 'pause') {
        await run?.pause().catch(() => undefined);
        await clock.advance(afterMs);
        await run?.resume().catch(() => undefined);
        continue;
      }
      const stopped = troupe.stop({ deadline: 100 });
      await clock.advance(100);
      await stopped;
      ({ troupe } = await teamOf([bot], { clock, journal: disk.open() }));
    }
    await clock.advance(600_000);
    const outcome = await (await troupe.get(bot, 'x'))?.outcome();
    expect(outcome).toMatchObject({ status: 'COMPLETED', result: steps });
    expect(outcome?.attempts).toBeLessThanOrEqual(fails + 1);
    for (const [name, ofStep] of keys) expect([...ofStep]).toEqual([`bot/x/${name}`]);
  });
  await fc.assert(property, { numRuns: 80 });
}, 120_000);
