/**
 * Desk: a supervisor's knowledge while one event is dealt with, and the orders that come of it.
 * It is changed in place; what it was made of stays as it was.
 * Invariant: a temporary child, and any member of a pool, is gone as soon as it has stopped.
 */
import { type ChildSpec, type SupervisionSpec, troupeError } from '../../protocol/index.ts';
import {
  type Answer,
  type Child,
  type Deferred,
  type Ending,
  isPool,
  type Job,
  type Order,
  type Refusal,
  type Supervision,
  specOf,
} from './books.ts';

/** The knowledge of a supervisor while it deals with an event. */
export class Desk {
  readonly spec: SupervisionSpec;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly orders: Order[] = [];
  restarts: readonly number[];
  job: Job | null;
  waiting: readonly Deferred[];
  ended: Ending | null;
  #children: readonly Child[];
  /** The same list once it was copied. */
  #own: Child[] | undefined;

  constructor(spec: SupervisionSpec, known: Supervision, now: number) {
    this.spec = spec;
    this.now = now;
    this.#children = known.children;
    this.restarts = known.restarts;
    this.job = known.job;
    this.waiting = known.waiting;
    this.ended = known.ended;
  }

  /** In the order in which they are started. */
  get children(): readonly Child[] {
    return this.#children;
  }

  /** What is known when the event is dealt with. */
  supervision(): Supervision {
    const { children, restarts, job, waiting, ended } = this;
    return { children, restarts, job, waiting, ended };
  }

  indexOf(id: string): number {
    return this.#children.findIndex((child) => child.id === id);
  }

  find(id: string): Child | undefined {
    return this.#children.find((child) => child.id === id);
  }

  /** The spec of a child. @throws TroupeError `BROKEN_INVARIANT`. */
  specOf(child: Child): ChildSpec {
    const found = specOf(this.spec, child);
    if (found !== undefined) return found;
    throw troupeError('BROKEN_INVARIANT', { invariant: 'a child has a spec', found: child.id });
  }

  /** Writes a child in its place; a new one at the end. */
  put(child: Child): void {
    const index = this.indexOf(child.id);
    const list = this.#writable();
    if (index === -1) list.push(child);
    else list[index] = child;
  }

  remove(id: string): void {
    const index = this.indexOf(id);
    if (index !== -1) this.#writable().splice(index, 1);
  }

  /** The child has stopped; what waited to be dealt with about it is past. */
  stopped(child: Child): void {
    this.waiting = this.waiting.filter((it) => it.ask !== 'exited' || it.child !== child.id);
    if (isPool(this.spec) || this.specOf(child).restart === 'temporary') this.remove(child.id);
    else this.put({ ...without(child), is: 'stopped' });
  }

  /** Orders a child to be started and gives the child as it is then. */
  start(child: Child): void {
    const start = child.starts + 1;
    const from = child.starts === 0 ? 'input' : this.specOf(child).resumeFrom;
    this.put({ ...without(child), is: 'starting', starts: start });
    this.orders.push({ order: 'start', child: child.id, start, from });
  }

  /** Orders a child to be stopped; the time until which it has to, when there is a limit. */
  stop(child: Child): number | undefined {
    const { shutdown } = this.specOf(child);
    if (shutdown === 'brutal') this.kill(child);
    else {
      this.put({ ...child, is: 'stopping' });
      this.orders.push({ order: 'stop', child: child.id });
    }
    return typeof shutdown === 'number' ? this.now + shutdown : undefined;
  }

  /** Orders a child to be killed. */
  kill(child: Child): void {
    this.put({ ...child, is: 'killing' });
    this.orders.push({ order: 'kill', child: child.id });
  }

  answer(call: string, answer: Answer): void {
    this.orders.push({ order: 'answer', call, answer });
  }

  refuse(call: string, refusal: Refusal): void {
    this.answer(call, { is: 'refused', refusal });
  }

  /** The job waits for nobody now. */
  closeOne(): void {
    if (this.job === null) return;
    const { limitAt, ...rest } = this.job;
    const open = Math.max(0, rest.open - 1);
    this.job = open > 0 && limitAt !== undefined ? { ...rest, open, limitAt } : { ...rest, open };
  }

  #writable(): Child[] {
    if (this.#own === undefined) {
      this.#own = [...this.#children];
      this.#children = this.#own;
    }
    return this.#own;
  }
}

/** A child without the marks of its pause and of a start that failed. */
function without({ dueAt: _, error: _error, ...child }: Child): Child {
  return child;
}
