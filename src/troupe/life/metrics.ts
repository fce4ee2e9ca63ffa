/**
 * Metrics: what an app's monitoring asks for every few seconds, as one plain object.
 *
 * Everything is counted in memory as it happens, or told by what has a bound: the actors in memory
 * and the kinds of messages. Nothing here reads a table. Names are documented in docs/METRICS.md
 * and stable; the unit stands last.
 */
import type { Cell } from '../../actor/index.ts';
import { type LocalHost, statusOf } from '../../engine/index.ts';
import type { Batch, Extent, Journal } from '../../journal/index.ts';
import {
  Latencies,
  type LatencyReport,
  type MessageCounts,
  type Statistics,
  statisticsAmong,
} from '../../messages/index.ts';
import type { CountedLogger } from '../../telemetry/index.ts';

/** What became of messages. All counts are since the troupe was created. */
export interface MessageMetrics {
  readonly messagesSent: number;
  readonly messagesDelivered: number;
  readonly messagesFailed: number;
  readonly messagesDead: number;
  readonly messagesRefused: number;
  readonly messagesWaiting: number;
  readonly messagesHandling: number;
  readonly messageLatencyMeanMs: number;
  readonly messageLatencyP50Ms: number;
  readonly messageLatencyP95Ms: number;
  readonly messageLatencyP99Ms: number;
  readonly messageLatencyMaxMs: number;
}

/** What a troupe measures; see docs/METRICS.md. */
export interface Metrics extends MessageMetrics {
  readonly at: number;
  readonly uptimeMs: number;
  readonly messagesRestored: number;
  readonly messagesDeadByReason: Readonly<Record<string, number>>;
  readonly messagesByType: Readonly<Record<string, MessageMetrics>>;
  readonly messagesByBot: Readonly<Record<string, MessageMetrics>>;
  readonly eventsAccepted: number;
  readonly eventsApplied: number;
  readonly eventsDead: number;
  readonly eventsRefused: number;
  readonly eventsPending: number;
  readonly actorsInMemory: number;
  readonly runsInMemoryByStatus: Readonly<Record<string, number>>;
  readonly mailboxLargestMessages: number;
  readonly mailboxLargestActor: string | null;
  readonly timersSet: number;
  readonly commits: number;
  readonly commitMeanMs: number;
  readonly commitP99Ms: number;
  readonly commitMaxMs: number;
  readonly commitRowsMean: number;
  readonly commitRowsMax: number;
  readonly journalRows: number;
  readonly journalRowsCut: number;
  readonly journalFileBytes: number;
  readonly journalLogBytes: number;
  readonly logged: Readonly<Record<string, number>>;
}

/** Counts commits; one for each team. */
export class Meter {
  readonly #took = new Latencies();
  #commits = 0;
  #rows = 0;
  #rowsMax = 0;
  #timers = 0;
  #extent: Extent = { rows: 0, cut: 0, fileBytes: 0, logBytes: 0 };

  /** Notes a commit that took so many milliseconds. */
  note({ rows, timersArmed }: Pick<Batch, 'rows' | 'timersArmed'>, tookMs: number): void {
    this.#commits += 1;
    this.#rows += rows.length;
    this.#rowsMax = Math.max(this.#rowsMax, rows.length);
    this.#timers += timersArmed.length;
    this.#took.note(tookMs);
  }

  /**
   * How much a journal holds, as last known: one that failed or was closed answers no more, and
   * that is when monitoring asks most.
   */
  extentOf(journal: Pick<Journal, 'extent'>): Extent {
    try {
      this.#extent = journal.extent();
    } catch {
      // What it held when it was asked last.
    }
    return this.#extent;
  }

  /** What is known now. */
  report() {
    const { mean, p99, max } = this.#took.report();
    return {
      timersSet: this.#timers,
      commits: this.#commits,
      commitMeanMs: mean,
      commitP99Ms: p99,
      commitMaxMs: max,
      commitRowsMean: this.#commits === 0 ? 0 : this.#rows / this.#commits,
      commitRowsMax: this.#rowsMax,
    };
  }
}

/** What metrics are read from. */
export interface MetricsPorts {
  readonly host: LocalHost;
  readonly journal: Journal;
  readonly statistics: Statistics;
  readonly meter: Meter;
  readonly log: CountedLogger;
}

/** The metrics of a team, also of one that failed or has stopped. */
export function metricsOf(ports: MetricsPorts): Metrics {
  const { host, journal, meter, log } = ports;
  const now = host.clock.now();
  const statistics = statisticsAmong(host.awake(), ports.statistics);
  const { accepted, applied, dead, refused, pending } = host.counts();
  const { rows, cut, fileBytes, logBytes } = meter.extentOf(journal);
  const { types, bots } = statistics;
  return {
    at: now,
    uptimeMs: now - statistics.since,
    ...messageMetrics(statistics),
    messagesRestored: statistics.restored,
    messagesDeadByReason: { ...statistics.dead },
    messagesByType: each(types, messageMetrics),
    messagesByBot: each(bots, messageMetrics),
    eventsAccepted: accepted,
    eventsApplied: applied,
    eventsDead: dead,
    eventsRefused: refused,
    eventsPending: pending,
    ...residentMetrics(host.awake()),
    ...meter.report(),
    journalRows: rows,
    journalRowsCut: cut,
    journalFileBytes: fileBytes,
    journalLogBytes: logBytes,
    logged: log.counts(),
  };
}

function messageMetrics(counts: MessageCounts): MessageMetrics {
  return {
    messagesSent: counts.sent,
    messagesDelivered: counts.delivered,
    messagesFailed: counts.failed,
    messagesDead: Object.values(counts.dead).reduce((sum, count) => sum + count, 0),
    messagesRefused: counts.refused,
    messagesWaiting: counts.waiting,
    messagesHandling: counts.handling,
    ...latencyMetrics(counts.latency),
  };
}

const latencyMetrics = ({ mean, p50, p95, p99, max }: LatencyReport) => ({
  messageLatencyMeanMs: mean,
  messageLatencyP50Ms: p50,
  messageLatencyP95Ms: p95,
  messageLatencyP99Ms: p99,
  messageLatencyMaxMs: max,
});

function residentMetrics(cells: Iterable<Cell>) {
  const runsInMemoryByStatus: Record<string, number> = {};
  let [actorsInMemory, mailboxLargestMessages] = [0, 0];
  let mailboxLargestActor: string | null = null;
  for (const { address, mailbox, identity, committed } of cells) {
    actorsInMemory += 1;
    if (mailbox.size > mailboxLargestMessages) {
      mailboxLargestMessages = mailbox.size;
      mailboxLargestActor = address;
    }
    if (identity.kind === 'machine' || !address.startsWith('run/')) continue;
    const status = statusOf(committed);
    runsInMemoryByStatus[status] = (runsInMemoryByStatus[status] ?? 0) + 1;
  }
  return { actorsInMemory, runsInMemoryByStatus, mailboxLargestMessages, mailboxLargestActor };
}

const each = <Value, Made>(
  values: Readonly<Record<string, Value>>,
  make: (value: Value) => Made,
): Record<string, Made> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, make(value)]));
