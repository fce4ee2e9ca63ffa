/** Teams that come to rest with something open, each for one reason. */
import {
  defineApproval,
  defineBot,
  defineMachine,
  defineTask,
  defineWorkflow,
  type Troupe,
} from 'troupe';
import { assign, fromPromise, setup } from 'xstate';
import { z } from 'zod';
import type { Play, Script } from '../../../src/testing/simulation/index.ts';

/** A team, its script, and what is said of it. */
export interface StuckTeam {
  readonly play: Play;
  readonly script?: Partial<Script>;
  /** One of the reasons that are given: who, what it waits for, the remedy. */
  readonly says: readonly [string, string, string?];
  /** How many are given (default 1). */
  readonly because?: number;
}

const Question = z.object({ question: z.string() });
const ask = { question: '?' };

const finder = defineBot({
  id: 'finder',
  input: Question,
  work: ({ step }) => step('search', () => ['a fact']),
});
const one = defineBot({
  id: 'one',
  input: Question,
  concurrency: 1,
  work: ({ step }) => step('do', () => 1),
});
const clerk = defineBot({ id: 'clerk', input: Question });
const editor = defineApproval({ id: 'editor', input: Question });
const own = defineBot({
  id: 'own',
  input: Question,
  work: () => new Promise<void>(() => undefined),
});
const answer = defineWorkflow({ id: 'answer', input: Question })
  .step('find', finder, ({ input }) => input)
  .step('publish', ({ find }) => find);
const release = defineWorkflow({ id: 'release', input: Question })
  .step('yes', editor, ({ input }) => input)
  .step('publish', () => 'out');
const wanted = defineTask({ id: 'wanted', input: Question, bot: clerk });

const searched = defineTask({ id: 'searched', input: Question, capability: 'web-search' });
const searcher = defineBot({
  id: 'searcher',
  capabilities: ['web-search'],
  input: Question,
  timeout: '30s',
  work: ({ step }) => step('search', () => ['a fact']),
});
const inquiry = defineWorkflow({ id: 'inquiry', input: Question }).step(
  'search',
  searched,
  ({ input }) => input,
);

const door = setup({
  types: {} as { context: { n: number }; events: { type: 'OPEN' } },
}).createMachine({
  id: 'door',
  version: '1',
  context: { n: 0 },
  initial: 'closed',
  states: {
    closed: { on: { OPEN: { target: 'open', actions: assign({ n: 1 }) } } },
    open: { type: 'final' },
  },
});

const courier = setup({
  actors: { carry: fromPromise(() => new Promise<void>(() => undefined)) },
}).createMachine({
  id: 'courier',
  version: '1',
  initial: 'carrying',
  states: { carrying: { invoke: { src: 'carry', onDone: 'done' } }, done: { type: 'final' } },
});

const run =
  (work: Parameters<Troupe['start']>[0], id = 'a-1') =>
  async (troupe: Troupe) =>
    (await troupe.start(work as never, ask as never, { id })).result();

const drop = (of: string, nth = 1) => ({ faults: [{ fault: 'drop', call: { of, nth } }] }) as const;

