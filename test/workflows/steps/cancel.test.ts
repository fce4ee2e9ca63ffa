/** Cancelling a workflow reaches all below it at once; its slots are free within their grace. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineBot, defineWorkflow, type Workflow } from '../../../src/index.ts';
import { teamOf } from '../../troupe/team.ts';

/** A nest of workflows, `depth` deep, with `width` deaf workers at the bottom of each branch. */
function nest(depth: number, width: number) {
  const signals: AbortSignal[] = [];
  const deaf = defineBot({
    id: 'deaf',
    input: z.number(),
    // The next run begins only on the slots of the one before.
    concurrency: width + depth,
    work: ({ signal }) => {
      signals.push(signal);
      return new Promise<void>(() => {});
    },
  });
  const lead = defineBot({
    id: 'lead',
    concurrency: 1_000,
    work: ({ step }) => step('deaf', deaf, 0),
  });
  let flow: Workflow<undefined, unknown> = defineWorkflow({ id: 'bottom', concurrency: width + 1 })
    .step('all', deaf, () => Array.from({ length: width }, (_, index) => index), { each: true })
    .step('lead', lead, { after: [] });
  for (let level = 1; level < depth; level += 1) {
    flow = defineWorkflow({ id: `level${level}` })
      .step('left', flow)
      .step('right', lead, { after: [] });
  }
  return { flow, signals, expected: width + depth };
}

test('property: a cancel aborts all below, and frees its slots within the grace', async () => {
  const body = async (depth: number, width: number, graceMs: number) => {
    const { flow, signals, expected } = nest(depth, width);
    const { troupe, clock } = await teamOf([flow], { limits: { graceMs } });
    const run = await troupe.start(flow, undefined, { id: 'f' });
    await clock.quiet();
    expect(signals).toHaveLength(expected);
    await run.cancel('enough');
    await clock.quiet();
    expect(signals.every(({ aborted }) => aborted)).toBe(true);
    const below = await troupe.runs.list({});
    expect(below.every(({ status }) => status === 'CANCELLED')).toBe(true);
    const again = await troupe.start(flow, undefined, { id: 'again' });
    await clock.advance(graceMs);
    expect(signals).toHaveLength(2 * expected);
    await again.cancel();
    await clock.advance(graceMs);
    await troupe.stop();
  };
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 50 }),
      body,
    ),
    { numRuns: 20, seed: 1 },
  );
});
