/**
 * Chart: the structure of a user's machine as text: what must not change under one version,
 * because actors under way rely on it. Code of actions, guards and sources is no structure.
 */
import type { AnyStateMachine } from 'xstate';
import { canonicalJson, isMachine } from '../../protocol/index.ts';

/** The structure as canonical JSON text, machines that it invokes or spawns included. */
export const chartOf = (machine: AnyStateMachine): string =>
  canonicalJson(chart(machine, new Set()));

type Above = ReadonlySet<AnyStateMachine>;

function chart(machine: AnyStateMachine, above: Above): object {
  const within = new Set(above).add(machine);
  const sources = Object.entries(machine.implementations.actors).map(([name, source]) => [
    name,
    sourceChart(source, within),
  ]);
  return { id: machine.id, root: node(machine.root, within), sources };
}

/** What of a source must not change: the chart of a machine, else what kind of logic it is. */
function sourceChart(source: unknown, within: Above): unknown {
  if (isMachine(source)) return within.has(source) ? source.id : chart(source, within);
  return typeof source === 'object' && source !== null && 'start' in source ? 'run' : 'step';
}

type StateNode = AnyStateMachine['root'];

function node(at: StateNode, within: Above): object {
  const given: readonly { readonly src: unknown }[] = [at.config.invoke ?? []].flat();
  return {
    id: at.id,
    type: at.type,
    history: at.history,
    initial: at.initial?.target?.map(({ id }) => id) ?? null,
    on: [...at.transitions].map(([type, transitions]) => [type, transitions.map(targets)]),
    always: (at.always ?? []).map(targets),
    invoke: at.invoke.map(({ id, src }, index) => {
      const source = given[index]?.src;
      return typeof source === 'string' ? [id, src] : [id, src, sourceChart(source, within)];
    }),
    states: Object.values(at.states).map((below) => node(below, within)),
  };
}

const targets = ({ target }: { readonly target: readonly StateNode[] | undefined }) =>
  (target ?? []).map(({ id }) => id);
