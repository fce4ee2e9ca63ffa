/**
 * Durable steps: done once, answered from the journal, refused by name, retried and timed by
 * themselves.
 */
import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  defineBot,
  memoryJournal,
  type StepContext,
  TerminalError,
  type WorkContext,
} from '../../src/index.ts';
import { newFile } from '../journal/files.ts';
import { refused } from '../refusal.ts';
import { teamOf } from '../troupe/team.ts';

/** Calls what the types would not let through, as JavaScript can. */
const loosely = ({ step }: WorkContext, ...given: unknown[]): Promise<unknown> =>
  Reflect.apply(step, undefined, given);

/** Runs this work once and gives what it returns. */
async function done(work: (context: WorkContext) => unknown, attempts = 1): Promise<unknown> {
  const bot = defineBot({ id: 'bot', retry: { attempts, backoff: 0 }, work });
  const { troupe, clock } = await teamOf([bot]);
  const result = troupe.run(bot, undefined, { id: 'x' });
  result.catch(() => undefined);
  await clock.advance(60_000);
  return result;
}

test('given a failing attempt, then finished steps are not done again', async () => {
  const calls: string[] = [];
  const result = await done(async ({ step, attempt }) => {
    const one = await step('one', () => calls.push('one'));
    const two = await step('two', async () => {
      calls.push('two');
      return { at: attempt };
    });
    if (attempt < 3) throw new Error('again');
    return [one, two];
  }, 3);
  expect(calls).toEqual(['one', 'two']);
  expect(result).toEqual([1, { at: 1 }]);
});

test('given a restart, then finished steps answer, attempt and key are the same', async () => {
  const journal = newFile();
  const calls: string[] = [];
  const botOf = (last: () => unknown) =>
    defineBot({
      id: 'bot',
      async work({ step, attempt }) {
        const one = await step('one', () => calls.push('one'));
        const two = await step('two', ({ key }) => {
          calls.push(`${key} ${attempt}`);
          return last();
        });
        return [one, two];
      },
    });
  const before = botOf(() => new Promise(() => {}));
  const first = await teamOf([before], { journal });
  await first.troupe.start(before, undefined, { id: 'x' });
  await first.clock.quiet();
  const stopped = first.troupe.stop({ deadline: 1 });
  await first.clock.advance(1);
  await stopped;
  const after = botOf(() => 'two');
  const { troupe } = await teamOf([after], { journal });
  expect(await troupe.run(after, undefined, { id: 'x' })).toEqual([1, 'two']);
  expect(calls).toEqual(['one', 'bot/x/two 1', 'bot/x/two 1']);
});

test('what a step returns is what a later attempt sees: a copy made of its JSON', async () => {
  const seen: unknown[] = [];
  const shared = { list: [1], gone: undefined, zero: -0 };
  await done(async ({ step, attempt }) => {
    const value = await step('value', () => shared);
    seen.push(structuredClone(value));
    value.list.push(9);
    shared.list.push(8);
    if (attempt === 1) throw new Error('again');
  }, 2);
  expect(seen).toEqual([
    { list: [1], zero: 0 },
    { list: [1], zero: 0 },
  ]);
});

test('undefined, null, false, 0 and an empty text are results of steps', async () => {
  const values = [undefined, null, false, 0, ''];
  const result = await done(async ({ step, attempt }) => {
    const given: unknown[] = [];
    for (const [n, value] of values.entries()) {
      given.push((await step(`v-${n}`, () => (attempt === 1 ? value : 'done again'))) ?? null);
    }
    if (attempt === 1) throw new Error('again');
    return given;
  }, 2);
  expect(result).toEqual([null, null, false, 0, '']);
});

test.each([
  ['', 'it is empty'],
  ['x'.repeat(513), 'it has 513 characters of 512'],
  ['~send/1', 'it starts with ~'],
  ['~', 'it starts with ~'],
  [7, 'it is of type number'],
  [undefined, 'it is of type undefined'],
  [Symbol('s'), 'it is of type symbol'],
])('a step cannot be called %s', async (name, problem) => {
  expect(await refused(done((context) => loosely(context, name, () => 1)))).toMatchObject({
    code: 'RUN_FAILED',
    outcome: { error: { code: 'BAD_ID', message: expect.stringContaining(problem) } },
  });
});

test.each(['constructor', '__proto__', 'a/b', '..', 'Schritt ä', 'x'.repeat(512)])(
  'a step can be called %s',
  async (name) => {
    expect(await done(({ step }) => step(name, ({ key }) => key))).toBe(
      `bot/x/${encodeURIComponent(name).replaceAll('..', '%2E%2E')}`,
    );
  },
);

