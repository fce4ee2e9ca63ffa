/** Replaying: the rows of a journal, folded as far as they are known, against its records. */
import { machines } from '../../../machines/index.ts';
import { Replay, type Replayable } from '../../engine/index.ts';
import type { ActorRecord, Batch, JournalReads, JournalRow } from '../../journal/index.ts';
import { type Definition, equalJson, isMachineDefinition, said } from '../../protocol/index.ts';
import { stateOf } from '../oracles/told.ts';
import { differenceOf } from './difference.ts';

/** An actor of which rows and record tell different things. */
export interface Misfit {
  readonly record: ActorRecord;
  /** What is different, in words. */
  readonly found: string;
}

const ofKinds = new Map(Object.entries(machines));

/** Follows a journal: its rows, and the records that say what rows don't. */
export class Replaying {
  readonly #replay: Replay;
  /** Records that a commit wrote with the last `init` of their actor, by the number of that row. */
  readonly #births = new Map<number, ActorRecord>();
  readonly #known = new Map<number, Replayable>();
  /** Records that were compared, or need not be. */
  readonly #looked = new Map<number, ActorRecord>();
  readonly #threw = new Map<number, string>();
  #touched = new Set<number>();
  #isBlind = false;
  #seq = 0;

  constructor(definitions: () => readonly Definition[]) {
    this.#replay = new Replay({
      machineOf: (kind) => ofKinds.get(kind),
      hostedOf: (id, version) =>
        definitions()
          .filter(isMachineDefinition)
          .find((one) => one.id === id && one.version === version)?.machine,
    });
  }

  /** Notes what a commit says of the actors that began, or began anew, in it. */
  note({ rows, actors }: Batch): void {
    const births = new Map<number, number>();
    for (const { type, actor, seq } of rows) if (type === 'init') births.set(actor, seq);
    for (const record of actors) {
      const seq = births.get(record.actor);
      if (seq !== undefined) this.#births.set(seq, record);
      this.#touched.add(record.actor);
    }
  }

  /** Folds what is new, and gives the first actor that is not what its rows say. */
  look(journal: JournalReads): Misfit | undefined {
    // Rows that were cut before they were seen leave nothing to compare with.
    if (journal.anchor().seq > this.#seq) this.#isBlind = true;
    if (this.#isBlind) return undefined;
    for (const row of journal.rows(this.#seq, Number.POSITIVE_INFINITY)) this.#take(row, journal);
    const touched = this.#touched;
    this.#touched = new Set();
    for (const actor of touched) {
      const record = journal.byNumber(actor);
      const found = record && this.#compared(record);
      if (record !== undefined && found !== undefined) return { record, found };
    }
    return undefined;
  }

  #take(row: JournalRow, journal: JournalReads): void {
    this.#seq = row.seq;
    this.#touched.add(row.actor);
    const actor = this.#known.get(row.actor) ?? journal.byNumber(row.actor);
    if (actor === undefined) return;
    this.#known.set(row.actor, actor);
    const birth = this.#births.get(row.seq);
    if (birth !== undefined) this.#threw.delete(row.actor);
    try {
      this.#replay.take(row, actor, birth);
    } catch (error) {
      this.#replay.forget(actor);
      const hasFailed = row.status === 'FAILED';
      if (!hasFailed) this.#threw.set(row.actor, `its ${row.type} throws: ${said(error)}`);
    }
  }

  #compared(record: ActorRecord): string | undefined {
    const threw = this.#threw.get(record.actor);
    if (threw !== undefined) return threw;
    const before = this.#looked.get(record.actor);
    this.#looked.set(record.actor, record);
    if (before !== undefined && isOther(before, record)) this.#replay.forget(record);
    const replayed = this.#replay.state(record);
    if (replayed === undefined) return undefined;
    const told = stateOf(record);
    const recorded = Object.fromEntries(Object.entries(told).filter(([key]) => stateful.has(key)));
    const own = Object.fromEntries(
      Object.entries(Object(replayed)).filter(([key]) => stateful.has(key)),
    );
    return equalJson(recorded, own) ? undefined : differenceOf(recorded, own);
  }
}

/** What is compared: why an actor failed is told by who made it fail. */
const stateful: ReadonlySet<string> = new Set(['value', 'context', 'status', 'output', 'history']);

/** Its definition changed: what its rows mean did, too. */
const isOther = (before: ActorRecord, record: ActorRecord): boolean =>
  before.version !== record.version || before.structure !== record.structure;
