/** Laws of contexts and swaps, whatever the order in which asynchronous code goes on. */
import * as nodeCrypto from 'node:crypto';
import * as nodeFs from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { simulatedClock } from '../../../src/clock/index.ts';
import { Repeatable } from '../../../src/testing/repeatable/index.ts';
import { rest, watching } from './watched.ts';

/** What code does while it runs: it waits in some way, reads the time, or calls other code. */
type Deed =
  | { readonly does: 'microtasks'; readonly count: number }
  | { readonly does: 'wait'; readonly ms: number }
  | { readonly does: 'read' }
  | { readonly does: 'call'; readonly deeds: readonly Deed[]; readonly isInside: boolean }
  | { readonly does: 'fork'; readonly deeds: readonly Deed[]; readonly isInside: boolean };

const { deeds } = fc.letrec<{ deeds: readonly Deed[]; deed: Deed }>((tie) => {
  const below = fc.record({ deeds: tie('deeds'), isInside: fc.boolean() });
  return {
    deeds: fc.array(tie('deed'), { maxLength: 4, depthIdentifier: 'deeds' }),
    deed: fc.oneof(
      { depthIdentifier: 'deeds', maxDepth: 3 },
      fc.record({ does: fc.constant('read' as const) }),
      fc.record({ does: fc.constant('microtasks' as const), count: fc.nat(3) }),
      fc.record({ does: fc.constant('wait' as const), ms: fc.nat(20) }),
      below.map((rest) => ({ does: 'call' as const, ...rest })),
      below.map((rest) => ({ does: 'fork' as const, ...rest })),
    ),
  };
});

test('property: who reads the time is told by who was called, in any order of code', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(deeds, { minLength: 1, maxLength: 4 }),
      fc.nat(),
      async (all, seed) => {
        await watching(async ({ repeatable, clock }) => {
          const due: string[] = [];
          let count = 0;
          const run = (deeds: readonly Deed[], isInside: boolean): Promise<void> => {
            count += 1;
            const name = `code ${count}`;
            const body = async (): Promise<void> => {
              for (const deed of deeds) await act(deed, name, isInside);
            };
            return isInside ? repeatable.inside(name, body) : repeatable.outside(name, body);
          };
          const act = async (deed: Deed, name: string, isInside: boolean): Promise<void> => {
            if (deed.does === 'read') {
              expect(Date.now()).toBe(clock.now());
              if (!isInside) due.push(name);
            } else if (deed.does === 'microtasks') {
              for (let left = deed.count; left > 0; left -= 1) await undefined;
            } else if (deed.does === 'wait') {
              await new Promise<void>((done) => void clock.after(deed.ms, done));
            } else if (deed.does === 'call') await run(deed.deeds, deed.isInside);
            else void run(deed.deeds, deed.isInside);
          };
          const open = Promise.all(all.map((one, at) => run(one, at % 2 === 0)));
          await rest(clock);
          await open;
          const said = repeatable.found.map(({ where }) => where.replace(/, at .*/, ''));
          expect(new Set(said)).toEqual(new Set(due));
        }, seed);
      },
    ),
    { numRuns: 150 },
  );
});

/** All that is swapped, as the process has it now. */
const swapped = (): readonly unknown[] => [
  Object.getOwnPropertyDescriptors(Object.getPrototypeOf(performance)).now?.value,
  Object.getOwnPropertyDescriptors(Object.getPrototypeOf(crypto)).randomUUID?.value,
  Object.getOwnPropertyDescriptors(Object.getPrototypeOf(crypto)).getRandomValues?.value,
  ...[globalThis.Date, Date.now, Math.random, globalThis.fetch, AbortSignal.timeout],
  ...[globalThis.setTimeout, globalThis.setInterval, setImmediate, clearTimeout, clearInterval],
  ...[process.hrtime, process.hrtime.bigint, process.uptime],
  ...[...Object.values(nodeCrypto), ...Object.values(nodeFs), ...Object.values(nodeFs.promises)],
  ...Object.values(process.getBuiltinModule('node:timers')),
  ...Object.values(process.getBuiltinModule('node:timers/promises')),
];

test('property: whoever installs and uninstalls in any order, at the end all is as it was', () => {
  const before = swapped();
  const clock = simulatedClock(1);
  const three = [1, 2, 3].map(() => new Repeatable({ clock, random: clock.random }));
  const steps = fc.array(fc.record({ who: fc.nat(2), isIn: fc.boolean() }), { maxLength: 20 });
  fc.assert(
    fc.property(steps, (chosen) => {
      const counts = [0, 0, 0];
      const move = (who: number, isIn: boolean): void => {
        if (isIn) three[who]?.install();
        else three[who]?.uninstall();
        counts[who] = Math.max(0, (counts[who] ?? 0) + (isIn ? 1 : -1));
        const isSwapped = counts.some((count) => count > 0);
        expect(swapped()[3] !== before[3]).toBe(isSwapped);
      };
      for (const { who, isIn } of chosen) move(who, isIn);
      for (const who of [0, 1, 2]) while ((counts[who] ?? 0) > 0) move(who, false);
      expect(swapped().every((one, at) => one === before[at])).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('given somebody else who replaced a global meanwhile, then theirs stays', () => {
  const clock = simulatedClock(1);
  const repeatable = new Repeatable({ clock, random: clock.random });
  const { random } = Math;
  repeatable.install();
  const theirs = (): number => 0.5;
  Math.random = theirs;
  repeatable.uninstall();
  expect(Math.random).toBe(theirs);
  Math.random = random;
});

test('given two simulations at once, then each has its own time and findings', async () => {
  await watching(async (one) => {
    await watching(async (other) => {
      other.clock.after(1000, () => undefined);
      other.clock.jump();
      const read = (): number => Date.now();
      const first = one.repeatable.inside('a', async () => [read(), await undefined, read()]);
      const second = other.repeatable.outside('b', async () => [read(), await undefined, read()]);
      expect(await first).toEqual([one.clock.now(), undefined, one.clock.now()]);
      expect(await second).toEqual([other.clock.now(), undefined, other.clock.now()]);
      expect(one.repeatable.found).toEqual([]);
      expect(other.repeatable.found).toHaveLength(1);
    });
  });
});

test('given work that gives parts, then each is made in its own context', async () => {
  await watching(async ({ repeatable, clock }) => {
    const parts = repeatable.outside('writer', async function* () {
      yield Date.now();
      yield Date.now();
    });
    expect((await parts.next()).value).toBe(clock.now());
    for await (const part of parts) expect(part).toBe(clock.now());
    expect(repeatable.found.map(({ where }) => where.replace(/, at .*/, ''))).toEqual([
      'writer',
      'writer',
    ]);
  });
});
