/**
 * Moves: what transitions do from a configuration, worked out once: the operations of the states
 * that are left, of the transitions, of the states that are entered, in the order of SCXML's
 * microstep, with the events for states that are done, and the configuration after it.
 */
import type { AnyStateMachine } from 'xstate';
import type { ChartNode, ChartTransition, Past } from './chart/chart.ts';
import {
  EntrySet,
  exitSet,
  isAtomic,
  isDescendant,
  isHistory,
  isInFinalState,
  Memory,
  withoutConflicts,
} from './chart/state-sets.ts';
import { asNamed, startOf, stopOf } from './chart/xstate.ts';
import { Complete, Finish, Retry } from './endings.ts';
import { type Operation, operationOf } from './operations.ts';
import type { Configuration, Move } from './tables.ts';

/** What leads from one configuration to others. */
interface Course {
  readonly from: Configuration;
  readonly transitions: readonly ChartTransition[];
  readonly past: Past;
  /** Whether it is the first one, by which a machine enters its initial states. */
  readonly isFirst?: boolean;
  /** The configuration of states. */
  readonly to: (nodes: readonly ChartNode[]) => Configuration;
}

/** Works out a move. */
export function moveOf(course: Course): Move {
  const { from, past, to, isFirst = false } = course;
  const active = new Set(from.nodes);
  const memory = new Memory(past);
  const transitions = withoutConflicts(course.transitions, active, memory);
  const left = isFirst ? [] : exitSet(transitions, active, memory);
  const exits = left.sort((a, b) => b.order - a.order);
  const remembered = remember(exits, from.nodes);
  const writing = new Writing(from.machine, active);
  for (const node of exits) writing.leave(node);
  writing.act(transitions.flatMap(({ actions }) => actions));
  const recalled = memory.with(remembered ?? {});
  writing.enter(new EntrySet(transitions, recalled));
  const nodes = writing.end();
  const isMoving = remembered !== undefined || !isSame(from.nodes, active);
  return {
    operations: writing.operations,
    to: isMoving ? to(nodes) : from,
    isMoving,
    remembered,
    isFleeting: memory.wasAsked || recalled.wasAsked,
  };
}

/** What the history states of the states that are left remember. */
function remember(exits: readonly ChartNode[], active: readonly ChartNode[]): Past | undefined {
  const kept = exits.flatMap((left) =>
    Object.values(left.states)
      .filter(isHistory)
      .map((history) => [
        history.id,
        active.filter((node) =>
          history.history === 'deep'
            ? isAtomic(node) && isDescendant(node, left)
            : node.parent === left,
        ),
      ]),
  );
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

function isSame(before: readonly ChartNode[], active: ReadonlySet<ChartNode>): boolean {
  return before.length === active.size && before.every((node) => active.has(node));
}

/** Writes down the operations of a move, one state after the other. */
class Writing {
  readonly operations: Operation[] = [];
  readonly #machine: AnyStateMachine;
  readonly #active: Set<ChartNode>;
  readonly #completed = new Set<ChartNode>();
  #isDone = false;

  constructor(machine: AnyStateMachine, active: Set<ChartNode>) {
    this.#machine = machine;
    this.#active = active;
  }

  act(actions: readonly unknown[], deferred?: readonly string[]): void {
    for (const action of actions)
      this.operations.push(operationOf(this.#machine, asNamed(action), deferred));
  }

  leave(node: ChartNode): void {
    this.act([...node.exit, ...node.invoke.map(({ id }) => stopOf(id))]);
    this.#active.delete(node);
  }

  enter({ entered, byDefault }: EntrySet): void {
    for (const node of [...entered].sort((a, b) => a.order - b.order)) {
      this.#active.add(node);
      const children = node.invoke.map(({ id }) => id);
      const initial = byDefault.has(node) ? node.initial.actions : [];
      this.act([...node.entry, ...node.invoke.map(startOf), ...initial], children);
      if (children.length > 0) this.operations.push(retry);
      if (node.type === 'final') this.#complete(node);
    }
  }

  /** Says that the states around a final one are done; in the end that may be the machine. */
  #complete(node: ChartNode): void {
    const { parent } = node;
    let above = parent?.type === 'parallel' ? parent : parent?.parent;
    let last = above ?? node;
    if (parent?.type === 'compound') this.operations.push(new Complete(parent.id, node.output));
    while (
      above?.type === 'parallel' &&
      !this.#completed.has(above) &&
      isInFinalState(this.#active, above)
    ) {
      this.#completed.add(above);
      this.operations.push(new Complete(above.id, undefined));
      last = above;
      above = above.parent;
    }
    if (above !== undefined) return;
    this.#isDone = true;
    this.operations.push(new Finish(this.#machine, last));
  }

  /** The active states in the end; those of a machine that is done are left at last. */
  end(): readonly ChartNode[] {
    const nodes = [...this.#active];
    if (!this.#isDone) return nodes;
    nodes.sort((a, b) => b.order - a.order);
    this.act(nodes.flatMap(({ exit }) => exit));
    return nodes;
  }
}

const retry = new Retry();
