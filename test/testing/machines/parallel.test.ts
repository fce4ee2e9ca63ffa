/** States above others that XState's own set of active states has lost are asked all the same. */
import { expect, test } from 'vitest';
import { assign, createActor, createMachine } from 'xstate';
import { checkMachine } from '../../../src/testing/machines/index.ts';

/** Its own history is where `right` goes: XState's set of active states has lost `whole` then. */
const machine = createMachine({
  id: 'm',
  initial: 'whole',
  context: { n: 0 },
  states: {
    whole: {
      type: 'parallel',
      on: { A: { guard: ({ context }) => context.n === 1, actions: assign({ n: 2 }) } },
      states: {
        left: { initial: 'a', states: { a: { on: { B: 'b' } }, b: {} } },
        right: {
          initial: 'a',
          states: {
            a: { on: { B: 'b' } },
            b: { on: { C: { target: '#past', actions: assign({ n: 1 }) } } },
          },
        },
        past: { id: 'past', type: 'history', history: 'deep' },
      },
    },
  },
});

test('given regions that come back by a history, then what stands above is asked', () => {
  const actor = createActor(machine).start();
  for (const type of ['B', 'C', 'A']) actor.send({ type });
  expect(actor.getSnapshot().context.n).toBe(2);
  const { coverage } = checkMachine(machine, {});
  expect(coverage.filter(({ hits }) => hits === 0)).toEqual([]);
});
