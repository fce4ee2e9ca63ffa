/**
 * Routing: who takes a task, the same answer every time, and what happens when nobody can.
 */
import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  type Bot,
  type Candidate,
  defineBot,
  defineTask,
  defineWorkflow,
  memoryJournal,
} from '../../src/index.ts';
import { newFile } from '../journal/files.ts';
import { refused, refusedError } from '../refusal.ts';
import { type Team, teamOf, testClock } from '../troupe/team.ts';

type Traits = Parameters<typeof defineBot>[0];

/** A bot that gives its id and works until it is told to end. */
function worker(id: string, traits: Partial<Omit<Traits, 'id' | 'work'>> = {}) {
  return defineBot({ id, ...traits, work: () => id });
}

/** A bot that gives its id, one run at a time, when it is told to. */
function slowWorker(id: string, traits: Partial<Omit<Traits, 'id' | 'work'>> = {}) {
  const gate = Promise.withResolvers<void>();
  const work = () => gate.promise.then(() => id);
  return { bot: defineBot({ id, ...traits, work }), finish: gate.resolve };
}

const look = defineTask({ id: 'look', capability: 'look', output: z.string() });
const looker = (id: string, priority?: number): Bot =>
  worker(id, { capabilities: [{ name: 'look', priority }] });

test('a task names its bot, its domain, a capability, or chooses', async () => {
  const bots = [
    worker('a'),
    worker('b', { domain: 'news' }),
    worker('c', { capabilities: ['look@1.2.0', 'listen'] }),
    worker('d', { specialisations: ['maths'] }),
  ];
  const choose = (all: readonly Candidate[]): string =>
    all.find(({ specialisations }) => specialisations.includes('maths'))?.id ?? '';
  const [a] = bots;
  const tasks = [
    defineTask({ id: 'by-bot', bot: a ?? worker('a') }),
    defineTask({ id: 'by-domain', domain: 'news' }),
    defineTask({ id: 'by-capability', capability: 'listen' }),
    defineTask({ id: 'by-choice', choose }),
  ];
  const { troupe } = await teamOf([...tasks, ...bots]);
  const results = tasks.map((task) => troupe.run(task, undefined));
  expect(await Promise.all(results)).toEqual(['a', 'b', 'c', 'd']);
  const run = await troupe.start(tasks[1] ?? look, undefined);
  await run.result();
  expect(await run.snapshot()).toMatchObject({ assignedTo: 'b', domain: 'news' });
});

test.each([
  ['look', '0.9.0', true],
  ['look', '2.0.0-beta.1', true],
  ['look@1.2.0', '1.2.0', true],
  ['look@1.2.0', '1.2.0+build', true],
  ['look@1.2.0', '1.2.1', true],
  ['look@1.2.0', '1.10.0', true],
  ['look@1.2.0', '1.3.0-rc.1', true],
  ['look@1.2.0', '1.2.0-rc.1', false],
  ['look@1.2.0', '1.1.9', false],
  ['look@1.2.0', '0.9.0', false],
  ['look@1.2.0', '2.0.0', false],
  ['look@2.0.0-beta', '2.0.0-beta', true],
  ['look@2.0.0-beta', '2.0.0', true],
  ['look@2.0.0-beta', '1.9.9', false],
  ['listen', '1.0.0', false],
])('a task that wants %s is done by a bot of version %s: %s', async (capability, version, fits) => {
  const task = defineTask({ id: 'task', capability });
  const bot = worker('bot', { capabilities: [`look@${version}`] });
  const { troupe } = await teamOf([task, bot]);
  const found = troupe.run(task, undefined).then(
    () => true,
    (error: { code: string }) => (error.code === 'NOBODY_CAPABLE' ? false : error),
  );
  expect(await found).toBe(fits);
});

