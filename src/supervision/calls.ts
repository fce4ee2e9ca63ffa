/**
 * Calls: what callers of this process wait for, by the name of their call.
 *
 * A call is a message and its answer an effect; a caller does not outlive its process, so that an
 * answer to nobody is dropped. Invariant: every call ends, with its answer or with its supervisor.
 */
import type { Host } from '../engine/index.ts';
import type { Answer } from '../policies/index.ts';
import { type ActorEvent, type Address, troupeError } from '../protocol/index.ts';

/** The calls that wait for their answers. */
export class Calls {
  readonly #host: Host;
  readonly #open = new Map<string, (answer: Answer) => void>();

  constructor(host: Host) {
    this.#host = host;
  }

  /** Gives a call its answer. */
  answer(call: string, answer: Answer): void {
    this.#open.get(call)?.(answer);
  }

  /**
   * Asks a supervisor.
   * @throws TroupeError `SUPERVISOR_STOPPED`, `STOPPED`, `JOURNAL_FAILED`.
   */
  async ask(supervisor: Address, event: ActorEvent): Promise<Answer> {
    const host = this.#host;
    const call = host.clock.id();
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#open.set(call, resolve);
    const over = () => troupeError('SUPERVISOR_STOPPED', { supervisor });
    const unlisten = host.listen(supervisor, {
      // The answer to the last call comes with the end.
      snapshot: ({ status }) => status !== 'active' && host.clock.soon(() => reject(over())),
      closed: reject,
    });
    try {
      if (unlisten === undefined) throw over();
      await host.enter(event.type, (stage) => {
        if (stage.find(supervisor)?.isDone !== false) throw over();
        stage.send(supervisor, { ...event, call });
      });
      return await promise;
    } finally {
      promise.catch(() => undefined);
      unlisten?.();
      this.#open.delete(call);
    }
  }
}
