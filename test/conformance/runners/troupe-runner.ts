/**
 * A case on a troupe: the same script, on a simulated clock and disk, through all crashes.
 * What was seen and emitted is read from the journal's history.
 *
 * After a crash everything in memory is thrown away but the desk (the world outside): the next life
 * starts from what was committed and the script goes on where it was. A step that was not
 * acknowledged is taken again, unless the crash came right after its commit. Nothing depends on
 * real time: calls of the scheduler run one by one, and all that can go on goes on between them.
 */
import { deepEqual } from 'node:assert/strict';
import type { AnyActorRef } from 'xstate';
import {
  createTroupe,
  isTroupeError,
  type Run,
  simulatedClock,
  type Troupe,
} from '../../../src/index.ts';
import {
  type DeadLetter,
  type Journal,
  memoryJournal,
  simulatedDisk,
} from '../../../src/journal/index.ts';
import { segmentsOf } from '../../../src/protocol/index.ts';
import { eventOnPaper, onPaper, stateOf } from './account.ts';
import type { Account, Case, Seen, State, Step } from './contract.ts';
import { Desk } from './desk.ts';

/** A crash at a commit: before it is durable, or after, when only its answer is lost. */
export interface Crash {
  readonly at: number;
  readonly moment: 'before' | 'after';
}

/** What came of a case on a troupe. */
export interface Played extends Account {
  readonly commits: number;
  /** Crashes that were wanted and did not come. */
  readonly missed: number;
  /** Calls of promises. */
  readonly calls: readonly string[];
  /** What could not be applied. */
  readonly dead: readonly DeadLetter[];
}

/** How a case is played. */
export interface Playing {
  readonly crashes?: readonly Crash[];
  /** Turns in a group (default 512). */
  readonly groupTurns?: number;
}

/** The run of any machine, with any events. */
type MachineRun = Run<unknown, AnyActorRef>;

const RUN = 'it';
const quiet = (): void => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

/** Plays a case on a troupe in memory. */
export async function memoryRunner(one: Case): Promise<Played> {
  const stage = new Stage(one, {});
  await stage.live(memoryJournal({ rows: 10_000, runs: 10_000 }));
  return stage.account();
}

/** Plays a case on a troupe whose disk outlives crashes. */
export async function diskRunner(one: Case, playing: Playing = {}): Promise<Played> {
  let left = [...(playing.crashes ?? [])];
  const stage = new Stage(one, playing);
  const disk = simulatedDisk({
    onCommit: (commit, moment) => {
      const [crash] = left;
      if (crash === undefined || commit < crash.at || moment !== crash.moment) return;
      left = left.slice(1);
      stage.crash(moment);
      throw new RangeError(`crash ${moment} commit ${commit}`);
    },
  });
  while (!(await stage.live(disk.open())));
  return { ...stage.account(), commits: disk.commits, missed: left.length };
}

/** The script's place on its way, which outlives crashes. */
class Stage {
  readonly #case: Case;
  readonly #playing: Playing;
  readonly #desk = new Desk();
  readonly #clock = simulatedClock(1);
  readonly #states: State[] = [];
  #emitted: readonly unknown[] = [];
  #seen: readonly Seen[] = [];
  #dead: readonly DeadLetter[] = [];
  #isAlive = false;
  /** Whether an event waits for its acknowledgement. */
  #isSending = false;
  /** Whether the step under way was acknowledged, or committed by the crash. */
  #isTaken = false;
  /** When the time of the step under way is over. */
  #until = 0;

  constructor(one: Case, playing: Playing) {
    this.#case = one;
    this.#playing = playing;
  }

