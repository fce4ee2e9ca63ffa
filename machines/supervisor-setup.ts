/**
 * What the supervisor machine remembers, and how its events reach the policy.
 * The chart that uses it is in `supervisor.ts`.
 */
import {
  type Ending,
  type ExitReason,
  phaseOf,
  type Supervision,
  type SupervisionEvent,
  type SupervisorPhase,
} from '../src/policies/index.ts';
import {
  asAddress,
  assertNever,
  type Failure,
  type IncidentParams,
  type SendParams,
  type Settlement,
  type SupervisorEvent,
  type SupervisorSpec,
  supervisedId,
} from '../src/protocol/index.ts';

/** What a supervisor remembers beside its spec. */
export interface SupervisorContext {
  readonly spec: SupervisorSpec;
  readonly supervision: Supervision;
}

/** How a supervisor ended, as whoever watches it learns it. */
export interface SupervisorOutput {
  readonly status: 'CANCELLED';
  /** `killed`, or a text that begins with `shutdown`. */
  readonly reason: string;
  readonly ending: Ending;
  /** Of one that gave up: the last failure of its child. */
  readonly error?: Failure;
}

/** Guard: what the policy says it is doing. */
export const isPhase = (
  { context }: { readonly context: SupervisorContext },
  { phase }: { readonly phase: SupervisorPhase },
): boolean => phaseOf(context.supervision) === phase;

/** The event as the policy takes it; its own first one is the first of every machine. */
export function policyEvent(event: SupervisorEvent | { type: 'xstate.init' }): SupervisionEvent {
  switch (event.type) {
    case 'xstate.init':
      return { is: 'boot' };
    case 'supervised.started':
      return startedEvent(event);
    case 'supervised.ignored':
      return { is: 'ignored', child: event.child, start: event.start };
    case 'supervised.failed':
      return { is: 'failed', child: event.child, start: event.start, error: event.error };
    case 'dependency.settled':
      return exitEvent(event);
    case 'child.poisoned':
      return {
        is: 'poisoned',
        child: supervisedId(event.run),
        error: { code: 'POISON', message: event.detail, retryable: false, at: event.run },
      };
    case 'supervisor.retry':
      return { is: 'retry', child: event.child, start: event.start };
    case 'supervisor.alarm':
      return { is: 'alarm' };
    case 'supervisor.stop':
      return { is: 'stop' };
    case 'supervisor.kill':
      return { is: 'kill' };
    case 'supervisor.orphan':
      return { is: 'orphan' };
    case 'supervisor.start':
    case 'supervisor.add':
    case 'supervisor.restart':
    case 'supervisor.terminate':
    case 'supervisor.remove':
    case 'supervisor.delete':
    case 'supervisor.which':
    case 'supervisor.count':
      return { is: 'call', call: callOf(event) };
    default:
      return assertNever(event, 'every event reaches the policy');
  }
}

type EventOf<Type extends SupervisorEvent['type']> = Extract<SupervisorEvent, { type: Type }>;

type CallEvent = Extract<SupervisorEvent, { readonly call: string }>;

function callOf(event: CallEvent): Extract<SupervisionEvent, { is: 'call' }>['call'] {
  const { call } = event;
  switch (event.type) {
    case 'supervisor.start':
      return { ask: 'start', call, child: event.child };
    case 'supervisor.add':
      return event.input === undefined
        ? { ask: 'add', call, child: event.child }
        : { ask: 'add', call, child: event.child, input: event.input };
    case 'supervisor.restart':
      return { ask: 'restart', call, child: event.child };
    case 'supervisor.terminate':
      return { ask: 'terminate', call, child: event.child };
    case 'supervisor.remove':
      return { ask: 'remove', call, child: event.child };
    case 'supervisor.delete':
      return { ask: 'delete', call, child: event.child };
    case 'supervisor.which':
      return { ask: 'which', call };
    case 'supervisor.count':
      return { ask: 'count', call };
    default:
      return assertNever(event, 'every call reaches the policy');
  }
}

