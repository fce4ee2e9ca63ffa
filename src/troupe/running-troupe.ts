/** The running team behind the `Troupe` interface. */
import type { AnyStateMachine } from 'xstate';
import type { Approvals, Escalations } from '../approvals/index.ts';
import type { Incidents } from '../incidents/index.ts';
import { type SavedSnapshot, saveSnapshot } from '../journal/index.ts';
import {
  type DeadLetters,
  type Inbox,
  type Messages,
  type Question,
  typedAsk,
  typedAskStream,
} from '../messages/index.ts';
import {
  type Address,
  type Ask,
  type AskStream,
  checkId,
  clientAddress,
  type Definition,
  durationMs,
  limits,
  type Runnable,
  troupeError,
} from '../protocol/index.ts';
import {
  addressOf,
  checkWaitOptions,
  type Parked,
  Run,
  type RunOptions,
  type Runs,
  sendEvent,
} from '../runs/index.ts';
import { type Supervisor, supervise } from '../supervision/index.ts';
import type { Handoffs } from '../tasks/index.ts';
import { Asking } from './life/asking.ts';
import { type Faces, facesOf, type TroupeParts } from './life/faces.ts';
import { following } from './life/following.ts';
import { type Metrics, metricsOf } from './life/metrics.ts';
import { registerAll } from './life/registering.ts';
import {
  type RestoredSnapshot,
  type RestorePorts,
  type RestoreSettings,
  restoreTeam,
} from './life/restoring.ts';
import { checkWork, startRun } from './life/starting.ts';
import { endTeam, settle } from './life/stopping.ts';
import { checkRestoreOptions, checkSnapshotOptions, checkStopOptions } from './options.ts';
import { supervisionPorts } from './supervise.ts';
import type { RestoreOptions, SnapshotOptions, StopOptions, Troupe } from './troupe.ts';

/** What a troupe needs to be restored. */
export type TroupePorts = Pick<RestorePorts, 'workspace' | 'remake'>;

/** A running team. */
export class RunningTroupe implements Troupe {
  readonly parked: Parked;
  readonly incidents: Incidents;
  readonly approvals: Approvals;
  readonly escalations: Escalations;
  readonly runs: Runs;
  readonly ask: Ask;
  readonly askStream: AskStream;
  readonly handoffs: Handoffs;
  readonly deadLetters: DeadLetters;
  readonly messages: Messages;
  readonly #client: Address;
  readonly #asking = new Asking();
  #parts: TroupeParts;
  #faces: Faces;
  readonly #ports: TroupePorts;
  #state: 'running' | 'restoring' | 'stopping' | 'stopped' = 'running';
  #restoring: Promise<RestoredSnapshot> | undefined;
  #stopped: Promise<void> | undefined;

