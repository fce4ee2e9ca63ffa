/**
 * A world for the policy of supervisors: children as plain facts, orders that are carried out when
 * a story says so, mail in between, time, and crashes of the process. It notes what no supervisor
 * may do.
 */
import {
  alarmOf,
  type Call,
  newSupervision,
  type Order,
  ordersUnderWay,
  type Supervision,
  type SupervisionEvent,
  supervise,
} from '../../../src/policies/index.ts';
import type { Failure, SupervisionSpec } from '../../../src/protocol/index.ts';

/** What happened in a world, as its oracles read it. */
export interface WorldFact {
  readonly at: number;
  readonly fact: 'started' | 'stopping' | 'ended' | 'answered' | 'broken';
  readonly what: string;
}

/** A supervisor's world. */
export class World {
  readonly spec: SupervisionSpec;
  readonly facts: WorldFact[] = [];
  readonly alive = new Map<string, number>();
  readonly stopping = new Set<string>();
  /** Calls that it took while it had not ended: each has one answer. */
  readonly asked: string[] = [];
  failing = 0;
  failures = 0;
  now = 0;
  supervision: Supervision;
  mail: SupervisionEvent[] = [{ is: 'boot' }];
  orders: Order[] = [];

  constructor(spec: SupervisionSpec) {
    this.spec = spec;
    this.supervision = newSupervision(spec);
  }

  get isOver(): boolean {
    return this.supervision.ended !== null;
  }

  note(fact: WorldFact['fact'], what: string): void {
    this.facts.push({ at: this.now, fact, what });
  }

  /** Lets the supervisor take its next message; false when there is none. */
  deliver(): boolean {
    const event = this.mail.shift();
    if (event === undefined) return false;
    if (event.is === 'call' && !this.isOver) this.asked.push(event.call.call);
    const { supervision, orders } = supervise(this.spec, this.supervision, event, this.now);
    this.supervision = JSON.parse(JSON.stringify(supervision));
    for (const order of orders) {
      if (order.order === 'retry') this.mail.push({ ...order, is: 'retry' });
      else this.orders.push(order);
    }
    return true;
  }

  /** Carries out the next order; false when there is none. */
  carry(): boolean {
    const order = this.orders.shift();
    if (order === undefined) return false;
    switch (order.order) {
      case 'start':
        this.#start(order.child, order.start);
        break;
      case 'stop':
        this.note('stopping', order.child);
        if (this.alive.has(order.child)) this.stopping.add(order.child);
        else this.#gone(order.child, 'killed');
        break;
      case 'kill':
      case 'orphan':
        this.note('stopping', order.child);
        this.#gone(order.child, 'killed');
        break;
      case 'answer':
        this.note('answered', order.call);
        break;
    }
    return true;
  }

  /** A child obeys what it was told; false when none was. */
  obey(): boolean {
    const [child] = this.stopping;
    if (child === undefined) return false;
    this.#gone(child, 'shutdown');
    return true;
  }

  /** A child ends by itself. */
  exit(pick: number, reason: 'normal' | 'shutdown' | 'crash' | 'killed'): void {
    const list = [...this.alive.keys()];
    const child = list[pick % Math.max(1, list.length)];
    if (child !== undefined) this.#gone(child, reason);
  }

  poison(pick: number): void {
    const list = [...this.alive.keys()];
    const child = list[pick % Math.max(1, list.length)];
    if (child === undefined) return;
    this.mail.push({ is: 'poisoned', child, error: this.#failure(child) });
  }

  call(call: Call): void {
    this.mail.push({ is: 'call', call });
  }

  /** Lets time pass; the alarm rings when it is due. */
  pass(ms: number): void {
    this.now += ms;
    const due = alarmOf(this.supervision);
    if (due !== undefined && due <= this.now) this.mail.push({ is: 'alarm' });
  }

  /** The process ends: what was ordered and not carried out is lost, and ordered again. */
  crash(): void {
    const answers = this.orders.filter(({ order }) => order === 'answer');
    for (const order of answers) if (order.order === 'answer') this.note('answered', order.call);
    this.orders = [];
    while (this.deliver()) {
      // As recovery does: mail that was accepted is applied before anything is ordered again.
      const later = this.orders.filter(({ order }) => order === 'answer');
      for (const order of later) if (order.order === 'answer') this.note('answered', order.call);
      this.orders = [];
    }
    this.orders = ordersUnderWay(this.spec, this.supervision);
  }

  /** Nothing fails any more, and all that waits goes on. */
  settle(): void {
    this.failing = 0;
    for (let turn = 0; turn < 10_000; turn += 1) {
      if (this.deliver() || this.carry() || this.obey()) continue;
      const due = alarmOf(this.supervision);
      if (due === undefined) return;
      this.pass(Math.max(0, due - this.now));
    }
    this.note('broken', 'it does not come to rest');
  }

  #start(child: string, start: number): void {
    const known = this.supervision.children.find(({ id }) => id === child);
    // As the host does: an order that is past is not carried out.
    if (known?.is !== 'starting' || known.starts !== start) return;
    if (this.failing > 0) {
      this.failing -= 1;
      this.mail.push({ is: 'failed', child, start, error: this.#failure(child) });
      return;
    }
    if (this.alive.has(child)) this.note('broken', `${child} is started twice`);
    this.alive.set(child, start);
    this.note('started', child);
    this.mail.push({ is: 'started', child, start });
  }

  #gone(child: string, reason: 'normal' | 'shutdown' | 'crash' | 'killed'): void {
    this.alive.delete(child);
    this.stopping.delete(child);
    this.note('ended', child);
    const exit = { is: 'exited', child, reason } as const;
    this.mail.push(reason === 'crash' ? { ...exit, error: this.#failure(child) } : exit);
  }

  /** Each failure has another message. */
  #failure(child: string): Failure {
    this.failures += 1;
    return { code: child, message: String(this.failures), retryable: false };
  }
}
