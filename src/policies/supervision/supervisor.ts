/**
 * The supervisor's policy: what it knows and what comes in, to what it knows then and its orders.
 *
 * It follows Erlang/OTP's `supervisor` to the letter, but that orders are carried out by others
 * while it goes on taking mail: what would have waited in the mailbox of a process that blocks is
 * kept in `waiting`. Questions are answered at once, and it can be ended at any time.
 */
import { assertNever, type Failure, type SupervisionSpec } from '../../protocol/index.ts';
import type { Call, Child, Deferred, ExitReason, Job, Order, Supervision } from './books.ts';
import { answerQuestion, isQuestion, perform } from './calls.ts';
import { Desk } from './desk.ts';
import {
  advance,
  beginBoot,
  beginEnd,
  beginKill,
  failed,
  ignored,
  killLate,
  started,
} from './job.ts';
import { crashed, exited, poisoned, restartChild, resume } from './restarting.ts';

/** What comes to a supervisor. */
export type SupervisionEvent =
  | { readonly is: 'boot' | 'alarm' | 'stop' | 'kill' | 'orphan' }
  | StartEvent
  | ExitEvent
  | { readonly is: 'poisoned'; readonly child: string; readonly error: Failure }
  | { readonly is: 'retry'; readonly child: string; readonly start: number }
  | { readonly is: 'call'; readonly call: Call };

/** The end of a child; `error`: its failure, if it was one. */
export interface ExitEvent {
  readonly is: 'exited';
  readonly child: string;
  readonly reason: ExitReason;
  readonly error?: Failure;
}

/** What came of an order to start a child. */
export type StartEvent =
  | {
      readonly is: 'started';
      readonly child: string;
      readonly start: number;
      readonly run?: string;
    }
  | { readonly is: 'ignored'; readonly child: string; readonly start: number }
  | {
      readonly is: 'failed';
      readonly child: string;
      readonly start: number;
      readonly error: Failure;
    };

/** What a supervisor decided. */
export interface SupervisionDecision {
  readonly supervision: Supervision;
  readonly orders: readonly Order[];
}

/** What a supervisor is doing, as a word. */
export type SupervisorPhase =
  | 'starting'
  | 'running'
  | 'restarting'
  | 'stopping'
  | 'killing'
  | 'stopped';

/** What a supervisor knows before its first event. */
export function newSupervision(spec: SupervisionSpec): Supervision {
  const children = spec.children.map(({ id }): Child => ({ id, is: 'stopped', starts: 0 }));
  return { children, restarts: [], job: null, waiting: [], ended: null };
}

/** Deals with one event. @param now milliseconds since 1970. */
export function supervise(
  spec: SupervisionSpec,
  known: Supervision,
  event: SupervisionEvent,
  now: number,
): SupervisionDecision {
  const desk = new Desk(spec, known, now);
  if (desk.ended === null) {
    take(desk, event);
    goOn(desk);
  }
  return { supervision: desk.supervision(), orders: desk.orders };
}

/** What it is doing. */
export function phaseOf({ job, ended }: Supervision): SupervisorPhase {
  if (ended !== null) return 'stopped';
  if (job === null) return 'running';
  // A child that a call starts is no restart.
  return job.is === 'one' && job.call !== undefined ? 'running' : phases[job.is];
}

const phases = {
  boot: 'starting',
  group: 'restarting',
  one: 'restarting',
  terminate: 'running',
  crash: 'running',
  end: 'stopping',
  kill: 'killing',
} as const satisfies Record<Job['is'], SupervisorPhase>;

/** When it has to look again: the limit of a stop, or the end of a pause. */
export function alarmOf({ job, children, ended }: Supervision): number | undefined {
  if (ended !== null) return undefined;
  if (job !== null) return job.limitAt;
  let next: number | undefined;
  for (const { dueAt } of children) {
    if (dueAt !== undefined && (next === undefined || dueAt < next)) next = dueAt;
  }
  return next;
}

/** The orders that may not have been carried out: to be given again after a crash. */
export function ordersUnderWay(spec: SupervisionSpec, { job, children }: Supervision): Order[] {
  const desk = new Desk(spec, { job, children, restarts: [], waiting: [], ended: null }, 0);
  return children.flatMap((child): Order[] => {
    const { id, is, starts } = child;
    if (is === 'killing' || (job?.is === 'kill' && is === 'starting')) {
      const isOrphan = job?.is === 'kill' && desk.specOf(child).type === 'supervisor';
      return [{ order: isOrphan ? 'orphan' : 'kill', child: id }];
    }
    if (is === 'stopping') return [{ order: 'stop', child: id }];
    if (is !== 'starting') return [];
    const from = starts === 1 ? 'input' : desk.specOf(child).resumeFrom;
    return [{ order: 'start', child: id, start: starts, from }];
  });
}

