/**
 * Definition: the chart of a machine as JSON, as XState writes it: states, transitions, targets and
 * names. Functions are code, and no part of it: what is inline has no name there.
 */
import type { AnyStateMachine } from 'xstate';
import { said } from '../../../protocol/index.ts';
import { historiesOf, statesOf, transitionsOf } from '../../charts/index.ts';

/** Why JSON does not tell the definition whole; undefined when it does. */
export function definitionFault(machine: AnyStateMachine): string | undefined {
  try {
    const read: Written = JSON.parse(JSON.stringify(machine.definition));
    const states = statesOf(machine).length + historiesOf(machine).length;
    const transitions = transitionsOf(machine).filter(({ descriptor }) => descriptor !== '').length;
    const told = counted(read);
    if (told.states - 1 !== states) return `it tells ${told.states - 1} of ${states} states`;
    if (told.transitions === transitions) return undefined;
    return `it tells ${told.transitions} of ${transitions} transitions`;
  } catch (error) {
    return `it can not be written: ${said(error)}`;
  }
}

interface Written {
  readonly states?: Readonly<Record<string, Written>>;
  readonly transitions?: readonly unknown[];
}

function counted({ states = {}, transitions = [] }: Written): {
  readonly states: number;
  readonly transitions: number;
} {
  const below = Object.values(states).map(counted);
  return {
    states: below.reduce((sum, one) => sum + one.states, 1),
    transitions: below.reduce((sum, one) => sum + one.transitions, transitions.length),
  };
}
