/** What a value says for itself, as a text of bounded length: it may come from anybody's code. */
import { limits } from './limits.ts';

/** The message of an error, or any other value as a text; never throws. */
export function said(value: unknown): string {
  try {
    const text = value instanceof Error ? value.message : value;
    return String(text).slice(0, limits.failureChars).toWellFormed();
  } catch {
    return 'a value that has no text';
  }
}
