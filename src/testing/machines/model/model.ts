/**
 * Model: a machine with what waits beside its snapshot: timers and actors that it started. A step
 * is one thing that can happen, a moment is where it rests then. Nothing here changes: many stories
 * go on from one moment.
 *
 * What a nested machine does is not modelled: it ends, or it fails. Events that actors send to each
 * other are events like others, which may come or not.
 */
import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import { assertNever } from '../../../protocol/index.ts';
import { type ChartAction, type GuardWatch, type Macrostep, Watched } from '../../charts/index.ts';
import { textOf } from './text.ts';
import { armed, cleared, fired, noTimers, passed, type Zone } from './zone.ts';

/** An event that comes by itself. */
export interface Timer {
  /** It can be cleared by it; undefined when it can't be cleared any more. */
  readonly id: string | undefined;
  readonly event: { readonly type: string };
  readonly delayMs: number;
  /** It was sent to itself, and comes as soon as it can. */
  readonly isMail: boolean;
}

/** Where a machine rests. */
export interface Moment {
  readonly snapshot: AnyMachineSnapshot;
  /** In the order in which they were armed. */
  readonly timers: readonly Timer[];
  readonly zone: Zone;
  /** Ids of actors that have ended and are not forgotten. */
  readonly ended: readonly string[];
}

/** One thing that happens. */
export type Step =
  | { readonly do: 'start'; readonly input: unknown }
  | { readonly do: 'event'; readonly event: { readonly type: string } }
  | { readonly do: 'timer'; readonly timer: Timer }
  | { readonly do: 'done'; readonly child: string; readonly output: unknown }
  | { readonly do: 'error'; readonly child: string };

/** What came of a step. */
export interface Taken {
  readonly moment: Moment;
  readonly macrostep: Macrostep;
}

/** A machine to be told stories of. */
export class Model {
  readonly #watched: Watched;

  constructor(machine: AnyStateMachine, watch: GuardWatch) {
    this.#watched = new Watched(machine, watch);
  }

  /** The copy that snapshots are of. */
  get machine(): AnyStateMachine {
    return this.#watched.machine;
  }

  /** The first moment. @throws what the machine throws. */
  begin(input: unknown): Taken {
    const macrostep = this.#watched.begin(input);
    return { macrostep, moment: after(macrostep, [], noTimers, []) };
  }

  /** The next moment; undefined when that can't happen. @throws what the machine throws. */
  take({ snapshot, timers, zone, ended }: Moment, step: Step): Taken | undefined {
    const go = (on = zone, left = timers, over = ended) => {
      const macrostep = this.#watched.next(snapshot, eventOf(step));
      return { macrostep, moment: after(macrostep, left, on, over) };
    };
    switch (step.do) {
      case 'start':
        return undefined;
      case 'event':
        return go();
      case 'timer': {
        const at = timers.findIndex((timer) => isSame(timer, step.timer));
        const next = at === -1 ? undefined : fired(zone, at + 1);
        return next && go(next, timers.toSpliced(at, 1));
      }
      case 'done':
      case 'error':
        if (!living({ snapshot, ended }).includes(step.child)) return undefined;
        return go(zone, timers, [...ended, step.child]);
      default:
        return assertNever(step, 'a step is of a known kind');
    }
  }

  /** What an event alone does. @throws what the machine throws. */
  heard(snapshot: AnyMachineSnapshot, event: { readonly type: string }): Macrostep {
    return this.#watched.next(snapshot, event);
  }

