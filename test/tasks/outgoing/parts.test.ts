/** Work in parts: each yield is a durable part of the run, recorded once by its ordinal. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineBot, defineWorkflow, type Run, type RunEvent } from '../../../src/index.ts';
import { newFile } from '../../journal/files.ts';
import { refusal } from '../../refusal.ts';
import { teamOf, testClock } from '../../troupe/team.ts';

async function partsOf(run: Run<unknown> | undefined): Promise<unknown[]> {
  const parts: unknown[] = [];
  const seqs: number[] = [];
  for await (const event of run?.events() ?? []) {
    if (event.type === 'part') parts.push([event.ordinal, event.part]);
    seqs.push(event.seq);
  }
  expect(seqs).toEqual([...new Set(seqs)].toSorted((a, b) => a - b));
  return parts;
}

test('what work yields is a part of its run; what it returns is the result', async () => {
  const writer = defineBot({
    id: 'writer',
    input: z.number(),
    async *work({ input, step }) {
      for (let n = 1; n <= input; n += 1) yield { line: await step(`line ${n}`, () => n) };
      return input;
    },
  });
  const { troupe } = await teamOf([writer]);
  const run = await troupe.start(writer, 3);
  expect(await run.result()).toBe(3);
  expect(await partsOf(run)).toEqual([
    [1, { line: 1 }],
    [2, { line: 2 }],
    [3, { line: 3 }],
  ]);
});

test('given failing attempts and a restart, then no part is told twice', async () => {
  const journal = newFile();
  const clock = testClock();
  const writerOf = (hang: boolean) =>
    defineBot({
      id: 'writer',
      retry: { attempts: 3, backoff: 0 },
      async *work({ attempt }) {
        yield 'a';
        if (attempt === 1) throw new Error('again');
        yield 'b';
        if (hang) await new Promise(() => {});
        yield 'c';
        return attempt;
      },
    });
  const hanging = writerOf(true);
  const first = await teamOf([hanging], { journal, clock });
  await first.troupe.start(hanging, undefined, { id: '1' });
  await clock.advance(10);
  const stopped = first.troupe.stop({ deadline: 1 });
  await clock.advance(1);
  await stopped;
  const after = writerOf(false);
  const { troupe } = await teamOf([after], { journal, clock });
  const found = await troupe.get(after, '1');
  await clock.advance(10);
  expect(await found?.result()).toBe(2);
  expect(await partsOf(found)).toEqual([
    [1, 'a'],
    [2, 'b'],
    [3, 'c'],
  ]);
});

test('parts can be followed while the work goes on, and from where one left off', async () => {
  const gate = Promise.withResolvers<void>();
  const writer = defineBot({
    id: 'writer',
    async *work() {
      yield 1;
      await gate.promise;
      yield 2;
    },
  });
  const { troupe, clock } = await teamOf([writer]);
  const run = await troupe.start(writer, undefined);
  await clock.quiet();
  const seen: RunEvent[] = [];
  for await (const event of run.events()) {
    if (event.type === 'part') gate.resolve();
    seen.push(event);
  }
  const first = seen.find(({ type }) => type === 'part');
  const rest: RunEvent[] = [];
  for await (const event of run.events({ since: first?.seq ?? 0 })) rest.push(event);
  expect(rest.filter(({ type }) => type === 'part')).toMatchObject([{ ordinal: 2, part: 2 }]);
  expect(await run.result()).toBeUndefined();
});

test('a part that is no JSON fails the attempt, and what the work has open is closed', async () => {
  const closed: number[] = [];
  const writer = defineBot({
    id: 'writer',
    async *work({ attempt }) {
      try {
        yield new Map();
      } finally {
        closed.push(attempt);
      }
    },
  });
  const { troupe } = await teamOf([writer]);
  const run = await troupe.start(writer, undefined);
  expect(await run.outcome()).toMatchObject({ status: 'FAILED', error: { code: 'NOT_JSON' } });
  expect(closed).toEqual([1]);
});

test('a cancelled run ends its generator', async () => {
  const ended: string[] = [];
  const writer = defineBot({
    id: 'writer',
    async *work({ signal }) {
      try {
        yield 1;
        await new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        });
      } finally {
        ended.push('closed');
      }
    },
  });
  const { troupe, clock } = await teamOf([writer]);
  const run = await troupe.start(writer, undefined);
  await clock.quiet();
  await run.cancel();
  await clock.quiet();
  expect(ended).toEqual(['closed']);
  expect((await run.outcome()).status).toBe('CANCELLED');
});

test('a bot that works in parts is a step like any other; its output has its schema', async () => {
  const writer = defineBot({
    id: 'writer',
    output: z.object({ lines: z.number().transform(String) }),
    async *work() {
      yield 'line';
      return { lines: 1 };
    },
  });
  const book = defineWorkflow({ id: 'book' })
    .step('write', writer)
    .step('end', ({ write }) => write.lines);
  const { troupe } = await teamOf([book]);
  expect(await troupe.run(book, undefined)).toBe('1');
});

test('a synchronous generator is refused', () => {
  const options = { id: 'bot', *work() {} };
  expect(refusal(() => Reflect.apply(defineBot, undefined, [options]))).toMatchObject({
    code: 'BAD_OPTION',
    field: 'work',
  });
});
