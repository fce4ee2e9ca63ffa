/**
 * Handling: runs the handlers of bots' messages.
 *
 * A message is applied when the turn that hands it to a handler has committed; the handler runs
 * after that, at least once: again after a crash, and after a failure by the bot's retry policy,
 * each attempt within the bot's time-out. When its attempts are used up, or trying again is
 * useless, the message goes to the dead letters (`failed`). Whoever asked gets the return value of
 * the attempt that succeeded, or the failure of the last one, in the commit that notes it.
 */
import { type BotContext, taskOfSlot } from '../../machines/index.ts';
import type { Cell } from '../actor/index.ts';
import { type Behaviour, type Host, statusOf } from '../engine/index.ts';
import { backoffMs } from '../policies/index.ts';
import {
  type ActorEvent,
  type Bot,
  type CodeSeam,
  type Effect,
  type Envelope,
  isPulled,
  type Settlement,
  troupeError,
} from '../protocol/index.ts';
import { checkSize } from '../runs/index.ts';
import { say } from '../telemetry/index.ts';
import { pause, within } from './activation/attempts.ts';
import { failureOf } from './failure.ts';
import { handlerContext } from './handler-context.ts';
import { answerOf, untilClosed } from './parts.ts';
import type { Messaging } from './ports.ts';

/** What handling needs. */
export interface HandlingPorts extends Messaging {
  readonly host: Host;
  /** The bot of an id; undefined when it is not registered. */
  readonly botOf: (id: string) => Bot | undefined;
  readonly seam: CodeSeam;
}

/** Runs the handlers of bots. */
export class Handling implements Pick<Required<Behaviour>, 'perform' | 'resume'> {
  readonly #ports: HandlingPorts;
  readonly #controller = new AbortController();
  /** Ids of the envelopes whose handlers are under way, or between two attempts. */
  readonly #underWay = new Set<string>();
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

  /** After a crash: handlers under way run again, slots that nobody needs any more go back. */
  resume(cell: Cell): void {
    const { messages, slots }: BotContext = cell.committed.context;
    for (const envelope of messages) void this.#handle(cell, envelope);
    for (const slot of slots) {
      if (!this.#needsSlot(slot)) {
        this.#ports.host.tell(cell.address, { type: 'slot.release', slot });
      }
    }
  }

