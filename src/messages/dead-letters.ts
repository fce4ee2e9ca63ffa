/**
 * Dead letters: what could not be delivered, to be looked at, delivered again or discarded.
 *
 * A letter stays in the journal whatever becomes of it; what did is recorded with the system, in
 * the commit that does it. Invariant: a letter is delivered again or discarded, once.
 */
import { z } from 'zod';
import type { Host, Stage } from '../engine/index.ts';
import type { ActorRecord, DeadLetter, StepRecord } from '../journal/index.ts';
import {
  type ActorEvent,
  asAddress,
  botAddress,
  CountOption,
  checkOptions,
  DeadReason,
  Envelope,
  inboxAddress,
  systemAddress,
  TextOption,
  troupeError,
} from '../protocol/index.ts';
import { isOwnType, stageEventAgain } from '../runs/index.ts';
import { checkType, type PostPorts, stageEnvelope } from './post.ts';

/** A dead letter. */
export interface Letter {
  /** Rises with every dead letter of the journal. */
  readonly id: number;
  /** Milliseconds since 1970 when it was buried. */
  readonly at: number;
  /** Address of the recipient. */
  readonly to: string;
  /** Type of the message, or of what an actor was told. */
  readonly type: string;
  readonly reason: DeadReason;
  /** What went wrong, for people; empty when the reason says it all. */
  readonly detail: string;
  /** The message; undefined for events of machines, and for what actors tell each other. */
  readonly message: Envelope | undefined;
  /** The event, when it was one for a machine: sent to its run, or by another actor of its tree. */
  readonly event: ActorEvent | undefined;
  /** What became of it, when anything did. */
  readonly fate: Fate | undefined;
}

/** What became of a dead letter. */
export interface Fate {
  readonly kind: 'redelivered' | 'discarded';
  /** Milliseconds since 1970. */
  readonly at: number;
}

const Filter = z.strictObject({
  to: TextOption.optional(),
  type: TextOption.optional(),
  reason: DeadReason.optional(),
  settled: z.boolean('must be true or false').optional(),
  before: CountOption.optional(),
  limit: CountOption.optional(),
});

/** Which dead letters to list. */
export interface LetterFilter {
  /** A bot's id, or the address of any actor. */
  readonly to?: string | undefined;
  readonly type?: string | undefined;
  readonly reason?: DeadReason | undefined;
  /** Those that were redelivered or discarded instead of those that were not (default false). */
  readonly settled?: boolean | undefined;
  /** Only letters with a smaller id: the last one of the page before. */
  readonly before?: number | undefined;
  /** At most so many (default 100). */
  readonly limit?: number | undefined;
}

/** Letters that a list has unless told otherwise: what a person reads at a time. */
const limitDefault = 100;
/** Letters read at a time: a page of them is small beside what a commit writes. */
const pageLetters = 256;

/** What can be done about dead letters. */
export interface DeadLetters {
  /** Newest first. @throws TroupeError `BAD_OPTION`, `STOPPED`, `JOURNAL_FAILED`. */
  list(filter?: LetterFilter): Promise<Letter[]>;
  /** One letter; undefined when there is none. @throws TroupeError as `list` does. */
  get(id: number): Promise<Letter | undefined>;
  /**
   * Delivers a message to its bot again, under its own id, as if it had just been sent: its type
   * and payload are checked again, its expiry is left out, and nobody waits for its reply. An event
   * goes to the machine of its run again, as `Troupe.send` would send it now.
   * Replies, what the host or a child tells a machine, and events for actors below a run's machine
   * can't be delivered again.
   * @throws TroupeError `UNKNOWN_LETTER`, `LETTER_SETTLED`, `LETTER_UNDELIVERABLE`,
   *   `UNKNOWN_RECIPIENT`, `UNKNOWN_MESSAGE_TYPE`, `INVALID`, `MAILBOX_FULL`; for an event
   *   `UNKNOWN_RUN`, `ILLEGAL_MOVE` when the run has ended, `NOT_JSON`, `TOO_LARGE`; and as `list`
   *   does; nothing is changed then.
   */
  redeliver(id: number): Promise<void>;
  /**
   * Notes that nothing more is to be done about a letter; the journal keeps it.
   * @throws TroupeError `UNKNOWN_LETTER`, `LETTER_SETTLED`, and as `list` does.
   */
  discard(id: number): Promise<void>;
}

/** The dead letters of a troupe. */
export class Letters implements DeadLetters {
  readonly #host: Host;
  readonly #posting: PostPorts;
  /** Settled in a group that has not committed yet. */
  readonly #settling = new Set<number>();

  constructor(host: Host, posting: PostPorts) {
    this.#host = host;
    this.#posting = posting;
  }