test('given nobody who can, then starting is refused, naming who there is', async () => {
  const mute = defineBot({ id: 'mute', on: {}, work: () => 1 });
  for (const [task, wanted] of [
    [look, 'capability look'],
    [defineTask({ id: 'news', domain: 'news' }), 'domain news'],
    [defineTask({ id: 'choice', choose: () => 'nobody' }), 'a bot that its choose function names'],
  ] as const) {
    const { troupe } = await teamOf([task, mute]);
    expect(await refused(troupe.start(task, undefined, { id: 'x' }))).toEqual({
      code: 'NOBODY_CAPABLE',
      task: task.id,
      wanted,
      bots: ['mute'],
    });
    expect(await troupe.get(task, 'x')).toBeUndefined();
  }
});

test('a bot that only handles messages is no candidate', async () => {
  const seen: string[][] = [];
  const task = defineTask({
    id: 'task',
    choose: (all) => {
      seen.push(all.map(({ id }) => id));
      return 'worker';
    },
  });
  const { troupe } = await teamOf([task, worker('worker'), worker('other')]);
  expect(await troupe.run(task, undefined)).toBe('worker');
  for (const ids of seen) expect(ids.sort()).toEqual(['other', 'worker']);
});

test.each([[undefined], [7], [null], [{ id: 'worker' }]])(
  'a choice of %j is nobody',
  async (choice) => {
    const task = defineTask({ id: 'task', choose: () => choice as never });
    const { troupe } = await teamOf([task, worker('worker')]);
    expect(await refused(troupe.start(task, undefined))).toMatchObject({ code: 'NOBODY_CAPABLE' });
  },
);

test('a choice that throws is nobody, with what it threw as the cause', async () => {
  const reason = new RangeError('no luck');
  const choose = (): string => {
    throw reason;
  };
  const task = defineTask({ id: 'task', choose });
  const { troupe } = await teamOf([task, worker('worker')]);
  expect(await refusedError(troupe.start(task, undefined))).toMatchObject({
    code: 'NOBODY_CAPABLE',
    cause: reason,
  });
});

test('given a run that exists, then it is found though nobody could begin it now', async () => {
  const journal = newFile();
  const first = await teamOf([look, looker('a')], { journal });
  expect(await first.troupe.run(look, undefined, { id: 'x' })).toBe('a');
  await first.troupe.stop();
  const { troupe } = await teamOf([look], { journal });
  expect(await troupe.run(look, undefined, { id: 'x' })).toBe('a');
});

test('the least loaded takes it; among equals who prefers it, then the first by id', async () => {
  const ties = [looker('c'), looker('b'), looker('d', 9), looker('a')];
  for (const bots of [ties, ties.toReversed()]) {
    const { troupe } = await teamOf([look, ...bots]);
    expect(await troupe.run(look, undefined)).toBe('d');
  }
  const { troupe } = await teamOf([look, looker('c'), looker('b'), looker('a')]);
  expect(await troupe.run(look, undefined)).toBe('a');
});

/** How many of the started tasks each bot has. */
async function shares({ troupe, clock }: Team, count: number): Promise<Record<string, number>> {
  const starting = Array.from({ length: count }, () => troupe.start(look, undefined));
  const runs = await Promise.all(starting);
  await clock.quiet();
  const taken: Record<string, number> = {};
  for (const run of runs) {
    const { assignedTo = 'nobody' } = await run.snapshot();
    taken[assignedTo] = (taken[assignedTo] ?? 0) + 1;
  }
  return taken;
}

test('many tasks at once are shared out evenly, with all bots free or full', async () => {
  const capabilities = ['look'];
  const bots = ['a', 'b', 'c'].map((id) => slowWorker(id, { capabilities, concurrency: 2 }).bot);
  const team = await teamOf([look, ...bots]);
  expect(await shares(team, 6)).toEqual({ a: 2, b: 2, c: 2 });
  expect(await shares(team, 30)).toEqual({ a: 10, b: 10, c: 10 });
});

