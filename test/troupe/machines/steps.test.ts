/**
 * Machines as steps of workflows and of a bot's work: child runs like any other.
 */
import { expect, test } from 'vitest';
import { assign, fromPromise, sendParent, setup } from 'xstate';
import {
  type Definition,
  defineBot,
  defineWorkflow,
  graph,
  idempotencyKey,
} from '../../../src/index.ts';
import { refusal, refused, refusedError } from '../../refusal.ts';
import { type Team, teamOf } from '../team.ts';
import { onePlace } from './place.ts';

/** What a tree of machines did in the world. */
interface World {
  readonly keys: string[];
  readonly aborted: string[];
}

const newWorld = (): World => ({ keys: [], aborted: [] });

/** An oven with a child that watches it: a promise and a timer of its own. */
function ovenIn(world: World, warm: () => Promise<string> = () => Promise.resolve('warm')) {
  const watcher = setup({
    actors: {
      warming: fromPromise<string>(({ self, signal }) => {
        world.keys.push(idempotencyKey(self));
        signal.addEventListener('abort', () => world.aborted.push(self.id));
        return warm();
      }),
    },
  }).createMachine({
    id: 'watcher',
    initial: 'warming',
    states: {
      warming: { invoke: { src: 'warming', id: 'warming', onDone: 'ticking' } },
      ticking: { after: { 1000: { actions: sendParent({ type: 'TICK' }), target: 'done' } } },
      done: { type: 'final' },
    },
  });
  return setup({
    types: {} as {
      input: { minutes: number };
      context: { minutes: number; ticks: number };
      output: string;
    },
    actors: { watcher },
    delays: { minutes: ({ context }) => context.minutes * 60_000 },
  }).createMachine({
    id: 'oven',
    initial: 'baking',
    context: ({ input }) => ({ minutes: input.minutes, ticks: 0 }),
    invoke: { src: 'watcher', id: 'watcher', systemId: 'watcher' },
    on: { TICK: { actions: assign({ ticks: ({ context }) => context.ticks + 1 }) } },
    states: { baking: { after: { minutes: 'ready' } }, ready: { type: 'final' } },
    output: ({ context }) => `${context.minutes} minutes, ${context.ticks} tick`,
  });
}

type Oven = ReturnType<typeof ovenIn>;

const baker = (oven: Oven): Definition =>
  defineBot({
    id: 'bake',
    work: async ({ step }) => {
      const minutes = await step('knead', () => 20);
      const baked = await step('oven', oven, { minutes });
      return step('serve', () => `served: ${baked}`);
    },
  });
const recipe = (oven: Oven): Definition =>
  defineWorkflow({ id: 'bake' })
    .step('knead', () => 20)
    .step('oven', oven, ({ knead }) => ({ minutes: knead }))
    .step('serve', ({ oven }) => `served: ${oven}`);
const plan = (oven: Oven): Definition =>
  graph('bake', {
    knead: { work: () => 20 },
    oven: { work: oven, input: ({ knead }) => ({ minutes: Number(knead) }), after: ['knead'] },
    serve: { work: ({ oven }) => `served: ${oven}`, after: ['oven'] },
  });
const parents = [
  ['a bot', baker],
  ['a workflow', recipe],
  ['a graph', plan],
] as const;

const never = (): Promise<string> => new Promise(() => undefined);
const stateOf = async ({ troupe }: Team, run: string) => (await troupe.runs.get(run))?.snapshot();

test.each(parents)('a machine is a step of %s: its output is the result', async (_, parentOf) => {
  const world = newWorld();
  const oven = ovenIn(world);
  const parent = parentOf(oven);
  const { troupe, clock } = await teamOf([parent, oven]);
  const run = await troupe.start(parent, undefined, { id: 'b', priority: 8 });
  await clock.quiet();
  expect(await (await troupe.runs.get('bake/b/oven'))?.snapshot()).toMatchObject({
    type: 'machine',
    status: 'IN_PROGRESS',
    parent: 'bake/b',
    input: { minutes: 20 },
    priority: 8,
    state: { value: 'baking' },
  });
  await clock.advance(20 * 60_000);
  expect(await run.result()).toBe('served: 20 minutes, 1 tick');
  expect(world).toEqual({ keys: ['bake/b/oven/1/watcher/1/warming'], aborted: [] });
});

