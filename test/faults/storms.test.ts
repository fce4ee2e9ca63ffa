/**
 * Storms: much at once, or for ever. Every queue has its bound, nothing that was accepted vanishes,
 * and everybody else has their turns.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Bot, createTroupe, defineBot, handler } from '../../src/index.ts';
import { limits } from '../../src/protocol/index.ts';
import { teamOf } from '../troupe/team.ts';
import { broadcastStorm } from './broadcast.ts';
import { log } from './log.ts';

/** A bot that answers at once, whatever the others do. */
const calm = defineBot({ id: 'calm', on: { ping: handler(z.int(), ({ payload }) => payload) } });

const broken = defineBot({
  id: 'broken',
  retry: false,
  work: () => {
    throw new RangeError('no');
  },
});

describe('a restart storm', () => {
  test('given 200 children that crash at every start, then others go on', async () => {
    const { troupe, clock } = await teamOf([broken, calm]);
    const storms = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        troupe.supervise({
          id: `storm-${n}`,
          intensity: { max: 5, within: '5s' },
          children: Array.from({ length: 10 }, (_, child) => ({ id: `c-${child}`, work: broken })),
        }),
      ),
    );
    expect(await troupe.ask(calm, { type: 'ping', payload: 1 })).toBe(1);
    await clock.quiet();
    for (const storm of storms) expect(await storm.outcome()).toMatchObject({ why: 'intensity' });
    expect(await troupe.incidents.list()).toHaveLength(20);
    const runs = await troupe.runs.list({ definition: 'broken', limit: 1_000 });
    expect(runs.length).toBeLessThanOrEqual(20 * (10 + 5));
    expect(runs.filter(({ status }) => status !== 'FAILED' && status !== 'CANCELLED')).toEqual([]);
  });

  test('given no bound that is ever reached, then everybody else has their turns', async () => {
    const { troupe, clock } = await teamOf([broken, calm]);
    const storm = await troupe.supervise({
      id: 'storm',
      intensity: { max: 1_000_000, within: '1s' },
      children: Array.from({ length: 20 }, (_, child) => ({ id: `c-${child}`, work: broken })),
    });
    for (let ping = 0; ping < 50; ping += 1) {
      expect(await troupe.ask(calm, { type: 'ping', payload: ping })).toBe(ping);
    }
    await storm.stop();
    await clock.quiet();
    expect(await storm.outcome()).toMatchObject({ why: 'stopped' });
    const open = await troupe.runs.list({ status: ['PENDING', 'ASSIGNED', 'IN_PROGRESS'] });
    expect(open).toEqual([]);
  });

  test('property: a supervisor restarts as often as its intensity allows', async () => {
    const storm = fc.record({ children: fc.integer({ min: 1, max: 8 }), max: fc.nat(6) });
    await fc.assert(
      fc.asyncProperty(storm, async ({ children, max }) => {
        const { troupe, clock } = await teamOf([broken]);
        const supervisor = await troupe.supervise({
          id: 's',
          intensity: { max, within: '5s' },
          children: Array.from({ length: children }, (_, n) => ({ id: `c-${n}`, work: broken })),
        });
        await clock.quiet();
        expect(await supervisor.outcome()).toMatchObject({ why: 'intensity' });
        const runs = await troupe.runs.list({ definition: 'broken' });
        expect(runs.length).toBeGreaterThanOrEqual(children);
        expect(runs.length).toBeLessThanOrEqual(children + max);
        await troupe.stop();
      }),
      { numRuns: 30 },
    );
  });
});

test('given 20 bots that answer each to all, then mailboxes bound it', () =>
  broadcastStorm({ bots: 20, handled: 400 }));

test('given 20,000 sends at once, then what has room is handled, the rest is refused', async () => {
  let handled = 0;
  const desk = defineBot({
    id: 'desk',
    mailbox: { capacity: 1_000 },
    on: {
      note: handler(z.int(), () => {
        handled += 1;
      }),
    },
  });
  await using troupe = await createTroupe({ definitions: [desk, calm], log });
  const codes: unknown[] = [];
  const sends = Array.from({ length: 20_000 }, (_, payload) =>
    troupe.send(desk, { type: 'note', payload }).catch(({ code }) => codes.push(code)),
  );
  const ping = troupe.ask(calm, { type: 'ping', payload: 1 });
  await Promise.all(sends);
  expect(await ping).toBe(1);
  for (let isBusy = true; isBusy; ) {
    await new Promise((resolve) => setImmediate(resolve));
    const { waiting, handling } = await troupe.messages.statistics();
    isBusy = waiting + handling > 0;
  }
  expect(codes.every((code) => code === 'MAILBOX_FULL')).toBe(true);
  expect(handled).toBe(20_000 - codes.length);
});

describe('loops', () => {
  test('given handlers that send on for ever, then others have turns', async () => {
    let passes = 0;
    const bots = ['a', 'b'].map((id) =>
      defineBot({
        id,
        on: {
          pass: handler(z.int(), async ({ payload, send }) => {
            passes += 1;
            await send(id === 'a' ? 'b' : 'a', { type: 'pass', payload });
          }),
        },
      }),
    );
    const { troupe } = await teamOf([...bots, calm]);
    await troupe.send('a', { type: 'pass', payload: 1 });
    for (let ping = 0; passes < 500; ping += 1) {
      expect(await troupe.ask(calm, { type: 'ping', payload: ping })).toBe(ping);
    }
    expect((await troupe.messages.statistics()).waiting).toBeLessThanOrEqual(1);
    await troupe.stop();
    const after = passes;
    await new Promise((resolve) => setImmediate(resolve));
    expect(passes).toBe(after);
  });

  test('given work that starts itself as a step for ever, then its depth ends it', async () => {
    let deepest = 0;
    const nest: Bot<number, unknown> = defineBot({
      id: 'nest',
      input: z.int(),
      concurrency: 1_000,
      work: ({ input, step }): Promise<unknown> => {
        deepest = Math.max(deepest, input);
        return step('n', nest, input + 1);
      },
    });
    const { troupe, clock } = await teamOf([nest, calm]);
    const run = await troupe.start(nest, 0, { id: 'n' });
    await clock.quiet();
    expect(await troupe.ask(calm, { type: 'ping', payload: 1 })).toBe(1);
    const outcome = await run.outcome();
    expect(outcome).toMatchObject({ status: 'FAILED', error: { retryable: false } });
    expect(JSON.stringify(outcome)).toContain('RUN_DEPTH');
    expect(deepest).toBe(limits.runDepth - 1);
    expect(await run.snapshot()).toMatchObject({ status: 'FAILED' });
  });
});
