/**
 * `createTroupe`: options by their names, definitions, journals that are taken, foreign or another
 * team's.
 */
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  createTroupe,
  defineBot,
  defineTask,
  defineWorkflow,
  handler,
  memoryJournal,
  openJournal,
  type Troupe,
} from '../../src/index.ts';
import { simulatedDisk } from '../../src/journal/index.ts';
import { folder, newFile } from '../journal/files.ts';
import { refused, refusedError } from '../refusal.ts';
import { teamOf } from './team.ts';

const bot = defineBot({ id: 'bot', work: () => 'done' });

/** Calls what the types would not let through, as JavaScript can. */
const create = (options: unknown): Promise<Troupe> =>
  Reflect.apply(createTroupe, undefined, [options]);

test.each<[unknown, string]>([
  [null, 'options'],
  ['newsroom.db', 'options'],
  [{ jurnal: 'x' }, 'jurnal'],
  [{ definitions: bot }, 'definitions'],
  [{ definitions: [undefined] }, 'definitions[0]'],
  [{ definitions: [bot, { id: 'x' }] }, 'definitions[1]'],
  [{ definitions: [() => bot] }, 'definitions[0]'],
  [{ name: '' }, 'name'],
  [{ name: 7 }, 'name'],
  [{ journal: '' }, 'journal'],
  [{ journal: 7 }, 'journal'],
  [{ journal: {} }, 'journal'],
  [{ durability: 'none' }, 'durability'],
  [{ limits: { payloadChars: 0 } }, 'limits.payloadChars'],
  [{ limits: { mailbox: 1 } }, 'limits.mailbox'],
  [{ limits: { graceMs: -1 } }, 'limits.graceMs'],
  [{ clock: {} }, 'clock'],
  [{ clock: Date }, 'clock'],
  [{ log: {} }, 'log'],
  [{ log: console.warn }, 'log'],
  [{ inspect: () => {} }, 'inspect'],
])('the options %j are refused by their field', async (options, field) => {
  expect(await refused(create(options))).toMatchObject({ code: 'BAD_OPTION', field });
});

test('console is a logger; undefined options are the defaults', async () => {
  const troupe = await create({ log: console, name: undefined, journal: undefined });
  expect(await troupe.parked.list()).toEqual([]);
  await troupe.stop();
});

test('two values of one id and version are refused, also among what they use', async () => {
  const other = defineBot({ id: 'bot', work: () => 'other' });
  const task = defineTask({ id: 'task', bot: other });
  const flow = defineWorkflow({ id: 'flow' }).step('one', other);
  for (const definitions of [
    [bot, other],
    [bot, task],
    [flow, bot],
  ])
    expect(await refused(createTroupe({ definitions }))).toEqual({
      code: 'DUPLICATE_DEFINITION',
      definition: 'bot',
      version: '1',
    });
  const { troupe } = await teamOf([bot, bot, defineTask({ id: 'task', bot })]);
  expect(await refused(troupe.register(flow))).toMatchObject({ code: 'DUPLICATE_DEFINITION' });
  expect(await refused(troupe.start(flow, undefined))).toMatchObject({ code: 'NOT_REGISTERED' });
  expect(await troupe.run(bot, undefined)).toBe('done');
});

test('register refuses what is no definition, and takes nothing of that call', async () => {
  const { troupe } = await teamOf([]);
  const call = Reflect.apply(troupe.register, troupe, [bot, { id: 'x' }]);
  expect(await refused(call)).toMatchObject({ code: 'BAD_OPTION', field: 'definitions[1]' });
  expect(await refused(troupe.run(bot, undefined))).toMatchObject({ code: 'NOT_REGISTERED' });
  await troupe.register();
  await troupe.register(bot);
  await troupe.register(bot);
  expect(await troupe.run(bot, undefined)).toBe('done');
});

test('a journal has one owner at a time', async () => {
  const journal = newFile();
  const first = await createTroupe({ definitions: [bot], journal });
  const error = await refusedError(createTroupe({ definitions: [bot], journal }));
  expect(error).toMatchObject({ code: 'JOURNAL_IN_USE', retryable: true });
  expect(await first.run(bot, undefined, { id: 'x' })).toBe('done');
  await first.stop();
  const second = await createTroupe({ definitions: [bot], journal });
  expect(await second.get(bot, 'x')).toBeDefined();
  await second.stop();
});

