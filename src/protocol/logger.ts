/** The logger that an app supplies. Each call has a text and the facts behind it. */

/** Facts of a log line: actor, message and correlation ids where they apply. */
export type LogFacts = Readonly<Record<string, unknown>>;

/** Where Troupe logs to; `console` fits. A throwing logger is ignored. */
export interface Logger {
  debug(text: string, facts?: LogFacts): void;
  info(text: string, facts?: LogFacts): void;
  warn(text: string, facts?: LogFacts): void;
  error(text: string, facts?: LogFacts): void;
}
