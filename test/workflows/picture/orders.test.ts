/**
 * Every order that a picture accepts is one that a run takes: under estimates that make the steps
 * urgent in that order, the workflow machine does exactly this. What a picture leaves open is the
 * urgency alone, which runs learn from each other.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Workflow } from '../../../src/protocol/index.ts';
import { withEstimates, workflowsOf } from './drawn.ts';
import { Picture } from './picture.ts';
import { RealRun } from './real-run.ts';

const picks = fc.array(fc.nat(1_000), { maxLength: 60 });

test('property: whatever order a picture accepts, a run takes under some estimates', () => {
  fc.assert(
    fc.property(workflowsOf(5), picks, fc.context(), (workflow, choices, told) => {
      const trace = acceptedBy(new Picture(workflow), choices);
      told.log(trace.join(', '));
      const order = trace.flatMap((event) => (event.startsWith('START ') ? event.slice(6) : []));
      expect(takenBy(withEstimates(workflow, estimatesFor(workflow, order)), trace)).toEqual(trace);
    }),
    { numRuns: 500 },
  );
});

/** A way through the picture, from the beginning of the run; no step costs more than it may. */
function acceptedBy(picture: Picture, choices: readonly number[]): readonly string[] {
  const trace: string[] = [];
  picture.send('BEGIN');
  for (const pick of choices) {
    const enabled = picture.enabled();
    const event = enabled[pick % enabled.length];
    if (event === undefined) break;
    trace.push(event);
    picture.send(event);
  }
  while (picture.enabled().some((event) => event.startsWith('START '))) {
    const [event = ''] = picture.enabled();
    trace.push(event);
    picture.send(event);
  }
  return trace;
}

/** What the run does when what a host brings comes in the order of the trace. */
function takenBy(workflow: Workflow, trace: readonly string[]): readonly string[] {
  const run = new RealRun(workflow);
  const starts = () => run.started.map((step) => `START ${step}`);
  const taken = starts();
  for (const event of trace.filter((one) => !one.startsWith('START '))) {
    if (!run.can(event)) break;
    run.send(event, 0);
    taken.push(event, ...starts());
  }
  return taken;
}

/** Estimates under which the steps that began were the more urgent, the earlier they began. */
function estimatesFor({ steps }: Workflow, begun: readonly string[]): ReadonlyMap<string, number> {
  const order = new Set<string>();
  const place = (name: string): void => {
    for (const before of steps.find((step) => step.name === name)?.after ?? []) place(before);
    order.add(name);
  };
  for (const name of [...begun, ...steps.map((step) => step.name)]) place(name);
  const urgency = new Map([...order].reverse().map((name, index) => [name, index + 1]));
  const rank = (name: string): number => urgency.get(name) ?? 0;
  return new Map(
    steps.map(({ name }) => {
      const after = steps
        .filter((step) => step.after.includes(name))
        .map((step) => rank(step.name));
      return [name, rank(name) - Math.max(0, ...after)];
    }),
  );
}
