/**
 * A cruise: a host with a fleet on a simulated disk and clock, crashed when its story says so.
 * A life of the process ends at the commit that crashes; the next one starts from what is durable.
 */
import { machines } from '../../../machines/index.ts';
import { type SimulatedClock, simulatedClock } from '../../../src/clock/index.ts';
import { type Creation, LocalHost } from '../../../src/engine/index.ts';
import {
  type Batch,
  type Journal,
  type SimulatedDisk,
  simulatedDisk,
} from '../../../src/journal/index.ts';
import {
  type ActorEvent,
  type Address,
  asAddress,
  limits,
  type MachineSpec,
  type RunSupervision,
  retryPolicy,
} from '../../../src/protocol/index.ts';
import { rest } from '../fixtures.ts';
import { boatIn, type World } from './fleet.ts';

/** One thing that happens. */
export type Op =
  | { readonly op: 'start'; readonly boat: number }
  | { readonly op: 'send'; readonly boat: number; readonly event: ActorEvent }
  | { readonly op: 'cancel'; readonly boat: number }
  | { readonly op: 'settle'; readonly call: number; readonly isOk: boolean }
  | { readonly op: 'advance'; readonly ms: number }
  | { readonly op: 'rest' }
  | { readonly op: 'crash'; readonly commits: number; readonly moment: 'before' | 'after' };

/** How each boat is supervised. */
export const supervisions: readonly RunSupervision[] = [
  { restart: 'temporary', resumeFrom: 'snapshot' },
  { restart: 'transient', resumeFrom: 'snapshot' },
  { restart: 'permanent', resumeFrom: 'input' },
].map((own, index) => ({
  ...own,
  intensity: { max: 3, withinMs: 200 },
  backoff: index === 1 ? { backoffMs: 15, backoffMsMax: 60 } : null,
})) as readonly RunSupervision[];

/** The address of a boat. */
export const boatAt = (boat: number): Address => asAddress(`run/boat/${boat}`);

/** A cruise under way. */
export class Cruise {
  readonly clock: SimulatedClock = simulatedClock(1);
  readonly world: World = { life: 0, calls: [] };
  readonly disk: SimulatedDisk;
  /** Numbers of events whose acceptance was told. */
  readonly accepted = new Set<number>();
  readonly sent = new Map<number, { readonly boat: number; readonly event: ActorEvent }>();
  /** Errors of hosts that no crash explains. */
  readonly faults: unknown[] = [];
  /** The last row of a tree that was cancelled, when it had come to rest. */
  readonly quietSince = new Map<number, number>();
  #host: LocalHost | undefined;
  #journal: Journal | undefined;
  #crash: { readonly at: number; readonly moment: 'before' | 'after' } | undefined;
  #isDown = false;
  #groupTurns: number;

  constructor(groupTurns: number, committed: (batch: Batch) => void = () => undefined) {
    this.#groupTurns = groupTurns;
    this.disk = simulatedDisk({
      onCommit: (commit, moment, batch) => {
        if (moment === 'after') committed(batch);
        const crash = this.#crash;
        if (crash === undefined || commit < crash.at || moment !== crash.moment) return;
        this.#crash = undefined;
        this.#isDown = true;
        throw new RangeError('a crash');
      },
    });
  }

  /** Begins a life, and another one when that crashes at once. */
  async begin(): Promise<void> {
    do {
      this.#isDown = false;
      this.world.life += 1;
      this.clock.clear();
      const journal = this.disk.open();
      this.#journal = journal;
      const boat = boatIn(this.world);
      const host = new LocalHost({
        clock: this.clock,
        journal,
        limits: { ...limits, groupTurns: this.#groupTurns },
        log: { debug() {}, info() {}, warn() {}, error: this.#noteFault },
        behaviours: { incident: { machine: machines.incident } },
        machineOf: () => boat,
      });
      this.#host = host;
      host.recover(() => undefined);
      host.resume().catch(() => undefined);
      await rest(this.clock);
    } while (this.#isDown);
  }

  get host(): LocalHost {
    if (this.#host === undefined) throw new RangeError('it has not begun');
    return this.#host;
  }

  get journal(): Journal {
    if (this.#journal === undefined) throw new RangeError('it has not begun');
    return this.#journal;
  }

  async play(op: Op): Promise<void> {
    switch (op.op) {
      case 'start':
        this.#start(op.boat);
        break;
      case 'send':
        this.#send(op.boat, op.event);
        break;
      case 'cancel':
        this.#enter((stage) =>
          stage.send(boatAt(op.boat), { type: 'run.cancel', reason: 'told', orphan: false }),
        );
        break;
      case 'settle':
        // The youngest first: the oldest ones never end.
        this.openCalls()
          .at(-1 - op.call)
          ?.settle(op.isOk);
        break;
      case 'advance':
        await this.#advance(op.ms);
        break;
      case 'rest':
        await rest(this.clock);
        break;
      case 'crash':
        this.#crash = { at: this.disk.commits + op.commits, moment: op.moment };
        break;
    }
    if (this.#isDown) await this.begin();
  }

  /** Lets all go on that waits for no time. */
  async settle(): Promise<void> {
    do {
      if (this.#isDown) await this.begin();
      await rest(this.clock);
      await this.#advance(0);
    } while (this.#isDown);
  }

  /** Promises of this life that are under way. */
  openCalls() {
    const { calls, life } = this.world;
    return calls.filter((call) => call.life === life && !call.isSettled && !call.signal.aborted);
  }

  #start(boat: number): void {
    this.#enter((stage) => {
      if (stage.find(boatAt(boat)) === undefined) stage.create(creationOf(boat, stage.now));
    });
  }

  #send(boat: number, event: ActorEvent): void {
    const n = Number(event.n);
    this.sent.set(n, { boat, event });
    let isTaken = false;
    this.#enter(
      (stage) => {
        const cell = stage.find(boatAt(boat));
        isTaken = cell !== undefined && !cell.isDone;
        if (cell !== undefined && isTaken) stage.post(cell, event);
      },
      () => isTaken && this.accepted.add(n),
    );
  }

  #enter(command: Parameters<LocalHost['enter']>[1], done: () => unknown = () => {}): void {
    this.host.enter('op', command).then(done, () => undefined);
  }

  async #advance(ms: number): Promise<void> {
    const until = this.clock.now() + ms;
    this.clock.after(ms, () => {});
    for (;;) {
      await rest(this.clock);
      if (this.#isDown) return;
      const due = this.clock.nextDue();
      if (due === undefined || due > until) return;
      this.clock.jump();
    }
  }

  readonly #noteFault = (text: string, facts?: object): void => {
    if (text === 'the host failed' && !this.#isDown) this.faults.push(facts);
  };
}

/** What makes the run of a boat. */
export function creationOf(boat: number, now: number): Creation {
  const spec: MachineSpec = {
    run: boatAt(boat),
    definition: 'boat',
    version: '1',
    parent: null,
    step: null,
    type: 'machine',
    title: null,
    description: null,
    domain: null,
    createdBy: 'client/test',
    createdAt: now,
    priority: 5,
    requirements: [],
    constraints: [],
    dueAt: null,
    dependsOn: [],
    onDependencyFailure: 'fail',
    retry: retryPolicy(false),
    timeoutMs: null,
    supervision: supervisions[boat % supervisions.length] as RunSupervision,
  };
  const address = boatAt(boat);
  return {
    address,
    kind: 'machine',
    definition: 'boat',
    version: '1',
    structure: '',
    parent: '',
    spec,
  };
}
