/**
 * What must hold of every workflow's run, told apart from its chart: the judge keeps its own books
 * of runs, and asks the naive model of plans at every step what may run.
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import type { AnyMachineSnapshot } from 'xstate';
import {
  asAddress,
  childAddress,
  type Effect,
  type Failure,
  type SendParams,
  type Settlement,
  stepRunName,
  undoRunName,
  type WorkflowEvent,
  type WorkflowSpec,
} from '../../src/protocol/index.ts';
import { NaivePlan } from '../policies/plan/naive-plan.ts';
import { type Microstep, type Step, statusOf } from './walk.ts';

const allowedMoves: Readonly<Record<string, readonly string[]>> = {
  PENDING: ['BLOCKED', 'IN_PROGRESS', 'CANCELLED'],
  BLOCKED: ['PENDING', 'FAILED', 'CANCELLED'],
  IN_PROGRESS: ['COMPLETED', 'FAILED', 'CANCELLED', 'BLOCKED'],
};

type Settled = Extract<WorkflowEvent, { type: 'child.settled' }>;

/** The run of a step that is under way. */
interface OwnRun {
  number: number;
  tries: number;
  fallback: number;
}

/** Keeps the books of one run. */
export class WorkflowJudge {
  readonly #spec: WorkflowSpec;
  #status = 'PENDING';
  #naive: NaivePlan;
  readonly #runs = new Map<number, OwnRun>();
  readonly #judging = new Set<string>();
  /** Runs that were asked for, in all. */
  readonly #started = new Set<string>();
  readonly #undoable: number[] = [];
  readonly #undone: number[] = [];
  readonly #omitted = new Set<string>();
  #ended = 0;
  #cost: number | undefined;
  /** It is on its way to FAILED or CANCELLED. */
  #isStopping = false;
  #met = new Set<string>();
  /** Whether it was paused by itself, and with the run above it. */
  readonly #pauses = new Set<string>();
  #wasPaused = false;
  #finishes = 0;
  #endings = 0;

  constructor(spec: WorkflowSpec) {
    this.#spec = spec;
    this.#naive = new NaivePlan(spec.plan, spec);
  }

  /** Runs that were started, and how often it was asked to finish. */
  get books() {
    const { size: started } = this.#started;
    return { started, finishes: this.#finishes, endings: this.#endings };
  }

  /** Sees a step. @throws AssertionError when it breaks a promise. */
  see(step: Step): void {
    const event = step.event as WorkflowEvent;
    if (!step.isTaken) {
      equal(step.after, step.before, 'an event that nothing takes changes nothing');
      deepEqual(step.effects, []);
    }
    const isLive = step.before === undefined || step.before.status === 'active';
    if (isLive) this.#note(event, step.effects);
    for (const microstep of step.microsteps) this.#microstep(event, microstep);
    if (isLive) this.#rest(step);
  }

  #note(event: WorkflowEvent, effects: readonly Effect[]): void {
    if (event.type === 'dependency.settled' && event.outcome.status === 'COMPLETED')
      this.#met.add(event.run);
    if (event.type === 'run.pause') this.#pauses.add(String(event.above));
    if (event.type === 'run.resume') this.#pauses.delete(String(event.above));
    // Another version has another result.
    if (event.type === 'workflow.migrated') this.#finishes = 0;
    const value = event.type === 'child.settled' ? this.#settled(event) : undefined;
    const records = effects.filter(({ type }) => type === 'record').map(({ params }) => params);
    deepEqual(records, value === undefined ? [] : [value], 'each end of a run is recorded once');
    if (!this.#isActive) return;
    if (event.type === 'step.judged') this.#judged(event);
    if (event.type === 'step.skipped') this.#skipped(event.step);
  }

  /** It is under way, or was before it was paused. */
  get #isActive(): boolean {
    return this.#status === 'IN_PROGRESS' || this.#wasPaused;
  }

