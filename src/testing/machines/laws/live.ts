/**
 * Live: a machine run by an actor of plain XState with its clock held still, step by step as a
 * story tells. It is a copy whose own actions do nothing and whose actors never end by themselves.
 */
import {
  type AnyMachineSnapshot,
  type AnyStateMachine,
  createActor,
  type InspectionEvent,
} from 'xstate';
import { eventOf, type Step, type Timer } from '../model/model.ts';

/** A live actor that repeats a story. */
export class Live {
  readonly #actor;
  readonly #waiting = new Map<number, { readonly text: string; readonly fire: () => void }>();
  /** Events with a delay that are not armed yet, in order. */
  readonly #delayed: string[] = [];
  #handles = 0;

  constructor(copy: AnyStateMachine, input: unknown) {
    this.#actor = createActor(copy, {
      input,
      inspect: (event) => this.#inspect(event),
      clock: {
        setTimeout: (fire: () => void) => this.#arm(fire),
        clearTimeout: (handle: number) => this.#waiting.delete(handle),
      },
    });
    this.#actor.subscribe({ error: () => {} });
    this.#actor.start();
  }

  get snapshot(): AnyMachineSnapshot {
    return this.#actor.getSnapshot();
  }

  /** How many timers wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Does what the story says; what it sent to itself has come already. */
  repeat(step: Step): void {
    if (step.do === 'timer') this.#fire(step.timer);
    else if (step.do !== 'start') this.#actor.send(eventOf(step));
  }

  #fire(timer: Timer): void {
    if (timer.isMail) return;
    const text = JSON.stringify(timer.event);
    for (const [handle, one] of this.#waiting) {
      if (one.text !== text) continue;
      this.#waiting.delete(handle);
      one.fire();
      return;
    }
  }

  #arm(fire: () => void): number {
    this.#handles += 1;
    this.#waiting.set(this.#handles, { text: this.#delayed.shift() ?? '', fire });
    return this.#handles;
  }

  #inspect(seen: InspectionEvent): void {
    if (seen.type !== '@xstate.action') return;
    const { type, params } = seen.action;
    if (type !== 'xstate.raise' && type !== 'xstate.sendTo') return;
    const { event, delay } = Object(params);
    if (typeof delay === 'number') this.#delayed.push(JSON.stringify(event));
  }
}