test('a journal in memory cannot be shared, and a closed one not be used', async () => {
  const journal = memoryJournal();
  const first = await createTroupe({ definitions: [bot], journal });
  await first.stop();
  expect(await refused(createTroupe({ definitions: [bot], journal }))).toMatchObject({
    code: 'JOURNAL_FAILED',
    reason: 'it is closed',
  });
});

test('a journal of another workspace is refused, naming both', async () => {
  const journal = newFile();
  const first = await createTroupe({ journal, name: 'newsroom' });
  await first.stop();
  for (const [name, wanted] of [
    ['archive', 'archive'],
    [undefined, 'troupe'],
  ] as const)
    expect(await refused(createTroupe({ journal, name }))).toEqual({
      code: 'JOURNAL_WORKSPACE',
      path: journal,
      workspace: 'newsroom',
      wanted,
    });
  const again = await createTroupe({ journal, name: 'newsroom' });
  await again.stop();
});

test('what is no journal is refused and left as it was', async () => {
  const text = newFile();
  writeFileSync(
    text,
    'Dear diary, today I was a plain text of some length, and happy with that.\n',
  );
  expect(await refused(createTroupe({ journal: text }))).toMatchObject({ code: 'JOURNAL_FOREIGN' });
  for (const journal of [folder(), `${folder()}/missing/deep.db`])
    expect(await refused(createTroupe({ journal }))).toMatchObject({ code: 'JOURNAL_UNREADABLE' });
});

test('given a refused start on a journal, then it is free for the next one', async () => {
  const journal = newFile();
  const other = defineBot({ id: 'bot', work: () => 1 });
  expect(await refused(createTroupe({ journal, definitions: [bot, other] }))).toMatchObject({
    code: 'DUPLICATE_DEFINITION',
  });
  const troupe = await createTroupe({ journal, definitions: [bot] });
  await troupe.stop();
});

test('an opened journal may be given instead of its path', async () => {
  const path = newFile();
  const journal = await openJournal(path, { durability: 'process' });
  const troupe = await createTroupe({ journal, definitions: [bot] });
  expect(await troupe.run(bot, undefined, { id: 'x' })).toBe('done');
  await troupe.stop();
  const again = await createTroupe({ journal: path, definitions: [bot], durability: 'process' });
  expect(await again.run(bot, undefined, { id: 'x' })).toBe('done');
  await again.stop();
});

test('a logger that throws breaks nothing', async () => {
  const broken = () => {
    throw new Error('the disk of the log is full');
  };
  const log = { debug: broken, info: broken, warn: broken, error: broken };
  const failing = defineBot({
    id: 'failing',
    input: z.unknown(),
    work: ({ log }) => log.warn('from work', { n: 1 }),
  });
  const { troupe } = await teamOf([failing], { log });
  expect(await troupe.run(failing, 1)).toBeUndefined();
});

test('given a journal that fails, then what waits and what comes is refused', async () => {
  let isFull = false;
  const disk = simulatedDisk({
    onCommit: () => {
      if (isFull) throw new Error('no space left on device');
    },
  });
  const desk = defineBot({ id: 'desk', on: { note: handler(z.unknown(), () => 1) } });
  const waiting = defineBot({ id: 'waiting', work: () => new Promise(() => {}) });
  const { troupe, logged } = await teamOf([bot, desk, waiting], { journal: disk.open() });
  const run = await troupe.start(waiting, undefined);
  const before = [run.outcome(), run.events({ since: 1e9 }).next()].map(refusedError);
  isFull = true;
  const failure = await refusedError(troupe.run(bot, undefined));
  expect(failure.code).toBe('JOURNAL_FAILED');
  expect(await Promise.all(before)).toEqual([failure, failure]);
  const after = [
    troupe.start(bot, undefined),
    troupe.get(bot, 'x'),
    troupe.send(desk, { type: 'note' }),
    troupe.register(bot),
    troupe.parked.list(),
    run.snapshot(),
    run.cancel(),
  ].map(refusedError);
  for (const { code } of await Promise.all(after)) expect(code).toBe('JOURNAL_FAILED');
  expect(logged.filter(({ level }) => level === 'error')).not.toEqual([]);
  await troupe.stop();
  const again = await teamOf([bot], { journal: disk.open() }).catch((error: unknown) => error);
  expect(again).toMatchObject({ code: 'JOURNAL_FAILED' });
});
