/**
 * Retention: what a journal keeps of what is over, and who cuts the rest.
 *
 * Pieces are cut between groups, never in one: soon after as much was written as a piece takes,
 * within a second when less was, and when what is kept becomes too old. Nothing is cut, and nothing
 * waits, without a bound. Housekeeping keeps no process alive, and ends with the team.
 */
import { z } from 'zod';
import type { Cancel, Clock } from '../clock/index.ts';
import type { ActorRecord, Batch, Journal, Keep, Trimmed } from '../journal/index.ts';
import {
  CountOption,
  Duration,
  durationMs,
  type Logger,
  limits,
  supervisedAddress,
} from '../protocol/index.ts';
import { say } from '../telemetry/index.ts';

/**
 * What a journal keeps of what is over. What is left out is kept whole. A number and an age hold
 * together: what is beyond either is cut, within about a second.
 */
export const RetentionOptions = z.strictObject({
  /** Rows of history: the newest. */
  rows: CountOption.optional(),
  /** Rows of history: those of this age or younger. */
  rowsAge: Duration.optional(),
  /** Ended runs that stand by themselves, each with all below it: those that ended last. */
  runs: CountOption.optional(),
  /** Such runs: those that ended so long ago or later. */
  runsAge: Duration.optional(),
  /** Dead letters: the newest. */
  letters: CountOption.optional(),
});
export type RetentionOptions = z.infer<typeof RetentionOptions>;

/** What retention works with. */
export interface RetentionParts {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly log: Logger;
}

/** Cuts what is beyond the bounds, from `begin` on. */
export class Retention {
  readonly #parts: RetentionParts;
  readonly #bounds: RetentionOptions;
  readonly #rowsMs: number;
  readonly #runsMs: number;
  /** Rows and dead letters written since all was cut. */
  #written = 0;
  #next: { readonly at: number; readonly cancel: Cancel } | undefined;
  /** Whether the team has ended; undefined before it began, and without a bound. */
  #isOver: (() => boolean) | undefined;

  constructor(bounds: RetentionOptions = {}, parts: RetentionParts) {
    this.#parts = parts;
    this.#bounds = bounds;
    this.#rowsMs = msOf(bounds.rowsAge);
    this.#runsMs = msOf(bounds.runsAge);
  }

  /** What was live is live again: what is beyond the bounds by now is cut, until the team ends. */
  begin(isOver: () => boolean): void {
    if (Object.values(this.#bounds).every((bound) => bound === undefined)) return;
    this.#isOver = isOver;
    this.#wake(0);
  }

  /** Takes note of what was committed. */
  note({ rows, dead }: Pick<Batch, 'rows' | 'dead'>): void {
    if (this.#isOver === undefined) return;
    this.#written += rows.length + dead.length;
    if (this.#written === 0) return;
    this.#wake(this.#written < limits.trimRows ? limits.trimEveryMs : limits.trimPauseMs);
  }

  /** Cuts a piece after so many milliseconds, or before. */
  #wake(ms: number): void {
    const { clock } = this.#parts;
    const at = clock.now() + ms;
    if (this.#next !== undefined && this.#next.at <= at) return;
    this.#next?.cancel();
    const cut = (): void => this.#cut();
    this.#next = { at, cancel: clock.aside?.(ms, cut) ?? clock.after(ms, cut) };
  }

  #cut(): void {
    const { clock, journal, log } = this.#parts;
    this.#next = undefined;
    if (this.#isOver?.() !== false) return;
    try {
      const trimmed = journal.trim(this.#keep(clock.now()));
      if (trimmed === undefined || trimmed.more) this.#wake(limits.trimPauseMs);
      else this.#rest(trimmed, clock.now());
    } catch (error) {
      say(log, 'journal.untrimmed', { error });
    }
  }

  #keep(now: number): Keep {
    const { rows, runs, letters } = this.#bounds;
    const rowsSince = Number.isFinite(this.#rowsMs) ? now - this.#rowsMs : undefined;
    const runsSince = Number.isFinite(this.#runsMs) ? now - this.#runsMs : undefined;
    return { rows, rowsSince, runs, runsSince, letters, isHeld: heldBy(this.#parts.journal) };
  }

  /** All is cut until something more is written, or what is kept is too old. */
  #rest({ rowAt = never, runAt = never }: Trimmed, now: number): void {
    this.#written = 0;
    const due = Math.min(rowAt + this.#rowsMs, runAt + this.#runsMs) + 1;
    if (Number.isFinite(due)) this.#wake(Math.max(limits.trimEveryMs, due - now));
  }
}

const never = Number.POSITIVE_INFINITY;

const msOf = (age: Duration | undefined): number => (age === undefined ? never : durationMs(age));

/** A supervisor that starts a child anew goes on from its last run: that one is kept. */
const heldBy = (journal: Journal): NonNullable<Keep['isHeld']> => {
  const known = new Map<string, ReadonlySet<string>>();
  return ({ address, definition, input }) => {
    const { createdBy } = JSON.parse(input);
    if (typeof createdBy !== 'string' || !createdBy.startsWith('supervisor/')) return false;
    const key = JSON.stringify([createdBy, definition]);
    const held = known.get(key) ?? childRuns(journal.byAddress(createdBy), definition);
    known.set(key, held);
    return held.has(address);
  };
};

/** Addresses of the last runs of a living supervisor's children, were they of that definition. */
function childRuns(supervisor: ActorRecord | undefined, definition: string): ReadonlySet<string> {
  if (supervisor === undefined || supervisor.done) return new Set();
  const { context } = JSON.parse(supervisor.snapshot);
  const children: readonly { id: string; run?: string }[] = context.supervision.children;
  const { address } = supervisor;
  return new Set(children.map(({ id, run }) => run ?? supervisedAddress(address, id, definition)));
}