  constructor(parts: TroupeParts, ports: TroupePorts) {
    this.#parts = parts;
    this.#ports = ports;
    this.#client = clientAddress(parts.host.clock.id());
    this.#faces = this.#facesOf(parts);
    this.incidents = following(() => this.#faces.incidents);
    this.runs = following(() => this.#faces.runs);
    this.approvals = following(() => this.#faces.approvals);
    this.escalations = following(() => this.#faces.escalations);
    this.parked = following(() => this.#faces.parked);
    this.handoffs = following(() => this.#faces.handoffs);
    this.deadLetters = following(() => this.#faces.deadLetters);
    this.messages = following(() => this.#faces.messages);
    this.ask = typedAsk(async (to, message, options) => {
      this.#checkRunning('ask');
      const { office } = this.#parts.behaviours;
      return office.ask({ from: this.#client }, { to, message, options });
    });
    this.askStream = typedAskStream((to, message, options) =>
      this.#partsOf({ to, message, options }),
    );
  }

  async run(work: Runnable, input: unknown, options?: RunOptions): Promise<never> {
    const run = await this.start(work, input, options);
    return run.result();
  }

  async start(work: Runnable, input: unknown, options?: RunOptions): Promise<Run<never, never>> {
    this.#checkRunning('start');
    return startRun({ ...this.#parts, client: this.#client }, { work, input, options });
  }

  async get(wanted: Runnable, id: string): Promise<Run<never, never> | undefined> {
    this.#checkRunning('get');
    const work = checkWork(wanted, 'get');
    const address = addressOf(work, checkId(id, 'id of the run'));
    const { host, behaviours } = this.#parts;
    const found = host.find(address);
    return found === undefined ? undefined : new Run<never, never>(host, address, behaviours.hands);
  }

  async send(to: unknown, message: unknown, options?: unknown): Promise<void> {
    this.#checkRunning('send');
    const { host, behaviours } = this.#parts;
    if (to instanceof Run) return sendEvent(host, to.runId, message);
    const wait = checkWaitOptions(options, 'send');
    const checked = behaviours.office.check(to, message);
    await behaviours.office.post({ ...checked, from: this.#client }, { wait: () => wait });
  }

  async supervise(options: unknown): Promise<Supervisor<never>> {
    this.#checkRunning('supervise');
    const { host, catalogue, behaviours } = this.#parts;
    return supervise(supervisionPorts(host, catalogue, behaviours), options, this.#client);
  }

  async sendAll(messages: unknown): Promise<void> {
    this.#checkRunning('sendAll');
    await this.#parts.behaviours.office.postAll(this.#client, messages);
  }

  inbox(bot: unknown): Inbox {
    const checkRunning = (call: string): void => this.#checkRunning(call);
    return following(() => this.#parts.behaviours.office.inbox(bot, checkRunning));
  }

  async register(...definitions: readonly (Definition | AnyStateMachine)[]): Promise<void> {
    this.#checkRunning('register');
    await registerAll(this.#parts, definitions);
  }

  async snapshot(path: string, options?: SnapshotOptions): Promise<SavedSnapshot> {
    this.#checkRunning('snapshot');
    const { overwrite = false } = checkSnapshotOptions(options);
    const { host, journal } = this.#parts;
    const now = (): number => host.clock.now();
    return saveSnapshot(journal, path, { workspace: this.#ports.workspace, now, overwrite });
  }

  async restore(path: string, options?: RestoreOptions): Promise<RestoredSnapshot> {
    this.#checkRunning('restore');
    const { deadline = limits.stopMs, before } = checkRestoreOptions(options);
    if (this.#restoring !== undefined) throw troupeError('RESTORING', { call: 'restore' });
    this.#restoring = this.#restore(path, { deadlineMs: durationMs(deadline), before });
    try {
      return await this.#restoring;
    } finally {
      this.#restoring = undefined;
    }
  }

  async query<Row>(sql: string, params?: unknown, options?: unknown): Promise<Row[]> {
    this.#checkRunning('query');
    return this.#asking.ask(this.#parts.journal.path, { sql, params, options });
  }

  metrics(): Metrics {
    return metricsOf(this.#parts);
  }

  async stop(given: StopOptions = {}): Promise<void> {
    const { deadline = limits.stopMs } = checkStopOptions(given);
    this.#stopped ??= this.#stop(durationMs(deadline));
    return this.#stopped;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async *#partsOf(question: Question): AsyncGenerator<unknown, void, undefined> {
    this.#checkRunning('askStream');
    yield* this.#parts.behaviours.office.askStream({ from: this.#client }, question);
  }

  async #restore(path: string, settings: RestoreSettings): Promise<RestoredSnapshot> {
    const begin = (): void => {
      this.#checkRunning('restore');
      this.#state = 'restoring';
      void this.#asking.close(troupeError('RESTORING', { call: 'query' }));
    };
    const ports = { ...this.#ports, team: this.#parts, begin };
    try {
      const { team, restored, failure } = await restoreTeam(ports, path, settings);
      this.#parts = team;
      this.#faces = this.#facesOf(team);
      this.#state = 'running';
      if (failure !== undefined) throw failure;
      return restored;
    } catch (error) {
      // No team could be made, neither on the one journal nor on the other.
      if (this.#state === 'restoring') this.#state = 'stopped';
      throw error;
    }
  }

  async #stop(deadlineMs: number): Promise<void> {
    if (this.#state === 'restoring') await this.#restoring?.catch(() => undefined);
    if (this.#state === 'stopped') return;
    this.#state = 'stopping';
    await settle(this.#parts, deadlineMs, (call) => this.#stoppedError(call));
    this.#state = 'stopped';
    endTeam(this.#parts, this.#stoppedError('waiting'));
    await this.#asking.close(this.#stoppedError('query'));
    this.#parts.journal.close();
  }

  #facesOf(parts: TroupeParts): Faces {
    return facesOf(parts, {
      client: this.#client,
      checkRunning: (call) => this.#checkRunning(call),
    });
  }

  #checkRunning(call: string): void {
    if (this.#state === 'running') return;
    throw this.#state === 'restoring'
      ? troupeError('RESTORING', { call })
      : this.#stoppedError(call);
  }

  #stoppedError(call: string): Error {
    return troupeError('STOPPED', { state: this.#state, call });
  }
}
