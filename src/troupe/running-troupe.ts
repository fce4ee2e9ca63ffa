/** The running team behind the `Troupe` interface. */
import type { AnyStateMachine } from 'xstate';
import type { Approvals, Escalations } from '../approvals/index.ts';
import type { Incidents } from '../incidents/index.ts';
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
import { type Faces, facesOf, type TroupeParts } from './life/faces.ts';
import { following } from './life/following.ts';
import { registerAll } from './life/registering.ts';
import { checkWork, startRun } from './life/starting.ts';
import { endTeam, settle } from './life/stopping.ts';
import { checkStopOptions } from './options.ts';
import { supervisionPorts } from './supervise.ts';
import type { StopOptions, Troupe } from './troupe.ts';

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
  #parts: TroupeParts;
  #faces: Faces;
  #state: 'running' | 'stopping' | 'stopped' = 'running';
  #stopped: Promise<void> | undefined;

  constructor(parts: TroupeParts) {
    this.#parts = parts;
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

  async #stop(deadlineMs: number): Promise<void> {
    this.#state = 'stopping';
    await settle(this.#parts, deadlineMs, (call) => this.#stoppedError(call));
    this.#state = 'stopped';
    endTeam(this.#parts, this.#stoppedError('waiting'));
    this.#parts.journal.close();
  }

  #facesOf(parts: TroupeParts): Faces {
    return facesOf(parts, {
      client: this.#client,
      checkRunning: (call) => this.#checkRunning(call),
    });
  }

  #checkRunning(call: string): void {
    if (this.#state !== 'running') throw this.#stoppedError(call);
  }

  #stoppedError(call: string): Error {
    return troupeError('STOPPED', { state: this.#state, call });
  }
}
