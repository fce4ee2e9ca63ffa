/**
 * A walk through a machine by XState's pure functions: what happened at every microstep, which
 * effects were asked for, which timers wait.
 */
import {
  type AnyMachineSnapshot,
  type AnyStateMachine,
  getInitialMicrosteps,
  getMicrosteps,
} from 'xstate';
import { type ActorEvent, type Effect, isEffect } from '../../src/protocol/index.ts';

/** One move: from a state to the next one, with what was asked for on the way. */
export interface Microstep {
  /** The top-level state, as users see it. */
  readonly status: string;
  readonly snapshot: AnyMachineSnapshot;
  readonly effects: readonly Effect[];
}

/** What one event did. */
export interface Step {
  readonly event: ActorEvent;
  /** Whether a waiting timer brought it. */
  readonly isFiring: boolean;
  /** Whether any transition took the event. */
  readonly isTaken: boolean;
  readonly before: AnyMachineSnapshot | undefined;
  readonly after: AnyMachineSnapshot;
  readonly microsteps: readonly Microstep[];
  readonly effects: readonly Effect[];
}

/** A timer that waits. */
export interface WaitingTimer {
  readonly id: string;
  readonly event: ActorEvent;
  readonly delayMs: number;
}

/** A walk. Like an actor, it takes nothing any more when it is done. */
export class Walk {
  readonly #machine: AnyStateMachine;
  readonly #timers = new Map<string, WaitingTimer>();
  /** All that happened, the start included. */
  readonly steps: Step[] = [];
  snapshot: AnyMachineSnapshot;

  private constructor(machine: AnyStateMachine, snapshot: AnyMachineSnapshot) {
    this.#machine = machine;
    this.snapshot = snapshot;
  }

  /** Starts an actor. */
  static start(machine: AnyStateMachine, spec: unknown): Walk {
    const microsteps = getInitialMicrosteps(machine, spec);
    const walk = new Walk(machine, snapshotAfter(microsteps));
    const event = { type: 'xstate.init' };
    walk.#took({ event, isFiring: false, before: undefined }, microsteps);
    return walk;
  }

  get timers(): readonly WaitingTimer[] {
    return [...this.#timers.values()];
  }

  send(event: ActorEvent, isFiring = false): Step {
    const before = this.snapshot;
    const isActive = before.status === 'active';
    const raw = isActive ? getMicrosteps(this.#machine, before, event) : [];
    return this.#took({ event, isFiring, before }, raw);
  }

  /** Lets a waiting timer fire. */
  fire(timer: WaitingTimer): Step {
    this.#timers.delete(timer.id);
    return this.send(timer.event, true);
  }

  /** Lets the timer fire that waits alone. */
  fireOnly(): Step {
    const [timer] = this.timers;
    if (timer === undefined) throw new Error('no timer waits');
    return this.fire(timer);
  }

  /** Lets the timer fire that brings an event of this type. */
  fireOf({ type }: ActorEvent): Step {
    const timer = this.timers.find(({ event }) => event.type === type);
    if (timer === undefined) throw new Error(`no timer waits for ${type}`);
    return this.fire(timer);
  }

  /** The same walk after a crash: its snapshot went through JSON text, without the spec. */
  restored(spec: unknown = this.snapshot.context.spec): Walk {
    const parsed = JSON.parse(textOf(this.snapshot));
    const context = { ...parsed.context, spec };
    const walk = new Walk(this.#machine, this.#machine.resolveState({ ...parsed, context }));
    for (const timer of this.timers) walk.#timers.set(timer.id, timer);
    return walk;
  }

  #took(cause: Pick<Step, 'event' | 'isFiring' | 'before'>, raw: readonly RawStep[]): Step {
    const { event, before } = cause;
    const microsteps = raw.map(([snapshot, actions]) => {
      for (const action of actions) this.#changeTimer(action);
      const effects = actions.filter(isEffectAction).map(asEffect);
      return { status: statusOf(snapshot), snapshot, effects };
    });
    const after = raw.length === 0 ? this.snapshot : snapshotAfter(raw);
    const isTaken = before === undefined || (before.status === 'active' && before.can(event));
    const effects = microsteps.flatMap((microstep) => microstep.effects);
    const step = { ...cause, isTaken, after, microsteps, effects };
    this.steps.push(step);
    this.snapshot = after;
    return step;
  }

  #changeTimer({ type, params }: RawAction): void {
    if (type === 'xstate.cancel') this.#timers.delete(String(params.sendId));
    if (type !== 'xstate.raise' || params.delay === undefined) return;
    const id = String(params.id);
    const event = params.event as ActorEvent;
    this.#timers.set(id, { id, event, delayMs: Number(params.delay) });
  }
}

interface RawAction {
  readonly type: string;
  readonly params: Record<string, unknown>;
  readonly exec: unknown;
}

type RawStep = readonly [AnyMachineSnapshot, readonly RawAction[]];

const isEffectAction = ({ exec }: RawAction): boolean => isEffect(exec);
const asEffect = ({ type, params }: RawAction): Effect => ({ type, params });

function snapshotAfter(microsteps: readonly RawStep[]): AnyMachineSnapshot {
  const last = microsteps.at(-1);
  if (last === undefined) throw new Error('a machine makes at least one microstep');
  return last[0];
}

/** The top-level state. */
export const statusOf = ({ value }: AnyMachineSnapshot): string =>
  typeof value === 'string' ? value : (Object.keys(value)[0] ?? '');

/** A snapshot as JSON text, without the spec, which never changes. */
export function textOf(snapshot: AnyMachineSnapshot): string {
  const { spec: _, ...context } = snapshot.context;
  const { value, status, output } = snapshot;
  return JSON.stringify({ value, status, output, context });
}
