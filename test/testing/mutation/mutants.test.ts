/** Mutants: changed in one place, while the machine stays as it is. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AnyStateMachine, createActor, fromPromise, getNextSnapshot } from 'xstate';
import { machines } from '../../../machines/index.ts';
import { guardsOf, statesOf, transitionsOf } from '../../../src/testing/charts/index.ts';
import { type Mutant, mutantsOf } from '../../../src/testing/mutation/index.ts';
import { allFlags, charts, door, formulas, guardOf, holds, machineOf } from './charts.ts';

/** Places in which two configs differ; a list without one of its items differs in one. */
function differences(left: unknown, right: unknown): number {
  if (left === right) return 0;
  if (Array.isArray(left) && Array.isArray(right) && left.length !== right.length) {
    return left.some((_, at) => isSame(left.toSpliced(at, 1), right)) ? 1 : 100;
  }
  if (!isPlain(left) || !isPlain(right)) return 1;
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  const each = [...keys].map((key) => differences(Reflect.get(left, key), Reflect.get(right, key)));
  return each.reduce((sum, one) => sum + one, 0);
}

const isSame = (left: readonly unknown[], right: readonly unknown[]): boolean =>
  left.length === right.length && left.every((one, at) => one === right[at]);

const isPlain = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** A copy of all that is in a config; functions are themselves. */
const copied = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(copied);
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, copied(one)]));
};

const placesOf = (mutants: readonly Mutant[], change: Mutant['change']): readonly string[] =>
  mutants.filter((mutant) => mutant.change === change).map(({ place }) => place);

/** What holds of the mutants of any machine. */
function checkMutants(machine: AnyStateMachine): void {
  const before = copied(machine.config);
  const mutants = mutantsOf(machine);
  for (const mutant of mutants) {
    expect([mutant.name, differences(machine.config, mutant.machine.config)]).toEqual([
      mutant.name,
      1,
    ]);
    expect(mutant.machine.implementations).toEqual(machine.implementations);
    expect(mutant.machine.id).toBe(machine.id);
  }
  expect(machine.config).toEqual(before);
  const transitions = transitionsOf(machine).map(({ place }) => place);
  expect(placesOf(mutants, 'transition deleted').toSorted()).toEqual(transitions.toSorted());
  const guards = guardsOf(machine).map(({ place }) => place);
  expect(guards).toEqual(expect.arrayContaining([...placesOf(mutants, 'guard inverted')]));
  expect(new Set(mutants.map(({ place }) => place)).size).toBe(mutants.length);
}

/** A chart in a counterexample is shown as its config. */
const shown = charts.map((machine) => ({
  machine,
  toString: () => JSON.stringify(machine.config),
}));

/** Actions of a chart as XState reads it, without those with which it keeps its own timers. */
function actionsOf(machine: AnyStateMachine): number {
  const states = [machine.root, ...statesOf(machine).map(({ node }) => node)];
  const lists = [
    ...states.flatMap(({ entry, exit, initial }) => [entry, exit, initial?.actions ?? []]),
    ...transitionsOf(machine).map(({ transition }) => transition.actions),
  ];
  const own = ['xstate.raise', 'xstate.cancel'];
  return lists.flat().filter((action) => !own.includes(Reflect.get(Object(action), 'type'))).length;
}

describe('mutants', () => {
  test('property: each differs in one place, has a name of its own, and the machine stays', () => {
    fc.assert(
      fc.property(shown, ({ machine }) => checkMutants(machine)),
      { numRuns: 60 },
    );
  });

  test('property: there is one without each action', () => {
    fc.assert(
      fc.property(shown, ({ machine }) => {
        const dropped = placesOf(mutantsOf(machine), 'action dropped');
        expect(dropped).toHaveLength(actionsOf(machine));
      }),
      { numRuns: 60 },
    );
  });

  test.each(Object.entries(machines))('the same holds of %s', (_, machine) => {
    checkMutants(machine);
  });

  test('property: plain XState runs each of them', () => {
    fc.assert(
      fc.property(
        shown,
        fc.array(fc.constantFrom('GO', 'STOP', 'OTHER'), { maxLength: 5 }),
        ({ machine }, types) => {
          for (const { machine: mutant } of mutantsOf(machine).slice(0, 30)) {
            const job = fromPromise(() => new Promise(() => {}));
            const actor = createActor(mutant.provide({ actors: { job } }));
            actor.start();
            for (const type of types) actor.send({ type });
            expect(actor.getSnapshot().status).not.toBe('error');
            actor.stop();
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  test('property: a guard inverted says yes exactly where the other says no', () => {
    fc.assert(
      fc.property(formulas, (formula) => {
        const on = { GO: { target: 'taken', guard: guardOf(formula) } };
        const machine = (context: object) =>
          machineOf({ id: 'm', initial: 'here', context, states: { here: { on }, taken: {} } });
        for (const context of allFlags) {
          expect(isTaken(machine(context))).toBe(holds(formula, context));
          const whole = mutantsOf(machine(context)).find(
            ({ change }) => change === 'guard inverted',
          );
          expect(whole && isTaken(whole.machine)).toBe(!holds(formula, context));
        }
      }),
      { numRuns: 100 },
    );
  });

  test('given parts of and, or, not, then each is inverted by itself', () => {
    const guard = guardOf({
      of: 'or',
      parts: [{ of: 'not', parts: [{ of: 'and', parts: [flag('a'), flag('b')] }] }, flag('c')],
    });
    const on = { GO: { target: 'taken', guard } };
    const taken = (context: object) => {
      const config = { id: 'm', initial: 'here', context, states: { here: { on }, taken: {} } };
      const mutants = mutantsOf(machineOf(config)).filter(
        ({ change }) => change === 'guard inverted',
      );
      return Object.fromEntries(
        mutants.map((one) => [one.place.slice(PLACE), isTaken(one.machine)]),
      );
    };
    expect(taken({ a: true, b: false, c: false })).toEqual({
      '': false,
      ' > not(and(a, b))': false,
      ' > not(and(a, b)) > and(a, b) > a': true,
      ' > not(and(a, b)) > and(a, b) > b': false,
      ' > c': true,
    });
  });

  test('given a door, then this is what is changed', () => {
    expect(mutantsOf(door).map(({ name }) => name)).toEqual([
      'without the transition #door.shut on OPEN[0]',
      'without the transition #door.shut on LOCK[0]',
      'without the transition #door.open on CLOSE[0]',
      'without the transition #door.open after 1000[0]',
      'without the transition #door.open always[0]',
      'without the transition #door.locked on OPEN[0]',
      'with the guard isBelow of #door.shut on OPEN[0] the other way round',
      'with the guard isWorn of #door.open always[0] the other way round',
      'without the action #door.open entry do count',
    ]);
  });
});

const flag = (name: 'a' | 'b' | 'c') => ({ of: 'flag', flag: name, how: 'named' }) as const;
const PLACE = '#m.here on GO[0] if or(not(and(a, b)), c)'.length;

function isTaken(machine: AnyStateMachine): boolean {
  const start = createActor(machine).getSnapshot();
  return getNextSnapshot(machine, start, { type: 'GO' }).value === 'taken';
}
