/**
 * The events of a run: live and replayed the same, from anywhere, for many at once, and nothing
 * left behind by who stops listening.
 */
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Host } from '../../src/engine/index.ts';
import { defineBot, defineWorkflow, type RunEvent } from '../../src/index.ts';
import { asAddress } from '../../src/protocol/index.ts';
import { eventsOf } from '../../src/runs/index.ts';
import { newFile } from '../journal/files.ts';
import { refused, refusedError } from '../refusal.ts';
import { teamOf } from '../troupe/team.ts';

async function all(events: AsyncIterable<RunEvent>): Promise<RunEvent[]> {
  const seen: RunEvent[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}

/** An event in a few words. */
function told(event: RunEvent): string {
  switch (event.type) {
    case 'status':
      return event.path.join('>');
    case 'step':
      return `${event.step} ${event.status}`;
    case 'progress':
      return `${event.progress} ${event.note ?? ''}`.trim();
    case 'note':
      return `note ${event.note}`;
    case 'part':
      return `part ${event.ordinal}`;
    case 'stage':
      return `${event.move} ${event.stage}`;
    case 'approval':
      return `asks ${event.approval} at ${event.step}`;
    case 'handoff':
      return `${event.from} to ${event.to} ${event.status}`;
    case 'reminder':
    case 'overdue':
    case 'cut':
      return event.type;
    case 'emitted':
      return `emitted ${event.event.type}`;
  }
}

const child = defineBot({ id: 'child', input: z.number(), work: ({ input }) => input + 1 });
const lead = defineBot({
  id: 'lead',
  async work({ step, report }) {
    const one = await step('one', () => 1);
    await report({ progress: 0.25, note: 'a quarter' });
    await report({ note: 'so far' });
    await report({ confidence: 1 });
    return step('two', child, one);
  },
});
const story = [
  'PENDING',
  'ASSIGNED>IN_PROGRESS',
  'one COMPLETED',
  '0.25 a quarter',
  'note so far',
  'two STARTED',
  'BLOCKED',
  'two COMPLETED',
  'PENDING',
  'ASSIGNED>IN_PROGRESS',
  'COMPLETED',
];

test('events tell the story of a run, rising, with results and times', async () => {
  const { troupe } = await teamOf([lead, child]);
  const run = await troupe.start(lead, undefined);
  const events = await all(run.events());
  expect(events.map(told)).toEqual(story);
  const seqs = events.map(({ seq }) => seq);
  expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
  expect(events.filter(({ type }) => type === 'step')).toMatchObject([
    { step: 'one', status: 'COMPLETED', result: 1 },
    { step: 'two', status: 'STARTED' },
    { step: 'two', status: 'COMPLETED', result: 2 },
  ]);
  const { createdAt } = await run.snapshot();
  expect(new Set(events.map(({ at }) => at))).toEqual(new Set([createdAt]));
});

test('given a run that ended, then its events replay the same, also after a restart', async () => {
  const journal = newFile();
  const first = await teamOf([lead, child], { journal });
  const run = await first.troupe.start(lead, undefined, { id: 'l' });
  const live = await all(run.events());
  expect(await all(run.events())).toEqual(live);
  await first.troupe.stop();
  const { troupe } = await teamOf([lead, child], { journal });
  const found = await troupe.get(lead, 'l');
  expect(found && (await all(found.events()))).toEqual(live);
});

test('given any event seen last, then since gives the rest and nothing twice', async () => {
  const { troupe } = await teamOf([lead, child]);
  const run = await troupe.start(lead, undefined);
  const events = await all(run.events());
  for (const [index, { seq }] of events.entries()) {
    expect(await all(run.events({ since: seq }))).toEqual(events.slice(index + 1));
  }
  expect(await all(run.events({ since: 0 }))).toEqual(events);
  expect(await all(run.events({ since: Number.MAX_SAFE_INTEGER }))).toEqual([]);
});

/** A run that reports what it is told to, until it is told to end. */
async function talker() {
  const lines: PromiseWithResolvers<string | undefined>[] = [Promise.withResolvers()];
  const bot = defineBot({
    id: 'talker',
    async work({ report }) {
      for (;;) {
        const note = await lines.at(-1)?.promise;
        if (note === undefined) return 'done';
        lines.push(Promise.withResolvers());
        await report({ note });
      }
    },
  });
  const team = await teamOf([bot]);
  const run = await team.troupe.start(bot, undefined, { id: 't' });
  await team.clock.quiet();
  return {
    ...team,
    run,
    say: async (note?: string) => {
      lines.at(-1)?.resolve(note);
      await team.clock.quiet();
    },
  };
}

const notes = (events: readonly RunEvent[]): string[] =>
  events.flatMap((event) => (event.type === 'note' ? [event.note] : []));

test('several listeners each get everything, whenever they begin', async () => {
  const { run, say } = await talker();
  const early = all(run.events());
  await say('a');
  const late = all(run.events());
  await say('b');
  await say();
  const [one, two] = await Promise.all([early, late]);
  expect(notes(one)).toEqual(['a', 'b']);
  expect(two).toEqual(one);
});

test('given a slow consumer, then nothing is lost between its turns', async () => {
  const { run, say } = await talker();
  const events = run.events();
  const seen: RunEvent[] = [];
  const take = async () => {
    const { value } = await events.next();
    if (value !== undefined) seen.push(value);
  };
  await take();
  await say('a');
  await say('b');
  await take();
  await say();
  for await (const event of events) seen.push(event);
  expect(seen.map(told)).toEqual([
    'PENDING',
    'ASSIGNED>IN_PROGRESS',
    'note a',
    'note b',
    'COMPLETED',
  ]);
});

test('a listener is there from the first event to the last, and only then', async () => {
  const row = (seq: number, status: string) => ({
    ...{ seq, status, at: 1, type: 'x', body: '{}' },
    previous: seq - 1,
  });
  for (const leave of ['break', 'end', 'throw', 'stop', 'never begin'] as const) {
    const listening = new Set<{ rows(rows: unknown[]): void; closed(reason: unknown): void }>();
    const rows = [row(1, 'PENDING'), row(2, 'ASSIGNED>IN_PROGRESS')];
    const host: unknown = {
      find: () => ({ actor: 1, identity: { kind: 'task' } }),
      listen: (_: unknown, listener: never) => {
        listening.add(listener);
        return () => listening.delete(listener);
      },
      journal: {
        anchor: () => ({ seq: 0, hash: '' }),
        history: () => (leave === 'end' ? [...rows, row(3, 'COMPLETED')] : rows),
      },
    };
    const events = eventsOf(host as Host, asAddress('run/a/1'));
    expect(listening.size).toBe(0);
    const reason = new RangeError('the consumer failed');
    const read = async () => {
      for await (const event of events) {
        expect(listening.size).toBe(1);
        if (leave === 'break') return;
        if (leave === 'throw') throw reason;
        if (leave === 'stop' && event.seq > 3) for (const one of listening) one.closed(reason);
      }
    };
    if (leave === 'never begin') await events.return();
    else if (leave === 'throw' || leave === 'stop') await expect(read()).rejects.toBe(reason);
    else await read();
    expect([leave, listening.size]).toEqual([leave, 0]);
  }
});

test('given a consumer that breaks out, then its signal is let go of', async () => {
  const { run, say } = await talker();
  const controller = new AbortController();
  let listening = 0;
  const { signal } = controller;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...given: Parameters<typeof add>) => {
    listening += 1;
    add(...given);
  };
  signal.removeEventListener = (...given: Parameters<typeof remove>) => {
    listening -= 1;
    remove(...given);
  };
  for await (const event of run.events({ signal })) {
    expect(listening).toBe(1);
    if (event.type === 'status') break;
  }
  expect(listening).toBe(0);
  await say();
  expect(await run.result()).toBe('done');
});

