/**
 * Receivers: who waits for the next message of an inbox.
 *
 * A message is taken in a commit of its own, which notes it in the history of the inbox, and is
 * given to its receiver after that: a crash between the two loses it for the receiver (at most
 * once), and the history has it. Nobody holds a slot or a message while waiting, so no receiver
 * keeps another from going on.
 * Invariants: first come, first served; a message goes to one receiver; whoever has stopped waiting
 * takes nothing.
 */
import type { Host, Stage } from '../engine/index.ts';
import { type Address, Envelope, isTroupeError } from '../protocol/index.ts';
import { limitWait, type WaitOptions } from '../runs/index.ts';

/** Someone who waits for a message. */
interface Receiver {
  readonly answer: PromiseWithResolvers<Envelope | undefined>;
  readonly ends: (() => void)[];
}

interface Line {
  /** In the order in which they came. */
  readonly receivers: Set<Receiver>;
  isServing: boolean;
}

/** The receivers of a troupe. */
export class Receivers {
  readonly #host: Host;
  readonly #lines = new Map<Address, Line>();

  constructor(host: Host) {
    this.#host = host;
  }

  /**
   * Takes the next message of an inbox, as soon as there is one; undefined when none came in time.
   * @throws TroupeError `WAIT_ABORTED`, `STOPPED`, `JOURNAL_FAILED`; what `check` throws.
   */
  async receive(inbox: Address, wait: WaitOptions, check: (stage: Stage) => void) {
    const given = await this.#host.enter('inbox.receive', (stage) => {
      check(stage);
      const isNext = !this.#lines.has(inbox) && wait.signal?.aborted !== true;
      const message = isNext ? taken(stage, inbox) : undefined;
      return message === undefined ? this.#join(inbox, wait) : { message };
    });
    return 'message' in given ? given.message : given.answer.promise;
  }

  /** A message came to an inbox. */
  arrived(inbox: Address): void {
    const line = this.#lines.get(inbox);
    if (line === undefined || line.isServing) return;
    line.isServing = true;
    const served: [Receiver, Envelope][] = [];
    const serve = (stage: Stage): void => {
      line.isServing = false;
      for (const receiver of line.receivers) {
        const message = taken(stage, inbox);
        if (message === undefined) return;
        this.#leave(inbox, receiver);
        served.push([receiver, message]);
      }
    };
    this.#host.enter('inbox.receive', serve).then(
      () => {
        for (const [{ answer }, message] of served) answer.resolve(message);
      },
      (error) => {
        for (const [{ answer }] of served) answer.reject(error);
        this.end(error);
      },
    );
  }

  /** Refuses all who wait: the troupe stops, or has ended. */
  end(reason: unknown): void {
    for (const [inbox, { receivers }] of [...this.#lines]) {
      for (const receiver of receivers) {
        this.#leave(inbox, receiver);
        receiver.answer.reject(reason);
      }
    }
  }

  #join(inbox: Address, wait: WaitOptions): Receiver {
    const line = this.#lines.get(inbox) ?? { receivers: new Set(), isServing: false };
    this.#lines.set(inbox, line);
    const answer = Promise.withResolvers<Envelope | undefined>();
    // When the commit of this very group fails, the receiver is told by that.
    answer.promise.catch(() => undefined);
    const receiver: Receiver = { answer, ends: [] };
    line.receivers.add(receiver);
    limitWait(this.#host, wait, `a message of ${inbox}`, receiver.ends, (error) => {
      this.#leave(inbox, receiver);
      if (isTroupeError(error, 'WAIT_TIMEOUT')) answer.resolve(undefined);
      else answer.reject(error);
    });
    return receiver;
  }

  #leave(inbox: Address, receiver: Receiver): void {
    const line = this.#lines.get(inbox);
    for (const end of receiver.ends.splice(0)) end();
    line?.receivers.delete(receiver);
    if (line?.receivers.size === 0) this.#lines.delete(inbox);
  }
}

/** Takes the next message of an inbox; it is the receiver's own. */
function taken(stage: Stage, inbox: Address): Envelope | undefined {
  const cell = stage.find(inbox);
  const event = cell && stage.take(cell);
  return event === undefined ? undefined : Envelope.parse(structuredClone(event.envelope));
}
