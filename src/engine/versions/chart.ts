/**
 * Chart: the structure of a user's machine as text: what must not change under one version,
 * because actors under way rely on it. Code of actions, guards and sources is no structure.
 */
import type { AnyStateMachine } from 'xstate';
import { canonicalJson, isMachine } from '../../protocol/index.ts';

/** The structure as canonical JSON text, machines that it invokes or spawns included. */
export const chartOf = (machine: AnyStateMachine): string =>
  canonicalJson(chart(machine, new Set()));

function chart(machine: AnyStateMachine, above: ReadonlySet<AnyStateMachine>): object {
  const within = new Set(above).add(machine);
  const sources = Object.entries(machine.implementations.actors).map(([name, source]) => [
    name,
    isMachine(source) && !within.has(source) ? chart(source, within) : null,
  ]);
  return { id: machine.id, root: node(machine.root), sources };
}

type StateNode = AnyStateMachine['root'];

function node(at: StateNode): object {
  return {
    id: at.id,
    type: at.type,
    history: at.history,
    initial: at.initial?.target?.map(({ id }) => id) ?? null,
    on: [...at.transitions].map(([type, transitions]) => [type, transitions.map(targets)]),
    always: (at.always ?? []).map(targets),
    invoke: at.invoke.map(({ id, src }) => [id, src]),
    states: Object.values(at.states).map(node),
  };
}

const targets = ({ target }: { readonly target: readonly StateNode[] | undefined }) =>
  (target ?? []).map(({ id }) => id);
