/** Type tests of supervision: inputs of children, members of pools, runs that one can send to. */
import { assign, setup, waitFor } from 'xstate';
import { z } from 'zod';
import {
  type ActorOf,
  type AutoShutdown,
  type ChildCounts,
  type ChildState,
  createTroupe,
  defineBot,
  defineMachine,
  type RestartType,
  type Run,
  type RunActor,
  type RunOf,
  type Strategy,
  type SupervisedChildOptions,
  type SuperviseOptions,
  type Supervisor,
} from '../../src/index.ts';
import type { Equal, Expect } from './equal.ts';

const researcher = defineBot({
  id: 'researcher',
  input: z.object({ question: z.string() }),
  work: ({ input }) => input.question.length,
});
const plain = defineBot({ id: 'plain', work: () => 'done' });
const light = setup({
  types: {} as {
    input: { colour: string };
    context: { colour: string };
    events: { type: 'GO' } | { type: 'SET'; colour: string };
  },
  actions: { go: assign({ colour: 'green' }) },
}).createMachine({
  id: 'light',
  context: ({ input }) => ({ colour: input.colour }),
  on: { GO: { actions: 'go' } },
});
const versioned = defineMachine(light, { id: 'versioned', version: '2' });

const troupe = await createTroupe({ definitions: [researcher, plain, light, versioned] });

// Inputs are those of the work.
const team = await troupe.supervise({
  id: 'team',
  strategy: 'rest-for-one',
  children: [
    { id: 'r', work: researcher, input: { question: 'why?' }, restart: 'transient' },
    { id: 'p', work: plain },
    { id: 'l', work: light, input: { colour: 'red' }, resumeFrom: 'input' },
    { id: 'v', work: versioned, input: { colour: 'red' } },
    { id: 's', supervisor: { children: [{ id: 'p', work: plain }] } },
  ],
});
// @ts-expect-error: not the input of the bot
await troupe.supervise({ children: [{ id: 'r', work: researcher, input: 3 }] });
// @ts-expect-error: not the input of the machine
await troupe.supervise({ children: [{ id: 'l', work: light, input: { color: 'red' } }] });
await troupe.supervise({
  children: [
    { id: 'p', work: plain },
    // @ts-expect-error: the second of two
    { id: 'v', work: versioned, input: { colour: 1 } },
  ],
});
// @ts-expect-error: it has no such option
await troupe.supervise({ children: [{ id: 'p', work: plain, restarts: 1 }] });
// @ts-expect-error: it has no such strategy
await troupe.supervise({ strategy: 'all', children: [{ id: 'p', work: plain }] });
// @ts-expect-error: not options of a run
await troupe.supervise({ children: [{ id: 'p', work: plain, options: { title: 1 } }] });
await team.start({ id: 'q', work: researcher, input: { question: 'how?' } });
// @ts-expect-error: not the input of the bot
await team.start({ id: 'q', work: researcher, input: {} });

// A pool takes inputs of its template.
const pool = await troupe.supervise({
  strategy: 'simple-one-for-one',
  template: { work: researcher, restart: 'temporary' },
});
await pool.start({ id: 'one', input: { question: 'why?' } });
// @ts-expect-error: not the input of the bot
await pool.start({ id: 'one', input: { question: 1 } });
// @ts-expect-error: it is no pool
await team.start({ id: 'q', input: { question: 'how?' } });
await troupe.supervise({
  strategy: 'simple-one-for-one',
  // @ts-expect-error: not the input of the bot
  template: { work: researcher, input: 1 },
});

// What is made elsewhere is taken as it is.
const children: SupervisedChildOptions[] = ['a', 'b'].map((id) => ({ id, work: plain }));
const options: SuperviseOptions = { children };
const made: Supervisor = await troupe.supervise(options);
const both: Supervisor[] = [team, pool, made];
await made.start({ id: 'c', work: plain });
await made.start({ id: 'c', input: 1 });
await team.supervisor('s')?.start({ id: 'c', work: plain });

// Runs that are found by id take events, and stand beside all others.
const kid = team.get('l');
if (kid !== undefined) {
  await troupe.send(kid, { type: 'GO' });
  kid.actor.send({ type: 'GO' });
  await waitFor(kid.actor, ({ status }) => status === 'done');
}
const found = await troupe.runs.get('light/team%2Fl');
if (found !== undefined) await troupe.send(found, { type: 'GO' });
const own = await troupe.start(light, { colour: 'red' });
// @ts-expect-error: not an event of the machine
await troupe.send(own, { type: 'STOP' });
const answer = await troupe.start(plain, undefined);
const runs: Run[] = [own, answer, await troupe.start(versioned, { colour: 'red' })];
const idOf = (run: Run<unknown>): string => run.id;

export const ids = [...runs, own, answer].map(idOf);
export const strategies: Strategy[] = ['one-for-all'];
export const kinds: [RestartType, AutoShutdown, ChildState] = ['transient', 'never', 'running'];
export const open = async () => ({ counts: await team.count(), supervisors: both });
export type Results = [
  Expect<Equal<Awaited<ReturnType<typeof open>>['counts'], ChildCounts>>,
  Expect<Equal<typeof answer, RunOf<typeof plain>>>,
  Expect<Equal<ActorOf<typeof plain>, RunActor>>,
];
