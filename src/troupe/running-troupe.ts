/** The running team behind the `Troupe` interface. */
import type { AnyStateMachine } from 'xstate';
import { type Approvals, type Escalations, escalation, peopleOf } from '../approvals/index.ts';
import type { Definitions } from '../bots/index.ts';
import type { LocalHost } from '../engine/index.ts';
import { type Incidents, incidentsOf } from '../incidents/index.ts';
import type { Journal } from '../journal/index.ts';
import {
  type DeadLetters,
  type Inbox,
  type Messages,
  messagesOf,
  type Question,
  type Statistics,
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
  parkedRuns,
  Run,
  type RunOptions,
  type Runs,
  runsOf,
  sendEvent,
} from '../runs/index.ts';
import { type Supervisor, supervise } from '../supervision/index.ts';
import type { Handoffs } from '../tasks/index.ts';
import type { Behaviours } from './behaviours.ts';
import type { TroupeCatalogue } from './catalogue/catalogue.ts';
import { registerAll } from './life/registering.ts';
import { checkWork, startRun } from './life/starting.ts';
import { endTeam, settle } from './life/stopping.ts';
import { checkStopOptions } from './options.ts';
import { supervisionPorts } from './supervise.ts';
import type { StopOptions, Troupe } from './troupe.ts';

/** What a running team is made of. */
export interface TroupeParts {
  readonly host: LocalHost;
  readonly journal: Journal;
  readonly definitions: Definitions;
  readonly catalogue: TroupeCatalogue;
  readonly behaviours: Behaviours;
  readonly statistics: Statistics;
}

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
  readonly #parts: TroupeParts;
  readonly #client: Address;
  #state: 'running' | 'stopping' | 'stopped' = 'running';
  #stopped: Promise<void> | undefined;

  constructor(parts: TroupeParts) {
    this.#parts = parts;
    this.#client = clientAddress(parts.host.clock.id());
    this.incidents = incidentsOf(parts.host);
    this.runs = runsOf(parts.host, parts.behaviours.hands, (call) => this.#checkRunning(call));
    ({ approvals: this.approvals, escalations: this.escalations } = peopleOf({
      ...parts,
      approvalOf: parts.catalogue.approvalOf,
      start: (input, options) => this.start(escalation, input, options),
    }));
    this.parked = parkedRuns(parts.host, parts.catalogue.fitness);
    this.handoffs = parts.behaviours.handoffs;
    this.deadLetters = parts.behaviours.office.letters;
    const botIds = (): string[] => parts.catalogue.bots().map(({ id }) => id);
    this.messages = messagesOf(parts.host, parts.statistics, botIds);
    this.ask = typedAsk(async (to, message, options) => {
      this.#checkRunning('ask');
      return parts.behaviours.office.ask({ from: this.#client }, { to, message, options });
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
    return this.#parts.behaviours.office.inbox(bot, (call) => this.#checkRunning(call));
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

  #checkRunning(call: string): void {
    if (this.#state !== 'running') throw this.#stoppedError(call);
  }

  #stoppedError(call: string): Error {
    return troupeError('STOPPED', { state: this.#state, call });
  }
}
