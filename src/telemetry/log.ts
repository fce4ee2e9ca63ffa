/** Loggers: the default one, and the guard around an app's own. */
import type { LogFacts, Logger } from '../protocol/index.ts';
import type { CountedLogger, EventName } from './events.ts';

/** Warnings and errors on standard error; the rest is dropped. */
export const defaultLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: (text, facts) => console.warn(lineOf(text, facts)),
  error: (text, facts) => console.error(lineOf(text, facts)),
};

/** A logger whose throws are ignored: a broken one must not break the work. It counts events. */
export function guardedLogger(logger: Logger): CountedLogger {
  const counts = new Map<EventName, number>();
  const guarded =
    (level: keyof Logger) =>
    (text: string, facts?: LogFacts): void => {
      try {
        logger[level](text, facts);
      } catch {
        // There is nowhere left to say it.
      }
    };
  return {
    debug: guarded('debug'),
    info: guarded('info'),
    warn: guarded('warn'),
    error: guarded('error'),
    count: (name) => void counts.set(name, (counts.get(name) ?? 0) + 1),
    counts: () => Object.fromEntries(counts),
  };
}

/** One line, whatever the texts hold: no line break in them can look like another line. */
const lineOf = (text: string, facts: LogFacts | undefined): string =>
  `troupe: ${text}${factsText(facts)}`.replace(controls, escaped);

const controls = /[\p{Cc}\p{Zl}\p{Zp}]/gu;
const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const escaped = (sign: string): string =>
  short[sign] ?? `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;

function factsText(facts: LogFacts | undefined): string {
  const shown = Object.entries(facts ?? {}).map(([name, value]) => `${name}=${factText(value)}`);
  return shown.length === 0 ? '' : ` (${shown.join(', ')})`;
}

/** Any value may be a fact: what has no JSON text is shown by its type. */
function factText(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    if (value instanceof Error) return String(value.message);
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return typeof value;
  }
}
