/**
 * A step in a picture: a region of its own, from WAITING to how it ended. Inside STARTED stand the
 * works that may take over, one after the other, and the two halves of a loop's round; a step that
 * can be undone goes on from COMPLETED to UNDOING.
 */
import type { PictureStep } from './context.ts';
import type { ChartState, Move } from './parts.ts';

/** What is drawn of a step beside its moves. */
export interface RegionFacts {
  readonly name: string;
  /** The name in events and states: dots and stars would mean something there. */
  readonly key: string;
  readonly description: string;
  readonly meta: Readonly<Record<string, unknown>>;
  /** What is said of it while it is under way. */
  readonly underWay: string;
  /** It has a condition of its own. */
  readonly hasCondition: boolean;
}

/** The region of a step. */
export function regionOf(facts: RegionFacts, step: PictureStep): ChartState {
  const { name, key } = facts;
  const params = { step: name };
  const waits = step.after.length > 0;
  return {
    description: facts.description,
    meta: facts.meta,
    initial: 'WAITING',
    states: {
      WAITING: {
        description: 'Waits for its turn.',
        on: { [`START ${key}`]: { guard: { type: 'mayStart', params }, ...to(name, 'STARTED') } },
        ...(waits
          ? { always: { guard: { type: 'isRuledOut', params }, ...to(name, 'OMITTED') } }
          : {}),
      },
      STARTED: started(facts, step),
      COMPLETED: completed(name, step),
      ...(step.undo === true ? undoing(facts) : {}),
      FAILED: { type: 'final', description: 'Failed for good.' },
      CANCELLED: { type: 'final', description: 'Its run was cancelled.' },
      ...(facts.hasCondition
        ? { SKIPPED: { type: 'final', description: 'Its own condition was false.' } }
        : {}),
      ...(waits
        ? {
            OMITTED: { type: 'final', description: 'Ruled out by the ends of those it waits for.' },
          }
        : {}),
    },
  };
}

type Marked = 'STARTED' | 'COMPLETED' | 'FAILED' | 'CANCELLED' | 'SKIPPED' | 'OMITTED';

const to = (step: string, status: Marked): Move => ({
  target: status,
  actions: [{ type: 'mark', params: { step, status } }],
});

function started(facts: RegionFacts, step: PictureStep): ChartState {
  const { name, key, hasCondition } = facts;
  const guard = { type: 'mayEnd', params: { step: name } } as const;
  return {
    description: facts.underWay,
    on: {
      [`COMPLETE ${key}`]: {
        guard: { type: 'mayComplete', params: { step: name } },
        ...paid(to(name, 'COMPLETED')),
      },
      [`FAIL ${key}`]: { guard, ...paid(to(name, 'FAILED')) },
      [`CANCEL ${key}`]: {
        guard: { type: 'mayBeCancelled', params: { step: name } },
        ...paid(to(name, 'CANCELLED')),
      },
      ...(hasCondition
        ? {
            [`SKIP ${key}`]: {
              guard: { type: 'maySkip', params: { step: name } },
              ...to(name, 'SKIPPED'),
            },
          }
        : {}),
    },
    ...works(facts, step),
  };
}

const paid = (move: Move): Move => ({ ...move, actions: ['pay', ...(move.actions ?? [])] });

/** The works of a step, when there is more to draw than that it is under way. */
function works(facts: RegionFacts, step: PictureStep): Partial<ChartState> {
  const { fallbacks = 0, rounds, tries = 1 } = step;
  if (fallbacks === 0 && rounds === undefined && tries === 1) return {};
  const all = Array.from({ length: fallbacks + 1 }, (_, index) => workName(index));
  return {
    initial: workName(0),
    states: Object.fromEntries(all.map((name, index) => [name, work(facts, step, index)])),
  };
}

const workName = (index: number): string => (index === 0 ? 'own work' : `fallback ${index}`);

function work(facts: RegionFacts, step: PictureStep, index: number): ChartState {
  const { name, key } = facts;
  const { fallbacks = 0, rounds, tries = 1 } = step;
  const params = { step: name };
  const again: Move = {
    guard: { type: 'mayTryAgain', params },
    target: workName(index),
    reenter: true,
    actions: ['pay', { type: 'tryAgain', params }],
  };
  const next: Move = {
    guard: { type: 'mayFallBack', params },
    target: workName(index + 1),
    actions: ['pay', { type: 'fallBack', params }],
  };
  const moves = [...(tries > 1 ? [again] : []), ...(index < fallbacks ? [next] : [])];
  return {
    ...(moves.length > 0 ? { on: { [`FAIL ${key}`]: moves } } : {}),
    ...(rounds === undefined ? {} : loop(facts, rounds)),
  };
}

function loop({ name, key }: RegionFacts, rounds: number): Partial<ChartState> {
  const params = { step: name };
  return {
    initial: 'running',
    states: {
      running: {
        description: `Round 1 to ${rounds} at most.`,
        on: {
          [`RETURN ${key}`]: {
            guard: { type: 'mayReturn', params },
            target: 'judging',
            actions: ['pay', { type: 'takeResult', params }],
          },
        },
      },
      judging: {
        description: 'Is the result good?',
        on: {
          [`AGAIN ${key}`]: {
            guard: { type: 'mayGoRound', params },
            target: 'running',
            actions: [{ type: 'goRound', params }],
          },
        },
      },
    },
  };
}

function completed(step: string, { undo }: PictureStep): ChartState {
  if (undo !== true) return { type: 'final', description: 'Its result is recorded.' };
  return {
    description: 'Its result is recorded; it can be undone.',
    always: { guard: { type: 'isNextToUndo', params: { step } }, target: 'UNDOING' },
  };
}

function undoing({ key }: RegionFacts): Readonly<Record<string, ChartState>> {
  return {
    UNDOING: {
      description: 'What it did is being undone: it completed last of those that are left.',
      on: {
        [`UNDO ${key}`]: { target: 'UNDONE', actions: ['pay', 'strike'] },
        [`LEAVE ${key}`]: {
          target: 'UNDO_FAILED',
          actions: ['pay', 'strike', { type: 'turn', params: { ending: 'FAILED' } }],
        },
      },
    },
    UNDONE: { type: 'final', description: 'What it did is undone.' },
    UNDO_FAILED: {
      type: 'final',
      description: 'It could not be undone: an incident is open, the rest is undone.',
    },
  };
}
