/**
 * Small plans, every way through them: a picture and the policy of plans agree on each, step by
 * step. The policy has no loops, undos and pauses; the laws of `laws.test.ts` have them.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  beginPlan,
  endStep,
  type PlanState,
  startReady,
  verdictOf,
} from '../../../src/policies/index.ts';
import type { Workflow } from '../../../src/protocol/index.ts';
import { drawable } from '../../../src/workflows/picture/machine-of.ts';
import { planOf } from '../../../src/workflows/plans/plan.ts';
import { workflowsOf } from './drawn.ts';
import { Picture } from './picture.ts';

const ends = { COMPLETE: 'C', FAIL: 'F', CANCEL: 'X', SKIP: 'K' } as const;
type End = keyof typeof ends;
const kinds: readonly End[] = ['COMPLETE', 'FAIL', 'CANCEL', 'SKIP'];

test('property: every way through a small plan is the same in picture and policy', () => {
  let ways = 0;
  fc.assert(
    fc.property(workflowsOf(4), (drawn) => {
      const workflow = plain(drawn);
      ways += explored(workflow);
    }),
    { numRuns: 40 },
  );
  expect(ways).toBeGreaterThan(100);
});

/** The same without what plans alone do not know. */
const plain = (workflow: Workflow): Workflow =>
  drawable({
    ...workflow,
    timeoutMs: undefined,
    steps: workflow.steps.map(({ undo: _undo, loop: _loop, fallback: _fallback, ...step }) => ({
      ...step,
      work: 'work',
    })),
  });

interface Place {
  readonly picture: Picture;
  readonly state: PlanState;
  readonly spent: number;
}

/** Goes every way and compares at every place; gives the number of places. */
function explored(workflow: Workflow): number {
  const plan = planOf(workflow);
  const picture = new Picture(workflow);
  picture.send('BEGIN');
  const seen = new Set<string>();
  const open: Place[] = [{ picture, state: beginPlan(plan), spent: 0 }];
  for (const { picture: before, state, spent } of open) {
    const key = `${state.progress} ${spent}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const [next, started] = startReady(plan, state, workflow, spent);
    const here = before.copy();
    for (const step of started) here.send(`START ${plan.steps[step]?.name}`);
    const { is } = verdictOf(plan, next, workflow, spent);
    expect(here.verdict).toBe(is === 'overspent' ? 'failed' : is);
    if (is !== 'open') continue;
    expect(here.letters).toBe(next.progress);
    const possible = endsIn(workflow, next);
    const enabled = here.enabled().filter((event) => event.includes(' '));
    expect(enabled.toSorted()).toEqual(possible.map(({ event }) => event).toSorted());
    for (const { event, step, letter } of possible) {
      for (const cost of [0, 1]) {
        if (letter === 'K' && cost > 0) continue;
        const then = here.copy();
        then.send(event, cost);
        open.push({
          picture: then,
          state: endStep(plan, next, workflow, { step, letter }),
          spent: spent + cost,
        });
      }
    }
  }
  return seen.size;
}

/** How the steps under way could end. */
const endsIn = ({ steps }: Workflow, { progress }: PlanState) =>
  steps.flatMap(({ name, when }, step) =>
    progress[step] === 'S'
      ? kinds
          .filter((kind) => kind !== 'SKIP' || when !== undefined)
          .map((kind) => ({ event: `${kind} ${name}`, step, letter: ends[kind] }))
      : [],
  );
