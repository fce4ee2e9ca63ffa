/** Handlers that would wait for themselves are told so, naming the circle; nothing hangs. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { type Bot, defineBot, handler } from '../../src/index.ts';
import { deadlockOf, type Slots, type Wait } from '../../src/messages/asking/deadlock.ts';
import { asAddress } from '../../src/protocol/index.ts';
import { refused } from '../refusal.ts';
import { teamOf } from '../troupe/team.ts';

/** A bot whose handler asks along the path of bots that it is sent, and gives what came back. */
function walker(id: string, concurrency: number): Bot {
  return defineBot({
    id,
    concurrency,
    retry: false,
    on: {
      walk: handler(
        z.array(z.string()),
        async ({ payload: [next, ...rest], ask }): Promise<unknown> => {
          if (next === undefined) return [id];
          const path = await ask(next, { type: 'walk', payload: rest }, { timeout: '1h' });
          return [id, ...z.array(z.string()).parse(path)];
        },
      ),
    },
  });
}

/** What the failure at the root says. */
function rootOf(failure: unknown): Record<string, unknown> {
  const { cause, ...rest } = Object(failure);
  return cause === undefined ? rest : rootOf(cause);
}

test('a handler that asks its own bot with no free slot is refused, naming it', async () => {
  const { troupe } = await teamOf([walker('a', 1)]);
  const { code, failure } = await refused(troupe.ask('a', { type: 'walk', payload: ['a'] }));
  expect(code).toBe('HANDLER_FAILED');
  expect(failure).toMatchObject({
    code: 'ASK_DEADLOCK',
    message: expect.stringContaining('bot/a waits for bot/a'),
  });
});

test('with a slot to spare it answers', async () => {
  const { troupe } = await teamOf([walker('a', 2)]);
  expect(await troupe.ask('a', { type: 'walk', payload: ['a'] })).toEqual(['a', 'a']);
});

test('a circle over several bots is refused where it closes', async () => {
  const { troupe } = await teamOf(['a', 'b', 'c'].map((id) => walker(id, 1)));
  const given = { type: 'walk', payload: ['b', 'c', 'a'] };
  const { failure } = await refused(troupe.ask('a', given));
  expect(rootOf(failure)).toMatchObject({
    code: 'ASK_DEADLOCK',
    message: expect.stringContaining('bot/c waits for bot/a waits for bot/b waits for bot/c'),
  });
  expect(await troupe.ask('a', { type: 'walk', payload: ['b', 'c'] })).toEqual(['a', 'b', 'c']);
});

test('two that ask each other at the same time: one is refused, the other answered', async () => {
  const { troupe } = await teamOf([walker('a', 1), walker('b', 1)]);
  const ends = await Promise.allSettled([
    troupe.ask('a', { type: 'walk', payload: ['b'] }),
    troupe.ask('b', { type: 'walk', payload: ['a'] }),
  ]);
  expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
});

test('a holder that can go on lets all behind it go on', async () => {
  const gate = Promise.withResolvers<void>();
  const busy = defineBot({
    id: 'busy',
    concurrency: 1,
    on: {
      hold: handler(z.unknown(), () => gate.promise),
      walk: handler(z.unknown(), () => ['busy']),
    },
  });
  const { troupe, clock } = await teamOf([walker('a', 1), busy]);
  await troupe.send(busy, { type: 'hold' });
  const asked = troupe.ask('a', { type: 'walk', payload: ['busy'] });
  await clock.quiet();
  gate.resolve();
  expect(await asked).toEqual(['a', 'busy']);
});

test('property: whoever walks whatever way, everybody is answered or refused at once', async () => {
  const names = ['a', 'b', 'c'];
  const way = fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 3, maxLength: 3 }),
      fc.array(way, { minLength: 1, maxLength: 6 }),
      async (slots, ways) => {
        const bots = names.map((id, index) => walker(id, slots[index] ?? 1));
        const { troupe, clock } = await teamOf(bots);
        let open = ways.length;
        const ends = ways.map(async ([first = 'a', ...rest]) => {
          try {
            const path = await troupe.ask(
              first,
              { type: 'walk', payload: rest },
              { timeout: '2h' },
            );
            expect(path).toEqual([first, ...rest]);
          } catch (error) {
            const { failure } = Object(error).data;
            expect(rootOf(failure).code).toBe('ASK_DEADLOCK');
          } finally {
            open -= 1;
          }
        });
        // No time passes: nobody is saved by a time-out.
        await clock.quiet();
        expect(open).toBe(0);
        await Promise.all(ends);
        await troupe.stop();
      },
    ),
    { numRuns: 150 },
  );
});

/** Handlers by number; who is stuck by trying who can end, again and again. */
test('property: who is told of a deadlock is exactly who can never go on', () => {
  const world = fc.record({
    bots: fc.array(fc.record({ free: fc.boolean(), handling: fc.nat(2) }), {
      minLength: 1,
      maxLength: 4,
    }),
    waits: fc.array(fc.tuple(fc.nat(11), fc.nat(15)), { maxLength: 10 }),
  });
  fc.assert(
    fc.property(world, fc.nat(11), fc.nat(15), ({ bots, waits }, by, last) => {
      const slots = new Map<string, Slots>();
      const botOf = new Map<string, string>();
      bots.forEach(({ free, handling }, index) => {
        const ids = Array.from({ length: handling }, (_, n) => `${index}.${n}`);
        for (const id of ids) botOf.set(id, `bot/${index}`);
        slots.set(`bot/${index}`, { isServed: free || handling === 0, handling: ids });
      });
      const holders = [...botOf.keys()];
      if (holders.length === 0) return;
      const pick = (n: number): string => holders[n % holders.length] ?? '';
      const waitOf = (holder: number, target: number): Wait => {
        const isHandled = target < holders.length;
        const to = isHandled ? (botOf.get(pick(target)) ?? '') : `bot/${target % bots.length}`;
        return { holder: pick(holder), target: isHandled ? pick(target) : 'w', to: asAddress(to) };
      };
      const all = waits.map(([holder, target]) => waitOf(holder, target));
      const first = waitOf(by, last);
      const ended = new Set<string>();
      const canEnd = ({ target, to }: Wait): boolean => {
        const { isServed, handling } = slots.get(to) ?? { isServed: true, handling: [] };
        if (handling.includes(target)) return ended.has(target);
        return isServed || handling.some((id) => ended.has(id));
      };
      for (let round = 0; round < holders.length; round += 1) {
        for (const id of holders) {
          const own = [...all, first].filter(({ holder }) => holder === id);
          if (own.every(canEnd)) ended.add(id);
        }
      }
      const waiting = {
        waitsOf: (holder: string) => all.filter((wait) => wait.holder === holder),
        slotsOf: (bot: string) => slots.get(bot) ?? { isServed: true, handling: [] },
      };
      const cycle = deadlockOf(waiting, asAddress(botOf.get(first.holder) ?? ''), first);
      expect(cycle === undefined).toBe(ended.has(first.holder));
      if (cycle !== undefined) expect(cycle.length).toBeGreaterThan(1);
    }),
    { numRuns: 1_000 },
  );
});
