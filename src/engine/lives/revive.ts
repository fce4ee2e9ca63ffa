/**
 * Revive: starts anew the run of a machine that has failed, as its supervision says: from its last
 * good state, with timers and children as they were, or from its input; or gives it up.
 */
import { type Cell, type Child, type Hosted, isRootSpec } from '../../actor/index.ts';
import type { Mail } from '../../mailbox/index.ts';
import {
  type ActorEvent,
  type Address,
  childAddress,
  type MachineChildSpec,
} from '../../protocol/index.ts';
import {
  errorData,
  errorText,
  type Good,
  goodText,
  type HostedDecision,
  type Hosting,
  reviveGood,
} from '../hosted/index.ts';
import type { Snapshot } from '../step.ts';
import type { HostedStage } from './hosted-stage.ts';
import { nameAgain, nameChild } from './names.ts';
import { isEnd } from './post.ts';
import { failedAt, gaveUp, mayRestart, pauseMs, withFailure } from './restarts.ts';

/** What reviving asks of the lives. */
export interface Reviving {
  readonly hosting: Hosting;
  decide(
    address: Address,
    hosted: Hosted,
    defined: { readonly definition: string; readonly version: string },
    snapshot: Snapshot | undefined,
    given: unknown,
  ): HostedDecision;
  apply(stage: HostedStage, cell: Cell, event: ActorEvent, decision: HostedDecision): boolean;
  finish(
    stage: HostedStage,
    cell: Cell,
    hosted: Hosted,
    event: ActorEvent,
    snapshot: Snapshot,
  ): void;
  fail(stage: HostedStage, cell: Cell, event: ActorEvent, error: unknown): void;
  stopChildren(stage: HostedStage, cell: Cell, hosted: Hosted): void;
  stopChild(stage: HostedStage, parent: Cell, id: string, entry: number): void;
  begin(stage: HostedStage, parent: Cell, spec: MachineChildSpec, entry: number): void;
}

/** Whether the end of a run that a step decided was taken back, because it starts anew. */
export function isRestarted(
  lives: Reviving,
  stage: HostedStage,
  cell: Cell,
  hosted: Hosted,
  event: ActorEvent,
  snapshot: Snapshot,
): boolean {
  if (snapshot.status === 'active' || !isRootSpec(hosted.spec)) return false;
  const { supervision } = hosted.spec;
  if (snapshot.status === 'error') hosted.good = goodText(cell, stage.timersLeft(cell));
  if (!mayRestart(supervision, snapshot.status)) return false;
  const reason = snapshot.status === 'done' ? 'it was done' : errorText(snapshot.error);
  if (gaveUp(hosted, supervision, stage.now)) {
    giveUp(lives, stage, cell, hosted, event, reason);
    return true;
  }
  const isFirst = event.type === 'init';
  stage.touch(cell);
  stage.row(cell, event, isFirst ? 'IN_PROGRESS' : '');
  hosted.life = withFailure(hosted, supervision, stage.now);
  // A run that is done has no good state to go on from.
  const from = snapshot.status === 'done' ? 'input' : supervision.resumeFrom;
  pauseOrRestart(lives, stage, cell, hosted, from, isFirst);
  return true;
}

/**
 * Counts a poison message. Nobody sends the end of a child or the firing of a timer a second time:
 * without a restart a run would wait for it for ever, so it fails; with one it comes again.
 */
export function poisoned(
  lives: Reviving,
  stage: HostedStage,
  cell: Cell,
  hosted: Hosted,
  mail: Mail,
  error: unknown,
): void {
  if (!isRootSpec(hosted.spec)) return;
  const { supervision } = hosted.spec;
  const child = isEnd(mail) ? hosted.children.get(mail.origin?.child ?? '') : undefined;
  const isOnly = child !== undefined || mail.timer !== undefined;
  stage.touch(cell);
  armAgain(stage, cell, mail);
  if (isOnly && supervision.restart === 'temporary') {
    lives.fail(stage, cell, mail.event, error);
    return;
  }
  if (gaveUp(hosted, supervision, stage.now)) {
    const reason = errorText(errorData(error));
    giveUp(lives, stage, cell, hosted, { type: 'troupe.poison' }, reason);
    return;
  }
  hosted.life = withFailure(hosted, supervision, stage.now);
  if (supervision.restart === 'temporary') return;
  const isPaused = isOnly && supervision.backoff !== null;
  if (supervision.resumeFrom === 'input' || isPaused) {
    pauseOrRestart(lives, stage, cell, hosted, supervision.resumeFrom);
  } else if (child !== undefined) {
    again(lives, stage, cell, hosted, child);
  }
}

/** The firing of a timer whose turn was undone is to come again. */
export function armAgain(stage: HostedStage, cell: Cell, { timer, event }: Mail): void {
  if (timer !== undefined) stage.changeTimer(cell, { timer, delayMs: 0, event });
}

/** Starts a run anew. */
export function restart(
  lives: Reviving,
  stage: HostedStage,
  cell: Cell,
  hosted: Hosted,
  from: 'snapshot' | 'input',
): void {
  const { pausing: _, endedAt: _at, failure: _why, reason: _reason, ...life } = hosted.life;
  const isGood = from === 'snapshot' && (hosted.good !== undefined || !cell.isDone);
  // What may throw comes first: nothing is changed then.
  const logic = isGood && cell.isDone ? lives.hosting.logicOf(hosted, cell.identity) : undefined;
  const good = logic && reviveGood(hosted, logic, lives.hosting);
  hosted.life = { ...life, restarts: (life.restarts ?? 0) + 1 };
  stage.renew(cell);
  if (isGood) resume(lives, stage, cell, hosted, good);
  else beginAgain(lives, stage, cell, hosted);
}

