/**
 * The first step of an actor: its context is made of the input, the initial states are entered in a
 * move of their own, which nobody is shown, and then the chart comes to rest as after any event.
 * It follows XState's `getInitialSnapshot`: what is thrown on the way is kept in the snapshot.
 */
import type { AnyStateMachine } from 'xstate';
import { type ChartTransition, isBuiltIn, type Scope, type Snapshot } from './chart/chart.ts';
import { initialStates } from './chart/state-sets.ts';
import { contextOf, rootOf, snapshotOf, templateOf } from './chart/xstate.ts';
import { configurationAt } from './compiled.ts';
import { make, settled } from './macrostep.ts';
import { moveOf } from './moves.ts';
import { type Operation, operationOf } from './operations.ts';
import type { Configuration, Move } from './tables.ts';
import { Work } from './work.ts';

/** What a machine begins with. */
class Beginning {
  /** Only the root: nothing is entered yet. */
  readonly #configuration: Configuration;
  readonly #template: Snapshot;
  readonly #context: unknown;
  /** Makes the context, when that is not the same for all. */
  readonly makeContext: Operation | undefined;
  #move: Move | undefined;

  constructor(machine: AnyStateMachine) {
    const nodes = [rootOf(machine)];
    const context = contextOf(machine);
    const isMade = isBuiltIn(context);
    this.#configuration = configurationAt(machine, nodes);
    this.#template = templateOf(machine, this.#configuration.nodes);
    this.#context = isMade ? {} : context;
    this.makeContext = isMade ? operationOf(machine, context, undefined) : undefined;
  }

  /** The snapshot before anything happened. */
  blank(): Snapshot {
    const context = this.makeContext === undefined ? this.#context : {};
    const now = { status: 'active', output: undefined, context, children: {} } as const;
    return snapshotOf(this.#template, now, this.#configuration.face, {});
  }

  /** The move into the initial states. */
  get move(): Move {
    if (this.#move !== undefined) return this.#move;
    const { machine } = this.#configuration;
    const source = rootOf(machine);
    const target = [...initialStates(source)];
    const transition: ChartTransition = { source, target, reenter: true, actions: [] };
    const move = moveOf({
      from: this.#configuration,
      transitions: [transition],
      past: {},
      isFirst: true,
      to: (nodes) => configurationAt(machine, nodes),
    });
    if (!move.isFleeting) this.#move = move;
    return move;
  }
}

const beginnings = new WeakMap<AnyStateMachine, Beginning>();

function beginningOf(machine: AnyStateMachine): Beginning {
  const known = beginnings.get(machine);
  if (known !== undefined) return known;
  const beginning = new Beginning(machine);
  beginnings.set(machine, beginning);
  return beginning;
}

/** The first snapshot of a machine that is seen through. */
export function firstStep(machine: AnyStateMachine, input: unknown, scope: Scope): Snapshot {
  const beginning = beginningOf(machine);
  const event = { type: 'xstate.init', input };
  const work = new Work(beginning.blank(), event, scope);
  let safe = work.last;
  try {
    beginning.makeContext?.run(work);
    safe = work.snapshot;
    return settled(work, make(work, beginning.move));
  } catch (error) {
    return new Work(safe, event, scope).fail(error);
  }
}
