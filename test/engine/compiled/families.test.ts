/** Machines with many children: what is kept of them, and in which order they are stopped. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assign, createMachine, fromTransition, spawnChild, stopChild } from 'xstate';
import { tellBoth } from './both.ts';

interface Args {
  readonly event: { readonly type: string; readonly id?: string };
}

const idOf = ({ event }: Args): string => event.id ?? '';

/** Children come and go by their ids; in the end all that are left are stopped. */
const nursery = createMachine(
  {
    initial: 'open',
    context: {},
    states: {
      open: {
        on: {
          many: {
            actions: Array.from({ length: 70 }, (_, index) =>
              spawnChild('echo' as never, { id: `c${index}` } as never),
            ),
          },
          start: { actions: spawnChild('echo' as never, { id: idOf } as never) },
          stop: { actions: stopChild(idOf as never) },
          assign: { actions: 'spawnIn' },
          close: 'closed',
        },
      },
      closed: { type: 'final' },
    },
  } as never,
  {
    actors: { echo: fromTransition((state: number) => state + 1, 0) },
    actions: {
      spawnIn: assign((args) => {
        args.spawn('echo' as never, { id: idOf(args as never) } as never);
        return {};
      }),
    },
  } as never,
);

const beats = fc.array(
  fc.record({
    type: fc.constantFrom('start', 'stop', 'stop', 'assign'),
    id: fc.oneof(
      fc.nat(80).map((index) => `c${index}`),
      fc.constantFrom('12', '3', 'toString', 'new'),
    ),
  }),
  { maxLength: 30, size: 'max' },
);

test('property: many children come, go and are stopped as with the interpreter', () => {
  const property = fc.property(beats, (story) => {
    const told = tellBoth(nursery, [{ type: 'many' }, ...story, { type: 'close' }]);
    expect(told.compiled).toBe(story.length + 2);
  });
  fc.assert(property, { numRuns: 60 });
});
