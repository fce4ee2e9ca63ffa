/** Loggers: the default one, and the guard around an app's own. */
import type { LogFacts, Logger } from '../protocol/index.ts';

/** Warnings and errors on standard error; the rest is dropped. */
export const defaultLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: (text, facts) => console.warn(`troupe: ${text}${factsText(facts)}`),
  error: (text, facts) => console.error(`troupe: ${text}${factsText(facts)}`),
};

/** A logger whose throws are ignored: a broken logger must not break the work. */
export function guardedLogger(logger: Logger): Logger {
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
  };
}

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
