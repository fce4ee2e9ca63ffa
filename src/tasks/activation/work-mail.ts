/**
 * Work mail: the messages that work sends and the replies that it waits for, each once, however
 * often the work runs again.
 *
 * An ask is a wait like that for a child run: the task is BLOCKED meanwhile and holds no slot, its
 * closure may be dropped, and the answer is recorded under the ask's own name. That it was sent is
 * recorded too, so that work that runs again waits on for the same reply.
 */
import type { Cell } from '../../actor/index.ts';
import type { Stage } from '../../engine/index.ts';
import { answerIn, checkAskOptions, type RunAsk } from '../../messages/index.ts';
import { type Message, troupeError } from '../../protocol/index.ts';
import type { Messaging } from '../ports.ts';
import { markOfAsk, type Recorded } from './recorded.ts';
import type { Waits } from './waits.ts';

/** What it needs of the activation. */
export interface MailPorts {
  readonly cell: Cell;
  readonly ports: Messaging;
  readonly recorded: Recorded;
  /** Waits for what others do. */
  readonly waits: Waits;
  /** Waits until the work may do something. */
  readonly ready: () => Promise<void>;
  /** A command for the run. */
  readonly enter: <Value>(call: string, command: (stage: Stage) => Value) => Promise<Value>;
  /** A wait has begun or ended. */
  readonly changed: () => void;
}

/** The messages of one activation. */
export class WorkMail {
  readonly #on: MailPorts;

  constructor(on: MailPorts) {
    this.#on = on;
  }

  /** Sends a message once. */
  async send(to: unknown, message: Message): Promise<void> {
    const { cell, ports, recorded, ready, enter } = this.#on;
    const name = recorded.nameOfSend(to, message);
    if (recorded.get(name) !== undefined) return;
    const checked = ports.checkMessage(to, message);
    await ready();
    const refusal = await enter('send', (stage) => {
      const refused = ports.stageMessage(stage, cell, checked);
      if (refused === undefined) stage.record(cell, name, true);
      return refused;
    });
    if (refusal !== undefined) throw refusal;
  }

  /** Asks once; the recorded answer counts from then on. */
  async ask(to: unknown, message: unknown, options: unknown): Promise<unknown> {
    const { cell, ports, recorded, waits, ready, changed } = this.#on;
    const patience = checkAskOptions(options);
    const name = recorded.nameOfAsk(to, message);
    const checked = ports.checkMessage(to, message);
    const facts = { to: checked.to, type: checked.message.type, afterMs: patience.afterMs };
    const known = recorded.get(name);
    if (known !== undefined) return answerIn(known, facts);
    await ready();
    const { signal } = patience;
    if (signal?.aborted === true) throw troupeError('ASK_CANCELLED', facts, signal.reason);
    const answer = waits.add(name);
    const cancel = (): void => ports.asks.cancel(cell.address, name);
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      await this.#begin(name, { checked, patience, step: name, mark: markOfAsk(name) });
      changed();
      return answerIn(await answer, facts);
    } finally {
      signal?.removeEventListener('abort', cancel);
      waits.take(name);
      changed();
    }
  }

  /** Sends the ask, or goes on waiting for the one that was sent before. */
  async #begin(
    name: string,
    asking: Parameters<Messaging['asks']['stageOfRun']>[2],
  ): Promise<void> {
    const { cell, ports, recorded, enter } = this.#on;
    const asked = recorded.get(markOfAsk(name));
    if (asked !== undefined) {
      const sent: RunAsk = JSON.parse(asked);
      ports.asks.reopen(cell.address, sent);
      return;
    }
    const refusal = await enter('ask', (stage) => ports.asks.stageOfRun(stage, cell, asking));
    if (refusal !== undefined) throw refusal;
  }
}
