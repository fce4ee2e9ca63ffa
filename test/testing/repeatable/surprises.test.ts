/** What code reads of time, chance, timers and the world: what it gets, and what is said of it. */
import { createHash, randomBytes, randomInt, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { performance as nodePerformance } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { runInThisContext } from 'node:vm';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../../src/clock/index.ts';
import { rest, settled, watching } from './watched.ts';

const START = Date.UTC(2026, 0, 1);

const surprising: Readonly<Record<string, () => unknown>> = {
  'Date.now': () => Date.now(),
  'new Date()': () => new Date(),
  'Date()': () => Date(),
  'performance.now': () => performance.now(),
  'process.uptime': () => process.uptime(),
  'process.hrtime': () => process.hrtime(),
  'process.hrtime.bigint': () => process.hrtime.bigint(),
  'Math.random': () => Math.random(),
  'crypto.randomUUID': () => randomUUID(),
  'crypto.getRandomValues': () => crypto.getRandomValues(new Uint8Array(4)),
  'crypto.randomBytes': () => randomBytes(4),
  'crypto.randomInt': () => randomInt(10),
  setTimeout: () => globalThis.setTimeout(() => undefined, 5),
  setInterval: () => clearInterval(globalThis.setInterval(() => undefined, 5)),
  setImmediate: () => setImmediate(() => undefined),
  'AbortSignal.timeout': () => AbortSignal.timeout(5),
};

for (const [name, read] of Object.entries(surprising))
  test(`given work that reads ${name}, outside of a step it is found with its line`, async () => {
    const { found, within } = await watching(({ repeatable }) => {
      repeatable.inside('finder.search', read);
      const within = repeatable.found;
      repeatable.outside('finder', read);
      return { found: repeatable.found, within };
    });
    expect(within).toEqual([]);
    expect(found).toEqual([
      {
        what: expect.stringContaining(`(${name}) outside of a step`),
        where: expect.stringMatching(/^finder, at test\/.*\/surprises\.test\.ts:\d+$/),
      },
    ]);
  });

test('given code that is a function of its input, then nothing is found', async () => {
  const found = await watching(({ repeatable }) => {
    repeatable.outside('finder', () => {
      const day = new Date(0);
      const other = new Date('2026-05-04T03:02:01Z');
      const parsed = Date.parse('2026-05-04') + Date.UTC(2026, 1, 1) + +new Date(2026, 1, 2);
      return [
        day.toISOString(),
        other.getTime(),
        parsed,
        new Intl.DateTimeFormat('en').format(day),
        structuredClone(day),
        createHash('sha256').update('a').digest('hex'),
        Math.max(1, 2),
        clearTimeout(undefined),
        new URL('http://example.org'),
      ];
    });
    return repeatable.found;
  });
  expect(found).toEqual([]);
});

test('given simulated dates, then they are dates: classes and formatting agree', async () => {
  const before = new Date(5);
  await watching(({ repeatable, clock }) =>
    repeatable.inside('finder.search', () => {
      class Stamp extends Date {
        readonly isStamp = true;
      }
      const stamp = new Stamp();
      expect([stamp.getTime(), stamp instanceof Stamp, stamp instanceof Date]).toEqual([
        clock.now(),
        true,
        true,
      ]);
      expect(new Stamp(7).getTime()).toBe(7);
      expect(before instanceof Date).toBe(true);
      expect(Object.prototype.toString.call(new Date())).toBe('[object Date]');
      expect(new Date(undefined as never).getTime()).toBeNaN();
      expect(Date()).toBe(new Date(START).toString());
      expect(Date.length).toBe(7);
      expect(new Intl.DateTimeFormat('en', { timeZone: 'UTC' }).format(new Date())).toBe(
        '1/1/2026',
      );
    }),
  );
});

test('given timers, when the clock comes to them, then they run in their contexts', async () => {
  const seen = await watching(async ({ repeatable, clock }) => {
    const seen: unknown[] = [];
    repeatable.inside('finder.search', () => {
      globalThis.setTimeout((word: string) => seen.push(word, Date.now() - START), 70, 'late');
      const early = globalThis.setTimeout(() => seen.push('never'), 10);
      clearTimeout(early);
      const byNumber = globalThis.setTimeout(() => seen.push('never'), 10);
      clearTimeout(+byNumber);
      setImmediate(() => seen.push('soon'));
      const ticking = globalThis.setInterval(() => {
        if (seen.push('tick') > 4) clearInterval(ticking);
      }, 30);
      promisify(globalThis.setTimeout)(40).then(() => seen.push('promised', Date.now() - START));
      AbortSignal.timeout(95).addEventListener('abort', () => seen.push('timed out'));
    });
    await rest(clock);
    expect(repeatable.found).toEqual([]);
    return seen;
  });
  expect(seen).toEqual(['soon', 'tick', 'promised', 40, 'tick', 'late', 70, 'timed out']);
});

test('given a process that has ended, then nothing that still runs of it is heard', async () => {
  await watching(async ({ repeatable, clock }) => {
    const rung: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    repeatable.outside('finder', async () => {
      globalThis.setTimeout(() => rung.push('set before'), 10);
      await promise;
      Math.random();
      globalThis.setTimeout(() => rung.push('set after'), 10);
    });
    repeatable.crashed();
    resolve();
    await rest(clock);
    expect(rung).toEqual([]);
    expect(repeatable.found.map(({ what }) => what)).toEqual([
      expect.stringContaining('setTimeout'),
    ]);
  });
});

test('given the same seed, then chance is the same; given another, it differs', async () => {
  const draw = (seed: number) =>
    watching(
      ({ repeatable }) =>
        repeatable.inside('finder.search', () => [
          Math.random(),
          randomUUID(),
          crypto.randomUUID(),
          randomBytes(8).toString('hex'),
          randomInt(5, 1000),
          [...crypto.getRandomValues(new Uint16Array(3))],
        ]),
      seed,
    );
  const once = await draw(1);
  expect(await draw(1)).toEqual(once);
  expect(await draw(2)).not.toEqual(once);
  expect(once[1]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('given real I/O, then it is let through and named, in a step with the remedy', async () => {
  await watching(async ({ repeatable }) => {
    const reading = repeatable.inside('finder.search', () => readFile('package.json', 'utf8'));
    expect(repeatable.realWork()[0]).toMatch(/^fs\/promises\.readFile of finder\.search, at test/);
    expect(JSON.parse(await reading).name).toBe('troupe');
    await settled();
    expect(repeatable.realWork()).toEqual([]);
    repeatable.outside('finder', () =>
      ['package.json', 'other.json'].map((path) => existsSync(path)),
    );
    const refused = repeatable.outside('finder', () => fetch('nowhere:'));
    await expect(refused).rejects.toThrow();
    expect(repeatable.found.map(({ what }) => what)).toEqual([
      'it does real I/O (fs/promises.readFile package.json), which no seed repeats: stub it',
      expect.stringMatching(
        /^it does real I\/O \(fs\.existsSync package\.json\) outside of a step/,
      ),
      expect.stringMatching(/^it does real I\/O \(fetch nowhere:\) outside of a step/),
    ]);
  });
});

test('given code without a context, then it gets what is real, and nothing is said', async () => {
  await watching(({ repeatable, clock }) => {
    expect(Math.abs(Date.now() - clock.now())).toBeGreaterThan(1000);
    expect(nodePerformance.now()).toBeGreaterThan(1);
    expect(existsSync('package.json')).toBe(true);
    expect(repeatable.found).toEqual([]);
  });
});

test('given a timer whose function throws, then that is found, and the clock goes on', async () => {
  await watching(async ({ repeatable, clock }) => {
    repeatable.inside('finder.search', () => {
      globalThis.setTimeout(() => JSON.parse('{'), 10);
    });
    await rest(clock);
    expect(repeatable.found).toEqual([
      { what: expect.stringContaining('a timer of it throws'), where: 'finder.search' },
    ]);
  });
});

test('given functions that must be pure, then other results for the same are found', async () => {
  await watching(({ repeatable }) => {
    let count = 0;
    for (const given of [1, 1, 2]) repeatable.pure('answer.find.input', given, () => given);
    expect(repeatable.found).toEqual([]);
    for (const given of [1, 1]) repeatable.pure('answer.find.when', given, () => (count += 1));
    expect(repeatable.found).toEqual([
      {
        what: 'it gave 2 where it had given 1 for the same: make it a function of what it is given',
        where: 'answer.find.when',
      },
    ]);
  });
});

test('given code that reads again and again, then it is found once', async () => {
  await watching(({ repeatable }) => {
    const spent: number[] = [];
    repeatable.outside('finder', () => {
      for (let count = 0; count < 5000; count += 1) spent.push(Math.random());
    });
    expect(repeatable.found).toHaveLength(1);
    expect(new Set(spent).size).toBeGreaterThan(4900);
    // The place of the 201st read of one thing is not looked for: it costs too much.
    repeatable.outside('finder', () => Math.random());
    expect(repeatable.found).toHaveLength(1);
  });
});

test("given the runtime itself in between, then what it reads is nobody's finding", async () => {
  await watching(({ repeatable, clock }) => {
    const { now } = systemClock();
    expect(repeatable.outside('finder', () => now())).toBe(clock.now());
    const ghost = repeatable.outside('finder', () => {
      repeatable.crashed();
      return existsSync('package.json');
    });
    expect([ghost, repeatable.found, repeatable.realWork()]).toEqual([true, [], []]);
  });
});

/** Calls code as if it stood in this file. */
const asIn = <V>(filename: string, code: string): (() => V) => runInThisContext(code, { filename });

test('given the test runner, also below user code, then it gets what is real', async () => {
  await watching(({ repeatable, clock }) => {
    const runner = '/app/node_modules/vitest/dist/console.js';
    const now = asIn<number>(runner, '() => Date.now()');
    const looks = asIn<object>(runner, "() => process.getBuiltinModule('fs').statSync('.')");
    repeatable.outside('finder', () => {
      expect(now()).not.toBe(clock.now());
      looks();
    });
    expect([repeatable.found, repeatable.realWork()]).toEqual([[], []]);
  });
});

test('given a library that the user calls, then the place is the line of the user', async () => {
  await watching(({ repeatable, clock }) => {
    const uid = asIn<number>('/app/node_modules/uid/index.js', '() => Date.now() + Math.random()');
    repeatable.outside('finder', () => {
      expect(Math.floor(uid())).toBe(clock.now());
    });
    expect(repeatable.found.map(({ where }) => where)).toEqual([
      expect.stringMatching(/^finder, at test\/.*surprises\.test\.ts:\d+$/),
      expect.stringMatching(/^finder, at test\/.*surprises\.test\.ts:\d+$/),
    ]);
  });
});

test('given code that only parses, formats or checks, then nothing is found', async () => {
  await watching(async ({ repeatable }) => {
    const Day = z.object({ day: z.iso.date(), at: z.coerce.date(), id: z.uuid() });
    const id = '0b1d3c5e-7f90-4a2b-8c4d-6e8fa0b1c2d3';
    await repeatable.outside('finder', async () => {
      Day.parse({ day: '2026-05-04', at: '2026-05-04T00:00:00Z', id });
      expect(new Date(0).toLocaleDateString('en', { timeZone: 'UTC' })).toBe('1/1/1970');
      await Promise.all([1, Promise.resolve(2), new Promise(process.nextTick)]);
      await new Promise<void>((done) => queueMicrotask(done));
      new AbortController().abort();
      createHash('sha256').update(Buffer.from('a')).digest('hex');
    });
    expect(repeatable.found).toEqual([]);
  });
});
