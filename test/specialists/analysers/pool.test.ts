/** Jobs in threads: order, faults, cancelling, and that an idle pool holds nothing up. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { isTroupeError } from '../../../src/index.ts';
import { createPool, type Job, jobs, type Pool } from '../../../src/specialists/analysers/index.ts';
import { folderWith } from './folder.ts';

const faulty = new URL('./faulty-worker.ts', import.meta.url);

function poolOf(size: number): Pool {
  const pool = createPool({ size, worker: faulty });
  onTestFinished(() => pool.close());
  return pool;
}

function job<Out>(name: string, output: z.ZodType<Out>): Job<unknown, Out> {
  return { name, input: z.unknown(), output, needs: [] };
}

const echo = job('echo', z.number());
const thread = job('thread', z.number());
const hang = job('hang', z.never());

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    (value) => expect.fail(`gave ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  return isTroupeError(error) ? error.code : String(error);
}

describe('order', () => {
  test('property: every job gives its own result, whatever the size', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 }),
        fc.array(fc.integer(), { maxLength: 20 }),
        async (size, inputs) => {
          await using pool = createPool({ size, worker: faulty });
          const results = await Promise.all(inputs.map((input) => pool.run(echo, input)));
          expect(results).toEqual(inputs);
        },
      ),
      { numRuns: 10 },
    ));

  test('given one thread, then jobs are done in the order of their asking', async () => {
    const pool = poolOf(1);
    const done: number[] = [];
    await Promise.all([1, 2, 3, 4].map((i) => pool.run(echo, i).then((value) => done.push(value))));
    expect(done).toEqual([1, 2, 3, 4]);
  });

  test('given more jobs than threads, then threads are kept and used again', async () => {
    const pool = poolOf(2);
    const threads = await Promise.all(Array.from({ length: 6 }, () => pool.run(thread, null)));
    expect(new Set(threads).size).toBe(2);
    expect(threads).toContain(await pool.run(thread, null));
  });
});

describe('faults', () => {
  test('given a job that throws, then it says why and the thread goes on', async () => {
    const pool = poolOf(1);
    const before = await pool.run(thread, null);
    await expect(pool.run(job('throw', z.null()), null)).rejects.toMatchObject({
      code: 'ANALYSER_FAILED',
      data: { job: 'throw', reason: 'it broke' },
      retryable: false,
    });
    expect(await pool.run(thread, null)).toBe(before);
  });

  test.each(['exit', 'crash'])(
    'given a thread that ends by %s, then only its job fails',
    async (name) => {
      const pool = poolOf(1);
      const before = pool.run(thread, null);
      const dying = pool.run(job(name, z.null()), null);
      const after = pool.run(thread, null);
      await expect(dying).rejects.toMatchObject({ code: 'ANALYSER_DIED', retryable: true });
      expect(await after).not.toBe(await before);
    },
  );

  test('given a worker that does not load, then each job fails', async () => {
    const pool = createPool({ size: 1, worker: new URL('./gone.ts', import.meta.url) });
    expect(await Promise.all([codeOf(pool.run(echo, 1)), codeOf(pool.run(echo, 2))])).toEqual([
      'ANALYSER_DIED',
      'ANALYSER_DIED',
    ]);
  });

  test('given a refused path, then the error has the code of the refusal', async () => {
    expect(await codeOf(poolOf(1).run(job('refuse', z.null()), null))).toBe('AUDIT_PATH_MISSING');
  });

  test('given another shape of result, or an input that is no data, then it fails', async () => {
    const pool = poolOf(1);
    expect(await codeOf(pool.run(echo, 'no number'))).toBe('ANALYSER_FAILED');
    expect(await codeOf(pool.run(echo, () => 1))).toBe('ANALYSER_FAILED');
    expect(await pool.run(echo, 1)).toBe(1);
  });

  test('given a job that prints, then nothing of it is seen and it ends', async () => {
    expect(await poolOf(1).run(job('print', z.string()), null)).toBe('printed');
  });
});

describe('cancelling', () => {
  test('given a job under way, when it is cancelled, then the next one runs', async () => {
    const pool = poolOf(1);
    const controller = new AbortController();
    const onProgress = (): void => controller.abort('enough');
    const hanging = pool.run(hang, null, { signal: controller.signal, onProgress });
    const next = pool.run(echo, 7);
    await expect(hanging).rejects.toBe('enough');
    expect(await next).toBe(7);
  });

  test('given a waiting job, when it is cancelled, then it never runs', async () => {
    const pool = poolOf(1);
    const controller = new AbortController();
    const first = pool.run(echo, 1);
    const waiting = pool.run(job('exit', z.null()), null, { signal: controller.signal });
    controller.abort('enough');
    await expect(waiting).rejects.toBe('enough');
    expect([await first, await pool.run(echo, 2)]).toEqual([1, 2]);
  });

  test('given a signal that is aborted already, then the job is not begun', async () => {
    const signal = AbortSignal.abort('enough');
    await expect(poolOf(1).run(echo, 1, { signal })).rejects.toBe('enough');
  });

  test('given jobs under way and waiting, when the pool is closed, then all reject', async () => {
    const pool = poolOf(1);
    const begun = Promise.withResolvers<void>();
    const hanging = codeOf(pool.run(hang, null, { onProgress: () => begun.resolve() }));
    const waiting = codeOf(pool.run(echo, 1));
    await begun.promise;
    await pool.close();
    const late = codeOf(pool.run(echo, 2));
    expect(await Promise.all([hanging, waiting, late])).toEqual(
      Array.from({ length: 3 }, () => 'ANALYSERS_STOPPED'),
    );
  });
});

describe('the real thread', () => {
  test('given a survey, then it is done, and a missing path is refused', async () => {
    await using pool = createPool();
    const path = folderWith({ 'a.ts': '1' });
    const told: number[] = [];
    const found = await pool.run(jobs.survey, { path }, { onProgress: (done) => told.push(done) });
    expect(found.files.map(({ file }) => file)).toEqual(['a.ts']);
    expect(told).toEqual([1]);
    await expect(pool.run(jobs.survey, { path: `${path}/gone` })).rejects.toMatchObject({
      code: 'AUDIT_PATH_MISSING',
      data: { path: `${path}/gone` },
    });
  });

  test('given an idle pool that nobody closes, then the process ends by itself', async () => {
    const door = new URL('../../../src/specialists/analysers/index.ts', import.meta.url).href;
    const program = `
      const { createPool, jobs } = await import(${JSON.stringify(door)});
      const found = await createPool().run(jobs.survey, { path: process.argv[1] });
      console.log(found.files.length);
    `;
    const path = folderWith({ 'a.ts': '1' });
    const run = promisify(execFile);
    const ended = await run(process.execPath, ['--input-type=module', '-e', program, path], {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
    });
    expect(ended).toEqual({ stdout: '1\n', stderr: '' });
  });
});
