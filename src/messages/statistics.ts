/**
 * Statistics of messages: how many were sent, delivered, dead, and how long delivery took.
 *
 * Counted as they are staged, in memory, since the troupe was created; a new troupe on the same
 * journal begins at 0 and notes what waited there as `restored`. Only messages to bots count: what
 * actors tell each other and events of users' machines do not.
 * Invariants: `sent + restored = delivered + lost + waiting` at every step, where `lost` are the
 * dead letters that are neither refused nor failed; memory has a bound, whatever types and bots
 * there are.
 */
import type { BotContext } from '../../machines/index.ts';
import type { Cell } from '../actor/index.ts';
import type { Host, Traffic } from '../engine/index.ts';
import {
  type ActorEvent,
  asAddress,
  botAddress,
  type DeadReason,
  limits,
  segmentsOf,
} from '../protocol/index.ts';
import { Latencies, type LatencyReport } from './latencies.ts';

/** What became of messages, since the troupe was created. */
export interface MessageCounts {
  /** Accepted: durable in a mailbox. A dead letter that is delivered again is sent again. */
  readonly sent: number;
  /** Waited in the journal when the troupe was created. */
  readonly restored: number;
  /** Applied: handed to a handler, or taken by a receiver. */
  readonly delivered: number;
  /** Accepted, and neither delivered nor dead yet. */
  readonly waiting: number;
  /** Their handlers run now, or pause between two attempts. */
  readonly handling: number;
  /** Delivered, and their handlers failed for good. */
  readonly failed: number;
  /** Dead letters that no mailbox had taken: to nobody, or expired before. */
  readonly refused: number;
  /** All dead letters by reason, `failed` and refused ones included; reasons that occurred. */
  readonly dead: Readonly<Partial<Record<DeadReason, number>>>;
  /** From acceptance to delivery, the time nobody ran included. */
  readonly latency: LatencyReport;
}

/** Statistics of messages; what has no entry of its own any more is counted as `~other`. */
export interface MessageStatistics extends MessageCounts {
  /** When counting began: milliseconds since 1970. */
  readonly since: number;
  readonly types: Readonly<Record<string, MessageCounts>>;
  /** By the id of the bot. */
  readonly bots: Readonly<Record<string, MessageCounts>>;
}

/** The messages of a troupe as a whole. */
export interface Messages {
  /** @throws TroupeError `STOPPED`, `JOURNAL_FAILED`. */
  statistics(): Promise<MessageStatistics>;
}

/** What a handler works on: a message type and the id of its bot. */
interface UnderWay {
  readonly type: string;
  readonly bot: string;
}

/** The messages of a troupe; `botIds` gives the bots that are registered. */
export const messagesOf = (
  host: Host,
  statistics: Statistics,
  botIds: () => readonly string[],
): Messages => ({
  statistics: async () => statisticsNow(host, statistics, botIds()),
});

/** What is counted now; `botIds` are the bots that are registered. */
const statisticsNow = (
  host: Host,
  statistics: Statistics,
  botIds: readonly string[],
): MessageStatistics =>
  statistics.report(botIds.flatMap((bot) => underWayIn(host.find(botAddress(bot)), bot)));

/** The same, of the actors in memory alone: it also answers when nothing can be read any more. */
export const statisticsAmong = (
  cells: Iterable<Cell>,
  statistics: Statistics,
): MessageStatistics => {
  const bots = [...cells].filter(({ identity }) => identity.kind === 'bot');
  return statistics.report(bots.flatMap((cell) => underWayIn(cell, cell.identity.definition)));
};

function underWayIn(cell: Cell | undefined, bot: string): UnderWay[] {
  const { messages = [] }: Partial<BotContext> = cell?.committed.context ?? {};
  return messages.map(({ type }) => ({ type, bot }));
}

/** Counts messages. */
export class Statistics implements Traffic {
  readonly #since: number;
  readonly #all = new Tallied();
  readonly #types = new Group();
  readonly #bots = new Group();

