/** How stories of tasks are told: their specs, and events aimed at a task as it is. */
import fc from 'fast-check';
import {
  type ActorEvent,
  handoffsBefore,
  nameAfter,
  TaskEvent,
  TaskSpec,
} from '../../src/protocol/index.ts';
import { arbitraryOf } from '../../src/testing/arbitrary/index.ts';
import { taskSpec } from './fixtures.ts';
import { type Beat, oneOf, type Telling } from './stories.ts';
import type { Walk } from './walk.ts';

const RUNS = ['run/look/1', 'run/look/2', 'run/read/1'];
const STEPS = ['fetch', 'parse', 'a/b', '..', 'fetch~h1', 'parse~h1', 'fetch~h2'];
const HANDOFFS = ['handoff/answer/a-1/1', 'handoff/answer/a-1/2'];

const retries = fc.record({
  attempts: fc.integer({ min: 1, max: 4 }),
  backoffMs: fc.nat(500),
  backoffMsMax: fc.nat(2_000),
});

const specs: fc.Arbitrary<TaskSpec> = fc
  .record({
    drawn: arbitraryOf(TaskSpec),
    route: fc.constantFrom('pinned', 'pinned', 'routed', 'none'),
    dependsOn: fc.oneof(
      fc.constant<string[]>([]),
      fc.array(fc.constantFrom(...RUNS), { maxLength: 4 }),
    ),
    retry: retries,
    timeoutMs: fc.option(fc.integer({ min: 1, max: 5_000 })),
    parent: fc.option(fc.constant('run/plan/p-1')),
    dueAt: fc.option(fc.nat(4_000), { freq: 2 }),
    notBefore: fc.constantFrom(undefined, undefined, undefined, 0, 1_000, 3_000),
    byHand: fc.constantFrom(undefined, {}, { heartbeatMs: 300 }, { heartbeatMs: 3_000 }),
  })
  .map(({ drawn, byHand, notBefore, ...own }) => {
    const { run, bot } = taskSpec({ route: own.route });
    const step = own.parent === null ? null : 'answer';
    const { byHand: _, notBefore: __, ...base } = drawn;
    const early = notBefore === undefined ? {} : { notBefore };
    const hands = own.route === 'pinned' && byHand !== undefined ? { byHand } : {};
    return { ...base, ...own, ...hands, ...early, route: own.route, run, bot, step };
  });

/** The stories of tasks. */
export const taskTelling: Telling<TaskSpec> = {
  specs,
  events: TaskEvent,
  rare: ['run.cancel', 'task.unroutable', 'task.refuse', 'run.overdue'],
  often: [
    'child.started',
    'task.block',
    'task.report',
    'run.resume',
    'task.routed',
    'task.begin',
    'task.heartbeat',
    'task.resume',
    'handoff.requested',
    'handoff.accepted',
  ],
  aimed: (event, beat, walk) => ({ ...event, ...aim(event, beat, walk) }),
};

const shift = { now: 0, outdated: -1, ahead: 1, drawn: 0 } as const;

function aim({ type, at }: ActorEvent, beat: Beat, { snapshot }: Walk): object {
  const { spec, attempts, slots, children = [] } = snapshot.context;
  const { waitingFor = spec.dependsOn } = snapshot.context;
  const isNow = beat.aim === 'now';
  const { handoff = HANDOFFS[0] } = snapshot.context;
  const known = isNow ? handoff : oneOf(HANDOFFS, beat.place);
  switch (type) {
    case 'task.assigned':
      return { bot: spec.bot ?? 'finder', slot: `${spec.run}#${slots + shift[beat.aim]}` };
    case 'task.routed':
      return { bot: 'finder', byHand: oneOf([undefined, {}, { heartbeatMs: 400 }], beat.place) };
    case 'run.pause':
    case 'run.resume':
      return { above: beat.place % 3 === 0 };
    case 'task.begin':
    case 'task.decline':
    case 'task.refuse':
    case 'task.unroutable':
    case 'task.unparked':
      return {};
    case 'handoff.requested': {
      const step = oneOf([null, '~handoff/a'], beat.waitMs);
      return { handoff: oneOf(HANDOFFS, beat.place), step };
    }
    case 'handoff.accepted': {
      const byHand = oneOf([undefined, undefined, {}, { heartbeatMs: 400 }], beat.place);
      return { handoff: known, to: oneOf(['finder', 'seeker'], beat.pick), byHand };
    }
    case 'handoff.closed':
      return { handoff: known, step: oneOf([null, '~handoff/a'], beat.waitMs) };
    case 'host.recovered':
      return isNow ? { until: Number(at) - beat.place } : {};
    case 'dependency.settled':
      return { run: oneOf(isNow ? waitingFor : RUNS, beat.place) ?? 'run/look/none' };
    case 'child.settled':
      return { step: oneOf(isNow ? children : STEPS, beat.place) ?? 'fetch' };
    case 'child.started':
      return { step: oneOf(isNow ? stepsAfter(snapshot.context.handoffs) : STEPS, beat.place) };
    case 'step.completed':
      return { step: oneOf(STEPS, beat.place), attempt: attempts + shift[beat.aim] };
    default:
      return type.startsWith('task.') ? { attempt: attempts + shift[beat.aim] } : {};
  }
}

/** Names of steps that the work of the bot that has it now may have. */
const stepsAfter = (handoffs = 0): readonly string[] =>
  handoffs > 2
    ? [nameAfter(handoffs, 'fetch')]
    : STEPS.filter((step) => handoffsBefore(step) === handoffs);