test('given load of its own, then a bot takes less', async () => {
  const capabilities = ['look'];
  const busy = slowWorker('a', { capabilities });
  const idle = slowWorker('b', { capabilities });
  const team = await teamOf([look, busy.bot, idle.bot]);
  for (let n = 0; n < 3; n += 1) await team.troupe.start(busy.bot, undefined);
  await team.clock.quiet();
  expect(await shares(team, 5)).toEqual({ b: 4, a: 1 });
});

test('given nobody who can, then a step waits, says so, and goes on when a bot comes', async () => {
  const lead = defineBot({ id: 'lead', work: ({ step }) => step('ask', look, undefined) });
  const { troupe, clock, logged } = await teamOf([lead, look]);
  const run = await troupe.start(lead, undefined, { id: 'l' });
  await clock.quiet();
  expect(logged).toMatchObject([
    { level: 'warn', facts: { run: 'run/lead/l/ask', error: { code: 'NOBODY_CAPABLE' } } },
  ]);
  await troupe.register(worker('other'));
  await clock.quiet();
  expect((await run.snapshot()).status).toBe('BLOCKED');
  await troupe.register(looker('a'), looker('b'));
  expect(await run.result()).toBe('a');
});

test.each<[string, () => unknown]>([
  ['throws', () => expect.fail('no luck')],
  ['names nobody who can', () => 'nobody'],
  ['is no id', () => null],
  ['is a promise that rejects', () => Promise.reject(new Error('late'))],
])('given a choice that %s, then the step that asked for it fails', async (_name, choose) => {
  const task = defineTask({ id: 'task', choose: choose as () => string });
  const lead = defineBot({
    id: 'lead',
    retry: false,
    work: ({ step }) => step('ask', task, undefined),
  });
  const { troupe } = await teamOf([lead, task]);
  const run = await troupe.start(lead, undefined, { id: 'l' });
  expect(await run.outcome()).toMatchObject({
    status: 'FAILED',
    error: { cause: { code: 'NOBODY_CAPABLE', at: 'run/lead/l/ask' } },
  });
});

test('given a choice that empties its list, then it is heard all the same', async () => {
  const choose = (all: readonly Candidate[]): string => {
    (all as Candidate[]).length = 0;
    return 'worker';
  };
  const task = defineTask({ id: 'task', choose });
  const { troupe } = await teamOf([task, worker('worker')]);
  expect(await troupe.run(task, undefined)).toBe('worker');
});

test('given a choice and no bot at all, then a step waits for one', async () => {
  const task = defineTask({ id: 'task', choose: ([first]) => first?.id ?? '' });
  const flow = defineWorkflow({ id: 'flow' }).step('ask', task);
  const { troupe, clock, logged } = await teamOf([flow, task]);
  const run = await troupe.start(flow, undefined);
  await clock.quiet();
  expect(logged).toMatchObject([{ level: 'warn', facts: { error: { code: 'NOBODY_CAPABLE' } } }]);
  await troupe.register(worker('worker'));
  expect(await run.result()).toBe('worker');
});

test('given a restart, then who waits for a bot is routed when there is one', async () => {
  const journal = newFile();
  const clock = testClock();
  const lead = defineBot({ id: 'lead', work: ({ step }) => step('ask', look, undefined) });
  const first = await teamOf([lead, look], { journal, clock });
  await first.troupe.start(lead, undefined, { id: 'l' });
  await clock.quiet();
  await first.troupe.stop();
  const second = await teamOf([lead, look, looker('a')], { journal, clock });
  expect(await (await second.troupe.get(lead, 'l'))?.result()).toBe('a');
});

test('a pinned task runs the very version of the bot that it names', async () => {
  const versionOf = (version: string) =>
    defineBot({ id: 'bot', version, work: () => `version ${version}` });
  const [one, two] = [versionOf('1'), versionOf('2')];
  const old = defineTask({ id: 'old', bot: one });
  const { troupe } = await teamOf([old, one, two], { journal: memoryJournal() });
  expect(await troupe.run(old, undefined)).toBe('version 1');
  expect(await troupe.run(one, undefined)).toBe('version 1');
  expect(await troupe.run(two, undefined)).toBe('version 2');
});