  /** The same moment after its snapshot went through JSON text. */
  restored(moment: Moment): Moment {
    return { ...moment, snapshot: this.#watched.restored(moment.snapshot) };
  }

  /** What the step that threw did of the chart before. */
  interrupted(snapshot: AnyMachineSnapshot | undefined, step: Step) {
    return this.#watched.interrupted(snapshot, eventOf(step));
  }
}

/** Ids of the actors that it started and that have not ended. */
export const living = ({ snapshot, ended }: Pick<Moment, 'snapshot' | 'ended'>): string[] =>
  Object.keys(snapshot.children).filter((id) => !ended.includes(id));

/** Timers that can fire now. */
export const dueIn = ({ timers, zone }: Moment): readonly Timer[] =>
  timers.filter((_, index) => fired(zone, index + 1) !== undefined);

/** What tells a moment from others, but for when its timers are due. */
export function keyOf({ snapshot, timers, ended }: Moment): string {
  const { value, context, status, children, historyValue } = snapshot;
  const history = Object.entries(historyValue).map(([id, nodes]) => [
    id,
    ...nodes.map((n) => n.id),
  ]);
  const waiting = timers.map(({ id, event }) => [id, event]);
  return textOf([status, value, context, waiting, Object.keys(children), ended, history]);
}

const isSame = (one: Timer, other: Timer): boolean =>
  one === other || (one.id === other.id && textOf(one.event) === textOf(other.event));

/** What the machine hears; that an actor has failed is told as data. */
export function eventOf(step: Step): { readonly type: string } {
  switch (step.do) {
    case 'start':
      return { type: 'xstate.init' };
    case 'event':
      return step.event;
    case 'timer':
      return step.timer.event;
    case 'done': {
      const { child: actorId, output } = step;
      return Object.assign({ type: `xstate.done.actor.${actorId}` }, { output, actorId });
    }
    case 'error': {
      const { child: actorId } = step;
      const error = { name: 'Error', message: `${actorId} fails` };
      return Object.assign({ type: `xstate.error.actor.${actorId}` }, { error, actorId });
    }
    default:
      return assertNever(step, 'a step is of a known kind');
  }
}

function after(
  { snapshot, actions }: Macrostep,
  timers: readonly Timer[],
  zone: Zone,
  ended: readonly string[],
): Moment {
  if (snapshot.status !== 'active') return { snapshot, timers: [], zone: noTimers, ended: [] };
  let now = { timers, zone, ended };
  for (const action of actions) now = { ...now, ...changeBy(action, now) };
  return { snapshot, ...now, zone: passed(now.zone) };
}

type Beside = Omit<Moment, 'snapshot'>;

const changeBy = ({ type, params }: ChartAction, now: Beside): Partial<Beside> =>
  changes[type]?.(params, now) ?? {};

type Change = (params: ChartAction['params'], now: Beside) => Partial<Beside>;

const changes: Readonly<Record<string, Change>> = {
  'xstate.raise': (params, now) => armedBy(params, params.delay, now, false),
  'xstate.sendTo': (params, now) => {
    // To itself without a delay: it comes as soon as it can.
    const isMail = params.delay === undefined;
    return isSelf(params.to) ? armedBy(params, params.delay ?? 0, now, isMail) : {};
  },
  'xstate.cancel': ({ sendId }, { timers, zone }) => {
    const at = timers.findIndex(({ id }) => id !== undefined && id === sendId);
    return at === -1 ? {} : { timers: timers.toSpliced(at, 1), zone: cleared(zone, at + 1) };
  },
  'xstate.spawnChild': ({ actorRef }, { ended }) => ({
    ended: ended.filter((id) => id !== idOf(actorRef)),
  }),
  'xstate.stopChild': (actor, { ended }) => ({ ended: ended.filter((id) => id !== idOf(actor)) }),
};

function armedBy(
  { event, id }: Readonly<Record<string, unknown>>,
  delay: unknown,
  { timers, zone }: Beside,
  isMail: boolean,
): Partial<Beside> {
  if (typeof delay !== 'number' || !Number.isFinite(delay) || !isEvent(event)) return {};
  const name = typeof id === 'string' ? id : undefined;
  // An earlier one of that name fires too, and can't be cleared any more.
  const others = timers.map((timer) =>
    name !== undefined && timer.id === name ? { ...timer, id: undefined } : timer,
  );
  const timer = { id: name, event, delayMs: delay, isMail };
  return { timers: [...others, timer], zone: armed(zone, delay) };
}

const isEvent = (value: unknown): value is { readonly type: string } =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

const idOf = (actor: unknown): unknown =>
  typeof actor === 'object' && actor !== null && 'id' in actor ? actor.id : undefined;

const isSelf = (actor: unknown): boolean => idOf(actor) === 'self';
