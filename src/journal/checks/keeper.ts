/**
 * Keeps the head of a journal while its owner runs.
 *
 * With `power` each commit is synced before the head names it. With `process` it is not, and the
 * head might reach the disk before the rows do: there it moves with checkpoints alone, and what
 * came after the last one may be cut off unseen, as it may be lost by power loss anyway.
 */
import type { ChainHead } from '../chain.ts';
import type { Durability } from '../journal.ts';
import { type FoundHead, headWriter, syncFolder, unsealed } from './head.ts';
import { sealOf } from './seal.ts';

/** Keeps the head. */
export interface HeadKeeper {
  /** After each commit: its last row, and its time. */
  committed(last: ChainHead, at: number): void;
  /** After a checkpoint by which all of the log is in the file, and synced. */
  checkpointed(): void;
  /** After the database was closed: seals it when it ended in order. */
  close(isInOrder: boolean): void;
}

/** Takes the head over from the owner before; the seal is broken when it returns. */
export function headKeeper(path: string, found: FoundHead, durability: Durability): HeadKeeper {
  const writer = headWriter(path, found);
  let last: ChainHead | undefined;

  function seal(): void {
    const made = sealOf(path);
    // A log that stays has not been synced by the end of the owner.
    const isThere = durability === 'power' || made !== unsealed.shared;
    // Or power loss brings the removed log back beside a file that is sealed without one.
    syncFolder(path);
    writer.sync(isThere ? last : undefined, made);
  }

  return {
    committed(to, at) {
      last = to;
      if (durability === 'power') writer.move(to, at);
    },
    checkpointed: () => writer.sync(last),
    close(isInOrder) {
      try {
        if (isInOrder) seal();
      } catch {
        // Without a seal the next start verifies the journal as after a kill.
      } finally {
        writer.close();
      }
    },
  };
}
