/** The running team behind the `Troupe` interface. */
import type { AnyStateMachine } from 'xstate';
import { type Approvals, type Escalations, escalation, peopleOf } from '../approvals/index.ts';
import { type Definitions, stageBot } from '../bots/index.ts';
import type { LocalHost, Stage } from '../engine/index.ts';
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
  botAddress,
  checkId,
  clientAddress,
  type Definition,
  definitionOf,
  durationMs,
  isTask,
  limits,
  type Runnable,
  said,
  systemAddress,
  troupeError,
} from '../protocol/index.ts';
import {
  addressOf,
  checkInput,
  checkRunOptions,
  checkWaitOptions,
  type Parked,
  parkedRuns,
  Run,
  type RunOptions,
  type Runs,
  runsOf,
  sendEvent,
  stageRun,
} from '../runs/index.ts';
import { type Supervisor, supervise } from '../supervision/index.ts';
import { chooseBot, type Handoffs } from '../tasks/index.ts';
import type { Behaviours } from './behaviours.ts';
import type { TroupeCatalogue } from './catalogue/catalogue.ts';
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

  async start(
    wanted: Runnable,
    given: unknown,
    givenOptions?: RunOptions,
  ): Promise<Run<never, never>> {
    this.#checkRunning('start');
    const { host, catalogue } = this.#parts;
    const work = checkWork(wanted, 'start');
    const { id: chosen, signal, ...options } = checkRunOptions(givenOptions, work);
    const id = chosen === undefined ? host.clock.id() : checkId(chosen, 'id of the run');
    const recipe = catalogue.recipe(work);
    const input = checkInput(work, given, host.limits);
    const address = addressOf(work, id);
    const createdBy = this.#client;
    const request = { definition: work, recipe, address, parent: null, createdBy, input, options };
    const run = new Run<never, never>(host, address, this.#parts.behaviours.hands);
    if (isTask(work) && host.find(address) === undefined) {
      chooseBot(work, { bots: catalogue.bots(), host, onTheWay: [] });
    }
    if (signal?.aborted === true) {
      const reason = 'its signal was aborted before it began';
      throw troupeError('ABORTED', { run: run.runId, reason }, signal.reason);
    }
    await host.enter('start', (stage) => void stageRun(stage, request));
    if (signal !== undefined) cancelBy(signal, run, host);
    return run;
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
    const { host, catalogue, behaviours } = this.#parts;
    this.#parts.definitions.add(definitions);
    const back = await host.enter('register', (stage) => {
      for (const bot of catalogue.bots()) stageBot(stage, bot);
      return unparkedBots(stage, catalogue);
    });
    for (const address of back) host.unpark(address);
    for (const record of host.journal.actors({ kind: 'task', active: true, done: false })) {
      const cell = host.find(record.address);
      if (record.status === 'PENDING' && cell?.parked === '') behaviours.workers.resume(cell);
    }
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
    const { host, journal, behaviours } = this.#parts;
    this.#state = 'stopping';
    behaviours.office.stop(troupeError('STOPPED', { state: 'stopping', call: 'send' }));
    try {
      const isClean = await this.#atMost(
        deadlineMs + host.limits.closingMs,
        this.#drain(deadlineMs),
      );
      if (!isClean) host.log.warn('stopped at the deadline: what was not committed runs again');
    } catch (error) {
      host.log.error('stopping on a failed host', { error });
    }
    this.#state = 'stopped';
    const reason = troupeError('STOPPED', { state: 'stopped', call: 'waiting' });
    host.end(reason);
    behaviours.office.end(reason);
    journal.close();
  }

  /** Lets what is under way be recorded; on a busy file too, what is left is aborted in time. */
  async #drain(deadlineMs: number): Promise<void> {
    const { host, behaviours } = this.#parts;
    const system = host.find(systemAddress);
    const until = host.clock.now() + deadlineMs;
    const invoked = host.promises.drain();
    const begun = host.enter('stop', (stage) =>
      stage.send(systemAddress, { type: 'system.drain' }),
    );
    await this.#atMost(deadlineMs, begun);
    const leftMs = Math.max(0, until - host.clock.now());
    await Promise.all([
      behaviours.workers.drain(leftMs),
      behaviours.handling.drain(leftMs),
      this.#drainPromises(invoked, leftMs),
    ]);
    await begun;
    await host.enter('stop', (stage) => stage.send(systemAddress, { type: 'system.drained' }));
    // Its turn may come in a later group.
    while (system?.isDone === false) await host.enter('stop', () => undefined);
  }

  /** What machines invoked may end; at the deadline it is aborted and runs again later. */
  async #drainPromises(invoked: Promise<void>, leftMs: number): Promise<void> {
    if (await this.#atMost(leftMs, invoked)) return;
    this.#parts.host.promises.abort(
      troupeError('STOPPED', { state: 'stopping', call: 'an invoked promise' }),
    );
  }

  /** Waits for what may take too long; whether it came in time. @throws what that throws. */
  async #atMost(ms: number, what: Promise<void>): Promise<boolean> {
    const late = Promise.withResolvers<boolean>();
    const endTimer = this.#parts.host.clock.after(ms, () => late.resolve(false));
    try {
      return await Promise.race([what.then(() => true), late.promise]);
    } finally {
      endTimer();
    }
  }

  #checkRunning(call: string): void {
    if (this.#state !== 'running') throw troupeError('STOPPED', { state: this.#state, call });
  }
}

function checkWork(work: unknown, where: string): Definition {
  const definition = definitionOf(work);
  if (definition !== undefined) return definition;
  const problem =
    'must be a machine, or made by defineBot, defineTask, defineApproval, defineWorkflow or graph';
  throw troupeError('BAD_OPTION', { where, field: 'work', problem });
}

/** Bots that the journal knew before their definitions came take turns from now on. */
function unparkedBots(stage: Stage, catalogue: TroupeCatalogue): Address[] {
  const cells = catalogue.bots().flatMap((bot) => stage.find(botAddress(bot.id)) ?? []);
  const parked = cells.filter((cell) => cell.parked !== '');
  for (const cell of parked) {
    cell.parked = '';
    stage.touch(cell);
  }
  return parked.map((cell) => cell.address);
}

/** The signal given at the start cancels the run; it is let go when the run has ended. */
function cancelBy(signal: AbortSignal, run: Run<never, never>, host: LocalHost): void {
  const cancel = (): void => {
    run.cancel(said(signal.reason)).catch((error: unknown) => {
      host.log.debug('a run had ended before it was cancelled', { run: run.runId, error });
    });
  };
  if (signal.aborted) cancel();
  else signal.addEventListener('abort', cancel, { once: true });
  const letGo = (): void => signal.removeEventListener('abort', cancel);
  run.outcome().then(letGo, letGo);
}
