/** Laws of every machine in the catalogue, whatever it decides. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import { type Kind, machines } from '../../machines/index.ts';
import { checkJson, type Effect, isEffect } from '../../src/protocol/index.ts';
import { approvalTelling } from './approval-telling.ts';
import { handoffTelling } from './handoff-telling.ts';
import { Coverage, LiveWalk, statesOf, transitionsOf } from './live.ts';
import { play, type Story, storiesOf, type Telling } from './stories.ts';
import { supervisorTelling } from './supervisor-telling.ts';
import { taskTelling } from './task-telling.ts';
import { botTelling, inboxTelling, incidentTelling, systemTelling } from './tellings.ts';
import { type Step, textOf, Walk } from './walk.ts';
import { workflowTelling } from './workflow-telling.ts';

const tellings: Readonly<Record<Kind, Telling<unknown>>> = {
  system: systemTelling,
  bot: botTelling,
  inbox: inboxTelling,
  task: taskTelling,
  workflow: workflowTelling,
  approval: approvalTelling,
  handoff: handoffTelling,
  incident: incidentTelling,
  supervisor: supervisorTelling,
};

const kinds = Object.keys(machines) as Kind[];

function walked(machine: AnyStateMachine, telling: Telling<unknown>, story: Story<unknown>): Walk {
  const walk = Walk.start(machine, story.spec);
  play(telling, story, walk);
  return walk;
}

/** What a step did, as plain data. */
const seen = ({ after, effects, isTaken }: Step) => ({ ...shown(after, effects), isTaken });

/** Key order is no part of it: what became undefined and is set again keeps its place or not. */
const shown = (snapshot: AnyMachineSnapshot, effects: readonly Effect[]) => ({
  snapshot: JSON.parse(textOf(snapshot)),
  effects: JSON.parse(JSON.stringify(effects)),
});

/** States, transitions and effects that no story has used. */
function missing(machine: AnyStateMachine, { transitions, states, actions }: Coverage): string[] {
  const missed = transitionsOf(machine).filter(([, one]) => !transitions.has(one));
  const unreached = statesOf(machine).filter(({ id }) => !states.has(id));
  const effects = Object.entries(machine.implementations.actions);
  const unasked = effects.filter(([name, one]) => isEffect(one) && !actions.has(name));
  return [
    ...missed.map(([name]) => name),
    ...unreached.map(({ id }) => id),
    ...unasked.map(([name]) => name),
  ];
}

describe.each(kinds)('%s', (kind) => {
  const machine: AnyStateMachine = machines[kind];
  const telling = tellings[kind];
  const stories = storiesOf(telling, 40);

  test('property: the same input and events give the same result', () => {
    fc.assert(
      fc.property(stories, (story) => {
        const [one, other] = [walked(machine, telling, story), walked(machine, telling, story)];
        expect(one.steps.map(seen)).toEqual(other.steps.map(seen));
      }),
      { numRuns: 100 },
    );
  });

  test('property: a snapshot that went through JSON text goes on in the same way', () => {
    fc.assert(
      fc.property(stories, (story) => {
        const walk = Walk.start(machine, story.spec);
        let twin = walk.restored();
        play(telling, story, walk, (step) => {
          const same = step.isFiring ? twin.fireOf(step.event) : twin.send(step.event);
          expect(seen(same)).toEqual(seen(step));
          expect(twin.timers).toEqual(walk.timers);
          twin = twin.restored();
        });
      }),
      { numRuns: 250 },
    );
  });

  test('property: effects and snapshots are plain JSON', () => {
    fc.assert(
      fc.property(stories, (story) => {
        for (const { after, effects } of walked(machine, telling, story).steps) {
          expect(() => checkJson(after.context, 'context')).not.toThrow();
          for (const { params } of effects) expect(() => checkJson(params, 'it')).not.toThrow();
        }
      }),
      { numRuns: 100 },
    );
  });

  test('property: createActor of plain XState does the same', () => {
    fc.assert(
      fc.property(stories, (story) => {
        const walk = walked(machine, telling, story);
        const live = new LiveWalk(machine, story.spec);
        for (const step of walk.steps) {
          if (step.before !== undefined && step.before.status !== 'active') break;
          if (step.before !== undefined) live.repeat(step);
          const done = shown(live.snapshot, live.takeActions());
          expect(done).toEqual(shown(step.after, step.effects));
        }
      }),
      { numRuns: 100 },
    );
  });

  test('the stories together use every state, every transition and every effect', () => {
    const coverage = new Coverage();
    for (let seed = 5; seed < 9 && missing(machine, coverage).length > 0; seed += 1) {
      for (const story of fc.sample(stories, { seed, numRuns: 2_500 })) {
        const live = new LiveWalk(machine, story.spec, coverage);
        for (const step of walked(machine, telling, story).steps) {
          if (step.before?.status === 'active') live.repeat(step);
        }
      }
    }
    expect(missing(machine, coverage)).toEqual([]);
  });
});
