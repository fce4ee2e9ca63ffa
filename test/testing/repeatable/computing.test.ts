/** What is computed in Node's threads: waited for where it is pure, named where it is not. */
import { pbkdf2, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { gunzip, gzip } from 'node:zlib';
import { defineBot, type Troupe } from 'troupe';
import { property } from 'troupe/testing';
import { expect, test } from 'vitest';
import { calm, play } from '../../../src/testing/simulation/index.ts';
import { watching } from './watched.ts';

const bytes = new TextEncoder().encode('a text'.repeat(10_000));

const computations: Readonly<Record<string, () => Promise<unknown>>> = {
  gzip: async () => {
    const packed = await promisify(gzip)(bytes);
    return (await promisify(gunzip)(packed)).length;
  },
  'crypto.subtle': async () => {
    const digest = await crypto.subtle.digest('SHA-256', bytes);
    return Buffer.from(digest).toString('hex');
  },
  pbkdf2: async () =>
    (await promisify(pbkdf2)('secret', 'salt', 5_000, 16, 'sha256')).toString('hex'),
  scrypt: () =>
    new Promise((resolve, reject) =>
      scrypt('secret', 'salt', 16, (error, key) =>
        error ? reject(error) : resolve(key.toString('hex')),
      ),
    ),
};

for (const [name, compute] of Object.entries(computations))
  test(`given a step that awaits ${name}, then it is waited for and changes nothing`, async () => {
    const bot = defineBot({ id: 'bot', timeout: '1s', work: ({ step }) => step('x', compute) });
    const scenario = (troupe: Troupe) => troupe.run(bot, undefined, { id: 'a' });
    const { calls } = await play({ definitions: [bot], scenario }, calm(undefined));
    expect(calls.map(({ end, result }) => [end, result])).toEqual([
      ['done', await compute()],
      ['done', await compute()],
    ]);
    const { runs } = await property({ definitions: [bot], scenario, runs: 15 });
    expect(runs).toBe(15);
  });

test('given wrong arguments, then what Node throws is thrown, not waited for', async () => {
  const wrong = () => Reflect.apply(gzip, undefined, [7, () => undefined]);
  const bot = defineBot({ id: 'bot', retry: false, work: ({ step }) => step('x', wrong) });
  const scenario = async (troupe: Troupe): Promise<void> => {
    await (await troupe.start(bot, undefined, { id: 'a' })).outcome();
  };
  const { calls, breach } = await play({ definitions: [bot], scenario }, calm(undefined));
  expect(breach).toBeUndefined();
  expect(calls.map(({ end }) => end)).toEqual(['failed', 'failed']);
});

test('given what stands in for a class, then it makes what the class makes', async () => {
  await watching(async () => {
    class Own extends Worker {}
    const own = new Own('1', { eval: true });
    expect([own instanceof Own, own instanceof Worker]).toEqual([true, true]);
    await own.terminate();
    const thread = new Worker('1', { eval: true });
    expect(thread).toBeInstanceOf(Worker);
    await thread.terminate();
  });
});

test('given a thread of its own in a step, then it is named', async () => {
  const thread = () =>
    new Promise((resolve) => {
      new Worker('require("node:worker_threads").parentPort.postMessage(1)', { eval: true }).once(
        'message',
        resolve,
      );
    });
  const bot = defineBot({ id: 'bot', timeout: '1m', work: ({ step }) => step('x', thread) });
  const scenario = async (troupe: Troupe): Promise<void> => {
    await (await troupe.start(bot, undefined, { id: 'a' })).outcome();
  };
  const { unrepeatable } = await play({ definitions: [bot], scenario }, calm(undefined));
  expect(unrepeatable).toContainEqual({
    what: expect.stringContaining('(worker_threads.Worker'),
    where: expect.stringMatching(/^bot\.x, at .*computing\.test\.ts:\d+$/),
  });
});
