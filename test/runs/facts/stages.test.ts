/**
 * Stages: what an app keeps of a run and moves on by itself, and what it says of the steps of a
 * plan. What is refused changes nothing; what is not survives.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMachine } from 'xstate';
import {
  defineApproval,
  defineBot,
  defineWorkflow,
  graph,
  type Run,
  type StageSnapshot,
} from '../../../src/index.ts';
import { simulatedDisk } from '../../../src/journal/index.ts';
import { limits } from '../../../src/protocol/index.ts';
import { refused } from '../../refusal.ts';
import { teamOf, testClock } from '../../troupe/team.ts';

const ann = defineBot({ id: 'ann' });
const flow = defineWorkflow({ id: 'flow' }).step('draft', ann).step('check', ann);

const known = (stage: StageSnapshot | undefined) =>
  stage && Object.fromEntries(Object.entries(stage).filter(([, value]) => value !== undefined));

const stagesOf = async (run: Run) => (await run.snapshot()).stages.map(known);

test('an app keeps stages: they begin, complete, are rated and begin again', async () => {
  const { troupe, clock } = await teamOf([ann]);
  const run = await troupe.start(ann, undefined, { id: 'a' });
  const review = run.stage('review');
  expect(await review.get()).toBeUndefined();
  const at = clock.now();
  await review.begin();
  expect(await stagesOf(run)).toEqual([
    { name: 'review', status: 'STARTED', iterations: 1, startedAt: at, isOwn: true },
  ]);
  await clock.advance(5);
  await review.complete({ quality: 0.5 });
  await review.rate(0.75);
  const completed = { name: 'review', status: 'COMPLETED', isOwn: true, endedAt: at + 5 };
  expect(known(await review.get())).toEqual({
    ...completed,
    iterations: 1,
    quality: 0.75,
    startedAt: at,
  });
  await review.begin();
  expect(known(await review.get())).toMatchObject({ iterations: 2, status: 'STARTED' });
  expect(known(await review.get())).not.toHaveProperty('quality');
});

test('property: own stages are as a naive model says, over restarts', async () => {
  const move = fc.record({
    stage: fc.constantFrom('a', 'b', 'c'),
    move: fc.constantFrom('begin' as const, 'complete' as const, 'rate' as const),
    quality: fc.option(fc.constantFrom(0, 0.25, 1), { nil: undefined }),
  });
  const story = fc.array(fc.oneof({ weight: 9, arbitrary: move }, fc.constant('crash' as const)), {
    maxLength: 25,
  });
  const body = async (kind: 'task' | 'workflow', beats: readonly (Move | 'crash')[]) => {
    const disk = simulatedDisk();
    const clock = testClock();
    const begin = async () => {
      clock.clear();
      return (await teamOf([ann, flow], { clock, journal: disk.open() })).troupe;
    };
    let troupe = await begin();
    const work = kind === 'task' ? ann : flow;
    await troupe.start(work, undefined, { id: 'r' });
    const model = new Map<string, { on: boolean; rounds: number; quality?: number | undefined }>();
    for (const beat of beats) {
      if (beat === 'crash') {
        troupe = await begin();
        continue;
      }
      const run = await troupe.get(work, 'r');
      const stage = run?.stage(beat.stage);
      if (stage === undefined) throw new RangeError('the run is gone');
      const done = {
        begin: () => stage.begin(),
        complete: () => stage.complete(ofQuality(beat)),
        rate: () => stage.rate(beat.quality ?? 1),
      };
      if (moved(model, beat)) await done[beat.move]();
      else expect(await refused(done[beat.move]())).toMatchObject({ code: 'ILLEGAL_MOVE' });
      const own = (await run?.snapshot())?.stages.filter(({ isOwn }) => isOwn === true) ?? [];
      expect(
        own.map(({ name, status, iterations, quality }) => [name, status, iterations, quality]),
      ).toEqual(
        [...model].map(([name, { on, rounds, quality }]) => [
          name,
          on ? 'STARTED' : 'COMPLETED',
          rounds,
          quality,
        ]),
      );
    }
    await troupe.stop();
  };
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('task' as const, 'workflow' as const), story, body),
    {
      numRuns: 60,
    },
  );
});

interface Move {
  readonly stage: string;
  readonly move: 'begin' | 'complete' | 'rate';
  readonly quality: number | undefined;
}

const ofQuality = ({ quality }: Move) => (quality === undefined ? {} : { quality });

/** Whether the move is legal; it is made then. */
function moved(
  model: Map<string, { on: boolean; rounds: number; quality?: number | undefined }>,
  { stage, move, quality }: Move,
): boolean {
  const known = model.get(stage);
  if (move === 'begin') {
    if (known?.on === true) return false;
    model.set(stage, { on: true, rounds: (known?.rounds ?? 0) + 1 });
    return true;
  }
  if (known === undefined || (move === 'complete' && !known.on)) return false;
  if (move === 'complete') known.on = false;
  if (quality !== undefined || move === 'rate') known.quality = quality ?? 1;
  return true;
}

