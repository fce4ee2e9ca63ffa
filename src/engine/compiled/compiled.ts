/**
 * Compiled machines: the configurations of each machine, made when a step meets them, and found by
 * the list of states that its snapshots share. A machine that is not seen through has none.
 */
import type { AnyStateMachine } from 'xstate';
import { limits } from '../../protocol/index.ts';
import { isMatch } from './candidates.ts';
import { type ChartNode, type Face, type Snapshot, statesBelow } from './chart/chart.ts';
import { isSeenThrough } from './chart/seen-through.ts';
import { nodesOf, rootOf, templateOf } from './chart/xstate.ts';
import { eventlessOf, selectionOf } from './selection.ts';
import type { Configuration, Selection } from './tables.ts';

const byNodes = new WeakMap<readonly ChartNode[], Configuration>();
const machines = new WeakMap<AnyStateMachine, CompiledMachine>();

/** The configuration that a snapshot is in; undefined when only the interpreter knows it. */
export function configurationOf(snapshot: Snapshot): Configuration | undefined {
  const nodes = nodesOf(snapshot);
  const known = byNodes.get(nodes);
  return known !== undefined && known.machine === snapshot.machine ? known : met(snapshot, nodes);
}

/** The first look at a list of states that XState made. */
function met(snapshot: Snapshot, nodes: readonly ChartNode[]): Configuration | undefined {
  const { machine, value } = snapshot;
  const compiled = compiledOf(machine);
  if (!compiled.isSeenThrough) return undefined;
  const configuration = compiled.configurationOf(nodes);
  if (JSON.stringify(configuration.face.value) !== JSON.stringify(value)) return undefined;
  byNodes.set(nodes, configuration);
  return configuration;
}

/** Whether the steps of a machine are compiled. */
export const isCompiled = (machine: AnyStateMachine): boolean => compiledOf(machine).isSeenThrough;

/** The configuration of states of a machine that is seen through. */
export const configurationAt = (
  machine: AnyStateMachine,
  nodes: readonly ChartNode[],
): Configuration => compiledOf(machine).configurationOf(nodes);

function compiledOf(machine: AnyStateMachine): CompiledMachine {
  const known = machines.get(machine);
  if (known !== undefined) return known;
  const compiled = new CompiledMachine(machine);
  machines.set(machine, compiled);
  return compiled;
}

class CompiledMachine {
  readonly isSeenThrough: boolean;
  readonly #machine: AnyStateMachine;
  readonly #kinds: EventKinds;
  readonly #configurations = new Map<string, Configuration>();

  constructor(machine: AnyStateMachine) {
    this.isSeenThrough = isSeenThrough(machine);
    this.#machine = machine;
    this.#kinds = new EventKinds(this.isSeenThrough ? statesBelow(rootOf(machine)) : []);
  }

  configurationOf(nodes: readonly ChartNode[]): Configuration {
    const key = nodes.map(({ order }) => order).join();
    const known = this.#configurations.get(key);
    if (known !== undefined) return known;
    const configuration = new States(this.#machine, nodes, this.#kinds);
    if (this.#configurations.size >= limits.compiledConfigurations) this.#configurations.clear();
    this.#configurations.set(key, configuration);
    byNodes.set(configuration.nodes, configuration);
    return configuration;
  }
}

/** A configuration with its selections. What snapshots share of it can't be changed. */
class States implements Configuration {
  readonly machine: AnyStateMachine;
  readonly nodes: readonly ChartNode[];
  readonly face: Face;
  readonly eventless: Selection | undefined;
  readonly #kinds: EventKinds;
  readonly #exact = new Map<string, Selection>();
  readonly #wild = new Map<string, Selection>();

  constructor(machine: AnyStateMachine, nodes: readonly ChartNode[], kinds: EventKinds) {
    const { _nodes, value, tags } = templateOf(machine, Object.freeze([...nodes]));
    this.machine = machine;
    this.face = { _nodes, value: frozen(value), tags };
    this.nodes = nodesOf(this.face);
    this.eventless = eventlessOf(machine, nodes);
    this.#kinds = kinds;
  }

  on(type: string): Selection {
    return this.#exact.get(type) ?? this.#meet(type);
  }

  #meet(type: string): Selection {
    const isExact = this.#kinds.isExact(type);
    const selections = isExact ? this.#exact : this.#wild;
    const key = isExact ? type : this.#kinds.wildcardsFor(type);
    const known = selections.get(key);
    if (known !== undefined) return known;
    const selection = selectionOf(this.machine, rootOf(this.machine), this.face.value, type);
    selections.set(key, selection);
    return selection;
  }
}

function frozen(value: Snapshot['value']): Snapshot['value'] {
  if (typeof value === 'string') return value;
  for (const below of Object.values(value)) if (below !== undefined) frozen(below);
  return Object.freeze(value);
}

/**
 * The types of events that a chart tells apart. Types that it does not name share their tables, as
 * far as the same wildcards match them: what is kept is bounded by the chart, not by its mail.
 */
class EventKinds {
  readonly #exact: ReadonlySet<string>;
  readonly #wildcards: readonly string[];

  constructor(nodes: readonly ChartNode[]) {
    this.#exact = new Set(nodes.flatMap(({ transitions }) => [...transitions.keys()]));
    this.#wildcards = [...this.#exact].filter((descriptor) => descriptor.endsWith('.*'));
  }

  isExact(type: string): boolean {
    return this.#exact.has(type);
  }

  wildcardsFor(type: string): string {
    if (this.#wildcards.length === 0) return '';
    return this.#wildcards.filter((wildcard) => isMatch(type, wildcard)).join(' ');
  }
}
