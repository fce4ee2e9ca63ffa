/** What a history remembers tells moments apart. */
import { expect, test } from 'vitest';
import { assign, createMachine } from 'xstate';
import { checkMachine } from '../../../src/testing/machines/index.ts';

test('given a way that only one memory of a history opens, then it is taken', () => {
  const machine = createMachine({
    id: 'm',
    initial: 'work',
    context: { back: false },
    states: {
      work: {
        initial: 'a',
        on: { PAUSE: 'paused' },
        states: {
          a: { on: { NEXT: { guard: ({ context }) => !context.back, target: 'b' } } },
          b: { on: { END: { guard: ({ context }) => context.back, target: '#m.end' } } },
          past: { type: 'history' },
        },
      },
      paused: { on: { RESUME: { target: 'work.past', actions: assign({ back: true }) } } },
      end: { type: 'final' },
    },
  });
  const codes = checkMachine(machine, {}).findings.map(({ code, place }) => `${code} ${place}`);
  expect(codes).toEqual(['dead-end #m.work.a']);
});
