/** What trimming sees of a journal in memory. */
import { systemAddress } from '../../protocol/index.ts';
import type { DeadLetter, JournalRow, StepRecord, WaitingMail } from '../journal.ts';
import { type EndedRoot, type Member, stepOfLetter, type TrimStore } from '../trim/index.ts';
import { type KeptActor, type KeptActors, wholeOf } from './kept-actors.ts';
import type { Nested } from './nested.ts';
import type { Newest } from './newest.ts';

/** The tables of a journal in memory. */
export interface MemoryTables {
  readonly heads: TrimStore['heads'];
  readonly rows: Newest<JournalRow>;
  readonly letters: Newest<DeadLetter>;
  readonly actors: KeptActors;
  readonly waiting: ReadonlyMap<number, WaitingMail>;
  readonly steps: Nested<StepRecord>;
  readonly hasTimer: (actor: number) => boolean;
}

/** The tables as trimming sees them. */
export function memoryTrimStore(tables: MemoryTables): TrimStore {
  const { rows, letters, actors, steps } = tables;
  const memberOf = (kept: KeptActor): Member => {
    const { actor, address, done, input, snapshot } = kept.record;
    const isAwaited = tables.hasTimer(actor) || hasMail(tables.waiting, actor);
    return { actor, address, done, isAwaited, chars: input.length + snapshot.length };
  };
  return {
    heads: tables.heads,
    oldestRows: (limit) =>
      rows.from(1, limit).map(({ seq, at, body }) => ({ number: seq, at, chars: body.length })),
    cutRows: (to) => rows.cutTo(to),
    oldestLetters: (to, limit) =>
      letters
        .from(1, limit)
        .filter(({ letter }) => letter <= to)
        .map(({ letter, at, body }) => ({ number: letter, at, chars: body.length })),
    cutLetters(to) {
      const system = actors.byAddress(systemAddress)?.record.actor;
      for (const { letter } of letters.from(1, to)) {
        if (system !== undefined && letter <= to) steps.delete(system, stepOfLetter(letter));
      }
      letters.cutTo(to);
    },
    endedBelow(last, limit) {
      const below = actors.endedRoots().filter((root) => root.last < last);
      const newest = below.slice(Math.max(0, below.length - limit));
      return { count: newest.length, lowest: newest[0]?.last ?? 0 };
    },
    endedAfter(last, limit) {
      const found: EndedRoot[] = [];
      for (const root of actors.endedRoots()) {
        if (found.length >= limit) break;
        if (root.last > last && actors.byAddress(root.address) !== undefined) found.push(root);
      }
      return found;
    },
    isHeld(root, isHeld) {
      const kept = actors.byAddress(root.address);
      return kept !== undefined && isHeld(wholeOf(kept));
    },
    member(address) {
      const kept = actors.byAddress(address);
      return kept && memberOf(kept);
    },
    below: (root, after, limit) => actors.below(root, after, limit).map(memberOf),
    stepsOf: (actor, limit) =>
      steps
        .of(actor)
        .slice(0, limit)
        .map(({ step, body }) => ({ step, chars: body.length })),
    dropStep: (actor, step) => steps.delete(actor, step),
    dropActor: (actor) => actors.drop(actor),
  };
}

function hasMail(waiting: ReadonlyMap<number, WaitingMail>, actor: number): boolean {
  for (const mail of waiting.values()) if (mail.actor === actor) return true;
  return false;
}
