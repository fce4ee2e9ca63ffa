/**
 * The naive second implementation: live actors of plain XState on a clock that ticks, every story
 * told anew from its beginning. It knows what can be reached, and in how many steps.
 */
import {
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type AnyTransitionDefinition,
  createActor,
  getInitialMicrosteps,
} from 'xstate';

/** An event from outside, the end of an actor, or a tick. */
type Move = string;

/** What a naive search knows. */
export interface Known {
  /** Ids of states passed through. */
  readonly states: Set<string>;
  readonly transitions: Set<AnyTransitionDefinition>;
  /** Of a state that it rested in, the steps of a shortest story that leads there. */
  readonly restedIn: Map<string, number>;
  readonly nodes: Map<string, NaiveNode>;
  /** Whether a step did not come to rest. */
  isEndless: boolean;
  /** False when there was too much. */
  isWhole: boolean;
}

/** A moment that was reached. */
export interface NaiveNode {
  readonly key: string;
  readonly depth: number;
  readonly path: readonly Move[];
  readonly status: string;
  readonly to: Set<string>;
  /** Whether something that can happen takes a transition. */
  moves: boolean;
}

const TICK_MS = 2;
const NODES_MAX = 400;

/** Searches all that can happen. */
export function search(machine: AnyStateMachine): Known {
  const known: Known = {
    states: new Set(),
    transitions: new Set(),
    restedIn: new Map(),
    nodes: new Map(),
    isEndless: false,
    isWhole: true,
  };
  for (const [{ _nodes: nodes }] of firstOf(machine)) {
    for (const { id } of nodes) known.states.add(id);
  }
  // Ticks cost nothing: what lies a tick away comes before what lies a step away.
  const queue: { readonly path: readonly Move[]; readonly depth: number; from?: NaiveNode }[] = [
    { path: [], depth: 0 },
  ];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { path, depth, from } = next;
    const told = tell(machine, path, known);
    if (told === undefined) continue;
    if (from !== undefined) {
      from.to.add(told.key);
      if (told.isTaken) from.moves = true;
    }
    if (known.nodes.has(told.key)) continue;
    if (known.nodes.size >= NODES_MAX) {
      known.isWhole = false;
      break;
    }
    const { key, snapshot } = told;
    const node = {
      key,
      depth,
      path,
      status: snapshot.status,
      to: new Set<string>(),
      moves: false,
    };
    known.nodes.set(key, node);
    for (const { id } of snapshot._nodes) {
      if (!known.restedIn.has(id)) known.restedIn.set(id, depth);
    }
    if (snapshot.status !== 'active') continue;
    if (told.isWaiting) {
      const cost = told.isDue ? 1 : 0;
      const move = { path: [...path, 'tick'], depth: depth + cost, from: node };
      if (cost === 0) queue.unshift(move);
      else queue.push(move);
    }
    for (const move of ['A', 'B', ...told.ends]) {
      queue.push({ path: [...path, move], depth: depth + 1, from: node });
    }
    queue.sort((a, b) => a.depth - b.depth);
  }
  return known;
}

/** The first moves are not told to who inspects a live actor. */
function firstOf(machine: AnyStateMachine) {
  try {
    return getInitialMicrosteps(machine, undefined);
  } catch {
    return [];
  }
}

interface ToldNaively {
  readonly key: string;
  readonly snapshot: AnyMachineSnapshot;
  readonly isTaken: boolean;
  readonly isWaiting: boolean;
  readonly isDue: boolean;
  readonly ends: readonly Move[];
}

/** Tells a story from its beginning; undefined when it fails in a way that nothing comes after. */
function tell(
  machine: AnyStateMachine,
  path: readonly Move[],
  known: Known,
): ToldNaively | undefined {
  const clock = new Clock();
  const ended = new Set<string>();
  let isTaken = false;
  let hasFailed = false;
  const actor = createActor(machine, {
    clock,
    inspect: (event) => {
      if (event.type === '@xstate.actor') ended.delete(`${Reflect.get(event.actorRef, 'id')}`);
      if (event.type !== '@xstate.microstep') return;
      const { _transitions: transitions, snapshot } = event;
      for (const transition of transitions) known.transitions.add(transition);
      if (transitions.length > 0) isTaken = true;
      for (const { id } of (snapshot as AnyMachineSnapshot)._nodes) known.states.add(id);
    },
  });
  actor.subscribe({
    error: (error) => {
      if (!String(error).includes('Infinite loop')) return;
      hasFailed = true;
      known.isEndless = true;
    },
  });
  actor.start();
  for (const move of path) {
    isTaken = false;
    if (move === 'tick') clock.tick();
    else if (/^[AB]$/.test(move)) actor.send({ type: move });
    else {
      const [, head = '', id = ''] = /^(done|error) (.*)$/.exec(move) ?? [];
      ended.add(id);
      actor.send({ type: `xstate.${head}.actor.${id}` });
    }
  }
  const snapshot: AnyMachineSnapshot = actor.getSnapshot();
  if (hasFailed) return undefined;
  const live = Object.keys(snapshot.children).filter((id) => !ended.has(id));
  const history = Object.values(snapshot.historyValue).map((nodes) => nodes.map(({ id }) => id));
  const { value, context, status } = snapshot;
  const key = JSON.stringify([value, context, status, clock.left, live, history]);
  const ends = live.flatMap((id) => [`done ${id}`, `error ${id}`]);
  return { key, snapshot, isTaken, isWaiting: clock.left.length > 0, isDue: clock.isDue, ends };
}

/** Time goes on in ticks; at one moment one timer fires after the other. */
class Clock {
  #now = 0;
  #handles = 0;
  #waiting: { readonly handle: number; readonly due: number; readonly fire: () => void }[] = [];

  setTimeout(fire: () => void, ms: number): number {
    this.#handles += 1;
    this.#waiting.push({ handle: this.#handles, due: this.#now + ms, fire });
    return this.#handles;
  }

  clearTimeout(handle: number): void {
    this.#waiting = this.#waiting.filter((one) => one.handle !== handle);
  }

  get left(): readonly number[] {
    return this.#waiting.map(({ due }) => due - this.#now);
  }

  get isDue(): boolean {
    return this.left.includes(0);
  }

  tick(): void {
    const [first] = this.#waiting.filter(({ due }) => due === this.#now);
    if (first === undefined) this.#now += TICK_MS;
    else {
      this.clearTimeout(first.handle);
      first.fire();
    }
  }
}
