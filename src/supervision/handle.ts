/**
 * Supervisor: the handle of one, to add, end, restart and count its children, and to stop it.
 * Its methods have the names and refusals of Erlang/OTP's `supervisor`.
 */
import type { SupervisorContext, SupervisorOutput } from '../../machines/index.ts';
import type { Host } from '../engine/index.ts';
import { type Answer, type ChildCounts, type ChildState, childSpecOf } from '../policies/index.ts';
import {
  type ActorEvent,
  type Address,
  type ChildSpec,
  checkId,
  type Failure,
  type RestartType,
  type Runnable,
  type SupervisionSpec,
  segmentsOf,
  troupeError,
} from '../protocol/index.ts';
import { limitWait, type Run, type WaitOptions } from '../runs/index.ts';
import type { Calls } from './calls.ts';
import type { Workers } from './children.ts';
import type { SupervisedChildOptions } from './options.ts';
import { checkChild, type DefinitionPorts } from './specs.ts';
import { addressOfChild } from './supervisors.ts';

/** What a handle needs. */
export interface HandlePorts extends DefinitionPorts {
  readonly host: Host;
  readonly calls: Calls;
  readonly workers: Pick<Workers, 'addressOf'>;
  /** Checks the input of a pool's member. @throws as the input of a run is refused. */
  checkMember(template: ChildSpec, input: unknown): unknown;
  /** A spec with the versions that its children run as things are now. */
  specNow(spec: SupervisionSpec): SupervisionSpec;
  /** The handle of a run. */
  runOf(address: Address): Run;
}

/** A child of a supervisor, as it is now. */
export interface SupervisedChild {
  readonly id: string;
  readonly type: 'worker' | 'supervisor';
  readonly state: ChildState;
  readonly restart: RestartType;
  /** Attempts to start it so far. */
  readonly starts: number;
}

/** How a supervisor ended. */
export interface SupervisorOutcome {
  /** `intensity`: it gave up. */
  readonly why: SupervisorOutput['ending']['why'];
  /** The child that it was about. */
  readonly child?: string | undefined;
  readonly reason: string;
  readonly error?: Failure | undefined;
}

/** A member of a pool that is to be started. */
export interface MemberOptions<Input = unknown> {
  readonly id: string;
  /** Default: the template's. */
  readonly input?: Input | undefined;
}

/** A child says what it runs. */
type Child<Work> = SupervisedChildOptions<Work> &
  ({ readonly work: Work } | { readonly supervisor: object });

/** The handle of one supervisor; `Input`: that of a pool's members, `never` when it is no pool. */
export class Supervisor<Input = unknown> {
  /** The id that it was started with. */
  readonly id: string;
  /** Its address, such as `supervisor/team`. */
  readonly address: string;
  readonly #ports: HandlePorts;
  readonly #address: Address;

  constructor(ports: HandlePorts, address: Address) {
    this.#ports = ports;
    this.#address = address;
    this.address = address;
    this.id = segmentsOf(address).at(-1) ?? '';
  }