  crash(moment: Crash['moment']): void {
    this.#isAlive = false;
    if (moment === 'after' && this.#isSending) this.#isTaken = true;
    this.#isSending = false;
  }

  account(): Played {
    const { calls } = this.#desk;
    const account = { states: this.#states, seen: this.#seen, emitted: this.#emitted };
    return { ...account, calls, dead: this.#dead, commits: 0, missed: 0 };
  }

  /** One life of the process; whether it came to the script's end. */
  async live(journal: Journal): Promise<boolean> {
    this.#isAlive = true;
    const { groupTurns = 512 } = this.#playing;
    const machine = this.#case.machine(this.#desk);
    const clock = this.#clock;
    const options = { definitions: [machine], journal, clock, log, limits: { groupTurns } };
    const troupe = await this.#settled(createTroupe(options));
    const run =
      troupe && (await this.#settled(troupe.start(machine, this.#case.input, { id: RUN })));
    if (troupe !== undefined && run !== undefined) await this.#play(troupe, run);
    const isOver = this.#isAlive;
    if (isOver && troupe !== undefined) {
      deepEqual(orphansIn(journal), []);
      this.#seen = seenIn(journal);
      this.#dead = journal.deadLetters(1_000);
      this.#emitted = emittedIn(journal);
      await this.#settled(troupe.stop({ deadline: 0 }));
    }
    clock.clear();
    return isOver;
  }

  async #play(troupe: Troupe, run: MachineRun): Promise<void> {
    const { script } = this.#case;
    const { actor } = run;
    await this.#rest();
    if (this.#states.length === 0) this.#note(actor);
    for (;;) {
      const step = script[this.#states.length - 1];
      if (step === undefined || !this.#isAlive) return;
      if (!this.#isTaken) await this.#take(step, troupe, run);
      await this.#rest();
      this.#note(actor);
    }
  }

  #note(actor: AnyActorRef): void {
    if (!this.#isAlive) return;
    this.#states.push(stateOf(actor.getSnapshot(), pathOf));
    this.#isTaken = false;
    this.#until = 0;
  }

  async #take(step: Step, troupe: Troupe, run: MachineRun): Promise<void> {
    if (step.do === 'advance') return this.#pass(step.ms);
    const taken = (): void => {
      this.#isTaken = true;
    };
    if (step.do === 'send') {
      this.#isSending = true;
      await this.#settled(troupe.send(run, step.event).then(taken, dropped(taken)));
      this.#isSending = false;
    } else {
      if (step.do === 'settle') this.#desk.settle(step.call, step.value);
      else this.#desk.reject(step.call, step.error);
      taken();
    }
  }

  async #pass(ms: number): Promise<void> {
    const clock = this.#clock;
    this.#until ||= clock.now() + ms;
    const until = this.#until;
    clock.after(until - clock.now(), quiet);
    await this.#rest();
    while (this.#isAlive && (clock.nextDue() ?? Number.POSITIVE_INFINITY) <= until) {
      clock.jump();
      await this.#rest();
    }
  }

  /** What a promise gives; undefined when a crash came first. */
  async #settled<Value>(promise: Promise<Value>): Promise<Value | undefined> {
    let isSettled = false;
    const end = (): void => {
      isSettled = true;
    };
    promise.then(end, end);
    for (let idle = 0; !isSettled && this.#isAlive && idle < 5; ) {
      await turnOfLoop();
      idle = this.#goesOn() ? 0 : idle + 1;
    }
    if (!this.#isAlive) return undefined;
    if (!isSettled) throw new RangeError('a call to the troupe hangs');
    return promise;
  }

  /** Lets everything go on that waits for no time. */
  async #rest(): Promise<void> {
    for (let idle = 0; this.#isAlive && idle < 3; ) {
      await turnOfLoop();
      idle = this.#goesOn() ? 0 : idle + 1;
    }
  }

  #goesOn(): boolean {
    if (this.#clock.step()) return true;
    const isDue = (this.#clock.nextDue() ?? Number.POSITIVE_INFINITY) <= this.#clock.now();
    return isDue && this.#clock.jump();
  }
}

/** Who has ended takes nothing more: the troupe refuses what XState drops. */
const dropped = (taken: () => void) => (error: unknown) => {
  if (isTroupeError(error, 'ILLEGAL_MOVE')) taken();
  else if (!isTroupeError(error, 'JOURNAL_FAILED')) throw error;
};

/** Every promise that can go on goes on before the event loop's next turn. */
const turnOfLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Turns that are no event of the machine's own: its start, and the sending of what waited. */
const INTERNAL = /^(init|xstate\.(init|stop)|troupe\..*)$/;

/** The events that actors of the run have handled, from the journal's history. */
function seenIn(journal: Journal): readonly Seen[] {
  return journal.rows(0, 100_000).flatMap(({ actor, type, body }) => {
    const address = journal.byNumber(actor)?.address ?? '';
    if (!address.startsWith('run/') || INTERNAL.test(type)) return [];
    return [
      {
        by: pathOf({ sessionId: address }),
        from: '',
        event: eventOnPaper(JSON.parse(body), pathOf),
      },
    ];
  });
}

/** What the root emitted: kept in the history, so that `run.events()` can tell it again. */
const emittedIn = (journal: Journal): readonly unknown[] =>
  journal
    .rows(0, 100_000)
    .filter(({ actor, type }) => {
      const address = journal.byNumber(actor)?.address;
      return (
        type === 'troupe.emitted' && address !== undefined && pathOf({ sessionId: address }) === '/'
      );
    })
    .map(({ body }) => onPaper(JSON.parse(body).event, pathOf));

/** Actors that live below one that has ended. */
const orphansIn = (journal: Journal): readonly string[] =>
  journal
    .actors({ kind: 'machine', done: false })
    .map(({ address }) => address)
    .filter((address) => journal.byAddress(address.slice(0, address.lastIndexOf('/')))?.done);

/** The path of an actor below the run, by its address. */
function pathOf({ sessionId }: { readonly sessionId: string }): string {
  return `/${segmentsOf(sessionId as never)
    .slice(3)
    .join('/')}`;
}
