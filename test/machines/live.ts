/**
 * A walk by a live actor of plain XState, its clock held still. It repeats what a pure walk did,
 * and notes which states, transitions and effects of the chart were used.
 */
import {
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type AnyTransitionDefinition,
  createActor,
  type InspectionEvent,
  type StateNode,
} from 'xstate';
import type { Effect } from '../../src/protocol/index.ts';
import type { Step } from './walk.ts';

/** What was used of a chart, summed up over many walks. */
export class Coverage {
  readonly states = new Set<string>();
  readonly transitions = new Set<AnyTransitionDefinition>();
  readonly actions = new Set<string>();
}

/** A live actor that a pure walk is repeated with. */
export class LiveWalk {
  readonly #actor;
  readonly #coverage: Coverage;
  readonly #timers = new Map<number, { readonly type: string; readonly fire: () => void }>();
  #handles = 0;
  /** Types of the events that were raised with a delay and are not armed yet, in order. */
  readonly #delayed: string[] = [];
  #actions: Effect[] = [];

  constructor(machine: AnyStateMachine, spec: unknown, coverage = new Coverage()) {
    this.#coverage = coverage;
    this.#actor = createActor(machine, {
      input: spec,
      inspect: (event) => this.#inspect(event),
      clock: {
        setTimeout: (fire: () => void) => this.#arm(fire),
        clearTimeout: (handle: number) => this.#timers.delete(handle),
      },
    });
    this.#actor.start();
  }

  get snapshot(): AnyMachineSnapshot {
    return this.#actor.getSnapshot();
  }

  /** How many timers wait. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** The actions since the last question, built-in ones left out. */
  takeActions(): readonly Effect[] {
    const actions = this.#actions.filter(({ type }) => !type.startsWith('xstate.'));
    this.#actions = [];
    return actions;
  }

  /** Does what a step of a pure walk did; no two timers of a walk bring events of one type. */
  repeat({ event, isFiring }: Step): void {
    if (!isFiring) this.#actor.send(event);
    const timers = isFiring ? [...this.#timers] : [];
    for (const [handle, { type, fire }] of timers) {
      if (type !== event.type) continue;
      this.#timers.delete(handle);
      fire();
    }
  }

  #arm(fire: () => void): number {
    this.#handles += 1;
    this.#timers.set(this.#handles, { type: this.#delayed.shift() ?? '', fire });
    return this.#handles;
  }

  #raised(params: unknown): void {
    const { event, delay } = Object(params);
    if (delay !== undefined) this.#delayed.push(event.type);
  }

  #inspect(event: InspectionEvent): void {
    if (event.type === '@xstate.action') {
      if (event.action.type === 'xstate.raise') this.#raised(event.action.params);
      this.#actions.push({ type: event.action.type, params: event.action.params });
      this.#coverage.actions.add(event.action.type);
    }
    if (event.type !== '@xstate.microstep') return;
    for (const transition of event._transitions) this.#coverage.transitions.add(transition);
    for (const node of nodesOf(event.snapshot)) this.#coverage.states.add(node.id);
  }
}

const nodesOf = (snapshot: unknown): readonly StateNode[] =>
  (snapshot as AnyMachineSnapshot)._nodes;

/** All states of a chart, its root left out. */
export function statesOf(machine: AnyStateMachine): readonly StateNode[] {
  const below = (node: StateNode): StateNode[] =>
    Object.values(node.states).flatMap((child) => [child, ...below(child)]);
  return below(machine.root);
}

/** All transitions of a chart, each with a name that tells them apart. */
export function transitionsOf(
  machine: AnyStateMachine,
): readonly (readonly [name: string, transition: AnyTransitionDefinition])[] {
  return [machine.root, ...statesOf(machine)].flatMap((node) => {
    const grouped = [...node.transitions, ['always', node.always ?? []] as const];
    return grouped.flatMap(([type, transitions]) =>
      transitions.map((transition, index) => {
        const targets = (transition.target ?? []).map(({ id }: StateNode) => id).join(', ');
        return [`${node.id} ${type}[${index}] -> ${targets || 'itself'}`, transition] as const;
      }),
    );
  });
}
