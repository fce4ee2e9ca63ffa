/**
 * A child for the cases of spawned actors.
 */
import { type AnyEventObject, assign, sendParent, setup } from 'xstate';

/** Tells its parent what it hears, with its name; END ends it, BOOM fails it. */
export const echo = setup({
  types: {} as {
    context: { readonly name: string; readonly heard: number };
    events: AnyEventObject;
    input: { readonly name: string };
  },
  guards: {
    explodes: () => {
      throw new TypeError('boom');
    },
  },
}).createMachine({
  id: 'echo',
  context: ({ input }) => ({ name: input.name, heard: 0 }),
  initial: 'listens',
  states: {
    listens: {
      on: {
        HEAR: {
          actions: [
            assign({ heard: ({ context }) => context.heard + 1 }),
            sendParent(({ context }) => ({ type: 'HEARD', by: context.name, n: context.heard })),
          ],
        },
        END: 'ended',
        BOOM: { guard: 'explodes', target: 'ended' },
      },
    },
    ended: { type: 'final' },
  },
  output: ({ context }) => `${context.name} heard ${context.heard}`,
});
