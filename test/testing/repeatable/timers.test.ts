/** Simulated timers behave as Node's do, on the simulated clock. */
import { expect, test } from 'vitest';
import { rest, settled, watching } from './watched.ts';

/** The module of promised timers, as `import` would give it. */
const promised = () => process.getBuiltinModule('node:timers/promises');

test('given promised timers, then they resolve at their simulated time', async () => {
  await watching(async ({ repeatable, clock }) => {
    const began = clock.now();
    const seen: unknown[] = [];
    repeatable.inside('finder.search', async () => {
      seen.push(await promised().setImmediate('soon'));
      seen.push(await promised().setTimeout(50, 'late'), performance.now());
      await promised().scheduler.wait(20);
      for await (const tick of promised().setInterval(10, 'tick'))
        if (seen.push(tick, Date.now() - began) > 6) break;
      seen.push(process.uptime(), process.hrtime.bigint(), process.hrtime([0, 1_000_000]));
    });
    await rest(clock);
    expect(seen).toEqual([
      ...['soon', 'late', 50, 'tick', 80, 'tick', 90],
      ...[0.09, 90_000_000n, [0, 89_000_000]],
    ]);
    expect(repeatable.found).toEqual([]);
  });
});

test('given a promised timer, when its signal aborts, then it rejects as ever', async () => {
  await watching(async ({ repeatable, clock }) => {
    const controller = new AbortController();
    const { signal } = controller;
    const errors: unknown[] = [];
    const note = (error: { name: string; code: string }) => errors.push([error.name, error.code]);
    repeatable.inside('finder.search', () => {
      promised().setTimeout(50, 'late', { signal }).catch(note);
      controller.abort();
      promised().setTimeout(50, 'late', { signal }).catch(note);
    });
    await settled();
    expect(errors).toEqual([
      ['AbortError', 'ABORT_ERR'],
      ['AbortError', 'ABORT_ERR'],
    ]);
    expect(clock.nextDue()).toBeUndefined();
  });
});

test('given times that Node takes for 1 ms, then the simulation does, too', async () => {
  await watching(({ repeatable, clock }) => {
    for (const ms of [0, -5, Number.NaN, 2 ** 31, undefined, 1.9]) {
      const timer = repeatable.inside('a.b', () => globalThis.setTimeout(() => undefined, ms));
      expect([ms, clock.nextDue()]).toEqual([ms, clock.now() + 1]);
      clearTimeout(timer);
      expect(clock.nextDue()).toBeUndefined();
    }
  });
});

test('given timers, when they are cleared, refreshed or disposed of, then they obey', async () => {
  await watching(async ({ repeatable, clock }) => {
    const rung: string[] = [];
    const began = clock.now();
    repeatable.inside('a.b', () => {
      clearImmediate(setImmediate(() => rung.push('never')));
      const timer = globalThis.setTimeout(() => rung.push(`at ${clock.now() - began}`), 30);
      globalThis.setTimeout(() => timer.refresh(), 20);
      timer.unref();
      expect([timer.hasRef(), timer.ref().hasRef()]).toEqual([false, true]);
      globalThis.setTimeout(() => rung.push('never'), 5)[Symbol.dispose]();
    });
    await rest(clock);
    expect(rung).toEqual(['at 50']);
  });
});

test('given a process that has ended, then its code sets no timers on the clock', async () => {
  await watching(({ repeatable, clock }) => {
    repeatable.inside('a.b', () => {
      repeatable.crashed();
      globalThis.setTimeout(() => undefined, 5);
      setImmediate(() => undefined);
    });
    expect([clock.step(), clock.nextDue()]).toEqual([false, undefined]);
  });
});

test('given wrong arguments, then the error is that of Node', async () => {
  await watching(({ repeatable }) =>
    repeatable.inside('a.b', () => {
      expect(() => globalThis.setTimeout('text' as never, 1)).toThrow(/"callback"/);
      expect(() => AbortSignal.timeout(-1)).toThrow(/out of range/);
      expect(() => crypto.getRandomValues('text' as never)).toThrow();
      expect(() => crypto.getRandomValues(new Float32Array(1) as never)).toThrow(/integer-type/);
    }),
  );
});
