/**
 * Cases of failure inside a tree: a child that throws in its entry, its context, its delay, its
 * output or a guard fails alone, and its parent handles that or fails.
 */
import { type AnyEventObject, assign, sendTo, setup } from 'xstate';
import { advance, type Case, type Kept, send } from '../runners/contract.ts';

interface Context {
  readonly got: readonly unknown[];
}

const fail = (where: string): never => {
  throw new RangeError(`thrown in ${where}`);
};

const fragile = setup({
  types: {} as { context: { readonly n: number }; events: AnyEventObject },
  delays: { broken: () => fail('a delay') },
});

const inContext = fragile.createMachine({
  id: 'in-context',
  context: () => fail('the context'),
});

const inEntry = fragile.createMachine({
  id: 'in-entry',
  context: { n: 0 },
  entry: assign({ n: () => fail('an entry') }),
});

const inDelay = fragile.createMachine({
  id: 'in-delay',
  context: { n: 0 },
  initial: 'a',
  states: { a: { on: { GO: 'b' } }, b: { after: { broken: 'a' } } },
});

const inOutput = fragile.createMachine({
  id: 'in-output',
  context: { n: 0 },
  initial: 'a',
  states: { a: { on: { GO: 'b' } }, b: { type: 'final' } },
  output: () => fail('an output'),
});

const inAlways = fragile.createMachine({
  id: 'in-always',
  context: { n: 0 },
  initial: 'a',
  states: {
    a: { after: { 100: 'b' } },
    b: { always: { guard: () => fail('a guard'), target: 'a' } },
  },
});

const inText = fragile.createMachine({
  id: 'in-text',
  context: { n: 0 },
  on: {
    GO: {
      actions: assign({
        n: () => {
          throw 'only a text';
        },
      }),
    },
  },
});

const watching = setup({
  types: {} as { context: Context; events: AnyEventObject },
  actors: { inContext, inEntry, inDelay, inOutput, inAlways, inText },
  actions: { keep: assign({ got: ({ context }, value: Kept) => [...context.got, value] }) },
});

type Source = 'inContext' | 'inEntry' | 'inDelay' | 'inOutput' | 'inAlways' | 'inText';

/** A machine that keeps the error of one invoked child. */
const watcher = (id: string, src: Source) =>
  watching.createMachine({
    id,
    context: { got: [] },
    initial: 'rests',
    states: {
      rests: { on: { START: 'watches' } },
      watches: {
        invoke: {
          id: 'fragile',
          src,
          onError: {
            target: 'failed',
            actions: {
              type: 'keep',
              params: ({ event }) => Object(event.error).message ?? event.error,
            },
          },
        },
        on: { GO: { actions: sendTo('fragile', { type: 'GO' }) } },
      },
      failed: { on: { START: 'watches' } },
    },
  });

const kept = (text: string) => ({ status: 'active', value: 'failed', context: { got: [text] } });

/** The cases. */
export const failing: readonly Case[] = [
  {
    id: 'throws-in-context',
    machine: () => watcher('throws-in-context', 'inContext'),
    script: [send('START')],
    ends: kept('thrown in the context'),
  },
  {
    id: 'throws-in-entry',
    machine: () => watcher('throws-in-entry', 'inEntry'),
    script: [send('START')],
    ends: kept('thrown in an entry'),
  },
  {
    id: 'throws-in-delay',
    machine: () => watcher('throws-in-delay', 'inDelay'),
    script: [send('START'), send('GO')],
    ends: kept('thrown in a delay'),
  },
  {
    id: 'throws-in-output',
    machine: () => watcher('throws-in-output', 'inOutput'),
    script: [send('START'), send('GO')],
    ends: kept('thrown in an output'),
  },
  {
    id: 'throws-in-always',
    machine: () => watcher('throws-in-always', 'inAlways'),
    script: [send('START'), advance(100)],
    ends: kept('thrown in a guard'),
  },
  {
    id: 'throws-a-text',
    machine: () => watcher('throws-a-text', 'inText'),
    script: [send('START'), send('GO')],
    ends: kept('only a text'),
  },
  {
    id: 'fails-and-starts-again',
    machine: () => watcher('fails-and-starts-again', 'inAlways'),
    script: [send('START'), advance(100), send('START'), advance(50), send('GO'), advance(50)],
    ends: { value: 'failed', context: { got: ['thrown in a guard', 'thrown in a guard'] } },
  },
];
