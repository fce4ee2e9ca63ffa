/**
 * Plans as one would write them with XState alone: a parent that invokes or spawns an actor for
 * each step and keeps the results.
 *
 * A step is either a promise, the plain way, or a child machine with `pending`, `running` and
 * `done`, as every step of a troupe has: one that can be looked at while it is under way.
 */
import {
  type AnyActorLogic,
  type AnyStateMachine,
  assign,
  createActor,
  fromPromise,
  setup,
  toPromise,
} from 'xstate';

/** What a raw step is. */
export type RawStep = 'promise' | 'machine';

/** What a step does to the result above it. */
export const addOne = (above: unknown): number => Number(above) + 1;

const promised = fromPromise(async ({ input }: { input: number }) => addOne(input));

const stepMachine = setup({
  types: {} as { input: number; context: { input: number; result: number }; output: number },
  actors: { work: promised },
}).createMachine({
  id: 'step',
  context: ({ input }) => ({ input, result: 0 }),
  output: ({ context }) => context.result,
  initial: 'pending',
  states: {
    pending: { always: 'running' },
    running: {
      invoke: {
        src: 'work',
        input: ({ context }) => context.input,
        onDone: {
          target: 'done',
          actions: assign({ result: ({ event }) => event.output }),
        },
      },
    },
    done: { type: 'final' },
  },
});

const logicOf = (step: RawStep): AnyActorLogic => (step === 'promise' ? promised : stepMachine);

/** The name of a step by its place. */
export const stepName = (index: number): string => `s${index}`;

interface Kept {
  readonly input: number;
  readonly results: Readonly<Record<string, number>>;
}

/** Steps in a row, each with the result of the one above; the last one's is the result. */
export function rawChain(length: number, step: RawStep): AnyStateMachine {
  const names = Array.from({ length }, (_, index) => stepName(index));
  const states = names.map((name, index): [string, object] => [
    name,
    {
      invoke: {
        src: 'step',
        input: ({ context }: { context: Kept }) =>
          index === 0 ? context.input : context.results[stepName(index - 1)],
        onDone: {
          target: names[index + 1] ?? 'done',
          actions: { type: 'keep', params: { name } },
        },
      },
    },
  ]);
  return setup({
    types: {} as { input: number; context: Kept; events: Done; output: number },
    actors: { step: logicOf(step) },
    actions: {
      keep: assign(({ context, event }, { name }: { name: string }) => ({
        results: { ...context.results, [name]: event.output },
      })),
    },
  }).createMachine({
    id: 'chain',
    context: ({ input }) => ({ input, results: {} }),
    output: ({ context }) => context.results[stepName(length - 1)] ?? 0,
    initial: stepName(0),
    states: { ...Object.fromEntries(states), done: { type: 'final' } },
  });
}

interface Done {
  readonly type: string;
  readonly actorId: string;
  readonly output: number;
}

interface Fan extends Kept {
  readonly left: number;
}

/** One step, then many at once, then one that adds up what they gave. */
export function rawFan(width: number, step: RawStep): AnyStateMachine {
  const names = Array.from({ length: width }, (_, index) => stepName(index));
  return setup({
    types: {} as { input: number; context: Fan; events: Done; output: number },
    actors: { step: logicOf(step) },
    guards: { isLast: ({ context }) => context.left === 0 },
    actions: {
      keep: assign(({ context, event }) => ({
        results: { ...context.results, [event.actorId]: event.output },
        left: context.left - 1,
      })),
      fork: assign(({ context, event, spawn }) => {
        for (const id of names) spawn('step', { id, input: event.output });
        return { results: context.results };
      }),
      join: assign(({ event }) => ({ results: { join: event.output } })),
    },
  }).createMachine({
    id: 'fan',
    context: ({ input }) => ({ input, results: {}, left: width }),
    output: ({ context }) => context.results.join ?? 0,
    initial: 'forking',
    states: {
      forking: {
        invoke: {
          src: 'step',
          input: ({ context }: { context: Kept }) => context.input,
          onDone: { target: 'branches', actions: 'fork' },
        },
      },
      branches: {
        on: { '*': { actions: 'keep' } },
        always: { guard: 'isLast', target: 'joining' },
      },
      joining: {
        invoke: {
          src: 'step',
          input: ({ context }: { context: Kept }) => sumOf(Object.values(context.results)) - 1,
          onDone: { target: 'done', actions: 'join' },
        },
      },
      done: { type: 'final' },
    },
  });
}

/** The sum of numbers. */
export const sumOf = (values: readonly unknown[]): number =>
  values.reduce<number>((sum, value) => sum + Number(value), 0);

/** Runs a plan once. */
export const runRaw = (machine: AnyStateMachine, input: number): Promise<number> =>
  toPromise(createActor(machine, { input }).start());
