/**
 * Post office: everything that has to do with messages, composed: checking and posting them, who
 * waits for room, who waits for a reply, and what could not be delivered.
 */
import type { Cell } from '../actor/index.ts';
import type { Host, Stage } from '../engine/index.ts';
import type { Address, Envelope } from '../protocol/index.ts';
import type { WaitOptions } from '../runs/index.ts';
import type { Asker, RunAsking } from './asking/asking.ts';
import { Asks } from './asking/asks.ts';
import { ask, askStream, type CallPorts, type Question } from './asking/calls.ts';
import { Holders } from './asking/holders.ts';
import { checkBatch, refusalOf } from './batch.ts';
import { Letters } from './dead-letters.ts';
import { type Inbox, type InboxPorts, inboxOf } from './inbox.ts';
import { Lines } from './lines.ts';
import {
  type Checked,
  checkPost,
  checkReplies,
  type Posted,
  type PostPorts,
  recipientId,
  stagePassOn,
  stagePost,
} from './post.ts';
import { Receivers } from './receivers.ts';

/** How a message is posted. */
export interface PostOptions {
  /** How long to wait for room in the mailbox. */
  readonly wait?: (() => WaitOptions) | undefined;
  /** Runs before anything is staged; what it throws refuses the message. */
  readonly before?: (() => void) | undefined;
  /** Stages what belongs to an accepted message. */
  readonly accepted?: ((stage: Stage) => void) | undefined;
}

/** The messages of a troupe. */
export class PostOffice {
  readonly asks: Asks;
  readonly letters: Letters;
  readonly #host: Host;
  readonly #posting: PostPorts;
  readonly #lines: Lines;
  readonly #calls: CallPorts;
  readonly #receivers: Receivers;

  constructor(host: Host, botOf: PostPorts['botOf']) {
    this.#host = host;
    const holders = new Holders();
    this.#receivers = new Receivers(host);
    const posting: PostPorts = {
      clock: host.clock,
      limits: host.limits,
      botOf,
      dropped: (stage, id) => this.asks.dropped(stage, id),
      arrived: (inbox) => this.#receivers.arrived(inbox),
    };
    this.#posting = posting;
    this.#lines = new Lines(host, posting, holders);
    this.asks = new Asks({ host, posting, holders, lines: this.#lines });
    this.letters = new Letters(host, posting);
    this.#calls = { host, posting, asks: this.asks };
  }

  /** Asks and waits for the reply; see `ask`. */
  ask(asker: Asker, question: Question): Promise<unknown> {
    return ask(this.#calls, asker, question);
  }

  /** Asks and gives the parts of the answer; see `askStream`. */
  askStream(asker: Asker, question: Question): AsyncGenerator<unknown, void, undefined> {
    return askStream(this.#calls, asker, question);
  }

  /** Checks a message and its recipient. @throws TroupeError as `checkPost`. */
  check(to: unknown, message: unknown): Checked {
    return checkPost(this.#posting, to, message);
  }

  /**
   * Posts a checked message; resolves when it is durable in the mailbox.
   * @throws TroupeError `UNKNOWN_RECIPIENT`, `MAILBOX_FULL`, `EXPIRED`; `WAIT_TIMEOUT` and
   *   `WAIT_ABORTED` while it waits for room; `STOPPED`, `JOURNAL_FAILED`.
   */
  async post(posted: Posted, options: PostOptions = {}): Promise<void> {
    const { wait, before, accepted } = options;
    const command = (stage: Stage): unknown => {
      before?.();
      const refusal = stagePost(this.#posting, stage, posted);
      if (refusal === undefined) accepted?.(stage);
      return refusal;
    };
    const { from, to, causedBy } = posted;
    const holder = causedBy?.id ?? '';
    const refusal = await this.#lines.post('send', { from, to, holder, command, wait });
    if (refusal !== undefined) throw refusal;
  }

  /**
   * Posts messages in one commit: all of them, or none. A batch waits in no line.
   * @throws TroupeError as `check` and `post`, naming the first message that is refused;
   *   `BAD_OPTION`.
   */
  async postAll(from: Address, given: unknown): Promise<void> {
    const batch = checkBatch(this.#posting, given);
    if (batch.length === 0) return;
    const refusal = await this.#host.enter('sendAll', (stage) => {
      const refused = refusalOf(this.#posting, stage, batch, (to) => this.#lines.has(to));
      if (refused !== undefined) return refused;
      for (const checked of batch) stagePost(this.#posting, stage, { ...checked, from });
      return undefined;
    });
    if (refusal !== undefined) throw refusal;
  }

  /** Posts the ask of a run; resolves when it is durable. @throws as `post`; `ASK_PARTS`. */
  async askOfRun(cell: Cell, asking: RunAsking, options: PostOptions): Promise<void> {
    checkReplies(this.#posting, asking.checked);
    const { before, wait } = options;
    const command = (stage: Stage): unknown => {
      before?.();
      return this.asks.stageOfRun(stage, cell, asking);
    };
    const { to } = asking.checked;
    const sending = { from: cell.address, to, holder: '', command, wait };
    const refusal = await this.#lines.post('ask', sending);
    if (refusal !== undefined) throw refusal;
  }

  /** What waits for a bot. @throws TroupeError `BAD_OPTION`, `BAD_ID`. */
  inbox(bot: unknown, checkRunning: InboxPorts['checkRunning']): Inbox {
    const ports = { host: this.#host, asks: this.asks, receivers: this.#receivers, checkRunning };
    return inboxOf(ports, recipientId(bot, 'inbox'));
  }

  /** Stages a message that a bot took and has no code for; see `stagePassOn`. */
  passOn(stage: Stage, bot: string, envelope: Envelope): void {
    stagePassOn(this.#posting, stage, bot, envelope);
  }

  /** Refuses callers outside that wait, for room or for messages: the troupe begins to stop. */
  stop(reason: unknown): void {
    this.#lines.end(reason, false);
    this.#receivers.end(reason);
  }

  /** Refuses all who wait: the troupe has ended. */
  end(reason: unknown): void {
    this.#lines.end(reason, true);
    this.#receivers.end(reason);
    this.asks.end(reason);
  }
}
