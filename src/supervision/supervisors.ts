/**
 * Supervisors: carries out what actors of the kind `supervisor` order.
 *
 * An order is carried out in one commit with the message that tells its result, so that after a
 * crash the state of a supervisor says which orders were not: those are given again.
 */
import { type GaveUp, type SupervisorContext, supervisorMachine } from '../../machines/index.ts';
import type { Cell } from '../actor/index.ts';
import type { Behaviour, Creation, Host, Stage } from '../engine/index.ts';
import { type Child, childSpecOf, type Order, ordersUnderWay } from '../policies/index.ts';
import {
  type ActorEvent,
  type Address,
  asAddress,
  type ChildSpec,
  childAddress,
  codedFailure,
  type Effect,
  type Failure,
  isTroupeError,
  SupervisionSpec,
  type SupervisorSpec,
  said,
} from '../protocol/index.ts';
import { outcomeIn } from '../runs/index.ts';
import { say } from '../telemetry/index.ts';
import { Calls } from './calls.ts';
import type { Workers } from './children.ts';

/** What supervisors need. */
export interface SupervisorPorts {
  readonly host: Host;
  readonly workers: Workers;
}

type StartOrder = Order & { readonly order: 'start' };

type EndOrder = 'stop' | 'kill' | 'orphan';

/** Carries out the orders of supervisors. */
export class Supervisors implements Behaviour {
  readonly machine = supervisorMachine;
  readonly calls: Calls;
  readonly #ports: SupervisorPorts;

  constructor(ports: SupervisorPorts) {
    this.#ports = ports;
    this.calls = new Calls(ports.host);
  }

  perform(cell: Cell, effect: Effect): void {
    if (effect.type === 'tell') {
      const { gaveUp } = effect.params as { readonly gaveUp: readonly GaveUp[] };
      for (const one of gaveUp) this.#tell(cell, one);
    } else if (effect.type === 'order') {
      const { orders } = effect.params as { readonly orders: readonly Order[] };
      this.#carryOut(cell, orders);
    }
  }

  /** Of one below another that one decides what becomes of it. */
  #tell({ address: actor }: Cell, { isRoot, reason }: GaveUp): void {
    const { log } = this.#ports.host;
    const facts = { actor, code: 'RESTART_INTENSITY', error: reason };
    say(log, isRoot ? 'supervisor.gaveUp' : 'supervisor.escalated', facts);
  }

  /** Gives the orders again that were not carried out. */
  resume(cell: Cell): void {
    const { spec, supervision }: SupervisorContext = cell.committed.context;
    this.#carryOut(cell, ordersUnderWay(spec, supervision));
  }

  #carryOut(cell: Cell, orders: readonly Order[]): void {
    const staged: Order[] = [];
    for (const order of orders) {
      if (order.order === 'answer') this.calls.answer(order.call, order.answer);
      else staged.push(order);
    }
    if (staged.length === 0) return;
    const { host } = this.#ports;
    const done = host.enter('supervise', (stage) => {
      for (const order of staged) this.#stage(stage, cell, order);
    });
    done.catch((error: unknown) => say(host.log, 'supervisor.waits', { error }));
  }

  /** An order about a child that is gone, or was started again, is past. */
  #stage(stage: Stage, supervisor: Cell, order: Order): void {
    if (order.order === 'answer' || order.order === 'retry') return;
    const { spec, supervision }: SupervisorContext = supervisor.snapshot.context;
    const child = supervision.children.find(({ id }) => id === order.child);
    const its = child && childSpecOf(spec, child);
    if (child === undefined || its === undefined) return;
    if (order.order !== 'start') this.#end(stage, supervisor, child, its, order.order);
    else if (child.is === 'starting' && child.starts === order.start) {
      this.#start(stage, supervisor, child, its, order);
    }
  }

  #start(stage: Stage, supervisor: Cell, child: Child, spec: ChildSpec, order: StartOrder): void {
    const { start, from } = order;
    const tell = (type: string, more = {}): void =>
      stage.send(supervisor.address, { type, child: child.id, start, ...more });
    try {
      if (spec.type === 'supervisor') {
        const creation = nested(stage, supervisor, spec, start);
        watch(stage, stage.restart(creation), supervisor.address);
        return;
      }
      const cell = this.#ports.workers.start(stage, { supervisor, child, spec, from });
      if (cell === undefined) tell('supervised.ignored');
      else {
        watch(stage, cell, supervisor.address);
        const isFirst =
          cell.address === this.#ports.workers.addressOf(supervisor.address, spec, child.id);
        tell('supervised.started', isFirst ? {} : { run: cell.address });
        if (cell.isDone) stage.send(supervisor.address, settledEvent(cell));
      }
    } catch (error) {
      tell('supervised.failed', { error: failureOf(error, supervisor.address) });
    }
  }

  /** A child that has ended already is told again: the supervisor waits for that. */
  #end(stage: Stage, supervisor: Cell, child: Child, spec: ChildSpec, how: EndOrder): void {
    const { workers } = this.#ports;
    const address = addressOfChild(supervisor.address, child, spec, workers);
    const cell = stage.find(address);
    if (cell === undefined || cell.isDone) stage.send(supervisor.address, goneEvent(address));
    else if (spec.type === 'supervisor') stage.send(address, { type: `supervisor.${how}` });
    else if (how === 'stop') workers.stop(stage, cell);
    else workers.kill(stage, cell);
  }
}