function startedEvent({ child, start, run }: EventOf<'supervised.started'>): SupervisionEvent {
  const started = { is: 'started', child, start } as const;
  return run === undefined ? started : { ...started, run };
}

/** Of a failure only what tells it is kept: no stack, no causes. */
function exitEvent({ run, outcome }: EventOf<'dependency.settled'>): SupervisionEvent {
  const ended = { is: 'exited', child: supervisedId(run), reason: exitReason(outcome) } as const;
  if (outcome.error === undefined) return ended;
  const { code, message, retryable, at = run } = outcome.error;
  return { ...ended, error: { code, message, retryable, at } };
}

/** What an end means to a supervisor. */
function exitReason({ status, reason }: Settlement): ExitReason {
  if (status === 'COMPLETED') return 'normal';
  if (status === 'FAILED') return 'crash';
  return reason === 'killed' ? 'killed' : 'shutdown';
}

/** How it ended. */
export function outputOf({ spec, supervision }: SupervisorContext): SupervisorOutput {
  const ending = supervision.ended ?? { why: 'stopped' };
  const output = { status: 'CANCELLED', reason: reasonOf(ending, spec), ending } as const;
  const error = ending.why === 'intensity' ? ending.error : undefined;
  return error === undefined ? output : { ...output, error };
}

/** A supervisor that gives up ends in order: its own supervisor sees no crash. */
function reasonOf(ending: Ending, spec: SupervisorSpec): string {
  switch (ending.why) {
    case 'killed':
      return 'killed';
    case 'stopped':
      return 'shutdown';
    case 'auto-shutdown':
      return `shutdown: its significant child ${ending.child} ended`;
    case 'intensity':
      return `shutdown: ${tooOften(ending, spec)}`;
    case 'start-failed':
      return `shutdown: its child ${ending.child} did not start`;
    default:
      return assertNever(ending, 'every ending has a reason');
  }
}

/** What was one restart too many, and the failure that it was for. */
function tooOften(
  { child, restarts, error }: Ending & { readonly why: 'intensity' },
  { periodSeconds }: SupervisorSpec,
): string {
  const often = `more than ${restarts} ${restarts === 1 ? 'restart' : 'restarts'}`;
  const last = `${often} within ${periodSeconds} s, the last for ${child}`;
  return error === undefined ? last : `${last}: [${error.code}] ${error.message}`;
}

/** One that gave up, for the log. */
export interface GaveUp {
  readonly isRoot: boolean;
  readonly reason: string;
}

/** What the log tells of its end: only that it gave up. */
export function toldOf(context: SupervisorContext): { readonly gaveUp: readonly GaveUp[] } {
  const { spec, supervision } = context;
  if (supervision.ended?.why !== 'intensity') return { gaveUp: [] };
  return { gaveUp: [{ isRoot: spec.above === null, reason: tooOften(supervision.ended, spec) }] };
}

/** The incident that a root opens when it gives up. */
export function openedBy({ spec, supervision: { ended } }: SupervisorContext): IncidentParams {
  if (spec.above !== null || ended?.why !== 'intensity') return { incidents: [] };
  const about = asAddress(spec.supervisor);
  const message = `${about} gave up: ${tooOften(ended, spec)}`;
  return { incidents: [{ about, code: 'RESTART_INTENSITY', message }] };
}

/** Tells its own supervisor that all its children are up. */
export const tellStarted = ({ spec: { above } }: SupervisorContext): SendParams => ({
  to: above === null ? [] : [asAddress(above.supervisor)],
  event: { type: 'supervised.started', child: above?.child, start: above?.start },
});

/** Tells its own supervisor when it did not come up. */
export function tellFailed({ spec: { above }, supervision }: SupervisorContext): SendParams {
  const { ended } = supervision;
  const event = { type: 'supervised.failed', child: above?.child, start: above?.start };
  if (above === null || ended?.why !== 'start-failed') return { to: [], event };
  return { to: [asAddress(above.supervisor)], event: { ...event, error: ended.error } };
}
