/**
 * What must hold of every task, told apart from its chart: the judge sees each step of a walk and
 * keeps books of its own about slots, attempts, dependencies and children.
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import type { AnyMachineSnapshot } from 'xstate';
import type { TaskContext } from '../../machines/index.ts';
import {
  type Address,
  asAddress,
  childAddress,
  type Effect,
  type SendParams,
  type TaskEvent,
  type TaskSpec,
} from '../../src/protocol/index.ts';
import { HandoffBooks } from './handoff-books.ts';
import { type Microstep, type Step, statusOf } from './walk.ts';

/** The moves that the specification allows; written here again, not read from the chart. */
export const allowedMoves: Readonly<Record<string, readonly string[]>> = {
  PENDING: ['ASSIGNED', 'BLOCKED', 'FAILED', 'CANCELLED'],
  BLOCKED: ['PENDING', 'FAILED', 'CANCELLED'],
  ASSIGNED: ['IN_PROGRESS', 'PENDING', 'FAILED', 'CANCELLED'],
  IN_PROGRESS: ['COMPLETED', 'FAILED', 'CANCELLED', 'PENDING', 'BLOCKED'],
  COMPLETED: [],
  FAILED: [],
  CANCELLED: [],
};

const isFinalStatus = (status: string): boolean => allowedMoves[status]?.length === 0;

/** Keeps the books of one task. */
export class TaskJudge {
  readonly #spec: TaskSpec;
  #status = 'PENDING';
  #met = new Set<string>();
  #children = new Set<string>();
  #asked = new Set<string>();
  /** The slot it waits for, and the one it holds. */
  #wanted: string | undefined;
  #held: string | undefined;
  #attempt = 0;
  #isResuming = false;
  /** No work drives it: it rests in ASSIGNED until it is begun. */
  #isByHand: boolean;
  #isTakenBack = false;
  /** Whether it was paused by itself, and with the run above it. */
  readonly #pauses = new Set<string>();
  #place = '';
  readonly #handing: HandoffBooks;
  #endings = 0;
  #cost: number | undefined;
  #quality: number | undefined;
  #tellings = 0;

  constructor(spec: TaskSpec) {
    this.#spec = spec;
    this.#isByHand = spec.byHand !== undefined;
    this.#handing = new HandoffBooks(spec.bot ?? undefined);
  }

