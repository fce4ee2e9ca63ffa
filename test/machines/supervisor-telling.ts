/** How stories of supervisors are told: small trees, and what happens to their children. */
import fc from 'fast-check';
import type { Child } from '../../src/policies/index.ts';
import {
  type ActorEvent,
  type ChildSpec,
  Strategy,
  SupervisorEvent,
  type SupervisorSpec,
} from '../../src/protocol/index.ts';
import { type Beat, oneOf, type Telling } from './stories.ts';
import type { Walk } from './walk.ts';

const IDS = ['a', 'b', 'c', 'd'];

const children: fc.Arbitrary<ChildSpec> = fc
  .record({
    id: fc.constantFrom(...IDS),
    type: fc.constantFrom('worker' as const, 'worker' as const, 'supervisor' as const),
    restart: fc.constantFrom('permanent' as const, 'transient' as const, 'temporary' as const),
    shutdown: fc.constantFrom(0, 100, 'brutal' as const, 'infinity' as const),
    isSignificant: fc.boolean(),
    resumeFrom: fc.constantFrom('input' as const, 'snapshot' as const),
    backoff: fc.option(fc.constant({ backoffMs: 200, backoffMsMax: 1_000 })),
  })
  .map(({ isSignificant, ...child }) => {
    const significant = isSignificant && child.restart !== 'permanent';
    return { ...child, significant, start: {} };
  });

/** The specs of supervisors. */
export const supervisorSpecs: fc.Arbitrary<SupervisorSpec> = fc
  .record({
    strategy: fc.constantFrom(...Strategy.options),
    intensity: fc.constantFrom(0, 1, 1, 3),
    periodSeconds: fc.integer({ min: 1, max: 5 }),
    list: fc.uniqueArray(children, { selector: ({ id }) => id, maxLength: 4 }),
    template: children,
    autoShutdown: fc.constantFrom('any-significant' as const, 'all-significant' as const),
    isNested: fc.boolean(),
  })
  .map(({ list, template, isNested, ...rest }) => {
    const isPool = rest.strategy === 'simple-one-for-one';
    return {
      ...rest,
      children: isPool ? [] : list,
      template: isPool ? { ...template, id: '', type: 'worker' as const } : null,
      supervisor: 'supervisor/s',
      createdBy: 'client/c',
      createdAt: 0,
      above: isNested ? { supervisor: 'supervisor/top', child: 's', start: 1 } : null,
    };
  });

/** The stories of supervisors. */
export const supervisorTelling: Telling<SupervisorSpec> = {
  specs: supervisorSpecs,
  events: SupervisorEvent,
  rare: ['supervisor.stop', 'supervisor.kill', 'supervisor.orphan'],
  often: ['supervised.started', 'dependency.settled'],
  aimed: (event, beat, walk) => ({ ...event, ...aimAtSupervisor(event, beat, walk) }),
};

const outcomes = [
  { status: 'FAILED', error: { code: 'X', message: 'x', retryable: false } },
  { status: 'COMPLETED' },
  { status: 'CANCELLED', reason: 'shutdown' },
  { status: 'CANCELLED', reason: 'killed' },
];

function aimAtSupervisor({ type }: ActorEvent, beat: Beat, { snapshot }: Walk): object {
  const list: readonly Child[] = snapshot.context.supervision.children;
  const { place } = beat;
  const among = (...states: Child['is'][]): Child | undefined =>
    beat.aim === 'now'
      ? oneOf(
          list.filter(({ is }) => states.includes(is)),
          place,
        )
      : oneOf(list, place);
  const id = oneOf(IDS, place) ?? 'a';
  const isTurn = place % 2 === 0 && !supervisorTelling.rare.includes(type);
  if (snapshot.value === 'restarting' && isTurn) return whileRestarting(list, place);
  switch (type) {
    case 'supervised.started':
    case 'supervised.ignored':
    case 'supervised.failed': {
      const child = among('starting');
      return { child: child?.id ?? id, start: child?.starts ?? 1 };
    }
    case 'dependency.settled': {
      const child = among('stopping', 'killing') ?? among('running');
      return { run: `run/x/${child?.id ?? id}`, outcome: oneOf(outcomes, place) };
    }
    case 'child.poisoned':
      return { run: `run/x/${among('running')?.id ?? id}` };
    case 'supervisor.retry': {
      const child = among('restarting');
      return { child: child?.id ?? id, start: child?.starts ?? 1 };
    }
    case 'supervisor.start':
      return { child: { ...specOf(place), id } };
    case 'supervisor.which':
    case 'supervisor.count':
    case 'supervisor.stop':
    case 'supervisor.kill':
    case 'supervisor.orphan':
    case 'supervisor.alarm':
      return {};
    default:
      return { child: id };
  }
}

/** Seldom drawn: one child declines to start while the ends of all others wait to be dealt with. */
function whileRestarting(list: readonly Child[], place: number): object {
  const running = oneOf(
    list.filter(({ is }) => is === 'running'),
    place,
  );
  const [failed] = outcomes;
  if (running !== undefined) {
    return { type: 'dependency.settled', run: `run/x/${running.id}`, outcome: failed };
  }
  const starting = list.find(({ is }) => is === 'starting');
  const { id: child, starts: start } = starting ?? { id: 'a', starts: 1 };
  return { type: 'supervised.ignored', child, start };
}

const specOf = (place: number): ChildSpec => ({
  id: 'a',
  type: 'worker',
  restart: oneOf(['permanent', 'transient', 'temporary'] as const, place) ?? 'permanent',
  shutdown: 100,
  significant: false,
  resumeFrom: 'input',
  backoff: null,
  start: {},
});
