/**
 * Charts: which states, transitions and guards the rows of a journal lead through, by replaying
 * them on copies of the machines that are seen from inside.
 *
 * Rows don't tell the input of an actor inside of a machine but of its last life: those before it
 * are not counted. What a copy can't follow, such as a guard that looks at another actor, is left
 * out from there on.
 */
import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import { type Kind, machines } from '../../../machines/index.ts';
import { logicOf } from '../../engine/index.ts';
import type { ActorRecord, JournalReads, JournalRow } from '../../journal/index.ts';
import { type Definition, isMachine, isMachineDefinition } from '../../protocol/index.ts';
import { guardsOf, type Macrostep, statesOf, transitionsOf, Watched } from '../charts/index.ts';
import type { Coverage, CoverageKind } from '../findings/index.ts';
import { Ledger } from '../machines/ledger.ts';

/** A machine, and what was seen of it. */
interface Chart {
  readonly machine: AnyStateMachine;
  readonly watched: Watched;
  readonly ledger: Ledger;
  /** Some actor of it could not be followed to its end. */
  isLost: boolean;
}

/** The charts of users' machines, and of ours if they are asked for. */
export class Charts {
  readonly #definitions: readonly Definition[];
  readonly #charts = new Map<AnyStateMachine, Chart>();
  readonly #kinds: ReadonlyMap<string, AnyStateMachine>;

  constructor(definitions: readonly Definition[], kinds: boolean) {
    this.#definitions = definitions;
    this.#kinds = new Map(kinds ? Object.entries(machines satisfies Record<Kind, unknown>) : []);
    for (const definition of definitions) {
      if (isMachineDefinition(definition)) this.#declare(definition.machine);
    }
    for (const machine of this.#kinds.values()) this.#chartOf(machine);
  }

  /** Follows all actors of a journal. */
  add(journal: JournalReads): void {
    const isWanted = this.#charts.size > 0;
    for (const record of isWanted ? journal.actors({}) : []) {
      const machine =
        record.kind === 'machine' ? this.#machineOf(record) : this.#kinds.get(record.kind);
      if (machine === undefined) continue;
      const rows = journal.history(record.actor, 0);
      follow(this.#chartOf(machine), record, rows);
    }
  }

  get unfollowed(): ReadonlySet<string> {
    const lost = [...this.#charts.values()].filter(({ isLost }) => isLost);
    return new Set(lost.map(({ machine }) => machine.id));
  }

  get coverage(): Coverage {
    return [...this.#charts.values()].flatMap(coverageOf);
  }

  /** A machine, and those that it names to be started. */
  #declare(machine: AnyStateMachine): void {
    if (this.#charts.has(machine)) return;
    this.#chartOf(machine);
    for (const source of Object.values(machine.implementations.actors)) {
      if (isMachine(source)) this.#declare(source);
    }
  }

  #chartOf(machine: AnyStateMachine): Chart {
    const known = this.#charts.get(machine);
    if (known !== undefined) return known;
    const ledger = new Ledger();
    const watched = new Watched(machine, ledger);
    const chart: Chart = { machine, ledger, watched, isLost: false };
    this.#charts.set(machine, chart);
    return chart;
  }

  /** The machine of an actor: that of its definition, or one that this one started. */
  #machineOf({ definition, version, input }: ActorRecord): AnyStateMachine | undefined {
    const { sources = [] }: { readonly sources?: readonly string[] } = JSON.parse(input);
    let machine = this.#definitions
      .filter(isMachineDefinition)
      .find((one) => one.id === definition && one.version === version)?.machine;
    for (const name of sources) {
      const source = machine && logicOf(machine).source(name);
      machine = source?.kind === 'machine' ? source.machine : undefined;
    }
    return machine;
  }
}

/** Where an actor is, on a chart; `before`: where it was before the step that ended it. */
interface At {
  now: AnyMachineSnapshot | undefined;
  before: AnyMachineSnapshot | undefined;
  /** Rows to come that its last step told to its history: no events. */
  told: number;
}

function follow(chart: Chart, record: ActorRecord, rows: readonly JournalRow[]): void {
  const spec = JSON.parse(record.input);
  const isOwn = record.kind !== 'machine';
  const isInside = spec.root !== undefined;
  const lastBirth = rows.findLast(({ type }) => type === 'init')?.seq;
  const at: At = { now: undefined, before: undefined, told: 0 };
  for (const row of rows) {
    try {
      if (row.type !== 'init') went(chart, at, row);
      else if (isInside && row.seq !== lastBirth) at.now = undefined;
      else arrived(chart, at, chart.watched.begin(isOwn ? spec : spec.input));
    } catch {
      chart.isLost = true;
      at.before = at.now;
      at.now = undefined;
    }
  }
}

function went(chart: Chart, at: At, { type, body }: JournalRow): void {
  if (at.told > 0) {
    at.told -= 1;
  } else if (type === 'troupe.resumed') {
    at.now = at.before ?? at.now;
  } else if (type === 'troupe.stop' || type === 'troupe.failed') {
    at.before = at.now;
    at.now = undefined;
  } else if (!type.startsWith('troupe.') && at.now?.status === 'active') {
    at.before = at.now;
    arrived(chart, at, chart.watched.next(at.now, JSON.parse(body)));
  }
}

function arrived({ ledger }: Chart, at: At, step: Macrostep): void {
  ledger.took(step);
  at.now = step.snapshot;
  const told = step.actions.filter(({ type }) => type === 'tellHistory');
  at.told = told.reduce(
    (sum, { params: { rows } }) => sum + (Array.isArray(rows) ? rows.length : 0),
    0,
  );
}

function coverageOf({ machine, ledger }: Chart): Coverage {
  const placed = (
    kind: CoverageKind,
    places: readonly { readonly place: string }[],
    hits: ReadonlyMap<string, number>,
  ): Coverage =>
    places.map(({ place }) => ({
      definition: machine.id,
      kind,
      place,
      hits: hits.get(place) ?? 0,
    }));
  const guards = guardsOf(machine);
  return [
    ...placed('state', statesOf(machine), ledger.states),
    ...placed('transition', transitionsOf(machine), ledger.transitions),
    ...placed('guard true', guards, ledger.isTrue),
    ...placed('guard false', guards, ledger.isFalse),
  ];
}
