/**
 * Jobs: what a supervisor does one at a time, stopping in reverse order and starting in order.
 *
 * Every step of a job is an order; the job goes on when that was carried out. What comes in
 * between and would change the children waits, but for the end of the supervisor.
 */
import { assertNever, type Failure } from '../../protocol/index.ts';
import { type Answer, type Child, type Ending, isAlive, isPool, type Job } from './books.ts';
import type { Desk } from './desk.ts';

/** Starts all children, in order. */
export function beginBoot(desk: Desk): void {
  desk.job = { is: 'boot', open: 0, from: 0, at: 0, isStarting: true };
}

/** Starts one child; `call` asked for it. The members of a pool are started side by side. */
export function beginOne(desk: Desk, child: Child, call?: string): void {
  if (isPool(desk.spec)) {
    desk.start(call === undefined ? child : { ...child, call });
    return;
  }
  const at = desk.indexOf(child.id);
  const job: Job = { is: 'one', open: 0, from: at, at, isStarting: true, child: child.id };
  desk.job = call === undefined ? job : { ...job, call };
}

/** Stops a child's group, in reverse order, and starts it, in order. */
export function beginGroup(desk: Desk, child: Child, pauseMs: number): void {
  const from = desk.spec.strategy === 'one-for-all' ? 0 : desk.indexOf(child.id);
  const at = desk.children.length - 1;
  desk.job = { is: 'group', open: 0, from, at, isStarting: false, child: child.id, pauseMs };
}

/** Stops one child and answers. */
export function beginTerminate(desk: Desk, child: Child, call: string): void {
  const at = desk.indexOf(child.id);
  const common = { open: 0, from: at, at, isStarting: false };
  desk.job = { is: 'terminate', ...common, child: child.id, call };
}

/**
 * Ends the supervisor: stops all children, in reverse order, those of a pool at once. What is being
 * started or stopped is waited for; all else that it was to do is given up.
 */
export function beginEnd(desk: Desk, ending: Ending): void {
  if (desk.job?.is === 'end' || desk.job?.is === 'kill') return;
  const { open, limitAt } = giveUpJob(desk);
  const at = desk.children.length - 1;
  const job: Job = { is: 'end', open, from: 0, at, isStarting: false, ending };
  desk.job = limitAt === undefined ? job : { ...job, limitAt };
}

/** Kills all that is alive, at once; supervisors below find that they are orphans. */
export function beginKill(desk: Desk): void {
  if (desk.job?.is === 'kill') return;
  giveUpJob(desk);
  const alive = desk.children.filter(isAlive);
  for (const child of alive) {
    const order = desk.specOf(child).type === 'supervisor' ? 'orphan' : 'kill';
    desk.orders.push({ order, child: child.id });
    // A start that is under way is carried out before.
    if (child.is !== 'starting') desk.put({ ...child, is: 'killing' });
  }
  const open = alive.length;
  desk.job = { is: 'kill', open, from: 0, at: 0, isStarting: false, ending: { why: 'killed' } };
}

/** Refuses the calls that wait; what the job was waiting for. */
function giveUpJob(desk: Desk): Pick<Job, 'open' | 'limitAt'> {
  const { job } = desk;
  if (job?.call !== undefined) desk.refuse(job.call, 'stopping');
  for (const it of desk.waiting) if ('call' in it) desk.refuse(it.call, 'stopping');
  desk.waiting = [];
  const open = (job?.open ?? 0) + (isPool(desk.spec) ? giveUpStarts(desk) : 0);
  return job?.limitAt === undefined ? { open } : { open, limitAt: job.limitAt };
}

/** Members of a pool that are being started are waited for; how many they are. */
function giveUpStarts(desk: Desk): number {
  const starting = desk.children.filter(({ is }) => is === 'starting');
  for (const { call, ...child } of starting) {
    if (call === undefined) continue;
    desk.refuse(call, 'stopping');
    desk.put(child);
  }
  return starting.length;
}

/** Takes the next step of a job that waits for nobody. */
export function advance(desk: Desk, job: Job): void {
  if (job.is === 'kill') {
    for (const child of desk.children) if (child.is !== 'stopped') desk.stopped(child);
    finish(desk, job);
  } else if (job.isStarting) startNext(desk, job);
  else if (job.is === 'end' && isPool(desk.spec)) stopPool(desk, job);
  else stopNext(desk, job);
}

function startNext(desk: Desk, job: Job): void {
  const child = desk.children[job.at];
  if (child === undefined) desk.job = null;
  else if (child.is === 'stopped' || child.is === 'restarting') {
    desk.job = { ...job, open: 1 };
    desk.start(child);
  } else desk.job = { ...job, at: job.at + 1 };
}

function stopNext(desk: Desk, job: Job): void {
  for (let at = job.at; at >= job.from; at -= 1) {
    const child = desk.children[at];
    if (child === undefined) continue;
    if (isAlive(child)) {
      const limitAt = desk.stop(child);
      const next = { ...job, at: at - 1, open: 1 };
      desk.job = limitAt === undefined ? next : { ...next, limitAt };
      return;
    }
    if (child.is !== 'stopped') desk.stopped(child);
  }
  finish(desk, job);
}

