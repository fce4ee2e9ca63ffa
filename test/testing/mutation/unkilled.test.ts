/** Which mutants a check lets live, and what it says of them. */
import { describe, expect, test } from 'vitest';
import {
  type AnyMachineSnapshot,
  type AnyStateMachine,
  assign,
  createMachine,
  emit,
  fromPromise,
  log,
  sendParent,
  sendTo,
  setup,
  spawnChild,
  stopChild,
} from 'xstate';
import { effect } from '../../../src/protocol/index.ts';
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
    expect(counts).toEqual({ all: 9, tried: 3, killed: 0, effects: 0, neverReached: 0 });
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

  test('given effects of which no state tells, then they are left out and counted', () => {
    const loud = setup({
      types: { emitted: {} as { type: 'said' } },
      actors: { job: fromPromise(async () => 1) },
      actions: { note: () => {}, ask: effect(), tick: assign({ n: 1 }) },
    }).createMachine({
      id: 'loud',
      context: { n: 0 },
      initial: 'on',
      states: {
        on: {
          entry: [spawnChild('job', { id: 'one' }), 'note', () => {}],
          exit: [
            sendTo('one', { type: 'X' }),
            log('left'),
            'ask',
            emit({ type: 'said' }),
            'tick',
            stopChild('one'),
          ],
          on: {
            GO: {
              target: 'off',
              actions: [
                sendTo(({ self }) => self, { type: 'BACK' }, { delay: 5 }),
                sendParent({ type: 'X' }),
              ],
            },
          },
        },
        off: { on: { BACK: 'on' } },
      },
    });
    const { findings, ...counts } = unkilledOf(loud, checkWith({}));
    expect(placesOf(findings)).toEqual(['#loud.on exit do tick', '#loud.on exit do stopChild']);
    // Of five effects none is tried, and three kinds of mail live.
    expect(counts).toMatchObject({ all: 13, tried: 5, killed: 3, effects: 8, neverReached: 0 });
  });

  test('given what the check never came to, then its mutants are left out and counted', () => {
    const shy = setup({ actions: { tick: assign({ n: 1 }) }, guards: { no: () => false } });
    const machine = shy.createMachine({
      id: 'shy',
      context: { n: 0 },
      initial: 'a',
      states: {
        a: { on: { GO: { guard: 'no', target: 'b', actions: 'tick' }, STAY: {} } },
        b: { entry: 'tick', on: { BACK: 'a' } },
      },
    });
    const tried: string[] = [];
    const check = (one: AnyStateMachine) => {
      tried.push(JSON.stringify(one.config));
      return checkWith({})(one);
    };
    expect(unkilledOf(machine, check)).toMatchObject({
      findings: [],
      ...{ all: 6, tried: 1, killed: 1, effects: 0, neverReached: 5 },
    });
    expect(tried).toHaveLength(2);
  });

  test.for([
    [3, [1, 2, 3]],
    [100, [5, 10, 15, 20]],
  ] as const)('given %j mutants, then it is told how far it came', ([count, first]) => {
    const events = Array.from({ length: count }, (_, at) => [`E${at}`, {}]);
    const machine = createMachine({ id: 'm', on: Object.fromEntries(events) });
    const heard: number[] = [];
    const progress = (tried: number, of: number) => {
      expect(of).toBe(count);
      heard.push(tried);
    };
    unkilledOf(machine, () => ({ findings: [] }), { progress });
    expect(heard.slice(0, 4)).toEqual(first);
    expect(heard.at(-1)).toBe(count);
    expect(heard.length).toBeLessThanOrEqual(20);
  });
});
