/**
 * Outcome, snapshot and events of a workflow's run agree with each other and with what its work
 * reported, whatever the plan, whatever is done to the run, wherever it crashes.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type GraphStep, graph, type RunEvent } from '../../../src/index.ts';
import { simulatedDisk } from '../../../src/journal/index.ts';
import type { Crash } from '../../simulation/lives.ts';
import { teamOf, testClock } from '../../troupe/team.ts';
import { type Story, storiesOf } from '../../workflows/story/drawn.ts';
import { nameOf, type Played, play } from '../../workflows/story/play.ts';

type StepEvent = Extract<RunEvent, { type: 'step' }>;
type Status = StepEvent['status'];

const undoing: readonly Status[] = ['UNDOING', 'UNDONE', 'UNDO_FAILED'];
const byRunning: readonly Status[] = ['COMPLETED', 'FAILED', 'CANCELLED'];

/** What the events tell of one step: the naive reader of a log. */
interface Told {
  status: Status | undefined;
  undo: Status | undefined;
  endedAs: number;
  runs: number;
}

function toldBy(events: readonly RunEvent[]): Map<string, Told> {
  const told = new Map<string, Told>();
  for (const event of events) {
    if (event.type !== 'step') continue;
    const known = told.get(event.step) ?? {
      status: undefined,
      undo: undefined,
      endedAs: 0,
      runs: 0,
    };
    told.set(event.step, known);
    if (undoing.includes(event.status)) {
      known.undo = event.status;
      continue;
    }
    known.status = event.status;
    known.runs = Math.max(known.runs, event.run ?? 1);
    if (byRunning.includes(event.status)) known.endedAs = event.seq;
  }
  return told;
}

function holdFace(story: Story, { value, journal }: Played): void {
  const { outcome, events, snapshot } = value;
  const told = toldBy(events);
  const names = story.steps.map((_, place) => nameOf(place));
  // A step that was open when the run ended has no end of its own.
  const statuses = names.flatMap((name): [string, unknown][] => {
    const { status } = told.get(name) ?? {};
    return status === undefined ? [] : [[name, status === 'STARTED' ? 'CANCELLED' : status]];
  });
  const steps = Object.entries(outcome.steps ?? {});
  expect(steps.map(([name, { status }]) => [name, status])).toEqual(statuses);
  expect(snapshot.stages.map(({ name, status }) => [name, status])).toEqual(
    names.map((name) => [name, new Map(statuses).get(name) ?? 'WAITING']),
  );
  const path = names
    .filter((name) => byRunning.includes(told.get(name)?.status ?? 'STARTED'))
    .sort((a, b) => (told.get(a)?.endedAs ?? 0) - (told.get(b)?.endedAs ?? 0));
  expect(outcome.path).toEqual(path);
  const good = statuses.filter(([, status]) => status === 'COMPLETED').length;
  const bad = statuses.filter(([, status]) => status === 'FAILED').length;
  expect(outcome.successRate).toBe(good + bad === 0 ? undefined : good / (good + bad));
  for (const [name, step] of steps) {
    const known = told.get(name);
    expect([name, step.undo]).toEqual([name, known?.undo]);
    const isRun = step.status !== 'SKIPPED' && step.status !== 'OMITTED';
    expect([name, step.runs]).toEqual([name, isRun ? known?.runs : 0]);
    if (byRunning.includes(known?.status ?? 'STARTED') && step.startedAt !== undefined)
      expect(step.elapsedMs).toBe((step.endedAt ?? 0) - step.startedAt);
  }
  holdCost(value, journal);
  if (outcome.status === 'COMPLETED') expect(snapshot.progress).toBe(1);
  expect(snapshot.progress).toBeGreaterThanOrEqual(0);
  expect(snapshot.progress).toBeLessThanOrEqual(1);
  expect(snapshot.budget).toBe(story.budget);
}

/** All reports below, each once; those of the steps make up the whole. */
function holdCost({ outcome, snapshot }: Played['value'], journal: Played['journal']): void {
  const reported = journal.rows(0, 1_000_000).flatMap(({ type, body, actor }) => {
    if (type !== 'task.report') return [];
    const { attempt, cost } = JSON.parse(body);
    return [{ key: `${actor} ${attempt}`, cost: Number(cost) }];
  });
  expect(new Set(reported.map(({ key }) => key)).size).toBe(reported.length);
  const sum = (costs: readonly number[]) => costs.reduce((all, cost) => all + cost, 0);
  const all = sum(reported.map(({ cost }) => cost));
  expect(outcome.cost ?? 0).toBe(all);
  expect(snapshot.cost).toBe(outcome.cost);
  expect(sum(Object.values(outcome.steps ?? {}).map(({ cost = 0 }) => cost))).toBe(all);
}

const crashes = fc.array(
  fc.record({
    at: fc.integer({ min: 1, max: 60 }),
    moment: fc.constantFrom<Crash['moment']>('before', 'after'),
  }),
  { maxLength: 2 },
);

test('property: outcome, snapshot and events of a workflow tell the same', async () => {
  await fc.assert(
    fc.asyncProperty(storiesOf(6), crashes, fc.boolean(), async (story, drawn, shuffle) => {
      const inOrder = drawn.toSorted((a, b) => a.at - b.at);
      holdFace(story, await play(story, { crashes: inOrder, shuffle }));
    }),
    { numRuns: 200, seed: 3, endOnFailure: true },
  );
});

const failing = fc.array(
  fc.record({ after: fc.subarray([0, 1, 2, 3, 4, 5]), isBad: fc.boolean(), ms: fc.nat(2) }),
  { minLength: 1, maxLength: 6 },
);

test('property: events replay from anywhere, live or after a restart, the end last', async () => {
  await fc.assert(
    fc.asyncProperty(
      failing,
      fc.constantFrom('fail-fast', 'continue'),
      async (drawn, onFailure) => {
        const clock = testClock();
        const disk = simulatedDisk();
        const wait = (ms: number) => new Promise<void>((end) => void clock.after(ms, end));
        const steps = drawn.map(({ after, isBad, ms }, place): [string, GraphStep] => [
          nameOf(place),
          {
            after: after.filter((one) => one < place).map(nameOf),
            work: async () => {
              await wait(ms);
              if (isBad) throw new RangeError('bad');
            },
          },
        ]);
        const flow = graph('flow', Object.fromEntries(steps), {
          onFailure: onFailure === 'continue' ? 'continue' : 'fail-fast',
          retry: { attempts: 1 },
        });
        const first = await teamOf([flow], { clock, journal: disk.open() });
        const run = await first.troupe.start(flow, undefined, { id: 'f' });
        const live = all(run.events());
        await clock.advance(100);
        const events = await live;
        const { status } = await run.outcome();
        expect(events.at(-1)).toMatchObject({ type: 'status', status });
        const seqs = events.map(({ seq }) => seq);
        expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
        await first.troupe.stop();
        const { troupe } = await teamOf([flow], { clock, journal: disk.open() });
        const again = await troupe.get(flow, 'f');
        if (again === undefined) throw new RangeError('the run is gone');
        for (const [index, { seq }] of [{ seq: 0 }, ...events].entries())
          expect(await all(again.events({ since: seq }))).toEqual(events.slice(index));
        await troupe.stop();
      },
    ),
    { numRuns: 60 },
  );
});

async function all(events: AsyncIterable<RunEvent>): Promise<RunEvent[]> {
  const seen: RunEvent[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}