test('given a signal, when it aborts, then the events end and the run goes on', async () => {
  const { run, say } = await talker();
  const controller = new AbortController();
  const ending = refusedError(all(run.events({ signal: controller.signal })));
  await say('a');
  const reason = new Error('the reader left');
  controller.abort(reason);
  expect(await ending).toMatchObject({ code: 'WAIT_ABORTED', cause: reason });
  expect(await refused(all(run.events({ signal: controller.signal })))).toEqual({
    code: 'WAIT_ABORTED',
    what: 'events of talker/t',
  });
  await say();
  expect(await run.result()).toBe('done');
});

test('given a signal that aborts between two events, then nothing more comes', async () => {
  const { run, say } = await talker();
  await say('a');
  await say('b');
  const controller = new AbortController();
  const seen: RunEvent[] = [];
  const reading = (async () => {
    for await (const event of run.events({ signal: controller.signal })) {
      seen.push(event);
      controller.abort();
    }
  })();
  expect(await refused(reading)).toMatchObject({ code: 'WAIT_ABORTED' });
  expect(seen).toHaveLength(1);
});

test('given a stop, then what came before it is still given, and then why it ends', async () => {
  const { run, say, troupe, clock } = await talker();
  const events = run.events();
  await events.next();
  await say('a');
  const stopped = troupe.stop({ deadline: 5 });
  await clock.advance(5);
  await stopped;
  const seen: string[] = [];
  const reading = (async () => {
    for await (const event of events) seen.push(told(event));
  })();
  expect(await refused(reading)).toMatchObject({ code: 'STOPPED' });
  expect(seen).toEqual(['ASSIGNED>IN_PROGRESS', 'note a']);
  expect(await refused(all(run.events()))).toMatchObject({ code: 'STOPPED' });
});

