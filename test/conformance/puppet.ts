/**
 * Puppet: a machine that does what it is told. An event brings a list of acts: start, stop and tell
 * puppets below, arm and cancel timers, ask the desk, change the state, end, fail. So random
 * trees of actors can be played by scripts that are plain data.
 *
 * A list of acts tells at most one other puppet, as its last act: what happens then is one chain of
 * causes, and nothing depends on who is served first. What is told late is counted, not listed.
 */
import fc from 'fast-check';
import {
  type AnyActorRef,
  type AnyEventObject,
  type AnyStateMachine,
  assign,
  cancel,
  enqueueActions,
  fromPromise,
  sendParent,
  sendTo,
  setup,
} from 'xstate';
import { advance, type Case, type Step, send, settle } from './runners/contract.ts';
import type { Desk } from './runners/desk.ts';

/** What a puppet does. */
export type Act =
  | { readonly do: 'note'; readonly text: string }
  | { readonly do: 'spawn' | 'stop' | 'again'; readonly id: string }
  | { readonly do: 'ask'; readonly id: string; readonly call: string }
  | { readonly do: 'arm'; readonly id: string; readonly ms: number; readonly acts: readonly Act[] }
  | { readonly do: 'cancel'; readonly id: string }
  | { readonly do: 'go'; readonly to: 'X' | 'Y' | 'BACK' }
  | { readonly do: 'tell'; readonly to: string; readonly acts: readonly Act[] }
  | {
      readonly do: 'later';
      readonly to: string;
      readonly ms: number;
      readonly acts: readonly Act[];
    }
  | { readonly do: 'end' }
  | { readonly do: 'fail' };

interface Context {
  /** Those that live, as far as it has heard. */
  readonly kids: Readonly<Record<string, boolean>>;
  readonly noted: Readonly<Record<string, number>>;
}

/** Stands for the machine itself, which is not made yet. */
const itself = setup({}).createMachine({});

/** A puppet whose promises ask a desk. */
export function puppet(desk: Desk): AnyStateMachine {
  const machine = setup({
    types: {} as { context: Context; events: AnyEventObject },
    actors: {
      puppet: itself,
      asking: fromPromise(({ input }: { input: string }) => desk.ask(input)),
    },
    actions: {
      note: assign({
        noted: ({ context }, text: string) => ({
          ...context.noted,
          [text]: (context.noted[text] ?? 0) + 1,
        }),
      }),
      know: assign({
        kids: ({ context }, { id, lives }: { readonly id: string; readonly lives: boolean }) => ({
          ...context.kids,
          [id]: lives,
        }),
      }),
      fail: assign(() => {
        throw new RangeError('as it was told');
      }),
    },
  }).createMachine({
    id: 'puppet',
    context: { kids: {}, noted: {} },
    initial: 'x',
    on: {
      DO: {
        actions: enqueueActions(({ context, event, self, enqueue }) => {
          const kids = new Map(Object.entries(context.kids));
          const know = (id: string, lives: boolean): void => {
            kids.set(id, lives);
            enqueue({ type: 'know', params: { id, lives } });
          };
          for (const act of event.acts as readonly Act[]) {
            perform(act, { kids, know, self, enqueue: enqueue as never });
          }
        }),
      },
      BORN: { actions: { type: 'note', params: 'born' } },
      'xstate.done.actor.*': {
        actions: [
          { type: 'note', params: ({ event }) => `done ${event.actorId} ${event.output}` },
          { type: 'know', params: ({ event }) => ({ id: event.actorId, lives: false }) },
        ],
      },
      'xstate.error.actor.*': {
        actions: [
          { type: 'note', params: ({ event }) => `failed ${event.actorId}` },
          { type: 'know', params: ({ event }) => ({ id: event.actorId, lives: false }) },
        ],
      },
      END: '.ended',
      FAIL: { actions: 'fail' },
    },
    states: {
      x: { on: { Y: 'y', X: { target: 'x', reenter: true } }, after: { 5003: 'y' } },
      y: {
        invoke: { id: 'inner', src: 'puppet' },
        entry: { type: 'know', params: { id: 'inner', lives: true } },
        exit: { type: 'know', params: { id: 'inner', lives: false } },
        initial: 'one',
        states: { one: { on: { Y: 'two' }, after: { 7001: 'two' } }, two: {}, last: lastOne },
        on: { X: 'x', BACK: { target: '.last', reenter: true } },
      },
      ended: { type: 'final' },
    },
    output: ({ context }) => Object.keys(context.noted).length,
  });
  Object.assign(machine.implementations.actors, { puppet: machine });
  return machine;
}

const lastOne = { type: 'history' } as const;

