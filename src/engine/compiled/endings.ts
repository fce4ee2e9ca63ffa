/**
 * Endings: what happens when a final state is entered. States around it are done, which is an event
 * for the chart itself; when the root is done, the machine is, and has its output.
 */
import type { AnyStateMachine } from 'xstate';
import type { ActorEvent } from '../../protocol/index.ts';
import { type ChartNode, isCallable } from './chart/chart.ts';
import { rootOf } from './chart/xstate.ts';
import type { Operation } from './operations.ts';
import type { Work } from './work.ts';

/** A state is done: raises the event that says so. */
export class Complete implements Operation {
  readonly #type: string;
  readonly #output: unknown;

  constructor(id: string, output: unknown) {
    this.#type = doneType(id);
    this.#output = output;
  }

  run(work: Work): void {
    work.queue.push({ type: this.#type, output: outputOf(this.#output, work, work.event) });
  }
}

const doneType = (id: string): string => `xstate.done.state.${id}`;

/** An output is data, or made of the context. */
const outputOf = (output: unknown, { context, scope }: Work, event: ActorEvent): unknown =>
  isCallable(output) ? output({ context, event, self: scope.self }) : output;

/** The machine is done. */
export class Finish implements Operation {
  readonly #last: ChartNode;
  readonly #output: unknown;

  /** @param last the state whose end ends the machine */
  constructor(machine: AnyStateMachine, last: ChartNode) {
    this.#last = last;
    this.#output = rootOf(machine).output;
  }

  run(work: Work): void {
    const output = this.#output === undefined ? undefined : this.#outputOf(work);
    work.status = 'done';
    work.output = output;
    work.isAhead = true;
  }

  #outputOf(work: Work): unknown {
    const { id, output, parent } = this.#last;
    const own = parent === undefined ? undefined : outputOf(output, work, work.event);
    return outputOf(this.#output, work, { type: doneType(id), output: own });
  }
}

/** The children of an entered state are there: who waits for them looks again. */
export class Retry implements Operation {
  run(work: Work): void {
    work.settleRetries();
  }
}
