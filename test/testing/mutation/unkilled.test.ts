/** Which mutants a check lets live, and what it says of them. */
import { describe, expect, test } from 'vitest';
import { type AnyMachineSnapshot, type AnyStateMachine, assign, setup } from 'xstate';
import type { CheckOptions } from '../../../src/testing/check.ts';
import type { Finding } from '../../../src/testing/findings/index.ts';
import { checkMachine } from '../../../src/testing/machines/index.ts';
import { mutantsOf, unkilledOf } from '../../../src/testing/mutation/index.ts';
import { door } from './charts.ts';

const checkWith = (invariants: CheckOptions['invariants']) => (machine: AnyStateMachine) =>
  checkMachine(machine, { invariants, bounds: { states: 300, walks: 20 } });

const placesOf = (findings: readonly Finding[]): readonly string[] =>
  findings.map(({ place }) => place);

const book = setup({
  types: { context: {} as { isTaken: boolean } },
  actions: { take: assign({ isTaken: true }), leave: assign({ isTaken: false }) },
}).createMachine({
  id: 'book',
  initial: 'in',
  context: { isTaken: false },
  states: {
    in: { on: { LEND: { target: 'out', actions: 'take' } } },
    out: { on: { RETURN: { target: 'in', actions: 'leave' } } },
  },
});

describe('a check of mutants', () => {
  test('given an invariant about what they change, then mutants die that lived without', () => {
    const without = unkilledOf(book, checkWith({}));
    expect(placesOf(without.findings)).toEqual([
      '#book.in on LEND[0] do take',
      '#book.out on RETURN[0] do leave',
    ]);
    expect(without).toMatchObject({ all: 4, tried: 4, killed: 2 });
    const isKnown = ({ value, context }: AnyMachineSnapshot): boolean =>
      (value === 'out') === context.isTaken;
    expect(unkilledOf(book, checkWith({ 'who has it is known': isKnown })).findings).toEqual([]);
  });

  test('given a mutant that lives, then place, remedy and doubt are told', () => {
    const lives = () => ({ findings: [] });
    const { findings } = unkilledOf(door, lives);
    expect(findings).toHaveLength(mutantsOf(door).length);
    expect(findings[0]).toEqual({
      code: 'mutant-lives',
      definition: 'door',
      place: '#door.shut on OPEN[0]',
      message:
        'no finding tells the machine from one without the transition #door.shut on OPEN[0]: ' +
        'write ' +
        'an invariant about what holds only because it is taken, or excuse it, as the two may be ' +
        'equivalent',
      witness: [],
    });
  });

  test('given more mutants than are tried, then all findings say so', () => {
    const { findings, ...counts } = unkilledOf(door, () => ({ findings: [] }), { mutants: 3 });
    expect(counts).toEqual({ all: 9, tried: 3, killed: 0 });
    expect(placesOf(findings)).toEqual([
      '#door.open on CLOSE[0]',
      '#door.locked on OPEN[0]',
      '#door.open entry do count',
    ]);
    for (const { message } of findings) expect(message).toContain('(3 of 9 were tried)');
  });

  test('given what the machine itself is found guilty of, then that kills nobody', () => {
    const guilty = { code: 'dead-end' as const, definition: 'door', message: '', witness: [] };
    const numbered = (machine: AnyStateMachine) => ({
      findings: [{ ...guilty, place: machine === door ? '#door on X[1]' : '#door on X[0]' }],
    });
    expect(unkilledOf(door, numbered).killed).toBe(0);
    const twice = (machine: AnyStateMachine) => ({
      findings: machine === door ? [] : [{ ...guilty, place: '#door' }],
    });
    expect(unkilledOf(door, twice).killed).toBe(9);
    const more = (machine: AnyStateMachine) => {
      const one = { ...guilty, place: '#door' };
      return { findings: machine === door ? [one] : [one, one] };
    };
    expect(unkilledOf(door, more).killed).toBe(9);
  });
});