test('the stages of a workflow are its steps, then its own; steps can be rated', async () => {
  const { troupe, clock } = await teamOf([ann, flow]);
  const run = await troupe.start(flow, undefined, { id: 'f' });
  await clock.quiet();
  await run.stage('press').begin();
  const draft = await troupe.runs.get('flow/f/draft');
  await draft?.begin();
  await draft?.report({ progress: 0.25, quality: 0.5 });
  expect(await stagesOf(run)).toMatchObject([
    { name: 'draft', status: 'STARTED', iterations: 1, runs: 1, progress: 0.25 },
    { name: 'check', status: 'WAITING', iterations: 0, runs: 0 },
    { name: 'press', status: 'STARTED', isOwn: true },
  ]);
  await draft?.complete();
  await clock.quiet();
  expect(known(await run.stage('draft').get())).toMatchObject({
    status: 'COMPLETED',
    quality: 0.5,
    progress: 1,
    startedAt: clock.now(),
    endedAt: clock.now(),
  });
  await run.stage('draft').rate(0.125);
  expect(await run.stage('draft').get()).toMatchObject({ quality: 0.125 });
  const check = await troupe.runs.get('flow/f/check');
  await check?.begin();
  await check?.complete({ quality: 1 });
  const outcome = await run.outcome();
  expect(outcome.quality).toBe(1);
  expect(outcome.steps).toMatchObject({ draft: { quality: 0.125 }, check: { quality: 1 } });
});

test('moves that a stage, its run or its plan does not allow are refused', async () => {
  const { troupe, clock } = await teamOf([ann, flow]);
  const run = await troupe.start(flow, undefined, { id: 'f' });
  await clock.quiet();
  const code = 'ILLEGAL_MOVE';
  const refusal = (state: string, move: string, stage: string) => ({
    code,
    run: 'flow/f',
    state,
    event: `${move} of the stage ${stage}`,
  });
  const plan = 'carried out by its plan';
  expect(await refused(run.stage('draft').begin())).toEqual(refusal(plan, 'begin', 'draft'));
  expect(await refused(run.stage('check').complete())).toEqual(refusal(plan, 'complete', 'check'));
  const waits = 'not in that stage yet';
  expect(await refused(run.stage('check').rate(1))).toEqual(refusal(waits, 'rate', 'check'));
  expect(await refused(run.stage('own').rate(1))).toEqual(refusal(waits, 'rate', 'own'));
  for (let n = 0; n < limits.ownStages; n += 1) await run.stage(`own ${n}`).begin();
  expect(await refused(run.stage('own').begin())).toEqual(
    refusal('at its 100 own stages', 'begin', 'own'),
  );
  await run.cancel();
  for (const deed of [
    () => run.stage('own 1').complete(),
    () => run.stage('own 1').rate(1),
    () => run.stage('draft').rate(1),
    () => run.stage('new').begin(),
  ])
    expect(await refused(deed())).toMatchObject({ code, state: 'CANCELLED' });
  expect((await run.snapshot()).stages).toHaveLength(2 + limits.ownStages);
});

