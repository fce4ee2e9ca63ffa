/**
 * Restoring a snapshot in a running troupe.
 *
 * The snapshot is verified first, on a copy, while the team goes on: when it is refused nothing has
 * changed. Then the team is settled as by a stop, its journal is copied, the content of the journal
 * is replaced in one step, and a new team begins on it as after a crash at that moment. When the
 * copy or the replacement fails, the new team begins on what was there before.
 */
import {
  checkSnapshotPlace,
  fixedJournal,
  type Journal,
  placeOfPresent,
  type Replaced,
  type SavedSnapshot,
  type StagedSnapshot,
  saveSnapshot,
  stageSnapshot,
} from '../../journal/index.ts';
import { troupeError } from '../../protocol/index.ts';
import type { TroupeParts } from './faces.ts';
import { endTeam, settle } from './stopping.ts';

/** What restoring needs. */
export interface RestorePorts {
  readonly team: TroupeParts;
  readonly workspace: string;
  /** From now on calls are refused. @throws TroupeError `STOPPED` when it stops meanwhile. */
  readonly begin: () => void;
  /** Makes a team on a journal; what was live there is live again. */
  readonly remake: (journal: Journal) => Promise<TroupeParts>;
}

/** How to restore. */
export interface RestoreSettings {
  readonly deadlineMs: number;
  /** Where the present is kept; undefined: beside a journal in a file, nowhere in memory. */
  readonly before: string | undefined;
}

/** A snapshot that was restored. */
export interface RestoredSnapshot {
  /** Absolute path of the snapshot. */
  readonly path: string;
  /** When it was taken, milliseconds since 1970. */
  readonly takenAt: number;
  /** The last row of the history in it. */
  readonly seq: number;
  /** The snapshot of what was there before; undefined in memory when none was asked for. */
  readonly before: SavedSnapshot | undefined;
}

/** What came of restoring: the team to go on with. */
export interface Restoring {
  readonly team: TroupeParts;
  readonly restored: RestoredSnapshot;
  /** Why the team is on what was there before; undefined when it was restored. */
  readonly failure: unknown;
}

/** Restores a snapshot. @throws TroupeError as `troupe.restore`; nothing was changed then. */
export async function restoreTeam(
  ports: RestorePorts,
  path: string,
  settings: RestoreSettings,
): Promise<Restoring> {
  const { team, workspace } = ports;
  const { journal, host } = team;
  if (journal.replacedBy === undefined) throw fixedJournal(journal);
  const now = (): number => host.clock.now();
  const staged = await stageSnapshot(journal, path, { workspace, now });
  try {
    // Where the present is to stand is looked at before anything ends.
    if (settings.before !== undefined) await checkSnapshotPlace(journal, settings.before);
    ports.begin();
    const refusal = (call: string) => troupeError('RESTORING', { call });
    await settle(team, settings.deadlineMs, refusal);
    endTeam(team, troupeError('RESTORED', { path: staged.snapshot, takenAt: staged.takenAt }));
    const { replaced, before } = await replaceBy(ports, staged, settings.before);
    const { snapshot, takenAt, seq } = staged;
    return {
      team: await remade(ports, replaced.journal),
      restored: { path: snapshot, takenAt, seq, before },
      failure: replaced.failure,
    };
  } finally {
    staged.remove();
  }
}

/** A journal that no team goes on with is closed. */
async function remade({ remake }: RestorePorts, journal: Journal): Promise<TroupeParts> {
  try {
    return await remake(journal);
  } catch (error) {
    journal.close();
    throw error;
  }
}

async function replaceBy(
  { team: { journal, host }, workspace }: RestorePorts,
  { staging }: StagedSnapshot,
  wanted: string | undefined,
): Promise<{ readonly replaced: Replaced; readonly before: SavedSnapshot | undefined }> {
  const now = (): number => host.clock.now();
  let before: SavedSnapshot | undefined;
  try {
    const place = wanted ?? (await placeOfPresent(journal, now()));
    if (place !== undefined) {
      before = await saveSnapshot(journal, place, { workspace, now, overwrite: false });
    }
  } catch (failure) {
    return { replaced: { journal, failure }, before };
  }
  const replaced = (await journal.replacedBy?.(staging)) ?? { journal, failure: undefined };
  return { replaced, before };
}
