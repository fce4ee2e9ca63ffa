/** How stories of workflows, bots and the system are told; those of tasks have their own file. */
import fc from 'fast-check';
import {
  type ActorEvent,
  BotEvent,
  type BotSpec,
  InboxEvent,
  InboxSpec,
  IncidentEvent,
  IncidentSpec,
  SystemEvent,
  SystemSpec,
  WorkflowEvent,
  WorkflowSpec,
} from '../../src/protocol/index.ts';
import { arbitraryOf } from './arbitrary.ts';
import { botSpec, workflowSpec } from './fixtures.ts';
import { plansOf } from './plans.ts';
import { type Beat, oneOf, type Telling } from './stories.ts';
import type { Walk } from './walk.ts';

const RUNS = ['run/look/1', 'run/look/2'];

/** The stories of workflows. */
export const workflowTelling: Telling<WorkflowSpec> = {
  specs: fc
    .record({
      drawn: arbitraryOf(WorkflowSpec),
      plan: plansOf(8),
      concurrency: fc.integer({ min: 1, max: 4 }),
      dependsOn: fc.oneof(
        { weight: 3, arbitrary: fc.constant<string[]>([]) },
        { weight: 1, arbitrary: fc.array(fc.constantFrom(...RUNS), { maxLength: 3 }) },
      ),
      timeoutMs: fc.option(fc.integer({ min: 1, max: 5_000 })),
      parent: fc.option(fc.constant('run/plan/p-1')),
      notBefore: fc.constantFrom(undefined, undefined, undefined, 0, 2_000),
    })
    .map(({ drawn, notBefore, ...own }) => {
      const step = own.parent === null ? null : 'answer';
      const { notBefore: _, ...base } = drawn;
      const early = notBefore === undefined ? {} : { notBefore };
      return { ...base, ...own, ...early, step, run: workflowSpec().run };
    }),
  events: WorkflowEvent,
  rare: ['run.cancel', 'run.overdue'],
  often: ['run.resume'],
  aimed: (event, beat, walk) => ({ ...event, ...aimAtWorkflow(event, beat, walk) }),
};

const letters = { now: 'S', outdated: 'C', ahead: 'W', drawn: '' } as const;

function aimAtWorkflow({ type }: ActorEvent, beat: Beat, { snapshot }: Walk): object {
  const { spec, steps, waitingFor = spec.dependsOn } = snapshot.context;
  const outcome =
    beat.place % 6 === 0 ? {} : { outcome: { status: 'COMPLETED', result: beat.place } };
  if (type === 'run.pause' || type === 'run.resume') return { above: beat.place % 3 === 0 };
  if (type === 'dependency.settled') {
    return { run: oneOf<string>(waitingFor, beat.place) ?? 'run/look/none', ...outcome };
  }
  if (type !== 'child.settled') return {};
  const names = namesIn(spec, steps.progress, letters[beat.aim]);
  return { step: oneOf(names, beat.place) ?? 'none', ...outcome };
}

const namesIn = ({ plan }: WorkflowSpec, progress: string, letter: string): string[] =>
  plan.steps.flatMap(({ name }, index) => (progress[index] === letter ? [name] : []));

/** The stories of bots. */
export const botTelling: Telling<BotSpec> = {
  specs: fc.integer({ min: 1, max: 4 }).map((concurrency) => botSpec({ concurrency })),
  events: BotEvent,
  rare: [],
  often: [],
  aimed: (event, beat, walk) => ({ ...event, ...aimAtBot(event, beat, walk) }),
};

function aimAtBot({ type }: ActorEvent, beat: Beat, { snapshot }: Walk): object {
  const { slots, messages, processed } = snapshot.context;
  const isNow = beat.aim === 'now';
  const known = oneOf<string>(isNow ? slots : [], beat.place);
  const fresh = `run/answer/${beat.place}#${processed + slots.length}`;
  switch (type) {
    case 'slot.request':
      return { slot: isNow ? fresh : (oneOf<string>(slots, beat.place) ?? fresh) };
    case 'slot.release':
      return { slot: known ?? 'run/answer/gone#1' };
    case 'message.handled':
    case 'message.failed':
      return { id: oneOf<{ id: string }>(isNow ? messages : [], beat.place)?.id ?? 'gone' };
    default:
      return {};
  }
}

/** The stories of inboxes. */
export const inboxTelling: Telling<InboxSpec> = {
  specs: arbitraryOf(InboxSpec),
  events: InboxEvent,
  rare: [],
  often: [],
  aimed: (event) => event,
};

/** The stories of the system. */
export const systemTelling: Telling<SystemSpec> = {
  specs: arbitraryOf(SystemSpec),
  events: SystemEvent,
  rare: [],
  often: [],
  aimed: (event) => event,
};

/** The stories of incidents. */
export const incidentTelling: Telling<IncidentSpec> = {
  specs: arbitraryOf(IncidentSpec),
  events: IncidentEvent,
  rare: ['incident.close'],
  often: [],
  aimed: (event) => event,
};
