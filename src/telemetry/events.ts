/**
 * The catalogue of what the runtime logs: each event once, with its level, its text and its facts.
 *
 * `say` is the only way to the logger, so that nothing is logged that is not documented here and in
 * docs/LOG.md. A level has a meaning: `error` needs somebody now, `warn` somebody soon, `info` is
 * worth knowing and rare, `debug` is all else. Facts have the same names everywhere: `actor` is an
 * address, `run` the id of a run, `messageId` and `correlationId` those of an envelope, `code` one
 * of the table of errors, `error` what was thrown or said; units stand last in a name.
 */
import type { Logger } from '../protocol/index.ts';

/** An event: how it is told. */
interface Told {
  readonly level: keyof Logger;
  readonly text: string;
  /** Names of its facts, in the order in which they are told. */
  readonly facts: readonly string[];
}

/** The events by name. */
export const events = {
  // The team
  'team.recovered': {
    level: 'debug',
    text: 'the team is running',
    facts: ['live', 'parked'],
  },
  'team.late': {
    level: 'warn',
    text: 'stopped at the deadline: what was not committed runs again',
    facts: [],
  },
  'team.stopped': { level: 'debug', text: 'the team has stopped', facts: [] },
  'team.unstoppable': { level: 'error', text: 'stopping on a failed host', facts: ['error'] },
  'host.failed': { level: 'error', text: 'the host failed', facts: ['error'] },
  'host.threw': { level: 'error', text: 'a listener or an effect threw', facts: ['error'] },
  // Runs
  'run.started': {
    level: 'debug',
    text: 'a run was started',
    facts: ['actor', 'definition'],
  },
  'run.completed': { level: 'debug', text: 'a run completed', facts: ['actor', 'definition'] },
  'run.cancelled': {
    level: 'debug',
    text: 'a run was cancelled',
    facts: ['actor', 'definition', 'reason'],
  },
  'run.failed': {
    level: 'error',
    text: 'a run failed',
    facts: ['actor', 'definition', 'code', 'error'],
  },
  'run.failed.supervised': {
    level: 'warn',
    text: 'a run failed',
    facts: ['actor', 'definition', 'code', 'error', 'supervisor'],
  },
  'run.parked': { level: 'warn', text: 'a run is parked', facts: ['actor'] },
  'bot.parked': {
    level: 'warn',
    text: 'a bot waits for its definition',
    facts: ['actor'],
  },
  'run.overdue': { level: 'warn', text: 'a run is overdue', facts: ['run', 'dueAt'] },
  'run.cancelled.late': {
    level: 'debug',
    text: 'a run had ended before it was cancelled',
    facts: ['run', 'error'],
  },
  'task.assigned': {
    level: 'debug',
    text: 'a task was assigned to a bot',
    facts: ['actor', 'bot'],
  },
  'task.unassigned': {
    level: 'warn',
    text: 'no bot can take this task; it waits',
    facts: ['run', 'error'],
  },
  'task.workless': {
    level: 'error',
    text: 'the work of a task is not there',
    facts: ['run'],
  },
  'workflow.undefined': {
    level: 'error',
    text: 'the definition of a workflow is not there',
    facts: ['run'],
  },
  // Handoffs and people
  'handoff.asked': {
    level: 'debug',
    text: 'a task is to move to another bot',
    facts: ['actor', 'run', 'from', 'to'],
  },
  'handoff.ended': {
    level: 'debug',
    text: 'a handoff was answered or ended',
    facts: ['actor', 'run', 'from', 'to', 'status'],
  },
  'approval.asked': { level: 'debug', text: 'a person is asked', facts: ['actor', 'definition'] },
  'approval.waits': {
    level: 'info',
    text: 'an approval waits for a decision',
    facts: ['approval', 'definition', 'title', 'reminders'],
  },
  'approval.decided': {
    level: 'debug',
    text: 'a person has decided',
    facts: ['actor', 'definition', 'approved', 'by'],
  },
  // Messages
  'message.poison': {
    level: 'error',
    text: 'poison message: the step threw',
    facts: ['actor', 'type', 'messageId', 'correlationId', 'error'],
  },
  'message.failed': {
    level: 'error',
    text: 'a handler failed for good',
    facts: ['actor', 'type', 'messageId', 'correlationId', 'letter', 'error'],
  },
  'message.dead': {
    level: 'warn',
    text: 'a message could not be delivered',
    facts: ['actor', 'type', 'messageId', 'correlationId', 'letter', 'reason'],
  },
  'message.unread': {
    level: 'debug',
    text: 'a handler was not tried again',
    facts: ['bot', 'type', 'messageId', 'correlationId', 'error'],
  },
  'event.refused': {
    level: 'warn',
    text: 'an event was not accepted',
    facts: ['actor', 'type', 'error'],
  },
  'event.action': {
    level: 'error',
    text: 'an action of a machine threw',
    facts: ['actor', 'error'],
  },
  /** A machine's own words; its text is what it says. */
  'machine.said': { level: 'info', text: '', facts: ['actor'] },
  'ask.unopened': {
    level: 'debug',
    text: 'the host ended before all asks were open again',
    facts: ['error'],
  },
  // Supervision and incidents
  'supervisor.restarted': {
    level: 'debug',
    text: 'a supervisor started a child again',
    facts: ['actor', 'child'],
  },
  'supervisor.gaveUp': {
    level: 'error',
    text: 'a supervisor gave up',
    facts: ['actor', 'code', 'error'],
  },
  'supervisor.escalated': {
    level: 'warn',
    text: 'a supervisor gave up, and the one above it decides',
    facts: ['actor', 'code', 'error'],
  },
  'supervisor.waits': {
    level: 'debug',
    text: 'an order waits for the next start',
    facts: ['error'],
  },
  'incident.opened': {
    level: 'error',
    text: 'an incident was opened',
    facts: ['actor', 'code', 'error'],
  },
  'incident.closed': {
    level: 'debug',
    text: 'an incident was closed',
    facts: ['actor', 'code', 'by'],
  },
  // The journal
  'journal.headless': {
    level: 'warn',
    text: 'the journal has no head file: rows cut off at its end are not seen',
    facts: ['journal'],
  },
  'journal.halfHead': {
    level: 'warn',
    text: 'one record of the head file was unreadable: the other is used',
    facts: ['journal'],
  },
  'journal.upgraded': {
    level: 'warn',
    text: 'the journal was brought to a newer format',
    facts: ['journal', 'copy'],
  },
  'journal.longRead': {
    level: 'warn',
    text:
      'the log of the journal grows, for another process has been reading the journal in one ' +
      'transaction: end that, and the log shrinks by itself',
    facts: ['journal', 'pages'],
  },
  'journal.logKept': {
    level: 'warn',
    text: 'the log of the journal could not be emptied into the file',
    facts: ['journal', 'error'],
  },
  'journal.untrimmed': {
    level: 'error',
    text: 'what is beyond the bounds of the journal could not be cut',
    facts: ['error'],
  },
} as const satisfies Readonly<Record<string, Told>>;

/** The name of an event. */
export type EventName = keyof typeof events;

/** The facts of an event. */
export type FactsOf<Name extends EventName> = Readonly<
  Partial<Record<(typeof events)[Name]['facts'][number], unknown>>
>;

/** A logger that knows how often each event was told. */
export interface CountedLogger extends Logger {
  /** Notes that an event is told. */
  count(name: EventName): void;
  /** How often each event was told; only those that were. */
  counts(): Readonly<Record<string, number>>;
}

/** A logger, as far as an event needs it. */
export type LoggerOf<Name extends EventName> = Pick<Logger, (typeof events)[Name]['level']>;

/** Tells an event to a logger; `text` stands in the place of its own where that says more. */
export function say<Name extends EventName>(
  log: LoggerOf<Name>,
  name: Name,
  facts: FactsOf<Name>,
  text: string = events[name].text,
): void {
  if (isCounted(log)) log.count(name);
  const level: keyof LoggerOf<Name> = events[name].level;
  const tell: Logger['warn'] = log[level];
  tell.call(log, text, facts);
}

const isCounted = (log: object): log is CountedLogger => 'count' in log;
