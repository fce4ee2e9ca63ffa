/**
 * Selection: which transitions an event may take from a configuration, inner states before outer
 * ones and a region after the other, so that only guards are left to evaluate. What is chosen
 * together is kept together, with the move that follows from it.
 */
import type { AnyStateMachine } from 'xstate';
import { type ActorEvent, limits } from '../../protocol/index.ts';
import { type Candidate, firstFor, firstOf, matching, numbering } from './candidates.ts';
import type { ChartNode, Snapshot } from './chart/chart.ts';
import { isAtomic, Memory, properAncestors, withoutConflicts } from './chart/state-sets.ts';
import { pastOf } from './chart/xstate.ts';
import { type Choice, NONE, type Selection } from './tables.ts';

/** What the states of a value have for events of a type. */
export function selectionOf(
  machine: AnyStateMachine,
  root: ChartNode,
  value: Snapshot['value'],
  eventType: string,
): Selection {
  const numbered = numbering(machine);
  const region = regionOf(root, value, (node) => matching(node, eventType).map(numbered));
  if (region === undefined) return nothing;
  const line = lineOf(region);
  return line === undefined ? new Regions(region) : new Line(line, firstFor);
}

/** What the states have without an event. */
export function eventlessOf(
  machine: AnyStateMachine,
  nodes: readonly ChartNode[],
): Selection | undefined {
  const lists = nodes.filter(isAtomic).map((node) => [node, ...properAncestors(node, undefined)]);
  const numbered = numbering(machine);
  const known = new Map(
    lists.flat().map((node) => [node, (node.always ?? []).map(numbered)] as const),
  );
  const lines = lists
    .map((list) => list.flatMap((node) => known.get(node) ?? []))
    .filter((line) => line.length > 0);
  const [only, ...others] = lines;
  if (only === undefined) return undefined;
  return others.length === 0 ? new Line(only, firstOf) : new Lines(lines, nodes);
}

/** A state with what is active in it. */
interface Region {
  readonly candidates: readonly Candidate[];
  readonly inner: readonly Region[];
}

/** The states of a value that have candidates, walked as XState's `transitionNode` does. */
function regionOf(
  node: ChartNode,
  value: Snapshot['value'],
  candidatesOf: (node: ChartNode) => readonly Candidate[],
): Region | undefined {
  const inner = Object.entries(typeof value === 'string' ? { [value]: {} } : value)
    .map(([key, below]) => {
      const child = node.states[key];
      return child && below ? regionOf(child, below, candidatesOf) : undefined;
    })
    .filter((region) => region !== undefined);
  const candidates = candidatesOf(node);
  return inner.length === 0 && candidates.length === 0 ? undefined : { candidates, inner };
}

/** All candidates in a line, when only one of them can be taken. */
function lineOf({ candidates, inner }: Region): readonly Candidate[] | undefined {
  const [only, ...others] = inner;
  if (others.length > 0) return undefined;
  const below = only === undefined ? [] : lineOf(only);
  return below === undefined ? undefined : [...below, ...candidates];
}

const nothing: Selection = { choose: () => NONE };

/** The first of several. */
class Line implements Selection {
  readonly #candidates: readonly Candidate[];
  readonly #first: typeof firstOf;

  constructor(candidates: readonly Candidate[], first: typeof firstOf) {
    this.#candidates = candidates;
    this.#first = first;
  }

  choose(snapshot: Snapshot, event: ActorEvent): Choice {
    return this.#first(this.#candidates, snapshot, event)?.alone ?? NONE;
  }
}

/** In each region the first of several, else of those around the regions. */
class Regions implements Selection {
  readonly #root: Region;
  readonly #choices = new Choices();

  constructor(root: Region) {
    this.#root = root;
  }

  choose(snapshot: Snapshot, event: ActorEvent): Choice {
    const chosen: Candidate[] = [];
    this.#ask(this.#root, { snapshot, event, chosen });
    return this.#choices.of(chosen, snapshot);
  }

  #ask({ inner, candidates }: Region, asking: Asking): boolean {
    let isTaken = false;
    for (const region of inner) isTaken = this.#ask(region, asking) || isTaken;
    if (isTaken) return true;
    const first = firstFor(candidates, asking.snapshot, asking.event);
    if (first !== undefined) asking.chosen.push(first);
    return first !== undefined;
  }
}

interface Asking {
  readonly snapshot: Snapshot;
  readonly event: ActorEvent;
  readonly chosen: Candidate[];
}

/** From each of several atomic states upwards the first; of what is in conflict the inner one. */
class Lines implements Selection {
  readonly #lines: readonly (readonly Candidate[])[];
  readonly #choices: Choices;

  constructor(lines: readonly (readonly Candidate[])[], nodes: readonly ChartNode[]) {
    this.#lines = lines;
    this.#choices = new Choices(new Set(nodes));
  }

  choose(snapshot: Snapshot, event: ActorEvent): Choice {
    const chosen: Candidate[] = [];
    for (const line of this.#lines) {
      const first = firstOf(line, snapshot, event);
      if (first !== undefined && !chosen.includes(first)) chosen.push(first);
    }
    return this.#choices.of(chosen, snapshot);
  }
}

/** What was chosen together before. */
class Choices {
  readonly #active: ReadonlySet<ChartNode> | undefined;
  readonly #known = new Map<string, Choice>();

  /** @param active given when transitions in conflict are to be left out */
  constructor(active?: ReadonlySet<ChartNode>) {
    this.#active = active;
  }

  of(chosen: readonly Candidate[], snapshot: Snapshot): Choice {
    const [first, ...others] = chosen;
    if (first === undefined) return NONE;
    if (others.length === 0) return first.alone;
    const key = chosen.map(({ index }) => index).join();
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const memory = new Memory(pastOf(snapshot));
    const all = chosen.map(({ transition }) => transition);
    const active = this.#active;
    const transitions = active === undefined ? all : withoutConflicts(all, active, memory);
    const choice = { transitions, move: undefined };
    if (this.#known.size >= limits.compiledConfigurations) this.#known.clear();
    if (!memory.wasAsked) this.#known.set(key, choice);
    return choice;
  }
}
