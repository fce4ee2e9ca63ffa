/**
 * Function run: one attempt of a function that has no steps, children or mail of its own, such as
 * a workflow's function step. It is what an activation is for such work, at a part of the cost: a
 * function that gives its result at once needs no promise.
 * Invariant: what an aborted one still gives reaches nobody.
 */
import type { Cell } from '../../actor/index.ts';
import type { Host } from '../../engine/index.ts';
import { runIdOf } from '../../protocol/index.ts';
import { checkSize } from '../../runs/index.ts';
import { failureOf } from '../failure.ts';
import { isGenerator } from '../parts.ts';
import type { BareContext, WorkPorts } from '../ports.ts';
import { Activation } from './activation.ts';
import type { Owner, Running, Start } from './owner.ts';

/**
 * Begins work: a function without anything of its own as it is, all else as an activation. So does
 * a function that gives parts go on: they are recorded.
 */
export function begun(ports: WorkPorts, owner: Owner<Running>, cell: Cell, start: Start): Running {
  const { bare } = start.work;
  if (bare === undefined) return new Activation(ports, owner, cell, start);
  const running = new FunctionRun(ports.host, owner, cell, start.attempt);
  const given = running.call(bare);
  if (!isGenerator(given)) return running;
  const work = { ...start.work, run: () => given };
  return running.becomes(new Activation(ports, owner, cell, { ...start, work }));
}

class FunctionRun implements Running, BareContext {
  readonly cell: Cell;
  readonly attempt: number;
  readonly isQuiet = false;
  settled: Promise<void> = atOnce;
  readonly #host: Host;
  readonly #owner: Owner<Running>;
  #controller: AbortController | undefined;
  #instead: Activation | undefined;
  #isOver = false;

  constructor(host: Host, owner: Owner<Running>, cell: Cell, attempt: number) {
    this.#host = host;
    this.#owner = owner;
    this.cell = cell;
    this.attempt = attempt;
  }

  get runId(): string {
    return runIdOf(this.cell.address);
  }

  get signal(): AbortSignal {
    if (this.#instead !== undefined) return this.#instead.signal;
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Calls the function and takes what it gives; only a generator is left to the caller. */
  call(run: (context: BareContext) => unknown): unknown {
    try {
      const given = run(this);
      if (isGenerator(given)) return given;
      if (isThenable(given)) this.settled = this.#wait(given);
      else this.#complete(given);
    } catch (thrown) {
      this.#fail(thrown);
    }
    return undefined;
  }

  /** From now on an activation is what it is. */
  becomes(instead: Activation): Activation {
    this.#instead = instead;
    return instead;
  }

  /** It records nothing, and never waits for a slot. */
  recorded(): void {}

  goOn(): void {}

  abort(reason: unknown): void {
    if (this.#isOver) return;
    this.#end();
    this.#controller ??= new AbortController();
    this.#controller.abort(reason);
  }

  async #wait(given: PromiseLike<unknown>): Promise<void> {
    try {
      this.#complete(await given);
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  #complete(given: unknown): void {
    if (this.#isOver) return;
    const { address } = this.cell;
    const result = checkSize(given, `result of ${runIdOf(address)}`, this.#host.limits);
    this.#end();
    this.#host.tell(address, { type: 'task.complete', attempt: this.attempt, result });
  }

  #fail(thrown: unknown): void {
    if (this.#isOver) return;
    this.#end();
    const { address } = this.cell;
    const error = failureOf(thrown, address);
    const chance = this.#host.clock.random();
    this.#host.tell(address, { type: 'task.fail', attempt: this.attempt, error, chance });
  }

  #end(): void {
    this.#isOver = true;
    this.#owner.over(this);
  }
}

const atOnce = Promise.resolve();

const isThenable = (given: unknown): given is PromiseLike<unknown> =>
  typeof given === 'object' &&
  given !== null &&
  'then' in given &&
  typeof given.then === 'function';