test('a name is taken by the first step that has it, whatever became of it', async () => {
  const codes: unknown[] = [];
  await done(async ({ step }) => {
    await step('one', () => 1);
    await step('one', () => 2).catch(({ code }) => codes.push(code));
    const failing = () => {
      throw new Error('no');
    };
    await step('two', failing).catch(({ message }) => codes.push(message));
    await step('two', () => 2).catch(({ code }) => codes.push(code));
  });
  expect(codes).toEqual(['STEP_NAME_TAKEN', 'no', 'STEP_NAME_TAKEN']);
});

test.each<[unknown, string]>([
  [{ retries: 3 }, 'retries'],
  [{ retry: { attempts: 0 } }, 'retry.attempts'],
  [{ timeout: 0 }, 'timeout'],
  [{ timeout: 'soon' }, 'timeout'],
  ['x', 'options'],
  [null, 'options'],
])('options of a step %j are refused by their field', async (options, field) => {
  const failure = await refused(done((context) => loosely(context, 'one', () => 1, options)));
  expect(failure).toMatchObject({
    outcome: { error: { code: 'BAD_OPTION', message: expect.stringContaining(`: ${field} `) } },
  });
});

test.each([[undefined], [null], ['finder'], [{ id: 'finder' }], [7]])(
  'a step that runs %j is refused',
  async (work) => {
    expect(await refused(done((context) => loosely(context, 'one', work)))).toMatchObject({
      outcome: { error: { code: 'BAD_OPTION' } },
    });
  },
);

test.each<[string, unknown, string]>([
  ['no JSON', () => 1, 'NOT_JSON'],
  ['too large', 'x'.repeat(2_000_000), 'TOO_LARGE'],
])('a result of a step that is %s fails the run at once, and is not recorded', async (...given) => {
  const [, value, code] = given;
  const journal = memoryJournal();
  const bot = defineBot({ id: 'bot', work: ({ step }) => step('one', () => value) });
  const { troupe } = await teamOf([bot], { journal });
  const outcome = await (await troupe.start(bot, undefined, { id: 'x' })).outcome();
  expect(outcome).toMatchObject({ status: 'FAILED', attempts: 1, error: { code } });
  const actor = journal.byAddress('run/bot/x')?.actor ?? 0;
  expect(journal.steps(actor)).toEqual([]);
});

test('a step has one attempt unless it says otherwise; its retries are its own', async () => {
  const calls: string[] = [];
  const failing = (name: string, until: number) => {
    return ({ attempt, key }: StepContext) => {
      calls.push(`${key} ${attempt}`);
      if (attempt < until) throw new Error(name);
      return attempt;
    };
  };
  const result = await done(async ({ step, attempt }) => {
    const plain = await step('plain', failing('plain', 2)).catch(({ message }) => message);
    const tried = await step('tried', failing('tried', 3), { retry: { attempts: 3 } });
    return [plain, tried, attempt];
  });
  expect(result).toEqual(['plain', 3, 1]);
  expect(calls).toEqual(['bot/x/plain 1', 'bot/x/tried 1', 'bot/x/tried 2', 'bot/x/tried 3']);
});

test('a terminal error ends the attempts of a step and of the work', async () => {
  let calls = 0;
  const failure = await refused(
    done(
      ({ step }) =>
        step(
          'one',
          () => {
            calls += 1;
            throw new TerminalError('useless');
          },
          { retry: { attempts: 5 } },
        ),
      3,
    ),
  );
  expect(calls).toBe(1);
  expect(failure).toMatchObject({ outcome: { attempts: 1, error: { code: 'TERMINAL' } } });
});

test('a step that never settles times out; its signal says so', async () => {
  const seen: unknown[] = [];
  const bot = defineBot({
    id: 'bot',
    retry: false,
    work: ({ step }) =>
      step(
        'slow',
        ({ signal, attempt }) =>
          new Promise(() => {
            signal.addEventListener('abort', () => seen.push([attempt, signal.reason.code]));
          }),
        { timeout: '2s', retry: { attempts: 2, backoff: 0 } },
      ),
  });
  const { troupe, clock } = await teamOf([bot]);
  const run = await troupe.start(bot, undefined, { id: 'x' });
  await clock.advance(1_999);
  expect(seen).toEqual([]);
  await clock.advance(2_001);
  expect(seen).toEqual([
    [1, 'WORK_TIMEOUT'],
    [2, 'WORK_TIMEOUT'],
  ]);
  expect(await run.outcome()).toMatchObject({
    status: 'FAILED',
    error: { code: 'WORK_TIMEOUT', at: 'run/bot/x' },
  });
  expect(clock.nextDue()).toBeUndefined();
});