interface Enqueue {
  (action: unknown): void;
  spawnChild(src: string, options: object): void;
  stopChild(id: string): void;
  raise(event: object, options?: object): void;
}

interface Doing {
  readonly kids: ReadonlyMap<string, boolean>;
  readonly know: (id: string, lives: boolean) => void;
  readonly self: { readonly _parent?: unknown };
  readonly enqueue: Enqueue;
}

/** Queues one act; what can't be done is left out, so that any list of acts is legal. */
function perform(act: Act, doing: Doing): void {
  const { kids, know, enqueue } = doing;
  if (act.do === 'note') enqueue({ type: 'note', params: act.text });
  else if (act.do === 'cancel') enqueue(cancel(act.id));
  else if (act.do === 'go') enqueue.raise({ type: act.to });
  else if (act.do === 'end') enqueue.raise({ type: 'END' });
  else if (act.do === 'tell') tell(act.to, act.acts, {}, doing);
  else if (act.do === 'later') tell(act.to, act.acts, { delay: act.ms }, doing);
  else if (act.do === 'arm') {
    enqueue(cancel(act.id));
    enqueue.raise({ type: 'DO', acts: act.acts }, { id: act.id, delay: act.ms });
  } else if (act.do === 'fail') {
    // A run that throws is another matter, and XState forgets to stop the children of who throws.
    const isAlone = ![...kids.values()].includes(true);
    if (doing.self._parent !== undefined && isAlone) enqueue.raise({ type: 'FAIL' });
  } else {
    const lives = kids.get(act.id) === true;
    if (lives && (act.do === 'stop' || act.do === 'again')) {
      know(act.id, false);
      enqueue.stopChild(act.id);
    }
    if (act.do === 'again' || (act.do === 'spawn' && !lives)) {
      know(act.id, true);
      enqueue.spawnChild('puppet', { id: act.id });
    }
    if (act.do === 'ask' && !lives) {
      know(act.id, true);
      enqueue.spawnChild('asking', { id: act.id, input: act.call });
    }
  }
}

function tell(to: string, acts: readonly Act[], options: object, doing: Doing): void {
  const event = { type: 'DO', acts };
  const { enqueue } = doing;
  if (to === 'self') enqueue(sendTo(({ self }) => self as AnyActorRef, event, options));
  else if (to !== 'parent' && doing.kids.get(to) === true) enqueue(sendTo(to, event, options));
  else if (to === 'parent' && doing.self._parent !== undefined) enqueue(sendParent(event, options));
}

const ids = ['a', 'b', 'inner'];
// No two timers of a story fall due at one instant, but by a rare chance.
const ms = fc.integer({ min: 1, max: 90_000 });
const id = fc.constantFrom('a', 'b');

const call = fc.constantFrom('c1', 'c2', 'c3');
const of = fc.constantFrom('self', 'parent', ...ids, ...ids);
const depth = { maxDepth: 3, depthIdentifier: 'acts' };

const { acts: anyActs } = fc.letrec<{ act: unknown; last: unknown; acts: readonly Act[] }>(
  (tie) => ({
    act: fc.oneof(
      depth,
      fc.record({ do: fc.constant('note'), text: fc.constantFrom('p', 'q') }),
      fc.record({ do: fc.constantFrom('spawn', 'stop', 'again', 'cancel'), id }),
      fc.record({ do: fc.constant('ask'), id: fc.constantFrom('q1', 'q2'), call }),
      fc.record({ do: fc.constant('arm'), id, ms, acts: tie('acts') }),
      fc.record({ do: fc.constant('later'), to: of, ms, acts: tie('acts') }),
    ),
    last: fc.oneof(
      depth,
      fc.constant([]),
      fc.record({ do: fc.constant('go'), to: fc.constantFrom('X', 'Y', 'BACK') }),
      fc.record({ do: fc.constantFrom('end', 'fail') }),
      { weight: 2, arbitrary: fc.record({ do: fc.constant('tell'), to: of, acts: tie('acts') }) },
    ),
    acts: fc
      .tuple(fc.array(tie('act'), { maxLength: 3 }), tie('last'))
      .map(([first, last]) => [...first, last].flat() as Act[]),
  }),
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: anyActs.map((acts) => send('DO', { acts })) },
  { weight: 2, arbitrary: ms.map(advance) },
  { weight: 1, arbitrary: call.map((name) => settle(name, name)) },
);

/** A play of puppets. */
export const plays: fc.Arbitrary<Case> = fc
  .array(step, { minLength: 1, maxLength: 12 })
  .map((script) => ({ id: 'puppet', machine: puppet, script, ends: {} }));