  /** The end of a run; gives what is to be recorded, nothing for a run that is not under way. */
  #settled({ step: name, outcome }: Settled): object | undefined {
    if (!this.#isActive) return undefined;
    const undo = this.#undoRun;
    const step = this.#stepUnderWay(name);
    if (name !== undo && step === undefined) return undefined;
    if (step !== undefined && this.#judging.has(name) && outcome.status !== 'FAILED') {
      if (this.#isStopping) this.#unjudged(step, name, outcome.status);
      return undefined;
    }
    this.#ended += 1;
    if (outcome.cost !== undefined) this.#cost = (this.#cost ?? 0) + outcome.cost;
    const value = { ...outcome, order: this.#ended };
    if (step === undefined) {
      this.#undone.push(this.#undoable.pop() ?? -1);
      return { step: name, value };
    }
    this.#runEnded(step, name, outcome);
    return { step: this.#spec.plan.steps[step]?.name, value };
  }

  #runEnded(step: number, name: string, { status, error }: Settlement): void {
    const { loop } = this.#spec.plan.steps[step] ?? {};
    const wasReturned = this.#judging.delete(name);
    const isJudged = !this.#isStopping || this.#wasPaused;
    if (status === 'COMPLETED' && loop === true && isJudged) this.#judging.add(name);
    else if (
      status === 'FAILED' &&
      !this.#isStopping &&
      this.#beginsAnew(step, !wasReturned && isWorthAgain(error))
    )
      return;
    else this.#stepEnded(step, status === 'COMPLETED' ? 'C' : status === 'FAILED' ? 'F' : 'X');
  }

  /** No loop will judge it any more. */
  #unjudged(step: number, name: string, status: string): void {
    this.#judging.delete(name);
    this.#stepEnded(step, status === 'COMPLETED' ? 'C' : 'X');
  }

  #stepEnded(step: number, letter: string): void {
    this.#naive = this.#naive.ended(step, letter);
    if (letter === 'C' && this.#spec.plan.steps[step]?.undo === true) this.#undoable.push(step);
  }

  /** Tries first, when that may help, then the works that take over. */
  #beginsAnew(step: number, mayHelp: boolean): boolean {
    const { tries = 1, fallbacks = 0 } = this.#spec.plan.steps[step] ?? {};
    const run = this.#runOf(step);
    const isTry = run.tries < tries && mayHelp;
    if (!isTry && run.fallback >= fallbacks) return false;
    run.number += 1;
    run.tries = isTry ? run.tries + 1 : 1;
    if (!isTry) run.fallback += 1;
    return true;
  }

  #judged({ step: name, isGood }: { step: string; isGood: boolean }): void {
    const step = this.#stepUnderWay(name);
    if (this.#status !== 'IN_PROGRESS' || step === undefined) return;
    if (!this.#judging.delete(name)) return;
    // On the way out nothing goes round again: what the last run did stands.
    if (isGood || this.#isStopping) this.#stepEnded(step, 'C');
    else
      this.#runs.set(step, {
        ...this.#runOf(step),
        number: this.#runOf(step).number + 1,
        tries: 1,
      });
  }

  #skipped(name: string): void {
    const step = this.#stepUnderWay(name);
    if (this.#status !== 'IN_PROGRESS' || step === undefined || this.#judging.has(name)) return;
    this.#stepEnded(step, 'K');
  }