  list(filter: LetterFilter = {}): Promise<Letter[]> {
    return this.#host.enter('deadLetters.list', () => {
      const given = checkOptions(Filter, filter, 'deadLetters.list');
      const { limit = limitDefault } = given;
      const found: Letter[] = [];
      let { before } = given;
      for (;;) {
        const page = this.#host.journal.deadLetters(pageLetters, before).map(this.#described);
        found.push(...page.filter((letter) => fits(letter, given)).reverse());
        before = page[0]?.id;
        if (before === undefined || found.length >= limit) return found.slice(0, limit);
      }
    });
  }

  get(id: number): Promise<Letter | undefined> {
    return this.#host.enter('deadLetters.get', () => this.#find(id));
  }

  async redeliver(id: number): Promise<void> {
    await this.#host.enter('deadLetters.redeliver', (stage) => {
      const { to, type, message, event } = this.#unsettled(id);
      if (message !== undefined && /^(bot|inbox)\//.test(to)) this.#sendAgain(stage, to, message);
      else if (event !== undefined && isMachineRun(this.#host.journal.byAddress(to))) {
        stageEventAgain(stage, asAddress(to), event, this.#posting.limits);
      } else throw troupeError('LETTER_UNDELIVERABLE', { letter: id, to, type });
      this.#settle(stage, id, 'redelivered');
    });
    this.#settling.delete(id);
  }

  async discard(id: number): Promise<void> {
    await this.#host.enter('deadLetters.discard', (stage) => {
      this.#unsettled(id);
      this.#settle(stage, id, 'discarded');
    });
    this.#settling.delete(id);
  }

  /** Stages the message of a letter, checked as if it were sent now. */
  #sendAgain(stage: Stage, to: string, message: Envelope): void {
    const cell = stage.find(asAddress(to));
    const bot = cell && this.#posting.botOf(cell.identity.definition);
    if (cell === undefined || cell.isDone || bot === undefined) {
      throw troupeError('UNKNOWN_RECIPIENT', { to });
    }
    checkType(bot, message.type, message.payload, `payload of ${message.type}`);
    const { expiresAt: _, expects: __, ...envelope } = message;
    const refusal = stageEnvelope(this.#posting, stage, cell, envelope);
    if (refusal !== undefined) throw refusal;
  }

  #settle(stage: Stage, id: number, kind: Fate['kind']): void {
    const system = stage.find(systemAddress);
    if (system === undefined) return;
    this.#settling.add(id);
    stage.record(system, nameOf(id), { fate: kind });
  }

  #unsettled(id: number): Letter {
    const letter = this.#find(id);
    if (letter === undefined) throw troupeError('UNKNOWN_LETTER', { letter: id });
    const { fate } = letter;
    if (fate !== undefined) throw troupeError('LETTER_SETTLED', { letter: id, fate: fate.kind });
    if (!this.#settling.has(id)) return letter;
    throw troupeError('LETTER_SETTLED', { letter: id, fate: 'settled' });
  }

  #find(given: number): Letter | undefined {
    const { id } = checkOptions(LetterId, { id: given }, 'a dead letter');
    const [found] = this.#host.journal.deadLetters(1, id + 1);
    return found?.letter === id ? this.#described(found) : undefined;
  }

  readonly #described = (found: DeadLetter): Letter => {
    const { letter: id, at, to, reason, detail } = found;
    const message = messageIn(found);
    const fate = fateIn(this.#recordOf(id));
    const type = message?.type ?? found.type;
    const event = message ? undefined : eventIn(found, this.#host.journal.byAddress(to));
    return { id, at, to, type, reason, detail, message, event, fate };
  };

  #recordOf(id: number): StepRecord | undefined {
    const system = this.#host.find(systemAddress);
    return system && this.#host.journal.step(system.actor, nameOf(id));
  }
}

const LetterId = z.object({ id: z.int('must be the id of a dead letter, a whole number') });

const nameOf = (id: number): string => `~letter/${id}`;

const Recorded = z.object({ fate: z.enum(['redelivered', 'discarded']) });

function fateIn(record: StepRecord | undefined): Fate | undefined {
  if (record === undefined) return undefined;
  return { kind: Recorded.parse(JSON.parse(record.body)).fate, at: record.at };
}

/** Mail between actors has no envelope. */
function messageIn({ body }: DeadLetter): Envelope | undefined {
  const { envelope } = JSON.parse(body);
  const found = Envelope.safeParse(envelope);
  return found.success ? found.data : undefined;
}

/** An event of a user's machine, not what the host or XState told it. */
function eventIn({ to, type, body }: DeadLetter, known?: ActorRecord): ActorEvent | undefined {
  const isForMachine = known === undefined ? to.startsWith('run/') : known.kind === 'machine';
  return isForMachine && isOwnType(type) ? JSON.parse(body) : undefined;
}

const isMachineRun = (known: ActorRecord | undefined): boolean =>
  known === undefined || JSON.parse(known.input).root === undefined;

const fits = (letter: Letter, { to, type, reason, settled = false }: LetterFilter): boolean =>
  (to === undefined ||
    letter.to === to ||
    letter.to === botAddress(to) ||
    letter.to === inboxAddress(to)) &&
  (type ?? letter.type) === letter.type &&
  (reason ?? letter.reason) === letter.reason &&
  settled === (letter.fate !== undefined);
