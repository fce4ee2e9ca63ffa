/**
 * Work mail: the messages that work sends and the replies that it waits for, each once, however
 * often the work runs again.
 *
 * An ask is a wait like that for a child run: the task is BLOCKED meanwhile and holds no slot, its
 * closure may be dropped, and the answer is recorded under the ask's own name. That it was sent is
 * recorded too, so that work that runs again waits on for the same reply.
 */
import type { Cell } from '../../actor/index.ts';
import type { Host, Stage } from '../../engine/index.ts';
import type { JournalReads } from '../../journal/index.ts';
import {
  type Asks,
  answerIn,
  checkAskOptions,
  type RunAsk,
  type RunAsking,
} from '../../messages/index.ts';
import { type Message, troupeError } from '../../protocol/index.ts';
import { say } from '../../telemetry/index.ts';
import type { Messaging } from '../ports.ts';
import { isAskMark, markOfAsk, type Recorded } from './recorded.ts';
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
  /** Goes on while the activation is not over. */
  readonly live: () => Promise<void>;
  /** Throws when the run takes no more commands from this activation. */
  readonly guard: () => void;
  readonly signal: () => AbortSignal;
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
    const { cell, ports, recorded, ready } = this.#on;
    const name = recorded.nameOfSend(to, message);
    if (recorded.get(name) !== undefined) return;
    const checked = ports.office.check(to, message);
    await ready();
    const accepted = (stage: Stage): void => stage.record(cell, name, true);
    const options = { ...this.#options, accepted };
    await ports.office.post({ ...checked, from: cell.address }, options);
  }

  /** Asks once; the recorded answer counts from then on. */
  async ask(to: unknown, message: unknown, options: unknown): Promise<unknown> {
    const { cell, ports, recorded, waits, ready, changed } = this.#on;
    const patience = checkAskOptions(options);
    const name = recorded.nameOfAsk(to, message);
    const checked = ports.office.check(to, message);
    const facts = { to: checked.to, type: checked.message.type, afterMs: patience.afterMs };
    const known = recorded.get(name);
    if (known !== undefined) return answerIn(known, facts);
    await ready();
    const { signal } = patience;
    if (signal?.aborted === true) throw troupeError('ASK_CANCELLED', facts, signal.reason);
    const answer = waits.add(name);
    const cancel = (): void => ports.office.asks.cancel(cell.address, name);
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      await this.#begin({ checked, patience, step: name, mark: markOfAsk(name) });
      waits.makeSure(name);
      changed();
      return answerIn(await answer, facts);
    } finally {
      signal?.removeEventListener('abort', cancel);
      waits.take(name);
      changed();
    }
  }

  /** Sends the ask, or goes on waiting for the one that was sent before. */
  async #begin(asking: RunAsking): Promise<void> {
    const { cell, ports, recorded, live } = this.#on;
    const asked = recorded.get(asking.mark);
    if (asked === undefined) {
      await live();
      await ports.office.askOfRun(cell, asking, this.#options);
      return;
    }
    const sent: RunAsk = JSON.parse(asked);
    ports.office.asks.reopen(cell.address, sent);
  }

  /** It waits for room as long as it may go on. */
  get #options() {
    const { guard, signal } = this.#on;
    return { before: guard, wait: () => ({ signal: signal() }) };
  }
}

/**
 * Opens again what runs wait for after a restart: somebody must end their waiting when its time is
 * up, also when no closure waits, because the work was dropped while it was BLOCKED. To be called
 * when the mail accepted before is applied. In a journal of many actors it goes on in the
 * background.
 */
export function reopenAsks(host: Host, asks: Asks): void {
  const { journal } = host;
  const last = journal.heads().actor;
  const goOn = async (): Promise<void> => {
    for (let above = WINDOW; above < last; above += WINDOW) {
      await host.enter('createTroupe', () => reopenIn(journal, asks, above));
    }
  };
  reopenIn(journal, asks, 0);
  goOn().catch((error: unknown) => {
    say(host.log, 'ask.unopened', { error });
  });
}

/** Actors that are looked at in one go, by SQLite alone: about a millisecond. */
const WINDOW = 1_000;

function reopenIn(journal: JournalReads, asks: Asks, above: number): void {
  // Open waits stand in the snapshot by name; most runs have none of a reply.
  const asking = { kind: 'task', done: false, mentions: '"~ask/' };
  const window = { above, below: above + WINDOW + 1 };
  for (const { actor, address } of journal.actors({ ...asking, ...window })) {
    for (const { body } of journal.steps(actor).filter(isAskMark)) {
      const asked: RunAsk = JSON.parse(body);
      if (journal.step(actor, asked.step) === undefined) asks.reopen(address, asked);
    }
  }
}