  /** Sees a step. @throws AssertionError when it breaks a promise. */
  see(step: Step): void {
    const event = step.event as TaskEvent;
    if (!isFinalStatus(this.#status)) this.#handing.see(event, this.#status);
    this.#unchanged(step);
    this.#records(event, step.effects);
    this.#counts(event);
    this.#noteBefore(event);
    for (const microstep of step.microsteps) this.#microstep(event, microstep);
    this.#rest(step);
  }

  /** How often it ended, and how often its parent was told. */
  get endings(): { readonly ended: number; readonly told: number } {
    return { ended: this.#endings, told: this.#tellings };
  }

  #unchanged(step: Step): void {
    if (step.isTaken) return;
    equal(step.after, step.before, 'an event that nothing takes changes nothing');
    deepEqual(step.effects, [], 'an event that nothing takes asks for nothing');
  }

  /** Every end of a child run and of a step of this attempt is recorded, and nothing else. */
  #records(event: TaskEvent, effects: readonly Effect[]): void {
    const records = effects.flatMap(({ type, params }) => (type === 'record' ? [params] : []));
    const expected: unknown[] = [];
    if (event.type === 'child.settled' && !isFinalStatus(this.#status))
      expected.push({ step: event.step, value: event.outcome });
    expected.push(...this.#handing.records);
    const isPaused = this.#status === 'BLOCKED' && this.#pauses.size > 0;
    const isRecording = this.#status === 'IN_PROGRESS' || isPaused;
    if (event.type === 'step.completed' && isRecording)
      if (event.attempt === this.#attempt) expected.push({ step: event.step, value: event.result });
    deepEqual(records, expected);
  }

  /** Its own reports and the ends of its child runs add up, each once. */
  #counts(event: TaskEvent): void {
    if (isFinalStatus(this.#status)) return;
    if (event.type === 'task.report' && event.attempt === this.#attempt) {
      if (event.cost !== undefined) this.#cost = (this.#cost ?? 0) + event.cost;
      this.#quality = event.quality ?? this.#quality;
    }
    if (event.type !== 'child.settled' || !this.#children.has(event.step)) return;
    if (event.outcome.cost !== undefined) this.#cost = (this.#cost ?? 0) + event.outcome.cost;
  }

  #noteBefore(event: TaskEvent): void {
    if (isFinalStatus(this.#status)) return;
    if (event.type === 'child.started') this.#children.add(event.step);
    if (event.type === 'task.routed' && this.#place.includes('unrouted')) {
      this.#isByHand = event.byHand !== undefined;
      this.#handing.bot = event.bot;
    }
    const { asked, answered } = this.#handing;
    if (asked !== undefined) this.#children.add(asked);
    if (answered !== undefined) this.#children.delete(answered);
    if (event.type === 'child.settled') this.#children.delete(event.step);
    if (event.type === 'run.pause') this.#pauses.add(String(event.above));
    if (event.type === 'run.resume') this.#pauses.delete(String(event.above));
    if (event.type === 'dependency.settled' && event.outcome.status === 'COMPLETED')
      this.#met.add(event.run);
  }

  #microstep(event: TaskEvent, { status, snapshot, effects }: Microstep): void {
    const from = this.#status;
    if (status !== from) this.#move(event, from, status);
    if (status === 'ASSIGNED' && from !== 'ASSIGNED') this.#assigned(event);
    this.#isTakenBack = effects.some(({ type }) => type === 'withdraw');
    for (const effect of effects) this.#effect(effect, from);
    const wasPaused = this.#place.includes('paused');
    this.#asksOnEntry(snapshot, effects);
    const isPaused = this.#place.includes('paused');
    this.#asksOnExit(event, from, effects, { wasPaused, isPaused });
    this.#movesOn(event, effects);
    this.#passesOn(event, effects, { wasPaused, isPaused });
    if (from !== status && isFinalStatus(status)) this.#ended(event, effects);
  }

  /** Entering a state that needs the host asks the host, and nothing else does. */
  #asksOnEntry(snapshot: AnyMachineSnapshot, effects: readonly Effect[]): void {
    const place = JSON.stringify(snapshot.value);
    const isNew = place !== this.#place;
    this.#place = place;
    const isRouting = isNew && snapshot.matches({ PENDING: 'unrouted' });
    equal(counted(effects, 'route'), isRouting ? 1 : 0, 'it asks for a route on entry');
    const isWaiting = isNew && snapshot.matches({ BLOCKED: 'byDependency' });
    const watches = effects.filter(({ type }) => type === 'watch').map(({ params }) => params);
    const unmet = this.#spec.dependsOn.filter((run) => !this.#met.has(run));
    deepEqual(watches, isWaiting ? [{ runs: unmet }] : [], 'it watches the runs that it waits for');
  }

  /** What is open below is paused and goes on with it. */
  #passesOn(event: TaskEvent, effects: readonly Effect[], is: Pauses): void {
    const told = (type: string): Address[] =>
      effects
        .filter((effect) => effect.type === 'send')
        .map(({ params }) => params as SendParams)
        .filter(({ event: sent }) => sent.type === type)
        .flatMap(({ to }) => to);
    const open = [...this.#children].map((step) => childAddress(asAddress(this.#spec.run), step));
    const isNew =
      is.isPaused && is.wasPaused && event.type === 'child.started' && !this.#handing.isLate;
    const begun = isNew ? [childAddress(asAddress(this.#spec.run), event.step)] : [];
    deepEqual(told('run.pause'), is.isPaused && !is.wasPaused ? open : begun, 'it pauses them');
    const goesOn = is.wasPaused && !is.isPaused && event.type === 'run.resume';
    deepEqual(told('run.resume'), goesOn ? open : [], 'it lets them go on');
  }

  /** Work is begun on entering IN_PROGRESS, and aborted when it is left behind. */
  #asksOnExit(event: TaskEvent, from: string, effects: readonly Effect[], is: Pauses): void {
    const isBegun = this.#status === 'IN_PROGRESS' && from !== 'IN_PROGRESS';
    equal(counted(effects, 'run'), isBegun ? 1 : 0, 'work is begun once on each entry');
    const isTimedOut = from === 'IN_PROGRESS' && event.type.startsWith('xstate.after.');
    const isCancelled = from !== 'CANCELLED' && event.type === 'run.cancel';
    // The host may still have work in memory that waits for child runs, or for its slot.
    const isThere = from === 'IN_PROGRESS' || (this.#isResuming && !is.wasPaused);
    const isEnding = this.#status !== from && (isTimedOut || isCancelled);
    const isMoved = isEnding || this.#handing.isMoving;
    const isLeft = isThere && (isMoved || (is.isPaused && !is.wasPaused));
    equal(counted(effects, 'abort'), isLeft ? 1 : 0, 'work that is left behind is aborted');
  }

  /** It moves whole: what is below the bot that had it is cancelled, the next one begins anew. */
  #movesOn(event: TaskEvent, effects: readonly Effect[]): void {
    const isEnding = isFinalStatus(this.#status);
    this.#handing.tells(event, effects, isEnding, [...this.#children], this.#spec);
    if (!this.#handing.isMoving) return;
    equal(this.#held ?? this.#wanted, undefined, 'it leaves no slot behind');
    ok(event.type === 'handoff.accepted');
    this.#isByHand = event.byHand !== undefined;
    this.#isResuming = false;
    for (const step of this.#children) if (step.startsWith('~')) this.#children.delete(step);
    this.#handing.moved(this.#attempt);
  }

  #move(event: TaskEvent, from: string, to: string): void {
    ok(allowedMoves[from]?.includes(to), `${from} -> ${to} is no allowed move`);
    this.#status = to;
    if ('attempt' in event)
      equal(event.attempt, this.#attempt, 'what an older attempt says moves nothing');
    if (from === 'IN_PROGRESS')
      this.#isResuming = ['task.block', 'task.unparked', 'run.pause'].includes(event.type);
    if (to === 'IN_PROGRESS' && this.#isByHand && !this.#isResuming)
      equal(event.type, 'task.begin', 'a person begins it, nothing else');
    const isOver = from === 'BLOCKED' && to === 'PENDING' && event.type !== 'run.resume';
    if (to === 'ASSIGNED' || isOver) {
      const unmet = this.#spec.dependsOn.filter((run) => !this.#met.has(run));
      deepEqual(unmet, [], 'it goes on after all that it waits for completed');
    }
  }

  #assigned(event: TaskEvent): void {
    if (this.#spec.route === 'none') return;
    ok(event.type === 'task.assigned', 'it is assigned by its bot');
    equal(event.slot, this.#wanted, 'it takes the slot that it asked for last');
    this.#held = this.#wanted;
    this.#wanted = undefined;
  }

  #effect({ type, params }: Effect, from: string): void {
    if (type === 'run') this.#runs(params as { attempt: number });
    if (type === 'send') this.#sends(params as SendParams);
    if (type === 'withdraw') this.#withdraws(params as { key: string });
    if (type === 'abort') this.#aborts(params as Abortion, from);
  }

  #runs({ attempt }: { attempt: number }): void {
    const expected = this.#isResuming ? this.#attempt : this.#attempt + 1;
    equal(attempt, expected, 'going on after BLOCKED is no attempt, all else is one');
    const tries = attempt - this.#handing.attemptsBefore;
    ok(tries <= this.#spec.retry.attempts, 'attempts keep to the policy, of each bot');
    this.#attempt = attempt;
    this.#isResuming = false;
  }

  #sends({ to, event, gate }: SendParams): void {
    const slot = event.slot;
    if (event.type === 'slot.request') {
      ok(typeof slot === 'string' && !this.#asked.has(slot), 'each slot asked for is a new one');
      equal(this.#held ?? this.#wanted, undefined, 'it asks when it has none');
      deepEqual(
        gate,
        { priority: this.#spec.priority, key: slot },
        'the request can be taken back',
      );
      ok(slot.startsWith(`${this.#spec.run}#`), 'the slot names the task');
      deepEqual(to, this.#handing.address, 'it asks the bot that is to have it');
      this.#asked.add(slot);
      this.#wanted = slot;
    }
    if (event.type === 'slot.release') this.#released(to, slot);
  }

  #released(to: readonly Address[], slot: unknown): void {
    if (this.#spec.route === 'none') deepEqual(to, [], 'without a bot nobody is told');
    else {
      equal(slot, this.#held ?? this.#wanted, 'it gives back the slot that is open, once');
      equal(this.#isTakenBack, this.#held === undefined, 'it takes back a request that may wait');
      deepEqual(to, this.#handing.address, 'it gives it back to its bot');
    }
    this.#held = undefined;
    this.#wanted = undefined;
  }

  #withdraws({ key }: { key: string }): void {
    ok(this.#wanted !== undefined, 'it takes back what waits');
    equal(key, this.#wanted);
  }

  #aborts({ bots, slot }: Abortion, from: string): void {
    if (bots.length === 0) {
      ok(this.#held === undefined, 'an abort without bot leaves no slot behind');
      return;
    }
    equal(from, 'IN_PROGRESS');
    deepEqual(bots, this.#handing.address);
    equal(slot, this.#held, 'the slot goes with the work that is aborted');
    this.#held = undefined;
  }

  #ended(event: TaskEvent, effects: readonly Effect[]): void {
    this.#endings += 1;
    const sends = effects
      .filter(({ type }) => type === 'send')
      .map(({ params }) => params as SendParams);
    const told = sends.filter(({ event: sent }) => sent.type === 'child.settled');
    const isOrphan = event.type === 'run.cancel' && event.orphan;
    const parent = isOrphan || this.#spec.parent === null ? [] : [this.#spec.parent];
    deepEqual(
      told.map(({ to }) => to),
      [parent],
      'the parent is told once, unless it ended',
    );
    this.#tellings += told.length;
    const cancels = sends.filter(({ event: sent }) => sent.type === 'run.cancel');
    const open = [...this.#children].map((step) => childAddress(asAddress(this.#spec.run), step));
    deepEqual(
      cancels.flatMap(({ to }) => to).sort(),
      open.sort(),
      'what is open below is cancelled',
    );
    for (const { event: sent } of cancels) equal(sent.orphan, true);
  }

  /** What holds whenever nothing happens. */
  #rest({ after }: Step): void {
    equal(this.#status, statusOf(after));
    ok(this.#status !== 'ASSIGNED' || this.#isByHand, 'work does not rest in ASSIGNED');
    const isUnderWay = this.#status === 'IN_PROGRESS' || this.#status === 'ASSIGNED';
    const holds = isUnderWay && this.#spec.route !== 'none';
    equal(this.#held !== undefined, holds, 'it holds a slot exactly while it is under way');
    equal(this.#wanted !== undefined, after.matches({ PENDING: 'queued' }));
    equal(after.status, isFinalStatus(this.#status) ? 'done' : 'active');
    this.#context(after.context);
    if (after.status === 'done') this.#output(after.output, after.context);
  }

  #context(context: TaskContext): void {
    const { attempts, children = [], progress = 0, ranMs = 0, spec } = context;
    const { waitingFor = spec.dependsOn } = context;
    equal(attempts, this.#attempt);
    deepEqual([...children].sort(), [...this.#children].sort());
    this.#handing.rest(context, isFinalStatus(this.#status));
    const isPaused = this.#pauses.size > 0;
    if (this.#status === 'BLOCKED') ok(waitingFor.length > 0 || this.#attempt > 0 || isPaused);
    if (isPaused) ok(['BLOCKED', 'FAILED', 'CANCELLED'].includes(this.#status), 'paused is still');
    ok(progress >= 0 && progress <= 1);
    equal(context.completedAt !== undefined, isFinalStatus(this.#status));
    equal(context.startedAt !== undefined, this.#attempt > 0);
    ok(ranMs >= 0, 'no time is given back');
    equal(context.cost, this.#cost, 'each cost is counted once');
    equal(context.quality, this.#quality, 'the last report of a quality counts');
  }

  #output(output: Record<string, unknown>, context: TaskContext): void {
    equal(output.status, this.#status);
    equal(output.attempts, this.#attempt);
    ok(Number(output.elapsedMs) >= 0);
    equal(context.error !== undefined, this.#status === 'FAILED');
    equal(context.reason !== undefined, this.#status === 'CANCELLED');
    if (this.#status === 'COMPLETED') deepEqual(output.result, context.result);
  }
}

const counted = (effects: readonly Effect[], wanted: string): number =>
  effects.filter(({ type }) => type === wanted).length;

interface Pauses {
  readonly wasPaused: boolean;
  readonly isPaused: boolean;
}

interface Abortion {
  readonly bots: readonly Address[];
  readonly slot: string;
}