/** The address of a child as it is now. */
export function addressOfChild(
  supervisor: Address,
  { id, run }: Pick<Child, 'id' | 'run'>,
  spec: ChildSpec,
  workers: Pick<Workers, 'addressOf'>,
): Address {
  if (run !== undefined) return asAddress(run);
  if (spec.type === 'supervisor') return childAddress(supervisor, id);
  return workers.addressOf(supervisor, spec, id);
}

/** A supervisor that is a child of another. */
function nested(stage: Stage, above: Cell, spec: ChildSpec, start: number): Creation {
  const address = childAddress(above.address, spec.id);
  return supervisorCreation(stage, address, above.address, {
    ...SupervisionSpec.parse(spec.start),
    createdBy: above.address,
    above: { supervisor: above.address, child: spec.id, start },
  });
}

/** What makes a supervisor's actor. */
export function supervisorCreation(
  stage: Pick<Stage, 'now'>,
  address: Address,
  parent: Address | '',
  spec: Omit<SupervisorSpec, 'supervisor' | 'createdAt'>,
): Creation {
  return {
    address,
    kind: 'supervisor',
    definition: 'supervisor',
    version: supervisorMachine.version ?? '',
    structure: '',
    parent,
    spec: { ...spec, supervisor: address, createdAt: stage.now },
  };
}

function watch(stage: Stage, cell: Cell, supervisor: Address): void {
  if (cell.isDone || cell.watchers.includes(supervisor)) return;
  cell.watchers = [...cell.watchers, supervisor];
  stage.touch(cell);
}

/** A child that ended in its first step told nobody. */
function settledEvent(cell: Cell): ActorEvent {
  const { status, result, error, reason } = Object(outcomeIn(cell, cell.snapshot));
  const outcome = { status, result, error, reason };
  return { type: 'dependency.settled', run: cell.address, outcome };
}

const goneEvent = (run: Address): ActorEvent => ({
  type: 'dependency.settled',
  run,
  outcome: { status: 'CANCELLED', reason: 'killed' },
});

/** Why a child did not start, as data. */
function failureOf(error: unknown, at: Address): Failure {
  if (isTroupeError(error)) {
    return { code: error.code, message: error.message, retryable: error.retryable, at };
  }
  return { ...codedFailure('START_FAILED', { reason: said(error) }), at };
}