test("a workflow's events tell its steps in the order in which they settled", async () => {
  const flow = defineWorkflow({ id: 'flow', retry: false })
    .step('one', () => 'first')
    .step('two', child, () => 1)
    .step('three', () => {
      throw new Error('no');
    });
  const { troupe } = await teamOf([flow]);
  const events = await all((await troupe.start(flow, undefined)).events());
  expect(events.map(told)).toEqual([
    'PENDING>IN_PROGRESS',
    'one STARTED',
    'one COMPLETED',
    'two STARTED',
    'two COMPLETED',
    'three STARTED',
    'three FAILED',
    'FAILED',
  ]);
  expect(events.at(6)).toMatchObject({ step: 'three', error: { message: 'no' } });
});

test('attempts and cancelling are told too', async () => {
  const bot = defineBot({
    id: 'bot',
    retry: { backoff: 10 },
    work: ({ attempt }) => {
      if (attempt === 1) throw new Error('once');
      return new Promise(() => {});
    },
  });
  const { troupe, clock } = await teamOf([bot]);
  const run = await troupe.start(bot, undefined);
  await clock.advance(10);
  await run.cancel();
  expect((await all(run.events())).map(told)).toEqual([
    'PENDING',
    'ASSIGNED>IN_PROGRESS',
    'PENDING',
    'ASSIGNED>IN_PROGRESS',
    'CANCELLED',
  ]);
});

test.each<[object | string | null, string]>([
  [{ since: -1 }, 'since'],
  [{ since: 1.5 }, 'since'],
  [{ since: '3' }, 'since'],
  [{ signal: {} }, 'signal'],
  [{ after: 3 }, 'after'],
  [3 as never, 'options'],
  [null, 'options'],
])('options of events %j are refused by their field', async (options, field) => {
  const { troupe } = await teamOf([child]);
  const run = await troupe.start(child, 1);
  const events: AsyncGenerator = Reflect.apply(run.events, run, [options]);
  expect(await refused(events.next())).toMatchObject({ code: 'BAD_OPTION', field });
});
