/**
 * Step: the only file that runs XState.
 *
 * A machine is a pure function here: snapshot and event in, snapshot and effects out. It calls
 * `machine.transition` with a scope that the host keeps (XState's exported `transition()` builds a
 * throw-away actor for every call). The seam is named after what XState 6 calls these things, so
 * that it can replace version 5 behind it. The internals relied upon (the scope's `actionExecutor`,
 * `system._sendInspectionEvent`, and a snapshot being a plain object) have a contract test.
 */
import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import { type ActorEvent, type Effect, isEffect, limits, troupeError } from '../protocol/index.ts';
import { initialSnapshot, transition } from './compiled/transition.ts';
import type { HostedScope, Said, SendToParams, SpawnedActor } from './hosted/said.ts';

/** A machine's snapshot. */
export type Snapshot = AnyMachineSnapshot;

/** A timer that a turn arms (`delayMs` set) or clears. */
export interface TimerChange {
  readonly timer: string;
  readonly delayMs?: number;
  readonly event?: ActorEvent;
  /** An earlier arming of the same name fires too, and can't be cleared any more. */
  readonly keepsEarlier?: boolean;
}

/** What a step decided; nothing of it has happened yet. */
export interface Decision {
  readonly snapshot: Snapshot;
  readonly effects: readonly Effect[];
  readonly timers: readonly TimerChange[];
  /** Top-level states that it passed through, in order, the initial one included. */
  readonly entered: readonly string[];
}

/** The first step of an actor. @throws what the machine's context factory or entry throws. */
export function begin(machine: AnyStateMachine, input: unknown): Decision {
  reset('');
  if (typeof machine.config.initial === 'string') enter(machine.config.initial);
  const snapshot = initialSnapshot(machine, input, scope);
  if (snapshot.status === 'error') throw snapshot.error;
  return collected(snapshot);
}

/** A step on an event. @throws what a guard, an action or a delay throws. */
export function step(snapshot: Snapshot, event: ActorEvent): Decision {
  reset(statusOf(snapshot));
  const next = transition(snapshot, event, scope);
  return collected(next);
}

/** The status that users see: the name of the top-level state. */
export const statusOf = (snapshot: Snapshot): string => topOf(snapshot.value);

/** Whether the actor takes no more messages. */
export const isDone = (snapshot: Snapshot): boolean => snapshot.status !== 'active';

/**
 * The JSON text of a snapshot, without the context's `spec`, which never changes, and without the
 * output, which a machine of ours makes of its context alone: a result is stored once.
 */
export function textOf({ value, context, status }: Told): string {
  return JSON.stringify({ value, context: { ...context, spec: undefined }, status });
}

/** What the text of a snapshot tells. */
export type Told = Pick<Snapshot, 'value' | 'context' | 'status'>;

/** Only that of a snapshot: what waits for its text holds nothing else. */
export const toldBy = ({ value, context, status }: Snapshot): Told => ({ value, context, status });

/** The same snapshot on another spec. */
export const withSpec = (snapshot: Snapshot, spec: unknown): Snapshot =>
  Object.assign({}, snapshot, { context: { ...snapshot.context, spec } });

const templates = new WeakMap<AnyStateMachine, Map<string, Snapshot>>();

/** The snapshot of a text that `textOf` wrote. */
export function revive(machine: AnyStateMachine, text: string, spec: unknown): Snapshot {
  const { value, context: known, status } = JSON.parse(text);
  const context = { ...known, spec };
  const output = status === 'done' ? outputOf(machine, context) : undefined;
  return Object.assign({}, templateOf(machine, value), { context, status, output });
}

/** The snapshot of a state, with all that does not follow from its value. */
export const resolved = (
  machine: AnyStateMachine,
  value: unknown,
  rest: Readonly<Record<string, unknown>>,
): Snapshot => Object.assign({}, templateOf(machine, value as AnyMachineSnapshot['value']), rest);

function outputOf(machine: AnyStateMachine, context: unknown): unknown {
  const { output } = machine.config;
  return typeof output === 'function' ? output({ context } as never) : output;
}

/** `resolveState` walks the chart; one template for each distinct value saves that. */
function templateOf(machine: AnyStateMachine, value: AnyMachineSnapshot['value']): Snapshot {
  let known = templates.get(machine);
  if (known === undefined) {
    known = new Map();
    templates.set(machine, known);
  }
  const key = JSON.stringify(value);
  let template = known.get(key);
  if (template === undefined) {
    template = machine.resolveState({ value, context: {} });
    known.set(key, template);
  }
  return template;
}

const topOf = (value: AnyMachineSnapshot['value']): string =>
  typeof value === 'string' ? value : (Object.keys(value)[0] ?? '');

/** A step of a user's machine, or its first one when `snapshot` is undefined. */
export function stepHosted(
  machine: AnyStateMachine,
  snapshot: Snapshot | undefined,
  given: unknown,
  as: HostedScope,
): { readonly snapshot: Snapshot; readonly said: readonly Said[] } {
  reset('');
  const words: Said[] = [];
  heard = words;
  hosting = as;
  Object.assign(scope, { self: as.self, id: as.self.id, sessionId: as.self.sessionId });
  try {
    const next: Snapshot =
      snapshot === undefined
        ? initialSnapshot(machine, given, scope)
        : nextOf(machine, snapshot, given as ActorEvent);
    return { snapshot: next, said: words };
  } finally {
    hosting = undefined;
    heard = undefined;
    Object.assign(scope, { self, id: self.id, sessionId: self.id });
  }
}

