/**
 * Estimates: how long the steps of a workflow took in its last runs. They are read from the journal
 * once for each definition, when its first run is made, and follow the runs that end after that.
 * A run keeps the estimates that it was made with, so its order is the same after a crash.
 */
import type { JournalReader } from '../../journal/index.ts';
import { limits, type Settlement, stepOfRun, type WorkflowSpec } from '../../protocol/index.ts';

/** A run of a workflow whose steps have all ended. */
export interface EndedRun {
  /** Its number in the journal. */
  readonly actor: number;
  readonly spec: Pick<WorkflowSpec, 'definition' | 'version' | 'fan'>;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Milliseconds by the name of a step. */
type Durations = ReadonlyMap<string, number>;

interface Experience {
  /** The newest last. */
  readonly runs: Durations[];
  /** When a run was looked at last. */
  at: number;
  /** Stays the same object until it is another. */
  estimates: Durations | undefined;
}

/** What earlier runs of a troupe's workflows took. */
export class Estimates {
  readonly #journal: Pick<JournalReader, 'actors' | 'steps' | 'heads'>;
  readonly #known = new Map<string, Experience>();

  constructor(journal: Pick<JournalReader, 'actors' | 'steps' | 'heads'>) {
    this.#journal = journal;
  }

  /**
   * What each step took, the mean over the last completed runs that it completed in; undefined when
   * there is none yet.
   */
  of(definition: string, version: string): Durations | undefined {
    return this.#experience(definition, version).estimates;
  }

  /** Learns from a run that completes; of many within a short time, from one. */
  learn({ actor, spec, at }: EndedRun): void {
    if (spec.fan !== undefined) return;
    const known = this.#experience(spec.definition, spec.version);
    const isFull = known.runs.length >= limits.estimateRuns;
    if (isFull && at - known.at < limits.estimateEveryMs) return;
    known.at = at;
    this.#add(known, actor);
    known.estimates = meansOf(known.runs);
  }

  #experience(definition: string, version: string): Experience {
    const key = JSON.stringify([definition, version]);
    const found = this.#known.get(key);
    if (found !== undefined) return found;
    const made: Experience = { runs: [], at: Number.NEGATIVE_INFINITY, estimates: undefined };
    this.#known.set(key, made);
    for (const actor of this.#earlier(definition, version)) this.#add(made, actor);
    made.estimates = meansOf(made.runs);
    return made;
  }

  /** Numbers of the last completed runs, among the newest actors of the journal. */
  #earlier(definition: string, version: string): readonly number[] {
    const newest = this.#journal.actors({
      kind: 'workflow',
      definition,
      done: true,
      above: this.#journal.heads().actor - limits.estimateActors,
      limit: limits.estimateLooks,
      newest: true,
    });
    return newest
      .filter((run) => run.version === version && run.status === 'COMPLETED' && !isFan(run.input))
      .slice(-limits.estimateRuns)
      .map(({ actor }) => actor);
  }

  #add({ runs }: Experience, actor: number): void {
    const took = new Map<string, number>();
    for (const { step, body } of this.#journal.steps(actor)) {
      const end: Settlement = JSON.parse(body);
      const { startedAt, endedAt } = end;
      const isKnown = startedAt !== undefined && endedAt !== undefined;
      if (!isKnown || end.status !== 'COMPLETED' || stepOfRun(step).undo) continue;
      took.set(step, Math.max(0, endedAt - startedAt));
    }
    if (took.size === 0) return;
    runs.push(took);
    if (runs.length > limits.estimateRuns) runs.shift();
  }
}

/** Whether a run is the fan-out of a step: its steps are named by the number of an item. */
const isFan = (input: string): boolean => {
  const spec: Pick<WorkflowSpec, 'fan'> = JSON.parse(input);
  return spec.fan !== undefined;
};

function meansOf(runs: readonly Durations[]): Durations | undefined {
  if (runs.length === 0) return undefined;
  const sums = new Map<string, { ms: number; count: number }>();
  for (const [step, ms] of runs.flatMap((took) => [...took])) {
    const sum = sums.get(step) ?? { ms: 0, count: 0 };
    sums.set(step, { ms: sum.ms + ms, count: sum.count + 1 });
  }
  return new Map([...sums].map(([step, { ms, count }]) => [step, Math.round(ms / count)]));
}