test('given a cancel between the attempts of a step, then there is no other attempt', async () => {
  let calls = 0;
  const bot = defineBot({
    id: 'bot',
    work: ({ step }) =>
      step(
        'one',
        () => {
          calls += 1;
          throw new Error('again');
        },
        { retry: { attempts: 9, backoff: '1m', backoffMax: '1m' } },
      ),
  });
  const { troupe, clock } = await teamOf([bot]);
  const run = await troupe.start(bot, undefined);
  await clock.quiet();
  await run.cancel();
  await clock.advance(3_600_000);
  expect(calls).toBe(1);
});

test('given a cancel in the group that records a step, then the work unwinds at once', async () => {
  const step = Promise.withResolvers<number>();
  let unwound = false;
  const bot = defineBot({
    id: 'bot',
    concurrency: 1,
    async work({ step: durable, attempt }) {
      if (attempt > 1) return 0;
      try {
        return await durable('one', () => step.promise);
      } finally {
        unwound = true;
      }
    },
  });
  const { troupe, clock } = await teamOf([bot]);
  const run = await troupe.start(bot, undefined);
  await clock.quiet();
  step.resolve(1);
  for (let turns = 0; turns < 10; turns += 1) await null;
  await run.cancel();
  await clock.quiet();
  const after = await troupe.start(bot, undefined);
  await clock.quiet();
  expect(unwound).toBe(true);
  expect((await after.snapshot()).status).toBe('COMPLETED');
});

test('steps run side by side, and each is recorded when it is done', async () => {
  const gates = [0, 1, 2].map(() => Promise.withResolvers<number>());
  const journal = memoryJournal();
  const bot = defineBot({
    id: 'bot',
    work: ({ step }) => Promise.all(gates.map((gate, n) => step(`s-${n}`, () => gate.promise))),
  });
  const { troupe, clock } = await teamOf([bot], { journal });
  const run = await troupe.start(bot, undefined, { id: 'x' });
  const recorded = () =>
    journal.steps(journal.byAddress('run/bot/x')?.actor ?? 0).map(({ step }) => step);
  for (const n of [2, 0]) {
    gates[n]?.resolve(n);
    await clock.quiet();
  }
  expect(recorded().sort()).toEqual(['s-0', 's-2']);
  gates[1]?.resolve(1);
  expect(await run.result()).toEqual([0, 1, 2]);
});

test('a step that nobody waits for ends no process, and does not hold the run', async () => {
  const result = await done(({ step }) => {
    void step('lost', () => {
      throw new Error('nobody sees this');
    });
    void step('slow', () => new Promise(() => {}));
    return 'done';
  });
  expect(result).toBe('done');
});

test('steps left behind are aborted when the work ends, and refused after it', async () => {
  const seen: unknown[] = [];
  const gate = Promise.withResolvers<void>();
  const result = await done(({ step }) => {
    const watch = ({ signal }: StepContext) =>
      new Promise(() => {
        signal.addEventListener('abort', () => seen.push(signal.reason.code));
      });
    void step('left', watch, { timeout: '1h' });
    void gate.promise
      .then(() => step('late', () => seen.push('late step')))
      .catch(({ code }) => seen.push(`late ${code}`));
    return 'done';
  });
  gate.resolve();
  await new Promise((resolve) => void setImmediate(resolve));
  expect(result).toBe('done');
  expect(seen).toEqual(['ABORTED', 'late ABORTED']);
});

test('the context can be taken apart, spread and passed on', async () => {
  const passOn = ({ step, runId }: WorkContext) => step('one', () => runId);
  expect(await done(({ input: _, ...rest }) => passOn({ input: undefined, ...rest }))).toBe(
    'bot/x',
  );
  expect(await done((context) => passOn({ ...context }))).toBe('bot/x');
});

test.each<[object, string]>([
  [{ progress: 1.1 }, 'progress'],
  [{ progress: '50%' }, 'progress'],
  [{ confidence: -0.1 }, 'confidence'],
  [{ learnings: 'much' }, 'learnings'],
  [{ cost: Number.NaN }, 'cost'],
  [{ percent: 5 }, ''],
])('the report %j is refused', async (report, path) => {
  const failure = await refused(
    done((context) => Reflect.apply(context.report, context, [report])),
  );
  expect(failure).toMatchObject({ outcome: { error: { code: 'INVALID' } } });
  expect(JSON.stringify(failure.outcome)).toContain(path);
});

test('work without an input schema gets undefined, with one what the schema gives', async () => {
  const plain = defineBot({ id: 'plain', work: ({ input }) => input === undefined });
  const parsed = defineBot({
    id: 'parsed',
    input: z.string().transform((text) => text.length),
    work: ({ input }) => input,
  });
  const { troupe } = await teamOf([plain, parsed]);
  expect(await troupe.run(plain, undefined)).toBe(true);
  expect(await troupe.run(parsed, 'four')).toBe(4);
});
