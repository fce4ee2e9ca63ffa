/**
 * The view of what is seen: lazy, and kept from one commit to the next. A run that did not change
 * is the same object as before; what was shown once never changes.
 */
import { approvalReport } from '../../approvals/index.ts';
import { incidentReport } from '../../incidents/index.ts';
import type { ActorRecord } from '../../journal/index.ts';
import type { Runnable } from '../../protocol/index.ts';
import type { CallRecord, Sight } from '../simulation/sight.ts';
import { Committed, type Seen } from './committed.ts';
import { costNow, runViewOf } from './run-view.ts';
import type { QuestionView, RunView, View } from './view.ts';

const known = new WeakMap<Sight, View>();

/** What is seen of a team; one view for each sight, which shows the present when it is asked. */
export function viewOf(sight: Sight): View {
  let view = known.get(sight);
  if (view === undefined) {
    view = new Views(sight);
    known.set(sight, view);
  }
  return view;
}

/** A run that was shown. */
interface Shown {
  readonly seen: Seen;
  readonly run: RunView;
}

class Views implements View {
  readonly #sight: Sight;
  readonly #committed: Committed;
  readonly #shown = new Map<number, Shown>();
  readonly #lists = new Map<string, readonly RunView[]>();
  readonly #calls = new Map<string, CallRecord[]>();
  readonly #copies = new Map<string, readonly CallRecord[]>();
  #called = 0;

  constructor(sight: Sight) {
    this.#sight = sight;
    this.#committed = new Committed(sight);
    // Laws may take a view apart: `({ runs }) => ...`.
    const { runs, calls } = this;
    Object.assign(this, { runs: runs.bind(this), calls: calls.bind(this) });
  }

  runs<W extends Runnable>(work: W): readonly RunView<W>[];
  runs({ id }: Runnable): readonly RunView<never>[] {
    const now = this.#committed.ofDefinition(id).map((record) => this.#run(record));
    const before = this.#lists.get(id);
    const isSame = before?.length === now.length && before.every((run, at) => run === now[at]);
    if (isSame) return before;
    this.#lists.set(id, Object.freeze(now));
    return now;
  }

  calls(of?: string): readonly CallRecord[] {
    const { calls } = this.#sight;
    if (of === undefined) return this.#copied('', calls);
    for (; this.#called < calls.length; this.#called += 1) {
      const call = calls[this.#called];
      if (call === undefined) continue;
      const list = this.#calls.get(call.of);
      if (list === undefined) this.#calls.set(call.of, [call]);
      else list.push(call);
    }
    return this.#copied(of, this.#calls.get(of) ?? []);
  }

  /** A list that no law can change; the same one while nothing is called. */
  #copied(of: string, calls: readonly CallRecord[]): readonly CallRecord[] {
    const before = this.#copies.get(of);
    if (before?.length === calls.length) return before;
    const now = Object.freeze([...calls]);
    this.#copies.set(of, now);
    return now;
  }

  get questions(): readonly QuestionView[] {
    return this.#committed.ofKind('approval').map(questionOf);
  }

  get deadLetters(): View['deadLetters'] {
    const all = this.#sight.journal.deadLetters(Number.POSITIVE_INFINITY);
    return all.map(({ to, type, reason }) => ({ to, type, reason }));
  }

  get incidents(): View['incidents'] {
    return this.#committed.ofKind('incident').filter(isOpen).map(incidentOf);
  }

  get now(): number {
    return this.#sight.now();
  }

  get isHealed(): boolean {
    return this.#sight.isHealed;
  }

  #run(record: ActorRecord): RunView<never> {
    const seen = this.#committed.seen(record);
    const shown = this.#shown.get(record.actor);
    if (shown?.seen !== seen) return this.#show(seen);
    const cost = costNow(seen.cell, this.#committed);
    return cost === shown.run.cost ? shown.run : this.#show(seen);
  }

  #show(seen: Seen): RunView<never> {
    const run = runViewOf(seen.cell, this.#committed);
    Object.freeze(run);
    Object.freeze(run.steps);
    Object.freeze(run.stepStatus);
    this.#shown.set(seen.record.actor, { seen, run });
    return run;
  }
}

/** Records are read once. */
function remembered<Told>(read: (record: ActorRecord) => Told): (record: ActorRecord) => Told {
  const told = new WeakMap<ActorRecord, Told>();
  return (record) => {
    const before = told.get(record);
    if (before !== undefined) return before;
    const now = read(record);
    told.set(record, now);
    return now;
  };
}

const isOpen = ({ done }: ActorRecord): boolean => !done;

const questionOf = remembered((record): QuestionView => {
  const { id, definition, run: runId = id, status, payload } = approvalReport(record);
  return { id, definition, runId, status, payload };
});

const incidentOf = remembered((record): View['incidents'][number] => {
  const { code, about } = incidentReport(record);
  return { code, about };
});
