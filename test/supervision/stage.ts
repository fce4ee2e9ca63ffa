/**
 * A stage for supervisors: a real host on a simulated clock and disk, scripted workers, and the
 * trace of what happened, in the form of the recorded ones.
 */
import { machines } from '../../machines/index.ts';
import { type SimulatedClock, simulatedClock } from '../../src/clock/index.ts';
import { LocalHost } from '../../src/engine/index.ts';
import { type Batch, type SimulatedDisk, simulatedDisk } from '../../src/journal/index.ts';
import type { Answer } from '../../src/policies/index.ts';
import {
  type ActorEvent,
  type Address,
  asAddress,
  limits,
  type SupervisionSpec,
  supervisedId,
} from '../../src/protocol/index.ts';
import { type Calls, Supervisors, supervisorCreation } from '../../src/supervision/index.ts';
import { rest } from '../engine/fixtures.ts';
import { type Failing, scriptedWorkers, workerAddress } from './scripted.ts';
import type { TraceEvent } from './traces.ts';

/** What a test may set. */
export interface StageOptions {
  readonly clock?: SimulatedClock;
  readonly disk?: SimulatedDisk;
  /** The process ends after this commit, before anything that it decided is done. */
  readonly crashAfter?: number;
}

/** A host with supervisors, and what happened on it. */
export class SupervisionStage {
  readonly clock: SimulatedClock;
  readonly disk: SimulatedDisk;
  readonly host: LocalHost;
  readonly trace: TraceEvent[] = [];
  readonly failing: Failing = new Map();
  readonly logs: string[] = [];
  commits = 0;
  readonly #gens = new Map<string, number>();
  readonly #supervisors: Supervisors;

  constructor(options: StageOptions = {}) {
    this.clock = options.clock ?? simulatedClock(1);
    this.disk = options.disk ?? simulatedDisk();
    const { workers, behaviour } = scriptedWorkers(this.failing, (event) => this.trace.push(event));
    const behaviours: Record<string, typeof behaviour> = {
      worker: behaviour,
      incident: { machine: machines.incident },
    };
    const log = (text: string, facts?: object): void =>
      void this.logs.push(`${text} ${JSON.stringify(facts)}`);
    this.host = new LocalHost({
      clock: this.clock,
      journal: this.disk.open(),
      limits,
      log: { debug: () => {}, info: log, warn: log, error: log },
      behaviours,
      committed: (batch) => {
        this.#tell(batch);
        this.commits += 1;
        if (this.commits === options.crashAfter) this.host.end('a crash');
      },
    });
    this.#supervisors = new Supervisors({ host: this.host, workers });
    behaviours.supervisor = this.#supervisors;
  }

  get calls(): Calls {
    return this.#supervisors.calls;
  }

  /** Recovers and comes to rest. */
  async up(): Promise<this> {
    this.host.recover(() => undefined);
    await Promise.all([this.host.resume().catch(() => undefined), rest(this.clock)]);
    return this;
  }

  /** Comes to rest, going through as much time as something waits for. */
  async quiet(): Promise<void> {
    do await rest(this.clock);
    while (this.clock.jump());
  }

  /** Lets time pass. */
  async sleep(ms: number): Promise<void> {
    const until = this.clock.now() + ms;
    this.clock.after(ms, () => undefined);
    for (;;) {
      await rest(this.clock);
      const due = this.clock.nextDue();
      if (due === undefined || due > until) return;
      this.clock.jump();
    }
  }

  /** Creates a supervisor. */
  async supervise(id: string, spec: SupervisionSpec): Promise<Address> {
    const address = asAddress(`supervisor/${id}`);
    const own = { ...spec, createdBy: 'test', above: null };
    const made = this.host.enter('supervise', (stage) => {
      if (stage.find(address) !== undefined) return;
      stage.create(supervisorCreation(stage, address, '', own));
    });
    made.catch(() => undefined);
    await rest(this.clock);
    return address;
  }

  /** Sends an event to an actor. */
  async send(to: Address, event: ActorEvent): Promise<void> {
    const sent = this.host.enter('send', (stage) => stage.send(to, event)).catch(() => undefined);
    await Promise.all([sent, rest(this.clock)]);
  }

  /** Asks a supervisor; its answer, or undefined when it has ended. */
  async ask(supervisor: Address, event: ActorEvent): Promise<Answer | undefined> {
    const answer = this.calls.ask(supervisor, event).catch(() => undefined);
    await this.quiet();
    return answer;
  }

  isAlive(address: Address): boolean {
    return this.host.find(address)?.isDone === false;
  }

  /** The workers that are alive. */
  workersAlive(ids: readonly string[]): string[] {
    return ids.filter((id) => this.isAlive(workerAddress(id)));
  }

  /** Tells the starts and ends that a commit made true, in their order. */
  #tell({ actors, rows }: Batch): void {
    const byNumber = new Map(actors.map((record) => [record.actor, record]));
    for (const { actor, type, status } of rows) {
      const record = byNumber.get(actor);
      if (record === undefined || record.kind === 'incident') continue;
      const id = supervisedId(record.address);
      const kind = record.kind === 'supervisor' ? 'sup' : 'worker';
      if (type === 'init') this.#gens.set(id, (this.#gens.get(id) ?? 0) + 1);
      const gen = this.#gens.get(id) ?? 0;
      if (type === 'init') this.trace.push({ e: 'start', kind, id, gen });
      if (!/(stopped|over)$/.test(status)) continue;
      this.trace.push({ e: 'exit', kind, id, gen, reason: reasonOf(record.snapshot) });
    }
  }
}

/** The exit reason of an actor, as OTP names it. */
function reasonOf(snapshot: string): string {
  const { context } = JSON.parse(snapshot);
  if (context.reason !== undefined) return context.reason;
  const { why } = context.supervision.ended;
  if (why === 'killed') return 'killed';
  return why === 'start-failed' ? 'shutdown:failed_to_start_child' : 'shutdown';
}