/** A pool stops its members at once, under one limit. */
function stopPool(desk: Desk, job: Job): void {
  const alive = desk.children.filter(isAlive);
  if (alive.length === 0) {
    for (const child of desk.children) desk.stopped(child);
    finish(desk, job);
    return;
  }
  let limitAt: number | undefined;
  for (const child of alive) limitAt = desk.stop(child);
  const next = { ...job, open: alive.length };
  desk.job = limitAt === undefined ? next : { ...next, limitAt };
}

/** All that had to stop has stopped. */
function finish(desk: Desk, job: Job): void {
  desk.job = null;
  if (job.ending !== undefined) desk.ended = job.ending;
  else if (job.is === 'group') regroup(desk, job);
  else if (job.call !== undefined) desk.answer(job.call, { is: 'done' });
}

function regroup(desk: Desk, job: Job): void {
  const { pauseMs = 0 } = job;
  const child = job.child === undefined ? undefined : desk.find(job.child);
  if (pauseMs > 0 && child !== undefined) {
    desk.put({ ...child, is: 'restarting', dueAt: desk.now + pauseMs });
  } else desk.job = { ...job, isStarting: true, at: job.from };
}

/** Kills what did not stop in time. */
export function killLate(desk: Desk): void {
  const { job } = desk;
  if (job?.limitAt === undefined || job.limitAt > desk.now) return;
  for (const child of desk.children) if (child.is === 'stopping') desk.kill(child);
  const { limitAt: _, ...rest } = job;
  desk.job = rest;
}

/** A child is up. */
export function started(desk: Desk, child: Child, run?: string): void {
  const its = desk.specOf(child);
  const { call, ...quiet } = child;
  const { input: _, ...frugal } = quiet;
  // It is never started again: what it was started with is not kept.
  const kept = its.restart === 'temporary' ? frugal : quiet;
  const up: Child = { ...kept, is: 'running', ...(run === undefined ? {} : { run }) };
  desk.put(its.backoff === null ? up : { ...up, upSince: desk.now });
  if (isPool(desk.spec)) resultOfMember(desk, call, { is: 'started' });
  else resultOfStart(desk, desk.indexOf(child.id) + 1, { is: 'started' });
}

/** A child declined to start: it is stopped, and a temporary one is gone. */
export function ignored(desk: Desk, child: Child): void {
  const index = desk.indexOf(child.id);
  desk.stopped(child);
  const next = desk.find(child.id) === undefined ? index : index + 1;
  if (isPool(desk.spec)) resultOfMember(desk, child.call, { is: 'ignored' });
  else resultOfStart(desk, next, { is: 'ignored' });
}

/** A member of a pool is no job: only the end waits for it. */
function resultOfMember(desk: Desk, call: string | undefined, answer: Answer): void {
  if (call !== undefined) desk.answer(call, answer);
  if (desk.job?.is === 'end' || desk.job?.is === 'kill') desk.closeOne();
}

function resultOfStart(
  desk: Desk,
  next: number,
  answer: { readonly is: 'started' | 'ignored' },
): void {
  desk.closeOne();
  const { job } = desk;
  if (job?.is === 'boot' || job?.is === 'group') desk.job = { ...job, at: next };
  else if (job?.is === 'one') {
    desk.job = null;
    if (job.call !== undefined) desk.answer(job.call, answer);
  }
}

/** The start of a child failed. */
export function failed(desk: Desk, child: Child, error: Failure): void {
  if (isPool(desk.spec)) {
    failedMember(desk, child, error);
    return;
  }
  desk.closeOne();
  const { job } = desk;
  if (job === null) return;
  switch (job.is) {
    case 'boot':
      desk.stopped(child);
      beginEnd(desk, { why: 'start-failed', child: child.id, error });
      return;
    case 'one':
    case 'group':
      desk.job = null;
      if (job.call === undefined) tryAgain(desk, child, error);
      else giveBack(desk, child, job.call, error);
      return;
    case 'end':
    case 'kill':
    case 'crash':
    case 'terminate':
      desk.stopped(child);
      return;
    default:
      assertNever(job.is, 'every job knows what a failed start means');
  }
}

function failedMember(desk: Desk, child: Child, error: Failure): void {
  if (desk.job?.is === 'end' || desk.job?.is === 'kill') {
    desk.stopped(child);
    desk.closeOne();
  } else if (child.call === undefined) tryAgain(desk, child, error);
  else giveBack(desk, child, child.call, error);
}

/** It says to itself that it is to try again: other mail comes in between. */
function tryAgain(desk: Desk, child: Child, error: Failure): void {
  desk.put({ ...child, is: 'restarting', error });
  desk.orders.push({ order: 'retry', child: child.id, start: child.starts });
}

/** A child that a call was to start: a new one is not kept. */
function giveBack(desk: Desk, child: Child, call: string, error: Failure): void {
  desk.stopped(child);
  if (child.starts === 1) desk.remove(child.id);
  desk.answer(call, { is: 'refused', refusal: 'start-failed', error });
}
