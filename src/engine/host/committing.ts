/** The commit of a group, and how long it took. */
import type { Clock } from '../../clock/index.ts';
import type { Journal } from '../../journal/index.ts';
import type { Group } from '../group/group.ts';
import type { LocalHostParts } from './local-host-parts.ts';

/** What a commit needs. */
export interface CommitPorts {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly committed?: LocalHostParts['committed'];
}

/**
 * Commits what a group staged; a group in which nothing changed is given up. What it gives tells of
 * the commit, and may throw. @throws TroupeError `JOURNAL_FAILED`.
 */
export function commitGroup(group: Group, { clock, journal, committed }: CommitPorts): () => void {
  group.close();
  const { batch } = group;
  if (batch.isEmpty) {
    journal.abort();
    return () => {};
  }
  const began = clock.now();
  journal.commit(batch);
  const tookMs = clock.now() - began;
  return () => committed?.(batch, tookMs);
}
