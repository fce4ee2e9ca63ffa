/** Workflows: arbitrary plans run in arbitrary orders, and the ways a run ends by example. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { workflowMachine } from '../../machines/index.ts';
import type { SendParams, WorkflowSpec } from '../../src/protocol/index.ts';
import { failure, planOf, workflowSpec } from './fixtures.ts';
import { plansOf } from './plans.ts';
import { play, storiesOf } from './stories.ts';

import { statusOf, Walk } from './walk.ts';
import { WorkflowJudge } from './workflow-judge.ts';
import { workflowTelling } from './workflow-telling.ts';

const start = (own: Partial<WorkflowSpec> = {}): Walk =>
  Walk.start(workflowMachine, workflowSpec(own));
const settled = (step: string, status = 'COMPLETED') => ({
  type: 'child.settled',
  at: 2_000,
  step,
  outcome: status === 'FAILED' ? { status, error: failure() } : { status },
});
const finished = { type: 'workflow.finished', at: 3_000, result: 'report' };
const cancel = { type: 'run.cancel', at: 2_000, reason: 'not needed', orphan: false };

const started = (walk: Walk): string[] =>
  (walk.steps.at(-1)?.effects ?? []).flatMap(({ type, params }) =>
    type === 'start' ? [...(params as { steps: string[] }).steps] : [],
  );
const cancelled = (walk: Walk): string[] =>
  (walk.steps.at(-1)?.effects ?? []).flatMap(({ type, params }) => {
    const { to, event } = type === 'send' ? (params as SendParams) : { to: [], event: { type } };
    return event.type === 'run.cancel' ? [...to] : [];
  });

const diamond = planOf({
  survey: [],
  lint: ['survey'],
  clones: ['survey'],
  report: ['lint', 'clones'],
});

test('property: a run keeps its books of steps, limit, dependencies and endings', () => {
  fc.assert(
    fc.property(storiesOf(workflowTelling, 40), (story) => {
      const judge = new WorkflowJudge(story.spec);
      const walk = Walk.start(workflowMachine, story.spec);
      for (const step of walk.steps) judge.see(step);
      play(workflowTelling, story, walk, (step) => judge.see(step));
      expect(judge.books.endings).toBe(walk.snapshot.status === 'done' ? 1 : 0);
    }),
    { numRuns: 1_000 },
  );
});

test('property: every plan completes, in whatever order its steps do', () => {
  const order = fc.array(fc.nat(1_000), { minLength: 60, maxLength: 60 });
  fc.assert(
    fc.property(plansOf(40), fc.integer({ min: 1, max: 6 }), order, (plan, concurrency, picks) => {
      const spec = workflowSpec({ plan, concurrency });
      const judge = new WorkflowJudge(spec);
      const walk = Walk.start(workflowMachine, spec);
      const open = started(walk);
      for (const step of walk.steps) judge.see(step);
      for (let turn = 0; open.length > 0; turn += 1) {
        const [name = ''] = open.splice((picks[turn % picks.length] ?? 0) % open.length, 1);
        judge.see(walk.send(settled(name)));
        open.push(...started(walk));
      }
      judge.see(walk.send(finished));
      expect(judge.books).toEqual({ started: plan.steps.length, finishes: 1, endings: 1 });
      expect(walk.snapshot.output).toMatchObject({ status: 'COMPLETED', result: 'report' });
    }),
    { numRuns: 200 },
  );
});

test('given a plan, when it starts, then steps start as dependencies and limit allow', () => {
  const walk = start({ plan: diamond, concurrency: 1 });
  expect(started(walk)).toEqual(['survey']);
  walk.send(settled('survey'));
  expect(started(walk)).toEqual(['lint']);
  walk.send(settled('lint'));
  expect(started(walk)).toEqual(['clones']);
  walk.send(settled('clones'));
  expect(started(walk)).toEqual(['report']);
});

test('given a loop with tries, when it goes round, then its tries begin anew', () => {
  const steps = [{ name: 'draft', after: [], loop: true as const, tries: 2, fallbacks: 1 }];
  const walk = start({ plan: { steps } });
  const judged = (step: string, isGood: boolean) => ({ type: 'step.judged', at: 1, step, isGood });
  walk.send(settled('draft', 'FAILED'));
  expect(started(walk)).toEqual(['draft~2']);
  walk.send(settled('draft~2'));
  walk.send(judged('draft~2', false));
  expect(started(walk)).toEqual(['draft~3']);
  walk.send(settled('draft~3', 'FAILED'));
  expect(started(walk)).toEqual(['draft~4']);
  walk.send(settled('draft~4', 'FAILED'));
  expect(started(walk)).toEqual(['draft~5']);
  expect(walk.snapshot.context.runs).toEqual({
    0: { run: 5, tries: 1, iterations: 2, fallback: 1 },
  });
  walk.send(settled('draft~4'));
  expect(walk.snapshot.context.steps.progress).toBe('S');
  walk.send(settled('draft~5'));
  walk.send(judged('draft~5', true));
  expect(walk.snapshot.value).toEqual({ IN_PROGRESS: 'finishing' });
});

test('given steps that can be undone, when the run fails, then the last is undone first', () => {
  const undo = true as const;
  const step = (name: string, after: number[]) => ({ name, after, undo });
  const steps = [step('a', []), step('b', [0]), { name: 'c', after: [1] }];
  const walk = start({ plan: { steps } });
  walk.send(settled('a'));
  walk.send(settled('b'));
  walk.send(settled('c', 'FAILED'));
  const undone = () =>
    (walk.steps.at(-1)?.effects ?? []).flatMap(({ type, params }) =>
      type === 'undo' ? [(params as { step: string }).step] : [],
    );
  expect(undone()).toEqual(['b~undo']);
  walk.send(settled('b~undo', 'FAILED'));
  expect(undone()).toEqual(['a~undo']);
  expect(statusOf(walk.snapshot)).toBe('IN_PROGRESS');
  walk.send(settled('a~undo'));
  expect(walk.snapshot.output).toMatchObject({ status: 'FAILED', error: { code: 'UNDO_FAILED' } });
});

test('given an empty plan, when it starts, then it asks for its result at once', () => {
  const walk = start({ plan: { steps: [] } });
  expect(walk.snapshot.value).toEqual({ IN_PROGRESS: 'finishing' });
  walk.send(finished);
  expect(walk.snapshot.output).toMatchObject({
    status: 'COMPLETED',
    attempts: 1,
    elapsedMs: 2_000,
  });
});

test.each(['FAILED', 'CANCELLED'])(
  'given a step that is %s, then the run fails with it',
  (status) => {
    const walk = start({ plan: diamond });
    walk.send(settled('survey'));
    walk.send(settled('lint', status));
    expect(statusOf(walk.snapshot)).toBe('FAILED');
    expect(cancelled(walk)).toEqual(['run/answer/a-1/clones']);
    expect(walk.snapshot.output.error).toMatchObject({
      code: 'STEP_FAILED',
      at: 'run/answer/a-1/lint',
      cause: { code: status === 'FAILED' ? 'WORK_FAILED' : 'RUN_CANCELLED' },
    });
  },
);

test('given steps under way, when the run is cancelled, then they are cancelled', () => {
  const walk = start({ plan: planOf({ 'a/b': [], b: [], c: ['b'] }) });
  walk.send(cancel);
  expect(walk.snapshot.output).toMatchObject({ status: 'CANCELLED', reason: 'not needed' });
  expect(cancelled(walk)).toEqual(['run/answer/a-1/a%2Fb', 'run/answer/a-1/b']);
});

test('given a time-out, when time is up before all is complete, then the run fails', () => {
  const walk = start({ plan: diamond, timeoutMs: 500 });
  expect(walk.timers).toMatchObject([{ delayMs: 500 }]);
  walk.fireOnly();
  expect(walk.snapshot.output).toMatchObject({ status: 'FAILED', error: { code: 'WORK_TIMEOUT' } });
  expect(cancelled(walk)).toEqual(['run/answer/a-1/survey']);
});

test('given a time-out, when all is complete, then the making of the result is not timed', () => {
  const walk = start({ timeoutMs: 500 });
  walk.send(settled('only'));
  expect(walk.snapshot.value).toEqual({ IN_PROGRESS: 'finishing' });
  expect(walk.timers).toEqual([]);
});

test('given a result that can not be made, when that is told, then the run fails', () => {
  const walk = start();
  walk.send(settled('only'));
  walk.send({ type: 'workflow.failed', at: 3_000, error: failure({ code: 'TypeError' }) });
  expect(walk.snapshot.output).toMatchObject({ status: 'FAILED', error: { code: 'TypeError' } });
});

test.each([
  ['fail', 'FAILED'],
  ['skip', 'CANCELLED'],
  ['wait', 'BLOCKED'],
] as const)('given the rule %s, when a dependency fails, then the run is %s', (rule, status) => {
  const walk = start({ dependsOn: ['run/look/1'], onDependencyFailure: rule });
  expect(started(walk)).toEqual([]);
  const outcome = { status: 'FAILED', error: failure() };
  walk.send({ type: 'dependency.settled', at: 1_500, run: 'run/look/2', outcome });
  expect(statusOf(walk.snapshot)).toBe('BLOCKED');
  walk.send({ type: 'dependency.settled', at: 1_500, run: 'run/look/1', outcome });
  expect(statusOf(walk.snapshot)).toBe(status);
});