test('names, ratings and unknown runs are checked', async () => {
  const { troupe } = await teamOf([ann]);
  const run = await troupe.start(ann, undefined);
  for (const name of ['', 7, undefined, null, 'x'.repeat(513), '\ud800'])
    expect(() => run.stage(name as never)).toThrow(expect.objectContaining({ code: 'BAD_ID' }));
  const stage = run.stage('__proto__');
  await stage.begin();
  for (const quality of [-0.1, 1.1, Number.NaN, '1', null, undefined])
    expect(await refused(stage.rate(quality as never))).toMatchObject({ code: 'BAD_OPTION' });
  for (const options of [{ quality: 2 }, { qualty: 1 }, 1, null])
    expect(await refused(stage.complete(options as never))).toMatchObject({ code: 'BAD_OPTION' });
  await stage.complete();
  expect((await run.snapshot()).stages).toMatchObject([{ name: '__proto__', iterations: 1 }]);
});

test('events tell of stages, the same after a restart', async () => {
  const disk = simulatedDisk();
  const clock = testClock();
  const first = await teamOf([ann], { clock, journal: disk.open() });
  const run = await first.troupe.start(ann, undefined, { id: 'a' });
  await run.stage('review').begin();
  await run.stage('review').complete({ quality: 0.5 });
  await run.stage('review').rate(1);
  await run.cancel();
  const read = async (from: Run | undefined, since = 0) => {
    const seen = [];
    for await (const event of from?.events({ since }) ?? []) seen.push(event);
    return seen;
  };
  const live = await read(run);
  expect(live.filter(({ type }) => type === 'stage')).toMatchObject([
    { stage: 'review', move: 'begin' },
    { stage: 'review', move: 'complete', quality: 0.5 },
    { stage: 'review', move: 'rate', quality: 1 },
  ]);
  await first.troupe.stop();
  const { troupe } = await teamOf([ann], { clock, journal: disk.open() });
  const again = await troupe.get(ann, 'a');
  expect(await read(again)).toEqual(live);
  expect(await read(again, live[2]?.seq)).toEqual(live.slice(3));
});

test('a machine and a question have no stages', async () => {
  const door = createMachine({ id: 'door' });
  const editor = defineApproval({ id: 'editor' });
  const { troupe } = await teamOf([door, editor]);
  await troupe.start(door, undefined, { id: 'd' });
  await troupe.start(editor, undefined, { id: 'e' });
  for (const [id, state] of [
    ['door/d', 'driven by its own machine'],
    ['editor/e', 'an approval, and has no stages'],
  ] as const) {
    const run = await troupe.runs.get(id);
    expect(run && (await refused(run.stage('x').begin()))).toMatchObject({
      code: 'ILLEGAL_MOVE',
      state,
    });
    expect((await run?.snapshot())?.stages).toEqual([]);
    expect(await run?.stage('x').get()).toBeUndefined();
  }
});

test('the items of a fan-out are the steps of its run', async () => {
  const flow = graph('flow', {
    read: { work: ann, input: () => undefined, after: [] },
    each: {
      work: ({ input }) => {
        if (input === 2) throw new RangeError('two');
        return input;
      },
      each: { onFailure: 'continue' },
      input: () => [1, 2, 3],
      after: [],
      optional: true,
      retry: { attempts: 1 },
    },
  });
  const { troupe, clock } = await teamOf([flow, ann]);
  const run = await troupe.start(flow, undefined, { id: 'f' });
  await clock.quiet();
  const stages = (await run.snapshot()).stages;
  expect(stages).toMatchObject([{ status: 'STARTED' }, { status: 'FAILED', progress: 2 / 3 }]);
  const fan = await (await troupe.runs.get('flow/f/each'))?.outcome();
  expect(fan).toMatchObject({
    steps: {
      1: { status: 'COMPLETED', result: 1 },
      2: { status: 'FAILED', error: { message: 'two' } },
      3: { status: 'COMPLETED', result: 3 },
    },
    successRate: 2 / 3,
  });
  expect(fan?.path?.toSorted()).toEqual(['1', '2', '3']);
});
