/** The machines of the house by tables, under the stories that hold their laws. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AnyStateMachine } from 'xstate';
import { type Kind, machines } from '../../../machines/index.ts';
import { play, storiesOf, type Telling } from '../../machines/stories.ts';
import { taskTelling } from '../../machines/task-telling.ts';
import { botTelling, systemTelling } from '../../machines/tellings.ts';
import { Walk } from '../../machines/walk.ts';
import { workflowTelling } from '../../machines/workflow-telling.ts';
import { holdBegin, holdStep } from './both.ts';

const tellings = {
  system: systemTelling,
  bot: botTelling,
  task: taskTelling,
  workflow: workflowTelling,
} satisfies Partial<Record<Kind, unknown>>;

test.each(Object.keys(tellings))('property: every step of %s is taken by tables', (kind) => {
  const machine: AnyStateMachine = machines[kind as keyof typeof tellings];
  const telling: Telling<unknown> = tellings[kind as keyof typeof tellings];
  let steps = 0;
  const property = fc.property(storiesOf(telling), (story) => {
    expect(holdBegin(machine, story.spec)).toBe(true);
    const walk = Walk.start(machine, story.spec);
    play(telling, story, walk, ({ before, event }) => {
      if (before?.status !== 'active') return;
      expect(holdStep(before, event)).toBe(true);
      steps += 1;
    });
  });
  fc.assert(property, { numRuns: 100 });
  expect(steps).toBeGreaterThan(100);
});