test.each(parents)('cancel of %s stops the tree of its machine', async (_, parentOf) => {
  const world = newWorld();
  const oven = ovenIn(world, never);
  const parent = parentOf(oven);
  const team = await teamOf([parent, oven]);
  const { troupe, clock } = team;
  const run = await troupe.start(parent, undefined, { id: 'b' });
  await clock.quiet();
  await run.cancel('no bread today');
  await clock.quiet();
  expect(await run.outcome()).toMatchObject({ status: 'CANCELLED', reason: 'no bread today' });
  expect(await stateOf(team, 'bake/b/oven')).toMatchObject({ status: 'CANCELLED' });
  expect(world.aborted).toEqual(['warming']);
  await clock.advance(3_600_000);
  expect(await stateOf(team, 'bake/b/oven')).toMatchObject({
    state: { context: { ticks: 0 } },
  });
  expect(clock.nextDue()).toBeUndefined();
  expect(await troupe.deadLetters.list()).toEqual([]);
});

test.each(parents)('given restarts in the middle, then %s ends as without', async (_, parentOf) => {
  const world = newWorld();
  const place = onePlace();
  const next = (warm?: () => Promise<string>) => {
    const oven = ovenIn(world, warm);
    const parent = parentOf(oven);
    return { parent, made: place.next(parent, oven) };
  };
  const first = next(never);
  const { troupe } = await first.made;
  await troupe.start(first.parent, undefined, { id: 'b' });
  await place.clock.quiet();
  await next(never).made;
  await next().made;
  await place.clock.advance(10 * 60_000);
  await next().made;
  await place.clock.advance(11 * 60_000);
  const last = next();
  const run = await (await last.made).troupe.get(last.parent, 'b');
  expect(await run?.result()).toBe('served: 20 minutes, 1 tick');
  expect(new Set(world.keys)).toEqual(new Set(['bake/b/oven/1/watcher/1/warming']));
  expect(world.keys).toHaveLength(3);
});

test.each(parents)('a machine that fails fails %s, with the cause', async (_, parentOf) => {
  const oven = ovenIn(newWorld(), () => Promise.reject(new Error('no gas')));
  const parent = parentOf(oven);
  const { troupe } = await teamOf([parent, oven]);
  const run = await troupe.start(parent, undefined, { id: 'b' });
  const outcome = await run.outcome();
  expect(outcome.status).toBe('FAILED');
  expect(JSON.stringify(outcome)).toContain('no gas');
  expect(JSON.stringify(outcome)).toContain('bake/b/oven');
});

test('a step of work is refused when its machine is not registered', async () => {
  const oven = ovenIn(newWorld());
  const parent = baker(oven);
  const { troupe } = await teamOf([parent]);
  const outcome = await (await troupe.start(parent, undefined)).outcome();
  expect(outcome).toMatchObject({ status: 'FAILED', error: { code: 'NOT_REGISTERED' } });
});

test('what a machine has no use for is refused, of a run and of a step', async () => {
  const oven = ovenIn(newWorld());
  const clerk = defineBot({
    id: 'clerk',
    work: ({ step }) => step('oven', oven, { minutes: 1 }, { timeout: '1s' }),
  });
  const { troupe } = await teamOf([oven, clerk]);
  for (const [field, value] of Object.entries({
    retry: { attempts: 2 },
    timeout: '1s',
    after: ['oven/x'],
    onDependencyFailure: 'cancel',
    notBefore: 5,
    due: 5,
  })) {
    const error = await refusedError(troupe.start(oven, { minutes: 1 }, { [field]: value }));
    expect([error.code, error.data]).toEqual(['BAD_OPTION', expect.objectContaining({ field })]);
  }
  const outcome = await (await troupe.start(clerk, undefined)).outcome();
  expect(outcome).toMatchObject({ error: { code: 'BAD_OPTION' } });
  const stepThat = (options: object) => () =>
    defineWorkflow({ id: 'w' }).step('oven', oven, () => ({ minutes: 1 }), options);
  expect(refusal(stepThat({ timeout: '1s' }))).toMatchObject({ field: 'timeout' });
  expect(refusal(stepThat({ retry: { attempts: 2 } }))).toMatchObject({ field: 'retry' });
  const named = graph('named', { oven: { work: 'oven', input: { minutes: 1 }, timeout: '1s' } });
  expect(await refused(troupe.start(named, undefined))).toMatchObject({ field: 'timeout' });
});

test('only a machine is started anew by its supervision', async () => {
  const plain = defineBot({ id: 'plain', work: () => 1 });
  const { troupe } = await teamOf([plain]);
  const started = troupe.start(plain, undefined, { supervision: { restart: 'permanent' } });
  expect(await refused(started)).toMatchObject({ code: 'BAD_OPTION', field: 'supervision' });
});

test('an actor that a machine started is no run', async () => {
  const oven = ovenIn(newWorld());
  const { troupe } = await teamOf([oven]);
  await troupe.start(oven, { minutes: 1 }, { id: 'o' });
  expect(await troupe.runs.get('oven/o')).toBeDefined();
  expect(await troupe.runs.get('oven/o/watcher')).toBeUndefined();
});