  #microstep(event: WorkflowEvent, { status, snapshot, effects }: Microstep): void {
    const from = this.#status;
    const isPaused = snapshot.matches({ BLOCKED: 'paused' });
    this.#passesOn(event, effects, isPaused);
    if (status !== from) {
      ok(allowedMoves[from]?.includes(status), `${from} -> ${status} is no allowed move`);
      this.#status = status;
      const isOver = from === 'BLOCKED' && event.type === 'dependency.settled';
      if (status === 'IN_PROGRESS' || (isOver && status === 'PENDING'))
        deepEqual(this.#unmet(), [], 'it goes on after all that it waits for completed');
      const watches = effects.flatMap(({ type, params }) => (type === 'watch' ? [params] : []));
      const isWaiting = status === 'BLOCKED' && !isPaused;
      const expected = isWaiting ? [{ runs: this.#unmet() }] : [];
      deepEqual(watches, expected, 'it watches the runs that it waits for');
    }
    this.#begins(snapshot);
    for (const effect of effects) this.#effect(effect);
    this.#isStopping = isOnItsWayOut(snapshot);
    if (status !== from && status !== 'PENDING' && !(status in allowedMoves))
      this.#ends(event, effects);
  }

  /** In the microstep in which something may begin, all that may does. */
  #begins({ context }: AnyMachineSnapshot): void {
    if (this.#status !== 'IN_PROGRESS' || this.#isStopping) return;
    if (isOnItsWayOut({ context })) return;
    const [next] = this.#naive.started(this.#cost ?? 0);
    this.#naive = next;
  }

  #effect({ type, params }: Effect): void {
    if (type === 'start') for (const name of (params as StartParams).steps) this.#starts(name);
    if (type === 'finish') this.#finish();
    if (type === 'judge')
      ok(this.#judging.has((params as StepParams).step), 'what completed in a loop is judged');
    if (type === 'tellHistory') for (const row of (params as TellParams).rows) this.#told(row);
    if (type === 'undo') this.#undoes((params as StepParams).step);
    if (type === 'incident' && (params as IncidentParams).incidents.length > 0)
      ok(this.#undone.length > 0, 'an incident is about a step that could not be undone');
  }

  #starts(name: string): void {
    ok(this.#stepUnderWay(name) !== undefined, 'what is started is under way');
    ok(!this.#started.has(name), 'a run is started at most once');
    this.#started.add(name);
    ok(!this.#isStopping, 'nothing begins on the way out');
  }

  #told({ step, status }: { readonly step: string; readonly status: string }): void {
    if (status !== 'OMITTED') return;
    ok(!this.#omitted.has(step), 'an omission is told once');
    this.#omitted.add(step);
  }

  #undoes(name: string): void {
    equal(name, this.#undoRun, 'what completed last is undone first');
    deepEqual(this.#open(), [], 'nothing is undone while a step is under way');
  }

  /** The name of the run that undoes a step now. */
  get #undoRun(): string | undefined {
    const last = this.#undoable.at(-1);
    const isTime = this.#isStopping && this.#open().length === 0;
    return last === undefined || !isTime
      ? undefined
      : undoRunName(this.#spec.plan.steps[last]?.name ?? '');
  }

  #finish(): void {
    this.#finishes += 1;
    equal(this.#finishes, 1, 'it asks for its result once');
    equal(this.#naive.verdict(this.#cost ?? 0).is, 'complete');
  }

  /** What is open below is paused and goes on with it; its result is asked for anew. */
  #passesOn(event: WorkflowEvent, effects: readonly Effect[], isPaused: boolean): void {
    const open = this.#addresses(this.#openRuns());
    const isNew = isPaused && !this.#wasPaused;
    if (isNew) this.#finishes = 0;
    deepEqual(sentTo(effects, 'run.pause'), isNew ? open : [], 'it pauses them');
    const isEnding = event.type === 'run.cancel' && this.#isStopping;
    const goesOn = this.#wasPaused && !isPaused && event.type === 'run.resume';
    const letsOn = goesOn || (this.#wasPaused && !isPaused && isEnding);
    deepEqual(sentTo(effects, 'run.resume'), letsOn ? open : [], 'it lets them go on');
    const asks = effects.filter(({ type }) => type === 'startMissing').length;
    equal(asks, goesOn ? 1 : 0, 'what was decided and not done is asked for again');
    this.#wasPaused = isPaused;
  }

  #ends(event: WorkflowEvent, effects: readonly Effect[]): void {
    this.#endings += 1;
    const sends = effects.flatMap(({ type, params }) =>
      type === 'send' ? [params as SendParams] : [],
    );
    const told = sends.filter(({ event: sent }) => sent.type === 'child.settled');
    const isOrphan = event.type === 'run.cancel' && event.orphan;
    const parents = told.flatMap(({ to }) => to);
    if (isOrphan || this.#spec.parent === null) deepEqual(parents, []);
    else ok(parents.length <= 1, 'the parent is told once, unless it ended');
    const open = this.#addresses(this.#openRuns());
    deepEqual(sentTo(effects, 'run.cancel'), open, 'open runs are cancelled');
    if (this.#status === 'COMPLETED') deepEqual(this.#undone, [], 'what completes is not undone');
    else deepEqual(this.#undoable, [], 'all that could be undone was tried');
  }

  #rest({ after }: Step): void {
    const { context } = after;
    equal(this.#status, statusOf(after));
    equal(after.status, this.#status in allowedMoves ? 'active' : 'done');
    equal(after.hasTag('active'), this.#status === 'IN_PROGRESS');
    const isPaused = this.#pauses.size > 0;
    if (this.#status === 'BLOCKED') ok(this.#unmet().length > 0 || isPaused);
    if (isPaused && !this.#isStopping)
      ok(['BLOCKED', 'FAILED', 'CANCELLED'].includes(this.#status), 'paused is still');
    equal(context.steps.progress, this.#naive.progress, 'it is as far as the naive model');
    equal(context.cost, this.#cost, 'what runs cost is added up');
    const omitted = this.#namesOf('O');
    ok(
      [...this.#omitted].every((name) => omitted.includes(name)),
      'what is told so is omitted',
    );
    if (!this.#isStopping) equal(this.#omitted.size, omitted.length, 'omissions are told');
    if (after.matches({ IN_PROGRESS: 'timed' }) || after.matches({ IN_PROGRESS: 'untimed' }))
      equal(this.#naive.verdict(this.#cost ?? 0).is, 'open', 'who is at work has work');
    const isFinishing = after.matches({ IN_PROGRESS: 'finishing' });
    if (this.#status === 'IN_PROGRESS' && !this.#isStopping)
      equal(this.#finishes, isFinishing ? 1 : 0, 'it finishes when its plan is complete');
  }

  #runOf(step: number): OwnRun {
    const found = this.#runs.get(step) ?? { number: 1, tries: 1, fallback: 0 };
    this.#runs.set(step, found);
    return found;
  }

  /** The step whose run this is; undefined unless it is under way. */
  #stepUnderWay(name: string): number | undefined {
    return this.#open().find((step) => this.#nameOf(step) === name);
  }

  #nameOf(step: number): string {
    return stepRunName(this.#spec.plan.steps[step]?.name ?? '', this.#runOf(step).number);
  }

  #open(): number[] {
    return this.#naive.numbersOf('S');
  }

  #openRuns(): string[] {
    const undo = this.#undoRun;
    return [
      ...this.#open()
        .map((step) => this.#nameOf(step))
        .filter((name) => !this.#judging.has(name)),
      ...(undo === undefined ? [] : [undo]),
    ];
  }

  #addresses(names: readonly string[]): string[] {
    return names.map((name) => childAddress(asAddress(this.#spec.run), name)).sort();
  }

  #namesOf(letter: string): string[] {
    return this.#naive.numbersOf(letter).map((step) => this.#spec.plan.steps[step]?.name ?? '');
  }

  #unmet(): string[] {
    return this.#spec.dependsOn.filter((run) => !this.#met.has(run));
  }
}

/** Whether it has failed or was cancelled, and is not there yet. */
const isOnItsWayOut = ({ context }: Pick<AnyMachineSnapshot, 'context'>): boolean =>
  context.error !== undefined || context.reason !== undefined;

const sentTo = (effects: readonly Effect[], wanted: string): string[] =>
  effects
    .flatMap(({ type, params }) => (type === 'send' ? [params as SendParams] : []))
    .filter(({ event }) => event.type === wanted)
    .flatMap(({ to }) => to)
    .sort();

interface StartParams {
  readonly steps: readonly string[];
}

interface StepParams {
  readonly step: string;
}

interface TellParams {
  readonly rows: readonly { readonly step: string; readonly status: string }[];
}

interface IncidentParams {
  readonly incidents: readonly unknown[];
}

/** The first cause of all says whether another try can help. */
function isWorthAgain(error: Failure | undefined): boolean {
  if (error?.cause !== undefined) return isWorthAgain(error.cause);
  return error === undefined || error.retryable || error.code === 'WORK_TIMEOUT';
}