  /**
   * Begins no handler any more; resolves when those under way are done, at the latest after `ms`.
   * What is not done by then is aborted and will run again.
   */
  async drain(ms: number): Promise<void> {
    this.#isDraining = true;
    const quiet = Promise.withResolvers<void>();
    this.#quiet = quiet.resolve;
    const endTimer = this.#ports.host.clock.after(ms, quiet.resolve);
    if (this.#open === 0) quiet.resolve();
    await quiet.promise;
    endTimer();
    this.#controller.abort(troupeError('STOPPED', { state: 'stopping', call: 'a handler' }));
  }

  async #handle(cell: Cell, envelope: Envelope): Promise<void> {
    if (this.#underWay.has(envelope.id)) return;
    this.#underWay.add(envelope.id);
    const bot = this.#ports.botOf(cell.identity.definition);
    const isOwn = bot === undefined || !isPulled(bot, envelope.type);
    await (isOwn || envelope.expects !== undefined
      ? this.#attempts(cell, envelope)
      : this.#passOn(cell, bot, envelope));
    this.#underWay.delete(envelope.id);
  }

  /** It came before its type was declared without code: it waits for who takes it, from now on. */
  async #passOn(cell: Cell, bot: Bot, envelope: Envelope): Promise<void> {
    const { host, office } = this.#ports;
    const moved = host.enter('inbox', (stage) => {
      office.passOn(stage, bot.id, envelope);
      stage.send(cell.address, { type: 'message.handled', id: envelope.id });
    });
    // When the host ends first, it is done after the restart.
    await moved.catch(() => undefined);
  }

  async #attempts(cell: Cell, envelope: Envelope): Promise<void> {
    const { host } = this.#ports;
    const { signal } = this.#controller;
    const bot = this.#ports.botOf(cell.identity.definition);
    try {
      for (let attempt = 1; bot !== undefined && !this.#isDraining; attempt += 1) {
        if (await this.#attempt(cell, bot, envelope, attempt)) return;
        await pause(host.clock, backoffMs(attempt, bot.retry, host.clock.random()), signal);
      }
    } catch (error) {
      // Only the end of the troupe ends a pause early; the handler runs again after the restart.
      const { type, id: messageId, correlationId } = envelope;
      say(host.log, 'message.unread', { bot: cell.address, type, messageId, correlationId, error });
    }
  }

  /** Whether this was the last attempt; then its end is told. */
  async #attempt(cell: Cell, bot: Bot, envelope: Envelope, attempt: number): Promise<boolean> {
    const { id } = envelope;
    this.#open += 1;
    try {
      const reply = await this.#call(cell, bot, envelope, attempt);
      // A run records its replies itself.
      const kept = envelope.from.startsWith('run/') ? undefined : reply;
      const handled = { type: 'message.handled', id, reply: kept };
      this.#tell(cell, envelope, handled, { status: 'COMPLETED', result: reply });
      return true;
    } catch (thrown) {
      const error = failureOf(thrown, cell.address);
      const isLast = attempt >= bot.retry.attempts || !error.retryable;
      const failed = { type: 'message.failed', id, error };
      if (isLast) this.#tell(cell, envelope, failed, { status: 'FAILED', error });
      return isLast;
    } finally {
      this.#ports.office.asks.cancelOf(id);
      this.#open -= 1;
      if (this.#open === 0) this.#quiet?.();
    }
  }

  /** Tells the end, and whoever asked. What was aborted tells nothing: it will run again. */
  #tell(cell: Cell, envelope: Envelope, event: ActorEvent, answer: Settlement): void {
    const { host, office } = this.#ports;
    if (this.#controller.signal.aborted) return;
    if (envelope.expects === undefined) {
      host.tell(cell.address, event);
      return;
    }
    const answered = host.enter('reply', (stage) => {
      stage.send(cell.address, event);
      return office.asks.answer(stage, envelope, answer);
    });
    // A host that has ended has told those who wait.
    answered.then((handOver) => handOver()).catch(() => undefined);
  }

  /** Gives the reply, when somebody waits for one. */
  async #call(cell: Cell, bot: Bot, envelope: Envelope, attempt: number): Promise<unknown> {
    const { type } = envelope;
    const handler = bot.on[type];
    if (handler === undefined) {
      const known = Object.keys(bot.on);
      throw troupeError('UNKNOWN_MESSAGE_TYPE', { to: bot.id, type, known });
    }
    const code = handler.handle?.bind(handler);
    if (code === undefined) throw troupeError('ASK_PULLED', { to: cell.address, type });
    const { host, office, seam } = this.#ports;
    const called = seam({ definition: bot.id, part: type, kind: 'handler' }, code);
    const what = `handler of ${type} of ${bot.id}`;
    const stream = envelope.expects === 'parts' ? office.asks.streamOf(envelope.id) : undefined;
    if (envelope.expects === 'parts' && stream === undefined) {
      // Between two attempts the caller has taken all that it wanted.
      if (attempt > 1) return undefined;
      throw troupeError('TERMINAL', { reason: 'nobody takes the parts any more' });
    }
    const stopping = this.#controller.signal;
    const signal = stream === undefined ? stopping : AbortSignal.any([stopping, stream.closed]);
    const context = handlerContext(this.#ports, { cell, handler, envelope, attempt, signal });
    const isOne = envelope.expects === 'reply';
    const refusal = () => troupeError('ASK_PARTS', { to: cell.address, type });
    const handle = (inTime: AbortSignal): Promise<unknown> =>
      answerOf(called({ ...context, signal: inTime }), {
        stream,
        signal: inTime,
        refusal: isOne ? refusal : undefined,
        check: (part) => checkSize(part, `part of the ${what}`, host.limits),
      });
    const limit = { clock: host.clock, afterMs: bot.timeoutMs ?? 0, what, signal };
    const value = bot.timeoutMs === undefined ? handle(signal) : within(limit, handle);
    const reply = await (stream === undefined ? value : untilClosed(value, stream, host));
    if (!isOne) return undefined;
    return checkSize(reply, `reply of the ${what}`, host.limits);
  }

  /** Whether the task that took a slot still waits for it or works on it. */
  #needsSlot(slot: string): boolean {
    const cell = this.#ports.host.find(taskOfSlot(slot));
    if (cell === undefined || cell.isDone || cell.parked !== '') return false;
    const { spec, slots } = cell.committed.context;
    const isLatest = slot === `${spec.run}#${slots}`;
    const { value } = cell.committed;
    const isQueued = typeof value === 'object' && value.PENDING === 'queued';
    const status = statusOf(cell.committed);
    return isLatest && (isQueued || status === 'ASSIGNED' || status === 'IN_PROGRESS');
  }
}
