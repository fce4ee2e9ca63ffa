/** Views by example: each kind of work, questions, dead letters, incidents, calls. */
import { expect, test } from 'vitest';
import { assign, fromPromise, setup } from 'xstate';
import { z } from 'zod';
import {
  createTroupe,
  defineApproval,
  defineBot,
  defineWorkflow,
  handler,
  type Runnable,
  type Troupe,
} from '../../../src/index.ts';
import type { CallRecord, Sight } from '../../../src/testing/index.ts';
import { viewOf } from '../../../src/testing/view/index.ts';
import { lives } from '../../simulation/lives.ts';
import { Watched } from './watched.ts';

const quiet = (): void => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

/** What is seen after a program of a team. */
async function seenAfter(
  definitions: readonly Runnable[],
  program: (troupe: Troupe, sight: Sight, rest: Promise<void>) => Promise<void>,
): Promise<Sight> {
  const watched = new Watched();
  const lived = await lives(async ({ world: { clock }, journal, atRest }) => {
    const given = [...definitions];
    const troupe = await createTroupe({
      definitions: given,
      journal: watched.wrap(journal),
      clock,
      log,
    });
    await program(troupe, watched, atRest);
  });
  watched.wrap(lived.journal);
  return watched;
}

const finder = defineBot({
  id: 'finder',
  input: z.object({ topic: z.string() }),
  work: async ({ input, step, report }) => {
    await report({ cost: 2 });
    return [await step('search', () => `about ${input.topic}`)];
  },
});
const release = defineApproval({ id: 'release', input: z.object({ text: z.string() }) });
const undone: string[] = [];
const answer = defineWorkflow({ id: 'answer', input: z.object({ topic: z.string() }) })
  .step('find', finder, ({ input }) => input, {
    undo: ({ result }) => void undone.push(String(result)),
  })
  .step('release', release, ({ find }) => ({ text: String(find) }))
  .step('publish', () => ({ url: '/' }));

test('given a question that waits, then the view shows how far its run is', async () => {
  const sight = await seenAfter([answer], async (troupe, _, rest) => {
    await troupe.start(answer, { topic: 'bees' }, { id: 'a' });
    await rest;
  });
  const view = viewOf(sight);
  const [run] = view.runs(answer);
  expect(run).toMatchObject({ id: 'a', runId: 'answer/a', status: 'IN_PROGRESS', cost: 2 });
  expect(run?.input.topic).toBe('bees');
  expect(run?.steps.find?.result).toEqual(['about bees']);
  expect(run?.steps.publish).toBeUndefined();
  expect(run?.stepStatus).toEqual({ release: 'STARTED', publish: 'WAITING' });
  expect(view.runs(finder)).toMatchObject([
    {
      runId: 'answer/a/find',
      assignedTo: 'finder',
      attempts: 1,
      steps: { search: { result: 'about bees' } },
    },
  ]);
  const asked = {
    id: 'answer/a/release',
    definition: 'release',
    runId: 'answer/a',
    status: 'OPEN',
  };
  expect(view.questions).toEqual([{ ...asked, payload: { text: 'about bees' } }]);
  expect(view.runs(answer)).toBe(view.runs(answer));
  expect(viewOf(sight)).toBe(view);
});

test('given a no, then what was undone stands no more, what was shown stays', async () => {
  let before: ReturnType<typeof shown> | undefined;
  const shown = (sight: Sight) => viewOf(sight).runs(answer)[0];
  const sight = await seenAfter([answer], async (troupe, seen, rest) => {
    const run = await troupe.start(answer, { topic: 'bees' }, { id: 'a' });
    await rest;
    before = shown(seen);
    await troupe.approvals.decide('answer/a/release', { approve: false, by: 'ann' });
    await run.outcome();
  });
  const after = shown(sight);
  expect(before?.status).toBe('IN_PROGRESS');
  expect(before?.steps.find?.result).toEqual(['about bees']);
  expect(after?.status).toBe('FAILED');
  expect(after?.error).toMatchObject({ code: 'STEP_FAILED' });
  expect(after?.steps).toEqual({});
  expect(after?.stepStatus).toEqual({ find: 'UNDONE', release: 'FAILED', publish: 'OMITTED' });
  expect(viewOf(sight).questions).toMatchObject([{ status: 'DECIDED' }]);
});

const door = setup({
  types: {} as { context: { opened: number }; events: { type: 'OPEN' } | { type: 'CLOSE' } },
  actors: { wire: fromPromise(async () => 'wired') },
}).createMachine({
  id: 'door',
  context: { opened: 0 },
  initial: 'shut',
  invoke: { src: 'wire', id: 'wire' },
  states: {
    shut: {
      on: {
        OPEN: { target: 'open', actions: assign({ opened: ({ context }) => context.opened + 1 }) },
      },
    },
    open: { on: { CLOSE: 'shut' } },
  },
});

test('given a machine, then the view shows its own state, and no actor inside of it', async () => {
  const sight = await seenAfter([door], async (troupe, _, rest) => {
    const run = await troupe.start(door, undefined, { id: 'd' });
    run.actor.send({ type: 'OPEN' });
    await rest;
  });
  const runs = viewOf(sight).runs(door);
  expect(runs).toMatchObject([{ status: 'IN_PROGRESS', attempts: 1, steps: {}, stepStatus: {} }]);
  expect(runs[0]?.state).toEqual({ value: 'open', context: { opened: 1 } });
});

test('given mail that nobody could take, then the view shows it', async () => {
  const desk = defineBot({
    id: 'desk',
    retry: { attempts: 1 },
    on: {
      note: handler(z.object({}), () => {
        throw new RangeError('no');
      }),
    },
  });
  const sight = await seenAfter([desk], async (troupe, _, rest) => {
    await troupe.send(desk, { type: 'note', payload: {} });
    await rest;
  });
  const view = viewOf(sight);
  expect(view.deadLetters).toEqual([{ to: 'bot/desk', type: 'message', reason: 'failed' }]);
  expect(view.incidents).toEqual([]);
  expect(view.runs(desk)).toEqual([]);
});

test('given calls, then they are found by their place, also those that came later', () => {
  const call = (of: string, nth: number): CallRecord => ({
    ...{ of, nth, key: `${of} ${nth}`, kind: 'step', attempt: 1, life: 1, commit: nth },
    ...{ input: undefined, beganAt: nth, end: 'done' },
  });
  const watched = new Watched();
  const calls = [call('finder', 1), call('finder.search', 1)];
  watched.calls = calls;
  const view = viewOf(watched);
  expect(view.calls('finder')).toHaveLength(1);
  calls.push(call('finder', 2));
  expect(view.calls('finder').map(({ nth }) => nth)).toEqual([1, 2]);
  expect(view.calls('nobody')).toEqual([]);
  expect(view.calls()).toHaveLength(3);
  expect([view.now, view.isHealed]).toEqual([0, false]);
});
