/**
 * A small team in which each kind of thing happens once that a crash could hurt: steps, a sleep, an
 * ask, dead letters, a handoff, undos, an approval, a machine with a promise and a timer, a child
 * run that is cancelled, and a supervised bot that fails once.
 */
import { assign, fromPromise, raise, setup } from 'xstate';
import { z } from 'zod';
import {
  defineApproval,
  defineBot,
  defineWorkflow,
  handler,
  idempotencyKey,
  TerminalError,
} from '../../../src/index.ts';
import type { Outside } from './outside.ts';

const Note = z.object({ id: z.string() });

/** The definitions of a team that acts on the outside. */
export function teamOn(outside: Outside) {
  const desk = deskOn(outside);
  const runs = { ...writersOn(outside, desk.clerk), ...treeOn(outside), ...plansOn(outside) };
  const { promise: feedRests, resolve } = Promise.withResolvers<void>();
  const all = { ...desk, ...runs, feed: feedOn(outside, resolve), kettle: kettleOn(outside) };
  return { definitions: Object.values(all), ...all, feedRests };
}

function deskOn(outside: Outside) {
  const clerk = defineBot({
    id: 'clerk',
    concurrency: 1,
    retry: false,
    on: {
      look: handler(Note, ({ payload }) => outside.does(`look ${payload.id}`, 'seen')),
      broken: handler(Note, async ({ payload }) => {
        await outside.does(`broken ${payload.id}`, null);
        throw new TerminalError(`${payload.id} can't be handled`);
      }),
    },
  });
  return { clerk };
}

function writersOn(outside: Outside, clerk: ReturnType<typeof deskOn>['clerk']) {
  const scribe = defineBot({
    id: 'scribe',
    retry: false,
    work: async ({ step, ask, send, sleep, report }) => {
      const draft = await step('draft', ({ key }) => outside.step(key, 'draft'));
      await send(clerk, { type: 'broken', payload: { id: 'b' } });
      await sleep('rest', 40);
      const seen = await ask(clerk, { type: 'look', payload: { id: 'a' } });
      await report({ progress: 0.5, cost: 2 });
      return [draft, seen, await step('final', ({ key }) => outside.step(key, 'final'))];
    },
  });
  const expert = defineBot({
    id: 'expert',
    handoffs: 'accept',
    work: async ({ step, takenOver }) => {
      const { state } = takenOver ?? {};
      return [state, await step('find', ({ key }) => outside.step(key, 'found'))];
    },
  });
  const novice = defineBot({
    id: 'novice',
    work: async ({ step, handoff }) => {
      const state = await step('find', ({ key }) => outside.step(key, 'a trace'));
      return handoff({ to: expert, reason: 'needs-specialist', state });
    },
  });
  return { scribe, expert, novice };
}

function treeOn(outside: Outside) {
  const branch = defineBot({
    id: 'branch',
    work: async ({ step, signal }) => {
      await step('grow', ({ key }) => outside.step(key, true));
      return untilAborted(signal);
    },
  });
  const trunk = defineBot({
    id: 'trunk',
    retry: false,
    work: async ({ step }) => {
      const left = await step('branch', branch, undefined).catch(() => 'cut off');
      return [left, await step('heal', ({ key }) => outside.step(key, 'healed'))];
    },
  });
  return { branch, trunk };
}

const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

function plansOn(outside: Outside) {
  const undo = { undo: ({ key }: { readonly key: string }) => outside.does(key, null) };
  const trip = defineWorkflow({ id: 'trip', retry: { attempts: 1 } })
    .step('hotel', ({ key }) => outside.run(key, 'a room'), undo)
    .step('flight', ({ key }) => outside.run(key, 'a seat'), undo)
    .step('pay', async ({ key }) => {
      await outside.run(key, null);
      throw new TerminalError('no money');
    });
  const editor = defineApproval({ id: 'editor', input: z.string() });
  const issue = defineWorkflow({ id: 'issue' })
    .step('write', ({ key }) => outside.run(key, 'text'))
    .step('check', editor, ({ write }) => write)
    .step('print', ({ check, key }) => outside.run(key, `printed, as ${check.by} says`));
  return { trip, editor, issue };
}

/** It fails in its first run, and rests in the one that it is started anew with. */
const feedOn = (outside: Outside, rests: () => void) =>
  defineBot({
    id: 'feed',
    retry: false,
    work: async ({ step, runId, signal }) => {
      await step('read', ({ key }) => outside.step(key, runId));
      if (!runId.endsWith('+2')) throw new RangeError('the line broke');
      rests();
      return untilAborted(signal);
    },
  });

const kettleOn = (outside: Outside) =>
  setup({
    types: {} as {
      context: { poured: number; whistled: number };
      events: { type: 'POUR'; n: number } | { type: 'WHISTLE' };
      output: { poured: number; whistled: number };
    },
    actors: { boil: fromPromise(({ self }) => outside.does(idempotencyKey(self), 'steam')) },
    actions: {
      whistle: assign({ whistled: ({ context }) => context.whistled + 1 }),
    },
  }).createMachine({
    id: 'kettle',
    initial: 'filling',
    context: { poured: 0, whistled: 0 },
    states: {
      filling: {
        on: {
          POUR: [
            // Who poured before and does not know it pours again.
            {
              guard: ({ context, event }) => event.n === context.poured + 1,
              actions: assign({ poured: ({ event }) => event.n }),
            },
          ],
        },
        always: { guard: ({ context }) => context.poured === 3, target: 'boiling' },
      },
      boiling: { invoke: { src: 'boil', id: 'boil', onDone: 'whistling' } },
      whistling: { after: { 50: { target: 'cooling', actions: 'whistle' } } },
      cooling: {
        // Nothing cancels it: the state stays as it is when it comes.
        entry: raise({ type: 'WHISTLE' }, { delay: 10, id: 'once more' }),
        on: { WHISTLE: { actions: 'whistle' } },
        after: { 30: 'done' },
      },
      done: { type: 'final' },
    },
    output: ({ context }) => context,
  });
