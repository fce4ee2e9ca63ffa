/**
 * The machines of the house as `checkMachine` is to look at them: their specs as inputs, and events
 * that fit a snapshot, by the tellings of their stories.
 */
import fc from 'fast-check';
import { type AnyMachineSnapshot, getNextTransitions } from 'xstate';
import type { Kind } from '../../../machines/index.ts';
import type { ActorEvent } from '../../../src/protocol/index.ts';
import { arbitraryOf } from '../../../src/testing/arbitrary/index.ts';
import type { CheckOptions } from '../../../src/testing/check.ts';
import { approvalTelling } from '../../machines/approval-telling.ts';
import { handoffTelling } from '../../machines/handoff-telling.ts';
import type { Aim, Beat, Telling } from '../../machines/stories.ts';
import { supervisorTelling } from '../../machines/supervisor-telling.ts';
import { taskTelling } from '../../machines/task-telling.ts';
import {
  botTelling,
  inboxTelling,
  incidentTelling,
  systemTelling,
} from '../../machines/tellings.ts';
import type { Walk } from '../../machines/walk.ts';
import { workflowTelling } from '../../machines/workflow-telling.ts';

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

/** Random stories that it takes until all of a chart was seen. */
const walks: Partial<Record<Kind, number>> = { task: 3_000, supervisor: 8_000, workflow: 1_500 };

/** Findings that are right so. */
const allow: Partial<Record<Kind, readonly string[]>> = {
  // It narrows the event for the compiler: what is no yes is a no.
  approval: ['guard-never-false:#approval.BLOCKED.asking on approval.decide[1] if isNo'],
  // What its telling says where the host would not take a run over.
  workflow: ['event-never-handled:workflow.unknown'],
};

/** How to check a machine of the house. */
export function optionsFor(kind: Kind): CheckOptions {
  const telling = tellings[kind];
  return {
    input: fc.sample(telling.specs, { seed: 3, numRuns: 120 }),
    events: fittingEvents(telling),
    allow: allow[kind],
    bounds: { states: 200, depth: 40, walks: walks[kind] ?? 600 },
  };
}

/** What a snapshot can be told, two events of each type; the same for the same snapshot. */
function fittingEvents(telling: Telling<unknown>) {
  const pool = new Map(
    telling.events.options.map((option) => {
      const drawn = fc.sample(arbitraryOf(option), { seed: 7, numRuns: 12 });
      const events = drawn.map((event) => event as unknown as ActorEvent);
      return [events[0]?.type ?? '', events] as const;
    }),
  );
  return (snapshot: AnyMachineSnapshot): readonly ActorEvent[] => {
    const next = new Set(getNextTransitions(snapshot).map(({ eventType }) => eventType));
    let chance = hashOf(snapshot);
    const roll = (below: number): number => {
      chance = (Math.imul(chance, 1_664_525) + 1_013_904_223) >>> 0;
      return (chance >>> 8) % below;
    };
    return [...pool].flatMap(([type, events]) => {
      if (!next.has(type) || (telling.rare.includes(type) && roll(6) > 0)) return [];
      return [0, 1].map((turn) => {
        const event = events[roll(events.length)] ?? { type };
        const aims: readonly Aim[] = ['now', 'now', 'outdated', 'ahead', 'drawn'];
        const aim: Aim = turn === 0 ? 'now' : (aims[roll(aims.length)] ?? 'now');
        const [pick, place, waitMs] = [roll(1_000), roll(1_000), 2 * roll(250) + turn];
        const beat: Beat = { kind: 'next', aim, pick, place, waitMs };
        if (aim === 'drawn') return event;
        const dated = { ...event, at: 1_000 + roll(4_000) };
        return telling.aimed(dated, beat, { snapshot } as Walk);
      });
    });
  };
}

function hashOf({ value, context }: AnyMachineSnapshot): number {
  const text = JSON.stringify([value, context]);
  let hash = 7;
  for (let at = 0; at < text.length; at += 1) hash = (hash * 31 + text.charCodeAt(at)) | 0;
  return hash >>> 0;
}