function take(desk: Desk, event: SupervisionEvent): void {
  switch (event.is) {
    case 'boot':
      beginBoot(desk);
      return;
    case 'stop':
      beginEnd(desk, { why: 'stopped' });
      return;
    case 'kill':
      beginKill(desk);
      return;
    case 'orphan':
      beginEnd(desk, { why: 'killed' });
      return;
    case 'alarm':
      killLate(desk);
      return;
    case 'call':
      takeCall(desk, event.call);
      return;
    case 'started':
    case 'ignored':
    case 'failed':
      takeStart(desk, event);
      return;
    case 'exited':
      takeExit(desk, event);
      return;
    case 'poisoned':
      takePoison(desk, event.child, event.error);
      return;
    case 'retry':
      takeRetry(desk, event.child, event.start);
      return;
    default:
      assertNever(event, 'every event is dealt with');
  }
}

const isEnding = ({ job }: Desk): boolean => job?.is === 'end' || job?.is === 'kill';

function takeCall(desk: Desk, call: Call): void {
  if (isQuestion(call)) answerQuestion(desk, call);
  else if (isEnding(desk)) desk.refuse(call.call, 'stopping');
  else desk.waiting = [...desk.waiting, call];
}

/** Only the start that it waits for is news. */
function takeStart(desk: Desk, event: StartEvent): void {
  const child = desk.find(event.child);
  if (child?.is !== 'starting' || child.starts !== event.start) return;
  if (desk.job?.is === 'kill' && event.is === 'started') {
    // It goes on being killed: the order to do so follows that to start it.
    desk.put({ ...child, is: 'killing', ...(event.run === undefined ? {} : { run: event.run }) });
  } else if (event.is === 'failed') failed(desk, child, event.error);
  else if (event.is === 'started') started(desk, child, event.run);
  else ignored(desk, child);
}

/** The end of a child that is being stopped is awaited; that of any other is dealt with in turn. */
function takeExit(desk: Desk, { is: _, ...exit }: ExitEvent): void {
  const child = desk.find(exit.child);
  if (child === undefined) return;
  const isKilled = desk.job?.is === 'kill' && child.is === 'starting';
  if (child.is === 'stopping' || child.is === 'killing' || isKilled) {
    // What a poisoned child's end means is decided when it has come.
    if (desk.job?.is === 'crash') desk.put({ ...child, is: 'exited' });
    else desk.stopped(child);
    desk.closeOne();
  } else if (child.is === 'running') {
    desk.put({ ...child, is: 'exited' });
    desk.waiting = [...desk.waiting, { ask: 'exited', ...exit }];
  }
}

function takePoison(desk: Desk, id: string, error: Failure): void {
  const child = desk.find(id);
  if (child?.is !== 'running' || isEnding(desk)) return;
  desk.waiting = [...desk.waiting, { ask: 'poisoned', child: id, start: child.starts, error }];
}

function takeRetry(desk: Desk, child: string, start: number): void {
  if (!isEnding(desk)) desk.waiting = [...desk.waiting, { ask: 'retry', child, start }];
}

/** Goes on until it has to wait for somebody. */
function goOn(desk: Desk): void {
  while (desk.ended === null) {
    if (desk.job !== null) {
      if (desk.job.open > 0) return;
      if (desk.job.is === 'crash') crashed(desk, desk.job);
      else advance(desk, desk.job);
    } else if (!dealWithNext(desk) && !resumeNext(desk)) return;
  }
}

/** Deals with what has waited longest; false when nothing has. */
function dealWithNext(desk: Desk): boolean {
  const next = desk.waiting.find((it) => !isEarly(desk, it));
  if (next === undefined) return false;
  desk.waiting = desk.waiting.filter((it) => it !== next);
  if ('call' in next) {
    perform(desk, next);
    return true;
  }
  const child = desk.find(next.child);
  if (child === undefined) return true;
  if (next.ask === 'exited') {
    if (child.is === 'exited') exited(desk, child, next.reason, next.error);
  } else if (child.starts === next.start) {
    if (next.ask === 'poisoned' && child.is === 'running') poisoned(desk, child, next.error);
    const isDue = child.is === 'restarting' && child.dueAt === undefined;
    if (next.ask === 'retry' && isDue) restartChild(desk, child, child.error);
  }
  return true;
}

/** A member of a pool that is being started is stopped when it is up. */
const isEarly = (desk: Desk, it: Deferred): boolean =>
  it.ask === 'remove' && desk.find(it.child)?.is === 'starting';

/** Starts a child whose pause is over; false when there is none. */
function resumeNext(desk: Desk): boolean {
  const due = desk.children.find(({ dueAt }) => dueAt !== undefined && dueAt <= desk.now);
  if (due === undefined) return false;
  resume(desk, due);
  return true;
}