/** A transition function is no chart: it has no tables, and its snapshots don't name it. */
const nextOf = (machine: AnyStateMachine, snapshot: Snapshot, event: ActorEvent): Snapshot =>
  snapshot.machine === undefined
    ? machine.transition(snapshot, event, scope)
    : transition(snapshot, event, scope);

/** Runs a user's code as if inside a step: what it asks the system for is answered. */
export function callHosted(as: HostedScope, call: () => unknown): unknown {
  hosting = as;
  try {
    return call();
  } finally {
    hosting = undefined;
  }
}

/** What XState calls the system, for references inside machines while a step is decided. */
export const stepSystem = (): unknown => (hosting === undefined ? undefined : system);

let heard: Said[] | undefined;
let hosting: HostedScope | undefined;
let effects: Effect[] = [];
let timers: TimerChange[] = [];
let entered: string[] = [];
let status = '';
let microsteps = 0;

function reset(from: string): void {
  effects = [];
  timers = [];
  entered = [];
  status = from;
  microsteps = 0;
}

function collected(snapshot: Snapshot): Decision {
  return { snapshot, effects, timers, entered };
}

interface ExecutableAction {
  readonly type: string;
  readonly info: unknown;
  readonly params: unknown;
  readonly exec: unknown;
}

function execute(action: ExecutableAction): void {
  if (heard !== undefined) heard.push(...wordsOf(action));
  else if (isEffect(action.exec)) effects.push({ type: action.type, params: action.params });
  else if (action.type === 'xstate.raise') raised(action.params as RaiseParams);
  else if (action.type === 'xstate.cancel') cancelled(action.params as { sendId: string });
}

function wordsOf({ type, params, info, exec }: ExecutableAction): Said[] {
  const word = words[type];
  if (word !== undefined) return word(params as never);
  if (typeof exec !== 'function' || type.startsWith('xstate.')) return [];
  return [{ said: 'call', type, call: () => exec(info, params) }];
}

/** What XState's own actions say; what was spawned is heard when its actor is made. */
const words: Readonly<Record<string, (params: never) => Said[]>> = {
  'xstate.spawnChild': ({ actorRef, src }: { actorRef: unknown; src: unknown }) =>
    actorRef === undefined ? [{ said: 'missing', src: String(src) }] : [],
  'xstate.stopChild': (actor: unknown) => {
    if (actor === undefined) return [];
    hosting?.unset(actor);
    return [{ said: 'stop', actor }];
  },
  'xstate.raise': (params: RaiseParams) => [{ said: 'raise', ...params }],
  'xstate.cancel': ({ sendId }: { sendId: string }) => [{ said: 'cancel', timer: sendId }],
  'xstate.sendTo': (params: SendToParams) => [{ said: 'send', params }],
  'xstate.emit': ({ event }: { event: unknown }) => [{ said: 'emit', event }],
  'xstate.log': ({ label, value }: { label: unknown; value: unknown }) => [
    { said: 'log', label, value },
  ],
};

interface RaiseParams {
  readonly event: ActorEvent;
  readonly id: string | undefined;
  readonly delay: number | undefined;
}

function raised({ event, id, delay }: RaiseParams): void {
  if (delay === undefined) return;
  if (!Number.isFinite(delay)) broken('a delay is a number of milliseconds', String(delay));
  timers.push({ timer: id ?? event.type, delayMs: delay, event });
}

function cancelled({ sendId }: { readonly sendId: string }): void {
  timers.push({ timer: sendId });
}

interface Microstep {
  readonly type: string;
  readonly snapshot?: Snapshot;
  readonly event?: { readonly type: string };
  readonly actorRef?: SpawnedActor;
}

/** Sees every microstep but the initial one. What it throws ends the step. */
function inspect(inspected: Microstep): void {
  if (inspected.type === '@xstate.actor' && inspected.actorRef !== undefined) {
    heard?.push({ said: 'spawn', actor: inspected.actorRef });
  }
  if (inspected.type !== '@xstate.microstep' || inspected.snapshot === undefined) return;
  microsteps += 1;
  if (microsteps > limits.microsteps) endless();
  if (heard !== undefined) return;
  const next = topOf(inspected.snapshot.value);
  if (next !== status) enter(next);
}

function enter(next: string): void {
  status = next;
  entered.push(next);
}

function endless(): never {
  const hops = microsteps;
  if (hosting !== undefined) {
    throw troupeError('MACHINE_LOOP', { actor: hosting.self.sessionId, hops });
  }
  broken('a step comes to rest', `${hops} microsteps`);
}

function broken(invariant: string, found: string): never {
  throw troupeError('BROKEN_INVARIANT', { invariant, found });
}

const self = { id: 'troupe', sessionId: 'troupe', send: nothing };

const system = {
  get: (id: string) => hosting?.get(id),
  getAll: () => hosting?.getAll() ?? {},
  _set: (id: string, actor: unknown) => hosting?.set(id, actor),
  _unregister: nothing,
  _bookId: () => '',
  _relay: (_: unknown, to: unknown, event: ActorEvent) => hosting?.relay(to, event),
  _sendInspectionEvent: inspect,
  _logger: nothing,
  inspect: nothing,
  scheduler: { schedule: nothing, cancel: nothing, cancelAll: nothing },
};

const scope = {
  self,
  id: 'troupe',
  sessionId: 'troupe',
  logger: nothing,
  defer: nothing,
  emit: nothing,
  stopChild: nothing,
  system,
  actionExecutor: execute,
} as never;

function nothing(): void {}
