/**
 * Watched: a machine that is stepped as a pure function, by XState alone, and seen from inside:
 * which transitions it took, which states it passed through, what its guards answered, what it
 * asked for. Custom actions are not called. Its scope is no live actor: what is spawned does
 * nothing, what is sent goes nowhere. (The same internals of XState carry the engine's steps.)
 */
import type {
  AnyMachineSnapshot,
  AnyStateMachine,
  AnyTransitionDefinition,
  StateNode,
} from 'xstate';
import { limits, troupeError } from '../../protocol/index.ts';
import { copyOf } from './copy.ts';
import type { GuardWatch } from './guards.ts';
import { transitionsOf } from './places.ts';

/** What a step asked for: a built-in action, or one of the user's. */
export interface ChartAction {
  readonly type: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** The user's function; undefined when none is there. */
  readonly exec: unknown;
}

/** States that are active together. */
export type Configuration = Pick<AnyMachineSnapshot, '_nodes'>;

/** What one event did: all moves until the machine rests. */
export interface Macrostep {
  readonly snapshot: AnyMachineSnapshot;
  /** Places of the transitions that were taken, in order. */
  readonly taken: readonly string[];
  /** What it was in on the way, and is in at last. */
  readonly passed: readonly Configuration[];
  readonly actions: readonly ChartAction[];
}

/** A copy of a machine that is seen from inside. One step at a time. */
export class Watched {
  /** The copy: snapshots are of it. */
  readonly machine: AnyStateMachine;
  readonly #places: ReadonlyMap<AnyTransitionDefinition, string>;
  readonly #scope;
  /** What its own code sees of it while it is stepped. */
  #before: AnyMachineSnapshot | undefined;
  #taken: string[] = [];
  #passed: Configuration[] = [];
  #actions: ChartAction[] = [];

  constructor(machine: AnyStateMachine, watch: GuardWatch) {
    this.machine = copyOf(machine, watch);
    const all = transitionsOf(this.machine);
    this.#places = new Map(all.map(({ transition, place }) => [transition, place] as const));
    this.#scope = scopeOf(
      (action) => this.#actions.push(action),
      (seen) => this.#inspect(seen),
      () => this.#before,
    );
  }

  /** The first step. @throws what the machine throws; TroupeError `MACHINE_LOOP`. */
  begin(input: unknown): Macrostep {
    const stepped = this.#stepped(undefined, () => {
      const snapshot = this.machine.getInitialSnapshot(this.#scope, input);
      if (snapshot.status === 'error') throw snapshot.error;
      return snapshot;
    });
    // The first move is not told.
    return { ...stepped, passed: [{ _nodes: initialOf(this.machine.root) }, ...stepped.passed] };
  }

  /** A step on an event. @throws what the machine throws; TroupeError `MACHINE_LOOP`. */
  next(snapshot: AnyMachineSnapshot, event: { readonly type: string }): Macrostep {
    return this.#stepped(snapshot, () => this.machine.transition(snapshot, event, this.#scope));
  }

  /** What a step did before it threw: what it took first, when it did not come further. */
  interrupted(snapshot: AnyMachineSnapshot | undefined, event: { readonly type: string }) {
    const selected =
      this.#passed.length > 0 || snapshot === undefined
        ? this.#taken
        : this.#selected(snapshot, event);
    const [taken, passed] = [this.#taken, this.#passed];
    return { taken: selected, passed, isFirst: passed.length === 0, cycle: cycleOf(taken) };
  }

  #selected(snapshot: AnyMachineSnapshot, event: { readonly type: string }): string[] {
    try {
      const selected = this.machine.getTransitionData(snapshot, event);
      return selected.flatMap((transition) => this.#places.get(transition) ?? []);
    } catch {
      // A guard threw; nothing was selected.
      return [];
    }
  }

  /** The same snapshot after it went through JSON text. */
  restored(snapshot: AnyMachineSnapshot): AnyMachineSnapshot {
    const text = JSON.stringify(this.machine.getPersistedSnapshot(snapshot));
    return this.machine.restoreSnapshot(JSON.parse(text), this.#scope) as AnyMachineSnapshot;
  }

  #stepped(before: AnyMachineSnapshot | undefined, step: () => AnyMachineSnapshot): Macrostep {
    this.#before = before;
    this.#taken = [];
    this.#passed = [];
    this.#actions = [];
    const snapshot = step();
    const passed = this.#passed.at(-1) === snapshot ? this.#passed : [...this.#passed, snapshot];
    return { snapshot, taken: this.#taken, passed, actions: this.#actions };
  }

  #inspect(seen: Inspected): void {
    if (seen.type !== '@xstate.microstep' || seen.snapshot === undefined) return;
    const hops = this.#passed.length;
    if (hops >= limits.microsteps) throw troupeError('MACHINE_LOOP', { actor: 'self', hops });
    this.#passed.push(seen.snapshot);
    for (const transition of seen._transitions ?? []) {
      const place = this.#places.get(transition);
      if (place !== undefined) this.#taken.push(place);
    }
  }
}

/** The states that a state is entered with. */
function initialOf(node: StateNode): StateNode[] {
  const inner = node.type === 'parallel' ? Object.values(node.states) : node.initial?.target;
  return [node, ...(inner ?? []).flatMap(initialOf)];
}

interface Inspected {
  readonly type: string;
  readonly snapshot?: AnyMachineSnapshot;
  readonly _transitions?: readonly AnyTransitionDefinition[];
}

/** What comes again and again at the end of a story that does not end, each once, in order. */
function cycleOf(taken: readonly string[]): readonly string[] {
  const last = taken.slice(-limits.microsteps / 2);
  return [...new Set(last)].sort((a, b) => taken.indexOf(a) - taken.indexOf(b));
}

function scopeOf(
  execute: (action: ChartAction) => void,
  inspect: (seen: Inspected) => void,
  getSnapshot: () => AnyMachineSnapshot | undefined,
): Parameters<AnyStateMachine['transition']>[2] {
  const names = new Map<string, unknown>();
  const system = {
    get: (name: string) => names.get(name),
    getAll: () => Object.fromEntries(names),
    _set: (name: string, actor: unknown) => names.set(name, actor),
    _unregister: nothing,
    _bookId: () => '',
    _relay: nothing,
    _sendInspectionEvent: inspect,
    _logger: nothing,
    _clock: { setTimeout: nothing, clearTimeout: nothing },
    inspect: nothing,
    scheduler: { schedule: nothing, cancel: nothing, cancelAll: nothing },
  };
  const parent = { id: 'parent', sessionId: 'parent', send: nothing };
  const own = { send: nothing, system, _parent: parent, getSnapshot };
  const self = { id: 'self', sessionId: 'self', ...own };
  const scope = {
    self,
    id: 'self',
    sessionId: 'self',
    logger: nothing,
    defer: nothing,
    emit: nothing,
    stopChild: nothing,
    system,
    actionExecutor: execute,
  };
  return scope as never;
}

function nothing(): void {}