export const stuckTeams: Readonly<Record<string, StuckTeam>> = {
  'a bot by hand that nobody begins': {
    play: { definitions: [clerk], scenario: run(clerk) },
    says: ['clerk/a-1', 'clerk, who works by hand and has not begun', 'begin it, or stub clerk'],
  },
  'a task by hand': {
    play: { definitions: [clerk, wanted], scenario: run(wanted) },
    says: ['wanted/a-1', 'clerk, who works by hand and has not begun', 'begin it, or stub clerk'],
  },
  'work begun by hand': {
    play: {
      definitions: [clerk],
      scenario: async (troupe) => {
        const started = await troupe.start(clerk, ask, { id: 'a-1' });
        await started.begin();
        return started.result();
      },
    },
    says: [
      'clerk/a-1',
      'clerk, who has begun by hand and reported no end',
      'end it, or stub clerk',
    ],
  },
  'an answer of a step that never comes': {
    play: { definitions: [finder], scenario: run(finder) },
    script: drop('finder.search'),
    says: [
      'finder/a-1',
      'the 1st answer of finder.search, which never comes',
      'give it a `timeout`',
    ],
  },
  'an answer that never comes after a restart': {
    play: {
      definitions: [finder, clerk],
      scenario: async (troupe) => {
        const found = await troupe.start(finder, ask, { id: 'a-1' });
        await troupe.start(clerk, ask, { id: 'c-1' });
        return found.result();
      },
    },
    script: {
      faults: [
        { fault: 'crash', commit: 3, moment: 'after' },
        { fault: 'drop', call: { of: 'finder.search', nth: 1 } },
        { fault: 'drop', call: { of: 'finder.search', nth: 2 } },
      ],
    },
    because: 2,
    says: [
      'finder/a-1',
      'the 2nd answer of finder.search, which never comes',
      'give it a `timeout`',
    ],
  },
  'an answer of work in a workflow that never comes': {
    play: { definitions: [answer], scenario: run(answer) },
    script: drop('finder'),
    says: ['answer/a-1/find', 'the 1st answer of finder, which never comes', 'give it a `timeout`'],
  },
  'work of a routed task that never answers, though its bot has a time-out': {
    play: { definitions: [searched, searcher], scenario: run(searched) },
    script: drop('searcher'),
    says: [
      'searched/a-1',
      'the 1st answer of searcher, which never comes',
      'give the task searched a `timeout`, for that of searcher does not hold there',
    ],
  },
  'a step in the work of a routed task that never answers': {
    play: { definitions: [searched, searcher], scenario: run(searched) },
    script: drop('searcher.search'),
    says: [
      'searched/a-1',
      'the 1st answer of searcher.search, which never comes',
      'give it a `timeout`',
    ],
  },
  'an answer of a function step that never comes': {
    play: { definitions: [answer], scenario: run(answer) },
    script: drop('answer.publish'),
    says: [
      'answer/a-1/publish',
      'the 1st answer of answer.publish, which never comes',
      'give it a `timeout`',
    ],
  },
  'a person who never answers': {
    play: { definitions: [release], scenario: run(release) },
    script: { people: [{ question: 1, answer: 'nothing', afterMs: 0 }] },
    says: [
      'release/a-1/yes',
      "a person's answer to editor, which never expires",
      'give it `expiresIn`, or say in `people` who answers',
    ],
  },
  'a run that waits for another': {
    play: {
      definitions: [finder, clerk],
      scenario: async (troupe) => {
        await troupe.start(clerk, ask, { id: 'first' });
        const next = await troupe.start(finder, ask, { id: 'next', after: ['clerk/first'] });
        return next.result();
      },
    },
    because: 2,
    says: ['finder/next', 'clerk/first to complete'],
  },
  'a slot that another run has': {
    play: {
      definitions: [one],
      scenario: async (troupe) => {
        await troupe.start(one, ask, { id: 'first' });
        return (await troupe.start(one, ask, { id: 'next' })).result();
      },
    },
    script: drop('one.do'),
    because: 2,
    says: [
      'one/next',
      'a slot of one, held by one/first',
      'let that end, or raise its `concurrency`',
    ],
  },
  'a task that nobody can do': {
    play: { definitions: [inquiry], scenario: run(inquiry) },
    says: [
      'inquiry/a-1/search',
      'a bot that can do searched',
      'add one, or give one the capability',
    ],
  },
  "runs of which one has the other's id and more": {
    play: {
      definitions: [finder],
      scenario: async (troupe) => {
        await troupe.start(finder, ask, { id: 'a-12' });
        return (await troupe.start(finder, ask, { id: 'a-1' })).result();
      },
    },
    script: {
      faults: [1, 2].map((nth) => ({ fault: 'drop', call: { of: 'finder.search', nth } })),
    },
    because: 2,
    says: [
      'finder/a-1',
      'the 2nd answer of finder.search, which never comes',
      'give it a `timeout`',
    ],
  },
  'a promise of its own': {
    play: { definitions: [own], scenario: run(own) },
    says: [
      'own/a-1',
      'the 1st answer of own, which does not end, and none of its steps or messages is open',
      'give it a `timeout`',
    ],
  },
  'a machine that waits for an event': {
    play: {
      definitions: [door],
      scenario: async (troupe) => (await troupe.start(door, undefined, { id: 'd-1' })).result(),
    },
    says: ['door/d-1', 'OPEN in its state closed', 'send it, or leave the state `after` some time'],
  },
  'a promise of a machine that never resolves': {
    play: {
      definitions: [courier],
      scenario: async (troupe) => (await troupe.start(courier, undefined, { id: 'c-1' })).result(),
    },
    says: [
      'courier/c-1',
      'the 1st answer of courier.carry, which does not end',
      'leave its state `after` some time',
    ],
  },
};

/** A machine with parallel states. */
export const partly = {
  machine: defineMachine(
    setup({}).createMachine({
      id: 'partly',
      version: '1',
      on: { STOP: '.down' },
      initial: 'up',
      states: {
        up: {
          type: 'parallel',
          states: {
            left: { initial: 'a', states: { a: { on: { A: 'b' } }, b: {} } },
            right: { initial: 'b', states: { b: { on: { B: 'c' } }, c: {} } },
          },
        },
        down: { type: 'final' },
      },
    }),
  ),
};