function giveUp(
  lives: Reviving,
  stage: HostedStage,
  cell: Cell,
  hosted: Hosted,
  event: ActorEvent,
  reason: string,
): void {
  if (!isRootSpec(hosted.spec)) return;
  const failure = failedAt(hosted, hosted.spec, stage.now, reason);
  hosted.life = { ...hosted.life, failure };
  const failed = { status: 'error', error: { message: reason }, children: {} };
  lives.finish(stage, cell, hosted, event, Object.assign({}, cell.snapshot, failed));
  stage.incident({ about: cell.address, code: 'RESTART_INTENSITY', message: failure.message });
}

/**
 * After a first step the next one waits for a group of its own, also without a pause: any number of
 * them holds up nobody.
 */
function pauseOrRestart(
  lives: Reviving,
  stage: HostedStage,
  cell: Cell,
  hosted: Hosted,
  from: 'snapshot' | 'input',
  isFirst = false,
): void {
  if (!isRootSpec(hosted.spec)) return;
  const { supervision } = hosted.spec;
  const pause = pauseMs(supervision, hosted.life.failures?.length ?? 1, stage.chance());
  if (pause === 0 && !isFirst) {
    restart(lives, stage, cell, hosted, from);
    return;
  }
  hosted.life = { ...hosted.life, pausing: from };
  if (cell.isDone) cell.snapshot = Object.assign({}, cell.snapshot, underWay);
  for (const { id, entry } of hosted.children.values()) lives.stopChild(stage, cell, id, entry);
  stage.changeTimer(cell, { timer: '~restart', delayMs: pause, event: { type: 'troupe.restart' } });
}

/** A run that has not ended goes on from where it is, another from its last good state. */
function resume(
  lives: Reviving,
  stage: HostedStage,
  cell: Cell,
  hosted: Hosted,
  good: Good | undefined,
): void {
  if (good !== undefined) {
    cell.snapshot = good.snapshot;
    for (const timer of good.timers) stage.changeTimer(cell, timer);
  }
  hosted.good = undefined;
  stage.touch(cell);
  stage.row(cell, { type: 'troupe.resumed' }, 'IN_PROGRESS');
  const ends = endsIn(cell);
  const children = [...hosted.children.values()].filter((child) => !ends.has(startOf(child)));
  nameAgain(lives.hosting, hosted, children.filter(isNamed));
  for (const child of children) again(lives, stage, cell, hosted, child);
}

/** The starts of children whose end waits to be taken. */
const endsIn = ({ mailbox }: Cell): ReadonlySet<string> =>
  new Set(
    mailbox.list().flatMap((mail) => {
      const { origin } = mail;
      return origin === undefined || !isEnd(mail)
        ? []
        : startOf({ id: origin.child, entry: origin.entry });
    }),
  );

const startOf = ({ id, entry }: Pick<Child, 'id' | 'entry'>): string => `${entry} ${id}`;

/** A promise keeps its name until it is stopped, a machine until its end. */
const isNamed = ({ kind, ended }: Child): boolean => kind === 'promise' || ended === undefined;

/** Starts a child anew as it was started, under its old number: its key stays the same. */
function again(
  lives: Reviving,
  stage: HostedStage,
  parent: Cell,
  hosted: Hosted,
  child: Child,
): void {
  const { id, entry, kind, ended } = child;
  if (ended !== undefined) return;
  if (kind === 'promise') {
    stage.due.push({ cell: parent, effect: { type: 'machine.abort', params: { id, entry } } });
    stage.due.push({ cell: parent, effect: { type: 'machine.promise', params: { id, entry } } });
    return;
  }
  const last = stage.find(childAddress(parent.address, id));
  if (last?.isDone === false) {
    lives.stopChild(stage, parent, id, entry);
    stage.runOut(last);
    // It came to its end before its stop: that is on the way.
    if (last.snapshot.status !== 'stopped') return;
  }
  const spec = last?.hosted?.spec;
  if (spec === undefined || isRootSpec(spec)) return;
  nameChild(lives.hosting, hosted, child);
  lives.begin(stage, parent, spec, entry);
}

function beginAgain(lives: Reviving, stage: HostedStage, cell: Cell, hosted: Hosted): void {
  lives.stopChildren(stage, cell, hosted);
  stage.clearTimers(cell);
  hosted.systemIds = new Map();
  hosted.good = undefined;
  try {
    const { input } = hosted.spec;
    const decision = lives.decide(cell.address, hosted, cell.identity, undefined, input);
    cell.snapshot = decision.snapshot;
    lives.apply(stage, cell, { type: 'init' }, decision);
  } catch (error) {
    failedFirst(lives, stage, cell, hosted, error);
  }
}

/** The first step of a new life threw: that is one more failure. */
function failedFirst(
  lives: Reviving,
  stage: HostedStage,
  cell: Cell,
  hosted: Hosted,
  error: unknown,
): void {
  if (!isRootSpec(hosted.spec)) return;
  const { supervision } = hosted.spec;
  const event = { type: 'init' };
  if (supervision.restart === 'temporary') {
    const failed = { status: 'error', error: errorData(error), children: {} };
    lives.finish(stage, cell, hosted, event, Object.assign({}, cell.snapshot, failed));
    // What it did before is over: it has nothing to go on from.
    hosted.good = undefined;
  } else if (gaveUp(hosted, supervision, stage.now)) {
    giveUp(lives, stage, cell, hosted, event, errorText(errorData(error)));
  } else {
    stage.touch(cell);
    hosted.life = withFailure(hosted, supervision, stage.now);
    pauseOrRestart(lives, stage, cell, hosted, 'input', true);
  }
}

const underWay = { status: 'active', output: undefined, error: undefined };
