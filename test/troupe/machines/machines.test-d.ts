/**
 * Type tests of machines: what a run of one takes, gives and is, as a step too.
 */
import { type ActorRef, fromPromise, type SnapshotFrom, setup, toPromise, waitFor } from 'xstate';
import {
  type ActorOf,
  createTroupe,
  defineBot,
  defineMachine,
  defineWorkflow,
  graph,
  idempotencyKey,
  type MachineActor,
  type MachineDefinition,
  type Run,
  type RunOf,
} from '../../../src/index.ts';
import type { Equal, Expect } from '../../type-tests/equal.ts';

const order = setup({
  types: {} as {
    input: { customer: string };
    context: { cents: number };
    events: { type: 'ADD'; cents: number } | { type: 'PAY' };
    emitted: { type: 'paid'; cents: number };
    output: { paid: number };
  },
  actors: {
    charge: fromPromise<string, number>(async ({ self }) => {
      const key: Expect<Equal<ReturnType<typeof idempotencyKey>, string>> = true;
      return `${key} ${idempotencyKey(self)}`;
    }),
  },
}).createMachine({
  id: 'order',
  initial: 'open',
  context: { cents: 0 },
  states: { open: {}, paid: { type: 'final' } },
  output: { paid: 0 },
});
const versioned = defineMachine(order, { version: '2', migrations: { 1: (old) => old } });
const inputless = setup({ types: {} as { output: number } }).createMachine({ output: 7 });

const troupe = await createTroupe({ definitions: [order, versioned, inputless] });

// What is started, and what comes back.
const paid = await troupe.run(order, { customer: 'ann' });
const paidToo = await troupe.run(versioned, { customer: 'ann' }, { id: 'o-1' });
const seven = await troupe.run(inputless, undefined);
const run = await troupe.start(
  order,
  { customer: 'ann' },
  { supervision: { restart: 'transient' } },
);
const same = await troupe.start(versioned, { customer: 'ann' });
const got = await troupe.get(order, 'o-1');
const outcome = await run.outcome();
export type Results = [
  Expect<Equal<typeof paid, { paid: number }>>,
  Expect<Equal<typeof paidToo, { paid: number }>>,
  Expect<Equal<typeof seven, number>>,
  Expect<Equal<typeof run, Run<{ paid: number }, MachineActor<typeof order>>>>,
  Expect<Equal<typeof got, RunOf<typeof order> | undefined>>,
  Expect<Equal<typeof same.actor, typeof run.actor>>,
  Expect<Equal<ActorOf<typeof versioned>, ActorOf<typeof order>>>,
  Expect<Equal<typeof versioned, MachineDefinition<typeof order>>>,
];
if (outcome.status === 'COMPLETED') {
  const result: Expect<Equal<typeof outcome.result, { paid: number }>> = true;
  console.log(result);
}

// @ts-expect-error: the customer is a text
troupe.run(order, { customer: 1 });
// @ts-expect-error: a customer is needed
troupe.start(order, {});
// @ts-expect-error: the definition takes what its machine takes
troupe.start(versioned, { customer: 1 });
// @ts-expect-error: nothing else starts it anew
troupe.start(order, { customer: 'ann' }, { supervision: { restart: 'sometimes' } });
// @ts-expect-error: only a machine can be defined
defineMachine({ id: 'order' });
// @ts-expect-error: a migration gives a state
defineMachine(order, { migrations: { 1: () => 'open' } });
// @ts-expect-error: it has no such option
defineMachine(order, { migrate: {} });

// Its actor, as XState types it.
const matched = await waitFor(run.actor, (state) => state.matches('open'));
const output = await toPromise(run.actor);
const cents = run.actor.select((snapshot) => snapshot.context.cents);
run.actor.on('paid', (event) => console.log(event.cents.toFixed(2)));
export type Actors = [
  Expect<Equal<typeof matched.context, { cents: number }>>,
  Expect<Equal<typeof output, { paid: number }>>,
  Expect<Equal<ReturnType<typeof cents.get>, number>>,
  Expect<
    typeof run.actor extends ActorRef<SnapshotFrom<typeof order>, { type: 'PAY' }> ? true : false
  >,
];
// @ts-expect-error: it has no such state
run.actor.getSnapshot().matches('shut');
// @ts-expect-error: it emits nothing like it
run.actor.on('lost', () => undefined);

// Its events.
run.actor.send({ type: 'ADD', cents: 5 });
await troupe.send(run, { type: 'ADD', cents: 5 });
await troupe.send(same, { type: 'PAY' });
// @ts-expect-error: how many is needed
run.actor.send({ type: 'ADD' });
// @ts-expect-error: how many is needed
troupe.send(run, { type: 'ADD' });
// @ts-expect-error: it takes no such event
troupe.send(run, { type: 'STEAL' });
// @ts-expect-error: the same through a definition
troupe.send(same, { type: 'STEAL' });

// As a step.
const flow = defineWorkflow({ id: 'flow' })
  .step('order', order, () => ({ customer: 'ann' }))
  .step('again', versioned, ({ order }) => ({ customer: String(order.paid) }))
  .step('seven', inputless)
  .step('sum', ({ seven }) => seven + 1);
const sum = await troupe.run(flow, undefined);
export const plan = graph('plan', { order: { work: order, input: { customer: 'ann' } } });
// @ts-expect-error: the customer is a text
defineWorkflow({ id: 'flow' }).step('order', order, () => ({ customer: 1 }));
// @ts-expect-error: an input is needed
defineWorkflow({ id: 'flow' }).step('order', order);
export const clerk = defineBot({
  id: 'clerk',
  async work({ step }) {
    const paid = await step('order', order, { customer: 'ann' });
    const seven = await step('seven', inputless, undefined);
    // @ts-expect-error: the customer is a text
    step('wrong', order, { customer: 1 });
    // @ts-expect-error: an input is needed
    step('wrong', versioned);
    return paid.paid + seven;
  },
});
const clerked = await troupe.run(clerk, undefined);
export type Steps = [Expect<Equal<typeof sum, number>>, Expect<Equal<typeof clerked, number>>];
