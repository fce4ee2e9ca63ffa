/**
 * Handling: runs the handlers of bots' messages.
 *
 * A message is applied when the turn that hands it to a handler has committed; the handler runs
 * after that, at least once: again after a crash, and after a failure by the bot's retry policy.
 * When its attempts are used up the message goes to the dead letters (`failed`).
 */
import { type BotContext, taskOfSlot } from '../../machines/index.ts';
import type { Cell } from '../actor/index.ts';
import { type Behaviour, type Host, type Stage, statusOf } from '../engine/index.ts';
import { backoffMs } from '../policies/index.ts';
import {
  type Bot,
  type Effect,
  type Envelope,
  type HandlerContext,
  type Message,
  parse,
  TerminalError,
  troupeError,
} from '../protocol/index.ts';
import { failureOf } from './failure.ts';

/** What handling needs. */
export interface HandlingPorts {
  readonly host: Host;
  /** The bot of an id; undefined when it is not registered. */
  readonly botOf: (id: string) => Bot | undefined;
  readonly stageMessage: (stage: Stage, from: Cell, to: unknown, message: Message) => unknown;
}

/** Runs the handlers of bots. */
export class Handling implements Pick<Required<Behaviour>, 'perform' | 'resume'> {
  readonly #ports: HandlingPorts;
  readonly #controller = new AbortController();
  #isDraining = false;
  #open = 0;
  #quiet: (() => void) | undefined;

  constructor(ports: HandlingPorts) {
    this.#ports = ports;
  }

  perform(cell: Cell, effect: Effect): void {
    if (effect.type !== 'handle') return;
    const { envelope } = effect.params as { envelope: Envelope };
    void this.#handle(cell, envelope);
  }

  /** After a crash: handlers under way run again, slots of runs that no longer need them go back. */
  resume(cell: Cell): void {
    const { messages, slots }: BotContext = cell.committed.context;
    for (const envelope of messages) void this.#handle(cell, envelope);
    for (const slot of slots) {
      if (!this.#needsSlot(slot)) {
        this.#ports.host.tell(cell.address, { type: 'slot.release', slot });
      }
    }
  }

  /** Begins no handler any more; resolves when those under way are done, at the latest after `ms`. */
  async drain(ms: number): Promise<void> {
    this.#isDraining = true;
    const quiet = Promise.withResolvers<void>();
    this.#quiet = quiet.resolve;
    if (this.#open === 0) return;
    const endTimer = this.#ports.host.clock.after(ms, quiet.resolve);
    await quiet.promise;
    endTimer();
    this.#controller.abort(troupeError('STOPPED', { state: 'stopping', call: 'a handler' }));
  }

  async #handle(cell: Cell, envelope: Envelope): Promise<void> {
    const { host } = this.#ports;
    const bot = this.#ports.botOf(cell.identity.definition);
    for (let attempt = 1; bot !== undefined; attempt += 1) {
      if (this.#isDraining) return;
      this.#open += 1;
      try {
        await this.#attempt(cell, bot, envelope, attempt);
        host.tell(cell.address, { type: 'message.handled', id: envelope.id });
        return;
      } catch (thrown) {
        if (this.#controller.signal.aborted) return;
        if (attempt >= bot.retry.attempts || thrown instanceof TerminalError) {
          const error = failureOf(thrown, cell.address);
          host.tell(cell.address, { type: 'message.failed', id: envelope.id, error });
          return;
        }
      } finally {
        this.#open -= 1;
        if (this.#open === 0) this.#quiet?.();
      }
      const pauseMs = backoffMs(attempt, bot.retry, host.clock.random());
      await new Promise<void>((resolve) => host.clock.after(pauseMs, resolve));
    }
  }

  async #attempt(cell: Cell, bot: Bot, envelope: Envelope, attempt: number): Promise<void> {
    const handler = bot.on[envelope.type];
    if (handler === undefined) {
      const known = Object.keys(bot.on);
      throw troupeError('UNKNOWN_MESSAGE_TYPE', { to: bot.id, type: envelope.type, known });
    }
    const { payload: given, version: _, to: __, ...message } = envelope;
    const what = `payload of ${envelope.type}`;
    const payload = handler.payload === undefined ? given : parse(handler.payload, given, what);
    const { host, stageMessage } = this.#ports;
    const context: HandlerContext = {
      payload,
      message,
      attempt,
      signal: this.#controller.signal,
      log: host.log,
      send: async (to: unknown, answer: Message) => {
        const refusal = await host.enter('send', (stage) => stageMessage(stage, cell, to, answer));
        if (refusal !== undefined) throw refusal;
      },
    };
    await handler.handle(context);
  }

  /** Whether the task that took a slot still waits for it or works on it. */
  #needsSlot(slot: string): boolean {
    const cell = this.#ports.host.find(taskOfSlot(slot));
    if (cell === undefined || cell.isDone) return false;
    const { spec, slots } = cell.committed.context;
    const isLatest = slot === `${spec.run}#${slots}`;
    const { value } = cell.committed;
    const isQueued = typeof value === 'object' && value.PENDING === 'queued';
    return isLatest && (isQueued || statusOf(cell.committed) === 'IN_PROGRESS');
  }
}
