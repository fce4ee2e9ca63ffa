/**
 * `createTroupe` as the package exports it: it loads the runtime when it is first called, so that a
 * program that declares work, or asks for help, starts without machines and without XState.
 */
import type { TroupeOptions } from './options.ts';
import type { Troupe } from './troupe.ts';

/**
 * Makes a team and brings back what was live on its journal.
 * @throws TroupeError `BAD_OPTION`, `DUPLICATE_DEFINITION`, `JOURNAL_IN_USE`, `JOURNAL_FOREIGN`,
 *   `JOURNAL_VERSION`, `JOURNAL_UNREADABLE`, `JOURNAL_WORKSPACE`, `JOURNAL_FAILED`.
 */
export async function createTroupe(options: TroupeOptions = {}): Promise<Troupe> {
  const composition = await import('./create-troupe.ts');
  return composition.createTroupe(options);
}
