/**
 * Code of a team that throws, at every place where it is called, with an error whose own getters
 * throw. Nobody waits for ever, everybody else goes on, and the troupe stops in order.
 */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  createTroupe,
  type Definition,
  defineBot,
  defineWorkflow,
  handler,
  type Logger,
  type Troupe,
} from '../../src/index.ts';
import { refusedError } from '../refusal.ts';
import { teamOf } from '../troupe/team.ts';

const boom = (): never => {
  const error = new RangeError('boom');
  Object.defineProperty(error, 'stack', {
    get() {
      throw new RangeError('no stack');
    },
  });
  throw error;
};

const calm = defineBot({ id: 'calm', on: { ping: handler(z.int(), ({ payload }) => payload) } });
const one = defineBot({ id: 'one', input: z.unknown(), retry: false, work: () => 1 });
const refined = z.unknown().refine(boom);
const thrower = {
  get field() {
    return boom();
  },
};

/** A run that fails at each place of a workflow. */
const plans: Readonly<Record<string, () => Definition>> = {
  'an input of a step': () => defineWorkflow({ id: 'w' }).step('a', one, boom),
  'a when': () => defineWorkflow({ id: 'w' }).step('a', one, () => 1, { when: boom }),
  'a function': () => defineWorkflow({ id: 'w' }).step('a', boom),
  'a result that can not be read': () => defineWorkflow({ id: 'w' }).step('a', () => thrower),
  'a toJSON': () => defineWorkflow({ id: 'w' }).step('a', () => ({ toJSON: boom })),
};

/** A run that fails at each place of a bot or a task. */
const works: Readonly<Record<string, () => Definition>> = {
  work: () => defineBot({ id: 'b', retry: false, work: boom }),
  'work, later': () => defineBot({ id: 'b', retry: false, work: async () => boom() }),
  'a step of it': () => defineBot({ id: 'b', retry: false, work: ({ step }) => step('s', boom) }),
  'a getter of its result': () => defineBot({ id: 'b', retry: false, work: () => thrower }),
  'a refinement of its output': () =>
    defineBot({ id: 'b', retry: false, output: refined, work: () => 1 }),
};

async function goesOn(troupe: Troupe): Promise<void> {
  expect(await troupe.ask(calm, { type: 'ping', payload: 1 })).toBe(1);
}

describe('a run whose code throws', () => {
  test.each(Object.entries({ ...plans, ...works }))('given %s, then it fails', async (_, make) => {
    const definition = make();
    const { troupe, clock } = await teamOf([definition, one, calm]);
    const run = await troupe.start(definition, undefined, { id: 'r' });
    await clock.advance(60_000);
    const outcome = await run.outcome({ timeout: '1d' });
    const error = { code: expect.any(String), message: expect.stringMatching(/./) };
    expect(outcome).toMatchObject({ status: 'FAILED', error });
    await goesOn(troupe);
    await troupe.stop();
  });
});

describe('a message whose code throws', () => {
  const bot = defineBot({
    id: 'b',
    retry: false,
    on: {
      throws: handler(z.unknown(), boom),
      yields: handler(z.unknown(), async function* () {
        yield 1;
        boom();
      }),
      unreadable: handler(z.unknown(), () => thrower),
      refined: handler(refined, () => 1),
    },
  });

  test.each([
    ['throws', 'HANDLER_FAILED'],
    ['unreadable', 'HANDLER_FAILED'],
    ['refined', 'SCHEMA_ASYNC'],
  ] as const)('given %s, then whoever asks is told (%s)', async (type, code) => {
    const { troupe } = await teamOf([bot, calm]);
    const error = await refusedError(troupe.ask(bot, { type, payload: 1 }));
    expect(error).toMatchObject({ code });
    await goesOn(troupe);
  });

  test('given parts, then they come, and the failure behind them', async () => {
    const { troupe } = await teamOf([bot, calm]);
    const parts: unknown[] = [];
    const all = async () => {
      for await (const part of troupe.askStream(bot, { type: 'yields' })) parts.push(part);
    };
    expect(await refusedError(all())).toMatchObject({ code: 'HANDLER_FAILED' });
    expect(parts).toEqual([1]);
    await goesOn(troupe);
  });
});

test('given a logger that throws at every line, then the team goes on', async () => {
  const log: Logger = { debug: boom, info: boom, warn: boom, error: boom };
  const broken = defineBot({ id: 'broken', retry: false, work: boom });
  const troupe = await createTroupe({ definitions: [broken, calm], log });
  const run = await troupe.start(broken, undefined);
  expect(await run.outcome()).toMatchObject({ status: 'FAILED' });
  await goesOn(troupe);
  await troupe.stop();
});