  /** What it is doing: `starting`, `running`, `restarting`, `stopping`, `killing`, `stopped`. */
  get status(): string {
    return String(this.#cell().committed.value);
  }

  /**
   * Adds a child and starts it, as the last one; a pool takes an id and an input.
   * @returns false when the child declined to start.
   * @throws TroupeError `CHILD_REFUSED` (`already-started`, `already-present`),
   *   `CHILD_START_FAILED`, `SUPERVISOR_STOPPED`, `BAD_OPTION`, `BAD_ID`, and as the input of a run
   *   is refused.
   */
  start<Work extends Runnable>(child: Child<Work>): Promise<boolean>;
  start(member: MemberOptions<Input>): Promise<boolean>;
  async start(child: object): Promise<boolean> {
    const { template, autoShutdown } = this.#spec();
    const where = `child of ${this.#address}`;
    if (template === null) {
      const spec = checkChild(child, { where, autoShutdown }, this.#ports);
      return this.#started(spec.id, { type: 'supervisor.start', child: spec });
    }
    const { id: given, input: own } = Object(child);
    const id = checkId(given, `id of a ${where}`);
    const input = this.#ports.checkMember(template, own);
    const event = { type: 'supervisor.add', child: id };
    return this.#started(id, input === undefined ? event : { ...event, input });
  }

  /**
   * Starts a child that was stopped; that costs no intensity.
   * @returns false when the child declined to start.
   * @throws TroupeError `CHILD_REFUSED` (`not-found`, `running`, `restarting`,
   *   `simple-one-for-one`), `CHILD_START_FAILED`, `SUPERVISOR_STOPPED`.
   */
  restart(id: string): Promise<boolean> {
    return this.#started(id, { type: 'supervisor.restart', child: id });
  }

  /**
   * Stops a child; a temporary one, and a member of a pool, is forgotten. Twice is fine.
   * @throws TroupeError `CHILD_REFUSED` (`not-found`), `SUPERVISOR_STOPPED`.
   */
  async terminate(id: string): Promise<void> {
    const { template } = this.#spec();
    const type = template === null ? 'supervisor.terminate' : 'supervisor.remove';
    try {
      await this.#ask(id, { type, child: id });
    } catch (error) {
      if (template === null || !this.#wasMember(template, id)) throw error;
    }
  }

  /**
   * Forgets a child that was stopped.
   * @throws TroupeError `CHILD_REFUSED` (`not-found`, `running`, `restarting`,
   *   `simple-one-for-one`), `SUPERVISOR_STOPPED`.
   */
  async delete(id: string): Promise<void> {
    await this.#ask(id, { type: 'supervisor.delete', child: id });
  }

  /** Its children, in the order of their start. @throws TroupeError `SUPERVISOR_STOPPED`. */
  async children(): Promise<SupervisedChild[]> {
    const answer = await this.#ask('', { type: 'supervisor.which' });
    if (answer.is !== 'children') return [];
    return answer.children.map(({ is: state, ...child }) => ({ ...child, state }));
  }

  /** The counts of its children. @throws TroupeError `SUPERVISOR_STOPPED`. */
  async count(): Promise<ChildCounts> {
    const answer = await this.#ask('', { type: 'supervisor.count' });
    if (answer.is === 'counts') return answer.counts;
    throw troupeError('BROKEN_INVARIANT', { invariant: 'a count has counts', found: answer.is });
  }

  /** The run of a child as it is now; undefined for one that is not there or is a supervisor. */
  get(id: string): Run | undefined {
    const found = this.#child(id);
    if (found === undefined || found.spec.type === 'supervisor') return undefined;
    const { address } = found;
    return this.#ports.host.find(address) === undefined ? undefined : this.#ports.runOf(address);
  }

  /** A child that is a supervisor; undefined when there is none of that id. */
  supervisor(id: string): Supervisor | undefined {
    const found = this.#child(id);
    if (found?.spec.type !== 'supervisor') return undefined;
    return this.#ports.host.find(found.address) && new Supervisor(this.#ports, found.address);
  }

  /** Stops its children, in reverse order, and then itself; resolves when that is done. */
  async stop(wait?: WaitOptions): Promise<SupervisorOutcome> {
    const { host } = this.#ports;
    await host.enter('stop', (stage) => {
      if (stage.find(this.#address)?.isDone !== false) return;
      stage.send(this.#address, { type: 'supervisor.stop' });
    });
    return this.outcome(wait);
  }

  /**
   * How it ended, when it has.
   * @throws TroupeError `WAIT_TIMEOUT`, `WAIT_ABORTED`, `STOPPED`, `JOURNAL_FAILED`.
   */
  async outcome(wait: WaitOptions = {}): Promise<SupervisorOutcome> {
    const { host } = this.#ports;
    const { committed } = this.#cell();
    if (committed.status !== 'active') return outcomeOf(committed.output);
    const { promise, resolve, reject } = Promise.withResolvers<SupervisorOutcome>();
    const ends: (() => void)[] = [];
    const unlisten = host.listen(this.#address, {
      snapshot: ({ status, output }) => status !== 'active' && resolve(outcomeOf(output)),
      closed: reject,
    });
    if (unlisten !== undefined) ends.push(unlisten);
    limitWait(host, wait, `the end of ${this.#address}`, ends, reject);
    return promise.finally(() => {
      for (const end of ends) end();
    });
  }

  async #started(id: string, event: ActorEvent): Promise<boolean> {
    const answer = await this.#ask(id, event);
    return answer.is === 'started';
  }

  async #ask(child: string, event: ActorEvent): Promise<Answer> {
    const answer = await this.#ports.calls.ask(this.#address, event);
    if (answer.is !== 'refused') return answer;
    const supervisor = this.#address;
    const { refusal, error } = answer;
    if (refusal === 'stopping') throw troupeError('SUPERVISOR_STOPPED', { supervisor });
    if (error === undefined) throw troupeError('CHILD_REFUSED', { supervisor, child, refusal });
    throw troupeError('CHILD_START_FAILED', { supervisor, child, reason: error.message }, error);
  }

  #child(id: string): { readonly spec: ChildSpec; readonly address: Address } | undefined {
    const { spec, supervision } = this.#context();
    const child = supervision.children.find((one) => one.id === id);
    const its = child && childSpecOf(spec, child);
    if (child === undefined || its === undefined) return undefined;
    const address = addressOfChild(this.#address, child, its, this.#ports.workers);
    return { spec: its, address };
  }

  /** Whether a member of the pool had that id: it has stopped and is forgotten. */
  #wasMember(template: ChildSpec, id: string): boolean {
    const { host, workers } = this.#ports;
    const cell = host.find(workers.addressOf(this.#address, template, id));
    return cell?.isDone === true && cell.spec.createdBy === this.#address;
  }

  #context(): SupervisorContext {
    return this.#cell().committed.context;
  }

  #spec(): SupervisorContext['spec'] {
    return this.#context().spec;
  }

  #cell() {
    const cell = this.#ports.host.find(this.#address);
    if (cell !== undefined) return cell;
    throw troupeError('SUPERVISOR_STOPPED', { supervisor: this.#address });
  }
}

function outcomeOf({ reason, ending }: SupervisorOutput): SupervisorOutcome {
  const child = 'child' in ending ? ending.child : undefined;
  const error = 'error' in ending ? ending.error : undefined;
  return { why: ending.why, child, reason, error };
}
