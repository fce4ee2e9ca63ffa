/**
 * Cases of structure: nesting, parallel regions, history, final states, the order of exits and
 * entries, tags and meta.
 */
import { type AnyEventObject, assign, setup } from 'xstate';
import { type Case, send } from '../runners/contract.ts';

interface Context {
  readonly log: readonly string[];
}

const logging = setup({
  types: {} as {
    context: Context;
    events: AnyEventObject;
    tags: 'busy' | 'idle';
    meta: { readonly page: number };
  },
  actions: { note: assign({ log: ({ context }, text: string) => [...context.log, text] }) },
});

const blank: Context = { log: [] };
const note = (params: string) => ({ type: 'note', params }) as const;
const ways = (name: string) => ({ entry: note(`+${name}`), exit: note(`-${name}`) }) as const;

/** The cases. */
export const structure: readonly Case[] = [
  {
    id: 'order-of-actions',
    machine: () =>
      logging.createMachine({
        id: 'order-of-actions',
        context: blank,
        ...ways('root'),
        initial: 'a',
        states: {
          a: {
            ...ways('a'),
            initial: 'a1',
            states: { a1: ways('a1'), a2: { ...ways('a2'), type: 'final' } },
            on: { INNER: '.a2', OUTER: { target: '.a2', reenter: true }, NEXT: 'b' },
            onDone: { actions: note('a done') },
          },
          b: { entry: [note('+b'), note('+b too')], initial: 'b1', states: { b1: ways('b1') } },
        },
      }),
    script: [send('INNER'), send('OUTER'), send('NEXT')],
    ends: { value: { b: 'b1' } },
  },
  {
    id: 'parallel-regions',
    machine: () =>
      logging.createMachine({
        id: 'parallel-regions',
        context: blank,
        initial: 'both',
        states: {
          both: {
            type: 'parallel',
            states: {
              l: {
                initial: 'x',
                states: { x: { on: { STEP: 'y', L: 'y' } }, y: { type: 'final', ...ways('y') } },
                onDone: { actions: note('l done') },
              },
              r: {
                initial: 'x',
                states: {
                  x: { ...ways('rx'), on: { STEP: 'y' } },
                  y: { on: { STEP: 'z' } },
                  z: { type: 'final' },
                },
                onDone: { actions: note('r done') },
              },
            },
            onDone: 'end',
          },
          end: { type: 'final' },
        },
        output: ({ context }) => context.log,
      }),
    script: [send('L'), send('STEP'), send('STEP')],
    ends: { status: 'done', output: ['+rx', '+y', 'l done', '-rx', 'r done', '-y'] },
  },
  {
    id: 'parallel-root-done',
    machine: () =>
      logging.createMachine({
        id: 'parallel-root-done',
        context: blank,
        type: 'parallel',
        states: {
          l: { initial: 'x', states: { x: { on: { L: 'y' } }, y: { type: 'final' } } },
          r: { initial: 'x', states: { x: { on: { R: 'y' } }, y: { type: 'final' } } },
        },
        output: 'both',
      }),
    script: [send('R'), send('L'), send('L')],
    ends: { status: 'done', output: 'both' },
  },
  {
    id: 'several-targets',
    machine: () =>
      logging.createMachine({
        id: 'several-targets',
        context: blank,
        initial: 'off',
        states: {
          off: { on: { JUMP: { target: ['on.l.b', 'on.r.c'] } } },
          on: {
            type: 'parallel',
            states: {
              l: { initial: 'a', states: { a: {}, b: ways('lb') } },
              r: { initial: 'a', states: { a: {}, c: ways('rc') } },
            },
            on: { RESET: { target: ['.l.a', '.r.a'] } },
          },
        },
      }),
    script: [send('JUMP'), send('RESET')],
    ends: { value: { on: { l: 'a', r: 'a' } }, context: { log: ['+lb', '+rc', '-rc', '-lb'] } },
  },
  {
    id: 'history-shallow',
    machine: () =>
      logging.createMachine({
        id: 'history-shallow',
        context: blank,
        initial: 'off',
        states: {
          on: {
            initial: 'low',
            states: {
              low: { on: { UP: 'high' } },
              high: { initial: 'x', states: { x: { on: { UP: 'y' } }, y: {} } },
              last: { type: 'history', target: 'high' },
              plain: { type: 'history' },
            },
            on: { POWER: 'off' },
          },
          off: { on: { POWER: 'on.last', PLAIN: 'on.plain' } },
        },
      }),
    script: [send('POWER'), send('UP'), send('POWER'), send('POWER'), send('POWER'), send('PLAIN')],
    ends: { value: { on: { high: 'x' } } },
  },
  {
    id: 'history-deep',
    machine: () =>
      logging.createMachine({
        id: 'history-deep',
        context: blank,
        initial: 'work',
        states: {
          work: {
            type: 'parallel',
            states: {
              l: {
                initial: 'a',
                states: {
                  a: { on: { NEXT: 'b' } },
                  b: { initial: 'b1', states: { b1: {}, b2: {} } },
                },
                on: { DEEP: '.b.b2' },
              },
              r: { initial: 'a', states: { a: { on: { NEXT: 'c' } }, c: {} } },
              memory: { type: 'history', history: 'deep' },
            },
            on: { PAUSE: 'paused' },
          },
          paused: { on: { RESUME: 'work.memory', RESTART: 'work' } },
        },
      }),
    script: [
      send('NEXT'),
      send('DEEP'),
      send('PAUSE'),
      send('RESUME'),
      send('PAUSE'),
      send('RESTART'),
    ],
    ends: { value: { work: { l: 'a', r: 'a' } } },
  },
  {
    id: 'history-without-past',
    machine: () =>
      logging.createMachine({
        id: 'history-without-past',
        context: blank,
        initial: 'off',
        states: {
          off: { on: { DEEP: 'on.memory', DEFAULT: 'on.other' } },
          on: {
            initial: 'a',
            states: {
              a: { initial: 'a1', states: { a1: {}, a2: {} } },
              b: {},
              memory: { type: 'history', history: 'deep' },
              other: { type: 'history', history: 'deep', target: 'a.a2' },
            },
            on: { OFF: 'off' },
          },
        },
      }),
    script: [send('DEFAULT'), send('OFF'), send('DEEP')],
    ends: { value: { on: { a: 'a2' } } },
  },
  {
    id: 'nested-done-with-output',
    machine: () =>
      logging.createMachine({
        id: 'nested-done-with-output',
        context: blank,
        initial: 'form',
        states: {
          form: {
            initial: 'asks',
            states: {
              asks: { on: { SAY: 'said' } },
              said: { type: 'final', output: ({ event }) => ({ text: Object(event).text }) },
            },
            onDone: {
              target: 'end',
              actions: { type: 'note', params: ({ event }) => Object(event).output.text },
            },
          },
          end: { type: 'final' },
        },
        output: ({ context }) => context.log[0],
      }),
    script: [send('SAY', { text: 'yes' })],
    ends: { status: 'done', output: 'yes' },
  },
  {
    id: 'self-transitions',
    machine: () =>
      logging.createMachine({
        id: 'self-transitions',
        context: blank,
        initial: 'a',
        states: {
          a: {
            ...ways('a'),
            initial: 'a1',
            states: { a1: { on: { DEEPER: 'a2' } }, a2: ways('a2') },
            on: {
              NONE: { actions: note('none') },
              SELF: 'a',
              AGAIN: { target: 'a', reenter: true },
            },
          },
        },
      }),
    script: [send('DEEPER'), send('NONE'), send('SELF'), send('DEEPER'), send('AGAIN')],
    ends: {
      value: { a: 'a1' },
      context: { log: ['+a', '+a2', 'none', '-a2', '+a2', '-a2', '-a', '+a'] },
    },
  },
  {
    id: 'tags-and-meta',
    machine: () =>
      logging.createMachine({
        id: 'tags-and-meta',
        context: blank,
        initial: 'waits',
        states: {
          waits: { tags: 'idle', meta: { page: 1 }, on: { GO: 'works' } },
          works: {
            tags: ['busy'],
            meta: { page: 2 },
            initial: 'inner',
            states: { inner: { tags: ['idle'] } },
          },
        },
      }),
    script: [send('GO')],
    ends: { value: { works: 'inner' }, tags: ['busy', 'idle'] },
  },
];
