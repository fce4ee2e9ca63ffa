/**
 * Type tests of users' machines: what `troupe.start` takes and gives, and that `run.actor` is what
 * XState's own functions take for an actor.
 */
import {
  type ActorRef,
  assign,
  type EmittedFrom,
  type EventFrom,
  emit,
  type SnapshotFrom,
  setup,
  toPromise,
  waitFor,
} from 'xstate';
import { createTroupe } from '../../src/index.ts';
import type { Equal, Expect } from '../type-tests/equal.ts';

const counter = setup({
  types: {} as {
    context: { readonly n: number };
    events: { type: 'ADD'; by: number } | { type: 'END' };
    input: { readonly start: number };
    output: { readonly total: number };
    emitted: { type: 'added'; by: number };
  },
}).createMachine({
  id: 'counter',
  context: ({ input }) => ({ n: input.start }),
  initial: 'counts',
  states: {
    counts: {
      on: {
        ADD: {
          actions: [
            assign({ n: ({ context, event }) => context.n + event.by }),
            emit(({ event }) => ({ type: 'added', by: event.by })),
          ],
        },
        END: 'ended',
      },
    },
    ended: { type: 'final' },
  },
  output: ({ context }) => ({ total: context.n }),
});
const plain = setup({}).createMachine({ id: 'plain' });

type Counter = typeof counter;
type CounterRef = ActorRef<SnapshotFrom<Counter>, EventFrom<Counter>, EmittedFrom<Counter>>;

const troupe = await createTroupe({ definitions: [counter, plain] });

// What is started, and what comes back.
const run = await troupe.start(counter, { start: 1 }, { id: 'c-1' });
const total = await troupe.run(counter, { start: 1 });
const found = await troupe.get(counter, 'c-1');
await troupe.start(plain, undefined);
export type Results = [
  Expect<Equal<typeof total, { readonly total: number }>>,
  Expect<Equal<Awaited<ReturnType<typeof run.result>>, { readonly total: number }>>,
];

// The actor is a typed reference, as XState means it.
export const ref: CounterRef = run.actor;
const seen = await waitFor(run.actor, (snapshot) => snapshot.matches('ended'));
const output = await toPromise(run.actor);
run.actor.subscribe((snapshot) => void snapshot.context.n.toFixed());
run.actor.on('added', (event) => void event.by.toFixed());
run.actor.send({ type: 'ADD', by: 2 });
const { n } = run.actor.getSnapshot().context;
export type Refs = [
  Expect<Equal<typeof seen.context.n, number>>,
  Expect<Equal<typeof output, { readonly total: number }>>,
  Expect<Equal<typeof n, number>>,
];
if (found !== undefined) await troupe.send(found, { type: 'END' });

// What must not compile.
// @ts-expect-error: the input is another one
await troupe.start(counter, { begin: 1 });
// @ts-expect-error: the input is missing
await troupe.start(counter, undefined);
// @ts-expect-error: nobody knows this event
run.actor.send({ type: 'SUB' });
// @ts-expect-error: the event lacks a part
run.actor.send({ type: 'ADD' });
// @ts-expect-error: nothing of this name is emitted
run.actor.on('removed', () => undefined);
// @ts-expect-error: the event is another one
await troupe.send(run, { type: 'ADD', by: 'two' });