  constructor(since: number) {
    this.#since = since;
  }

  accepted({ identity }: Cell, event: ActorEvent, isRestored: boolean): void {
    if (!holdsMessages(identity.kind) || event.type !== 'message') return;
    const what = isRestored ? 'restored' : 'sent';
    for (const one of this.#of(typeOf(event), identity.definition)) one[what] += 1;
  }

  applied({ identity }: Cell, event: ActorEvent, now: number): void {
    if (!holdsMessages(identity.kind) || event.type !== 'message') return;
    const ms = now - Number(event.at);
    for (const one of this.#of(typeOf(event), identity.definition)) {
      one.delivered += 1;
      one.latencies.note(ms);
    }
  }

  dead(to: string, event: ActorEvent, reason: DeadReason, isRefused: boolean): void {
    const [kind = '', bot = ''] = segmentsOf(asAddress(to));
    if (!holdsMessages(kind) || event.type !== 'message') return;
    for (const one of this.#of(typeOf(event), bot)) {
      one.dead.set(reason, (one.dead.get(reason) ?? 0) + 1);
      if (isRefused) one.refused += 1;
    }
  }

  /** What is known now; `underWay` is what handlers work on. */
  report(underWay: readonly UnderWay[]): MessageStatistics {
    const handled = { types: new Map<string, number>(), bots: new Map<string, number>() };
    for (const { type, bot } of underWay) {
      countOne(handled.types, this.#types.keyOf(type));
      countOne(handled.bots, this.#bots.keyOf(bot));
    }
    return {
      since: this.#since,
      ...this.#all.report(underWay.length),
      types: this.#types.report(handled.types),
      bots: this.#bots.report(handled.bots),
    };
  }

  #of(type: string, bot: string): readonly Tallied[] {
    return [this.#all, this.#types.of(type), this.#bots.of(bot)];
  }
}

/** The kinds of actors that take messages to bots. */
const holdsMessages = (kind: string): boolean => kind === 'bot' || kind === 'inbox';

/** Only the runtime makes such events; what is none has no type of its own. */
function typeOf({ envelope }: ActorEvent): string {
  const type: unknown = Object(envelope).type;
  return typeof type === 'string' ? type : other;
}

/** Stands for all that has no entry of its own. */
const other = '~other';

const countOne = (counts: Map<string, number>, key: string): void =>
  void counts.set(key, (counts.get(key) ?? 0) + 1);

/** Counts of one type, of one bot, or of all. */
class Tallied {
  sent = 0;
  restored = 0;
  delivered = 0;
  refused = 0;
  readonly dead = new Map<DeadReason, number>();
  readonly latencies = new Latencies();

  report(handling: number): MessageCounts {
    const { sent, restored, delivered, refused } = this;
    const failed = this.dead.get('failed') ?? 0;
    let lost = -refused - failed;
    for (const count of this.dead.values()) lost += count;
    return {
      sent,
      restored,
      delivered,
      waiting: sent + restored - delivered - lost,
      handling,
      failed,
      refused,
      dead: Object.fromEntries(this.dead),
      latency: this.latencies.report(),
    };
  }
}

/** Counts by key: the first keys have their own, all others share one. */
class Group {
  readonly #byKey = new Map<string, Tallied>();

  of(key: string): Tallied {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const own = this.#byKey.size < limits.statisticsKeys ? key : other;
    const tallied = this.#byKey.get(own) ?? new Tallied();
    this.#byKey.set(own, tallied);
    return tallied;
  }

  /** The key under which it is counted. */
  keyOf(key: string): string {
    this.of(key);
    return this.#byKey.has(key) ? key : other;
  }

  report(handling: ReadonlyMap<string, number>): Record<string, MessageCounts> {
    const counts = [...this.#byKey].map(
      ([key, tallied]) => [key, tallied.report(handling.get(key) ?? 0)] as const,
    );
    return Object.fromEntries(counts);
  }
}
